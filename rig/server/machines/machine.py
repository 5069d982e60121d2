"""One machine: processes in namespaces of their own, with a copy-on-write disk over this machine's root."""

import ctypes
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import network
from .cgroup import Cgroup
from .disks import Disks

HERE = Path(__file__).resolve().parent
NAMESPACES = ["--net", "--mount", "--pid", "--uts", "--ipc", "--cgroup"]


@dataclass
class Plan:
    """What a machine shall be."""

    id: str
    addresses: list[str]  # the private one first
    hostname: str
    init: str  # systemd, script or plain
    memory: int
    disk: str
    pids: int
    hide: list[str]
    image: list[str] = field(default_factory=list)  # and those that it was made of, newest first
    gpus: int = 0
    user: str = "ubuntu"  # the image's own user
    environment: dict[str, str] = field(default_factory=dict)  # more, for machine.sh


def outermost(paths: list[str]) -> list[str]:
    """Where they really lie, without those below another: what is hidden has nothing in it that could be."""
    real = {os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path)) for path in paths}
    return sorted(path for path in real if not any(str(above) in real for above in Path(path).parents))


class Machine:
    """Lives as long as its `unshare` process, which dies with the server; all the rest is the kernel's to clean up."""

    def __init__(self, plan: Plan, rig: str, log: Path, disks: Disks):
        self.plan, self.id, self.log = plan, plan.id, log
        self.started = time.time()
        self.cgroup = Cgroup(f"{rig}-{plan.id}", plan.memory, plan.pids)
        environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "RIG_OVERLAY": str(HERE.parent / "overlay"),
            "RIG_BOOT": str(HERE / "boot"),
            "RIG_INIT": plan.init,
            "RIG_HOSTNAME": plan.hostname,
            "RIG_DISK": str(disks.open(plan.id, plan.disk, plan.image)),
            "RIG_LOWER": ":".join([*map(str, disks.layers(plan.image)), "/"]),
            "RIG_HIDE": "\n".join(outermost(plan.hide)),
            "RIG_ADDRESSES": " ".join([f"{plan.addresses[0]}/16", *(f"{a}/32" for a in plan.addresses[1:])]),
            "RIG_IMDS": network.IMDS,
            "RIG_PUBLIC": network.PUBLIC,
            "RIG_GPUS": str(plan.gpus),
            "RIG_USER": plan.user,
        }
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                ["unshare", *NAMESPACES, "--fork", "--kill-child", "bash", str(HERE / "boot" / "machine.sh")],
                env=environment | plan.environment,
                preexec_fn=self._before,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        own = os.readlink("/proc/self/ns/net")
        while self.process.poll() is None and os.readlink(f"/proc/{self.process.pid}/ns/net") == own:
            time.sleep(0.001)
        try:
            network.plug_in(f"rig-{self.id[-10:]}", self.process.pid)
        except RuntimeError:
            if self.process.poll() is None:
                raise  # else it was ended before it had begun

    def _before(self) -> None:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
        self.cgroup.join()

    @property
    def init(self) -> int | None:
        """Its PID 1, as this side counts."""
        try:
            return int(Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()[0])
        except (OSError, IndexError):
            return None

    def execute(self, command: str, user: str, stdin: str) -> dict:
        """Runs a shell command line in it as `user`, past its sshd and its network."""
        enter = ["nsenter", f"--target={self.init}", "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd=/"]
        switch = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"] if user != "root" else []
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
        done = subprocess.run(
            [*enter, *switch, "bash", "-c", command],
            input=stdin,
            capture_output=True,
            text=True,
            env=environment,
            preexec_fn=self.cgroup.join,
        )
        return {"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}

    def kill(self) -> None:
        """Ends all its processes at once: `--kill-child` takes PID 1 along, and that its PID namespace."""
        self.cgroup.freeze(False)
        self.process.kill()
        self.process.wait()
        self.cgroup.remove()
