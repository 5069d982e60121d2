"""PID 1 of the rig: starts the server in a child, reaps whatever is orphaned, and is what keeps everything alive.

It reads descriptor 3, a pipe from the launcher: a signal's name is passed on to the command, its end means that the
launcher is gone. When this process ends, however it ends, the kernel ends everything else in the rig.
"""

import os
import signal
import threading

LAUNCHER = 3


def main() -> None:
    os.set_inheritable(LAUNCHER, False)
    server = os.fork()
    if server == 0:
        os.close(LAUNCHER)
        from .serve import serve

        serve()
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    threading.Thread(target=listen, args=(server,), daemon=True).start()
    while True:
        pid, status = os.wait()
        if pid == server:
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def listen(server: int) -> None:
    for line in os.fdopen(LAUNCHER):
        os.kill(server, getattr(signal, line.strip()))
    os._exit(128 + signal.SIGKILL)


main()
