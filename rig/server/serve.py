"""The rig itself: network, account and machines, then the command beside them, then what it left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from .cloud import account, state
from .cloud.server import start_api
from .control import Control
from .link import Link
from .machines import network
from .machines.cgroup import remove_all
from .machines.metadata import MetadataService
from .machines.park import Park
from .machines.shell import sh
from .options import Options, read_options
from .tunnels import Tunnels

LEFT = 1  # exit code of a command that succeeded and left instances


class Signals:
    """Passes signals on to the command; those that come before it is there wait for it."""

    def __init__(self) -> None:
        self.command: subprocess.Popen | None = None
        self.early: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._take)

    def pass_to(self, command: subprocess.Popen) -> None:
        self.command = command
        for number in self.early:
            command.send_signal(number)

    def _take(self, number: int, _) -> None:
        if self.command:
            self.command.send_signal(number)
        else:
            self.early.append(number)


def serve() -> None:
    signals = Signals()
    options = read_options()
    options.run.mkdir(parents=True, exist_ok=True)
    sh("mount", "-t", "tmpfs", "-o", "mode=755", "rig", str(options.run))
    network.open_network()
    state.start(options.pending, options.shutting_down)
    park, link, tunnels = Park(options), Link(), Tunnels(options.run)
    metadata = MetadataService(park)
    start_api("0.0.0.0", network.API_PORT, Control(park, metadata, link, tunnels), network.SERVICES)
    metadata.start()
    link.start()
    tunnels.start()
    if options.delay:
        link.set(delay=options.delay)
    threading.Thread(target=park.run, daemon=True).start()
    code = run_command(options, signals, tunnels.certificate)
    wait_for_end(options.wait)
    left = account.left()
    print("rig: no instance is left" if not left else f"rig: left in the account: {len(left)} instance{'s'[: len(left) > 1]}", file=sys.stderr)
    for line in left:
        print(f"  {line}", file=sys.stderr)
    save_logs(park, options)
    park.close()
    remove_all(options.name)
    sys.stderr.flush()
    os._exit(code or (LEFT if left else 0))


def run_command(options: Options, signals: Signals, certificate: Path) -> int:
    user, group = options.user or [None, None]
    home = options.run / "state"
    home.mkdir()
    if user is not None:
        os.chown(home, user, group)
    try:
        command = subprocess.Popen(
            options.command,
            env=environment(str(home), str(certificate)),
            user=user,
            group=group,
            extra_groups=[] if user is not None else None,
        )
    except OSError as error:
        print(f"rig: {options.command[0]}: {error.strerror}", file=sys.stderr)
        return 127
    signals.pass_to(command)
    code = command.wait()
    return code if code >= 0 else 128 - code


def environment(state_home: str, certificate: str) -> dict[str, str]:
    """The caller's own, without what this server needed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {
        "AWS_ENDPOINT_URL": f"http://{network.GATEWAY}:{network.API_PORT}",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "rig",
        "AWS_SECRET_ACCESS_KEY": "rig",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NODE_EXTRA_CA_CERTS": certificate,
        "XDG_STATE_HOME": state_home,
        "VITEST_EC2_ALLOW_FROM": f"{network.GATEWAY},{network.CALLER}",
    }


def wait_for_end(seconds: float) -> None:
    """Gives instances that end themselves the time to do so."""
    until = time.monotonic() + seconds
    while account.left() and time.monotonic() < until:
        time.sleep(0.2)


def save_logs(park: Park, options: Options) -> None:
    if options.logs:
        sh("cp", "-r", f"{park.logs}/.", options.logs)
