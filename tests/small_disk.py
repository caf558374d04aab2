"""A disk that is really full: a small file system of its own in memory, mounted for a test and written to by whom the test likes.

with small_disk(tmp_path / "disk", megabytes=4) as disk:
    disk.fill()                                    # every write that needs space fails with ENOSPC from now on
    disk.free()
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class SmallDisk:
    """`folder` is where it is mounted."""

    folder: Path

    def fill(self) -> None:
        """Take up all the space that is left."""
        with (self.folder / "ballast").open("ab", buffering=0) as ballast:
            for size in (1 << 16, 1):
                try:
                    while True:
                        ballast.write(b"x" * size)
                except OSError:
                    continue

    def free(self) -> None:
        (self.folder / "ballast").unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int, files: int = 1000) -> Iterator[SmallDisk]:
    """Mounted at `folder`, which is made, with room for so many files; skips the test where this user may mount nothing."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,nr_inodes={files + 1},mode=0777", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("a disk that can be full needs the right to mount one")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
