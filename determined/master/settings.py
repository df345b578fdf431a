"""What a master is told when it starts."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

VERSION = "0.38.1"
"""The version of the API that the embedded master answers as."""

LOG_LEVELS = ("debug", "info", "warning", "error")
DURABILITIES = ("normal", "full")

AGENT_ID = "agent-0"
RESOURCE_POOL = "default"


class RetentionPolicy(NamedTuple):
    """How long logs are kept.

    Attributes:
        log_retention_days: days after the end of a task, for what has no value of its own; None or -1 for ever.
        schedule: when logs past their time are removed: a duration between two times, ``12h`` say, or the five fields
            of cron in local time, ``30 3 * * *`` say.
    """

    log_retention_days: Optional[int] = None
    schedule: str = "24h"


@dataclass(frozen=True)
class Settings:
    """Settings of one master.

    Attributes:
        data_dir: folder of everything the master keeps: database, checkpoints, work folders of tasks.
        host: address to listen on.
        port: port to listen on; 0 for a free one.
        slots: CPU slots; None for the GPUs of the machine, or else one slot per core; 0 for a cluster without an agent.
        initial_passwords: by user name, for a fresh data folder only. An empty one lets the user in without a password,
            on loopback only; users not named get one that the master makes up.
        checkpoint_storage: the default `checkpoint_storage` of experiments; None for a folder in `data_dir`.
        log_level: of the master's own log: one of `LOG_LEVELS`.
        durability: one of `DURABILITIES`, see `store.database`.
        cluster_name: shown to users.
        python: the interpreter that runs tasks; None for the master's own.
        retention_policy: how long logs are kept.
        stop_with_parent: stop when standard input closes, i.e. when the process that started this one is gone.
        allowed_hosts: names that requests may call the master by, beside its own address: ``name`` or ``name:port``.
        report_fd: a file descriptor to which the master writes one line of JSON when it is up, or cannot start.
        task_umask: the umask of tasks; None for the one the master was started with.
    """

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8080
    slots: Optional[int] = None
    initial_passwords: Dict[str, str] = field(default_factory=dict, repr=False)
    checkpoint_storage: Optional[Dict[str, Any]] = field(default=None, repr=False)
    log_level: str = "info"
    durability: str = "normal"
    cluster_name: str = ""
    python: Optional[str] = None
    retention_policy: RetentionPolicy = RetentionPolicy()
    stop_with_parent: bool = False
    allowed_hosts: Tuple[str, ...] = ()
    report_fd: Optional[int] = None
    task_umask: Optional[int] = None

    def is_private(self) -> bool:
        """Whether only this machine can reach the master."""
        return self.host == "localhost" or _is_loopback(self.host)

    @property
    def url(self) -> str:
        """Where programs on this machine find the master."""
        return url_of(self.host, self.port)

    def default_checkpoint_storage(self) -> Dict[str, Any]:
        """The storage that experiments get which name none."""
        return self.checkpoint_storage or {"type": "shared_fs", "host_path": str(self.data_dir / "checkpoints")}


def url_of(host: str, port: int) -> str:
    """Return where programs on this machine find a master that listens on an address."""
    if host in ("", "0.0.0.0"):
        host = "127.0.0.1"
    elif host == "::":
        host = "::1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def addresses(host: str, port: int) -> List[str]:
    """Return the addresses in the normal form by which programs on this machine may call a master, the usual one first.

    Parameters:
        host: the address it listens on.
    """
    names = [host]
    if host in ("", "0.0.0.0"):
        names = ["127.0.0.1", "localhost"]
    elif host == "::":
        names = ["[::1]", "localhost", "127.0.0.1"]
    elif host == "localhost":
        names = ["localhost", "127.0.0.1"]
    elif _is_loopback(host):
        names = [f"[{host}]" if ":" in host else host, "localhost"]
    elif ":" in host:
        names = [f"[{host}]"]
    return [f"http://{name.lower()}:{port}" for name in names]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name, or empty for all addresses
        return False
