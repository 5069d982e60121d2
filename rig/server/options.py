"""What the launcher decided, from the environment variable RIG_OPTIONS (see `options.ts`)."""

import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    name: str  # of this rig, in the names of its cgroups
    run: Path  # a tmpfs of this rig: logs, keys, state
    command: list[str]
    user: list[int] | None  # uid and gid for the command; None: ours
    init: str  # PID 1 of instances: systemd or script
    minute: float  # seconds in a minute of `shutdown +N`
    pending: float  # seconds an instance is pending
    shutting_down: float
    memory: int  # bytes per machine
    disk: str  # size of a machine's disk, as tmpfs takes it
    pids: int
    hide: list[str]  # paths that instances must not have
    security_groups: bool  # whether they are enforced
    delay: float  # seconds that every byte to an SSH server takes each way
    wait: float  # seconds to wait for instances to end, after the command
    logs: str | None  # a folder for the consoles of the machines


def read_options() -> Options:
    given = json.loads(os.environ.pop("RIG_OPTIONS"))
    return Options(**given | {"run": Path(given["run"])})
