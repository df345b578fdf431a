"""Which process is meant by a number, although numbers are used again."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path


def started(pid: int) -> str:
    """When a process was started, as text that differs for another process with the same number; "" for none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        if Path("/proc/self/stat").exists():
            return ""
        listed = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return listed.stdout.strip()
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def this_boot() -> str:
    """What tells this machine, as it runs now, from every other: process numbers mean something on it only."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return socket.gethostname()
