"""Limits on a machine's memory and number of processes, and a way to freeze it, with cgroups version 1 or 2."""

import time
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")


class Cgroup:
    def __init__(self, name: str, memory: int, pids: int):
        if (ROOT / "cgroup.controllers").exists():
            delegate(ROOT)
            self.folders = [ROOT / name]
            limits = {"memory.max": memory, "memory.swap.max": 0, "pids.max": pids}
        else:
            lines = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
            own = {controller: path.lstrip("/") for _, controllers, path in lines for controller in controllers.split(",")}
            self.folders = [ROOT / c / own[c] / name for c in ("memory", "pids", "freezer") if (ROOT / c).exists() and c in own]
            self.folders += [ROOT / "unified" / name] if (ROOT / "unified").exists() else []
            limits = {"memory.limit_in_bytes": memory, "pids.max": pids}
        for folder in self.folders:
            folder.mkdir(exist_ok=True)
            for file, value in limits.items():
                if (folder / file).exists():
                    (folder / file).write_text(str(value))

    def join(self) -> None:
        for folder in self.folders:
            (folder / "cgroup.procs").write_text("0")

    def freeze(self, frozen: bool) -> None:
        for folder in self.folders:
            for file, value in (("freezer.state", "FROZEN" if frozen else "THAWED"), ("cgroup.freeze", str(int(frozen)))):
                if (folder / file).exists():
                    (folder / file).write_text(value)

    def memory(self) -> int | None:
        files = [f / name for f in self.folders for name in ("memory.usage_in_bytes", "memory.current") if (f / name).exists()]
        return int(files[0].read_text()) if files else None

    def remove(self) -> None:
        """Takes it away, with what systemd made below it, as soon as its last process is gone."""
        for _ in range(400):
            if all([removed(folder) for folder in self.folders]):
                return
            time.sleep(0.005)


def remove_all(rig: str) -> None:
    """What the machines of a rig left: cgroups are the one thing that the kernel does not take along."""
    for folder in [*ROOT.glob(f"*/{rig}-*"), *ROOT.glob(f"*/**/{rig}-*"), *ROOT.glob(f"{rig}-*")]:
        removed(folder)


def delegate(root: Path) -> None:
    try:
        (root / "cgroup.subtree_control").write_text("+memory +pids")
    except OSError:
        pass  # inside a container that may not: machines are then without limits


def removed(folder: Path) -> bool:
    try:
        for below in sorted(folder.glob("**/"), reverse=True):
            below.rmdir()
    except OSError:
        pass
    return not folder.exists()
