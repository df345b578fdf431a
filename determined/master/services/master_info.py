"""How the master is, and the few settings that can be changed while it runs."""

from __future__ import annotations

import logging
import sqlite3

from determined.common.api.wire.cluster import PatchMasterConfigRequest

from ..auth import Caller
from ..errors import invalid
from ..store.database import Connection, Transaction
from .cluster_messages import require_admin
from .master_log import LEVELS, MasterLog
from .webhooks import signing_key

logger = logging.getLogger("determined.master")

_CHANGEABLE = {"log": {"log.level", "log.color"}, "log.level": {"log.level"}, "log.color": {"log.color"}}


def is_database_up(connection: Connection) -> bool:
    """Whether the database answers."""
    try:
        return bool(connection.scalar("SELECT 1 FROM facts"))
    except sqlite3.Error as error:
        logger.error("the database does not answer: %s", error)
        return False


def read_signing_key(tx: Transaction, caller: Caller) -> str:
    """The one part of the configuration that the master made up itself: what webhook calls are signed with.

    Raises:
        Refusal: the caller is no admin.
    """
    require_admin(caller)
    return signing_key(tx)


def patch_config(log: MasterLog, caller: Caller, request: PatchMasterConfigRequest) -> None:
    """Change how the master logs, until it is started again.

    Raises:
        Refusal: the caller is no admin, another field is to be changed, or there is no such level.
    """
    require_admin(caller)
    sent = (request.get("config") or {}).get("log") or {}
    wanted = set()
    for name in (part.strip() for part in request.get("fieldMask", "").split(",")):
        if name and name not in _CHANGEABLE:
            raise invalid(f"unsupported or invalid field: {name}; only {', '.join(_CHANGEABLE)} can be changed")
        wanted |= _CHANGEABLE.get(name, set())
    if "log.level" in wanted:
        level = str(sent.get("level", "")).replace("LOG_LEVEL_", "")
        if level not in LEVELS:
            raise invalid(f"log.level must be one of {', '.join(known.lower() for known in LEVELS)}")
        log.threshold = level
    if "log.color" in wanted:
        log.color = sent.get("color", False)
