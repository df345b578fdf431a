"""The running parts of one master, handed to whoever answers a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List

from ..auth import Authenticator
from ..first_login import OnceCode
from ..notify import Hub
from ..patterns import Matcher
from ..settings import Settings
from ..store.database import Database
from .allocations import Meetings
from .devices import Device
from .login_pace import LoginPace
from .master_log import MasterLog


@dataclass(frozen=True)
class Identity:
    """What tells this master from another.

    Attributes:
        cluster_id: made with the data folder, kept for good.
        master_id: made at every start.
    """

    cluster_id: str
    master_id: str


@dataclass
class World:
    """Everything a handler may need."""

    settings: Settings
    identity: Identity
    hub: Hub
    db: Database
    authenticator: Authenticator
    devices: List[Device]
    """What the slots of the one agent stand for; empty when there is no agent."""
    meetings: Meetings
    log: MasterLog
    matcher: Matcher
    started_at: int
    """Microseconds since 1970."""
    once: OnceCode
    """The address that logs a browser in, once."""
    logins: LoginPace

    @property
    def slot_count(self) -> int:
        """Slots of the one agent; 0 when there is no agent."""
        return len(self.devices)

    @property
    def needs_passwords(self) -> bool:
        """Whether others can reach the master, so that nobody may log in without a password."""
        return not self.settings.is_private()

    @property
    def device(self) -> str:
        """What a slot is: "cpu" or "cuda"."""
        return self.devices[0].kind if self.devices else "cpu"

    @property
    def url(self) -> str:
        """Where tasks on this machine find the master."""
        return self.settings.url
