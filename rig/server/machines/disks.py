"""Disks of machines, in memory: each outlives its machine as long as its instance is there, and can become an image's."""

import shutil
import subprocess
from pathlib import Path

from .shell import sh


class Disks:
    def __init__(self, folder: Path):
        self.folder = folder / "disks"
        self.images = folder / "images"
        self.folder.mkdir()
        self.images.mkdir()

    def open(self, id: str, size: str, image: list[str]) -> Path:
        """The disk of a machine, made when it is not there: of an image and those below it, newest first."""
        path = self.folder / id
        if not path.exists():
            path.mkdir()
            sh("mount", "-t", "tmpfs", "-o", f"size={size}", "disk", str(path))
            if layers := self.layers(image):
                sh("cp", "-a", str(layers[0].parent / "plain"), str(path))
        return path

    def layers(self, image: list[str]) -> list[Path]:
        """Of what was written since AWS's own image."""
        return [self.images / id / "upper" for id in image if (self.images / id).exists()]

    def keep(self, image: str, id: str) -> None:
        """Makes what is on the disk of a machine an image's; of one that never booted that is nothing."""
        if not (self.folder / id / "upper").exists():
            return
        (self.images / image).mkdir()
        sh("cp", "-a", *(str(self.folder / id / part) for part in ("upper", "plain")), str(self.images / image))

    def search(self, image: str, command: str) -> dict:
        """Runs a shell command line in the folder that has what was written to an image's disk."""
        done = subprocess.run(["bash", "-c", command], cwd=self.images / image, capture_output=True, text=True)
        return {"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr}

    def drop_image(self, image: str) -> None:
        shutil.rmtree(self.images / image, ignore_errors=True)

    def drop_all_but(self, ids: set[str]) -> None:
        for path in self.folder.iterdir():
            if path.name not in ids:
                sh("umount", "-l", str(path))
                path.rmdir()
