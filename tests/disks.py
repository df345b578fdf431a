"""File systems that are soon full."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
from contextlib import contextmanager
from typing import Iterator

import pytest


@contextmanager
def small_disk(folder: pathlib.Path, size: str = "1m") -> Iterator[pathlib.Path]:
    """Mount a file system of some size, as ``mount`` writes it; the test is skipped where that cannot be."""
    folder.mkdir()
    if not sys.platform.startswith("linux") or os.getuid() != 0:
        pytest.skip("only root on Linux can make a small file system")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be made here: {mounted.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
