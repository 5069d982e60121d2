"""Runs the commands of the system that machines are made with."""

import subprocess


def sh(*command: str, input: str | None = None, check: bool = True) -> str:
    """What the command prints. Raises with what it complains about, unless `check` is off."""
    done = subprocess.run(command, capture_output=True, text=True, input=input)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
