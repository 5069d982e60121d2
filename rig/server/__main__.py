"""PID 1 of the rig: starts the server in a child, reaps whatever is orphaned, and is what keeps everything alive.

It reads descriptor 3, a pipe from the launcher: a signal's name is passed on to the command, its end means that the
launcher is gone. When this process ends, however it ends, the kernel ends everything else in the rig.
"""

import json
import os
import signal
import threading
import time

from .machines.cgroup import remove_all

LAUNCHER = 3
NAME = json.loads(os.environ["RIG_OPTIONS"])["name"]
gone = threading.Event()  # the launcher


def main() -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]  # the caller's account is nothing to anybody in here
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
        try:
            pid, status = os.wait()
        except ChildProcessError:  # the launcher is gone, and so is all else
            time.sleep(1)
            continue
        if pid == server and not gone.is_set():
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def listen(server: int) -> None:
    for line in os.fdopen(LAUNCHER):
        os.kill(server, getattr(signal, line.strip()))
    gone.set()
    os.kill(server, signal.SIGKILL)  # and with it all machines
    time.sleep(0.5)
    remove_all(NAME)
    os._exit(128 + signal.SIGKILL)


main()
