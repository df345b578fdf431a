"""What the master says about itself, and the few settings that can be changed while it runs."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any, Dict

from determined.common.api.wire.cluster import PatchMasterConfigRequest

from ..auth import Caller
from ..errors import invalid
from ..settings import RESOURCE_POOL, VERSION
from ..store.database import Connection, Transaction
from .cluster_messages import require_admin
from .master_log import LEVELS
from .webhooks import signing_key
from .world import World

logger = logging.getLogger("determined.master")


def info(world: World) -> Dict[str, Any]:
    """The answer of ``/info``."""
    return {
        "version": VERSION,
        "master_id": world.identity.master_id,
        "cluster_id": world.identity.cluster_id,
        "cluster_name": world.settings.cluster_name,
        "telemetry": {"enabled": False, "otel_enabled": False, "otel_endpoint": ""},
        "sso_providers": None,
    }


def is_database_up(connection: Connection) -> bool:
    """Whether the database answers."""
    try:
        return bool(connection.scalar("SELECT 1 FROM facts"))
    except sqlite3.Error as error:
        logger.error("the database does not answer: %s", error)
        return False


def config(tx: Transaction, world: World, caller: Caller) -> Dict[str, Any]:
    """The master's configuration.

    Raises:
        Refusal: the caller is no admin.
    """
    require_admin(caller)
    settings = world.settings
    pool = {"default_priority": 42, "preemption": False, "type": "priority"}
    return {
        "checkpoint_storage": settings.default_checkpoint_storage(),
        "cluster_name": settings.cluster_name,
        "host": settings.host,
        "log": {"color": world.log.color, "level": world.log.threshold.lower()},
        "port": settings.port,
        "resource_manager": {
            "default_aux_resource_pool": RESOURCE_POOL,
            "default_compute_resource_pool": RESOURCE_POOL,
            "scheduler": pool,
            "type": "agent",
        },
        "resource_pools": [{"pool_name": RESOURCE_POOL}],
        "telemetry": {"enabled": False},
        "webhooks": {"signing_key": signing_key(tx)},
    }


def patch_config(world: World, caller: Caller, request: PatchMasterConfigRequest) -> None:
    """Change how the master logs, until it is started again.

    Raises:
        Refusal: the caller is no admin, or another field is to be changed.
    """
    require_admin(caller)
    log = (request.get("config") or {}).get("log") or {}
    fields = [name.strip() for name in request.get("fieldMask", "").split(",") if name.strip()]
    wanted = set()
    for name in fields:
        if name not in ("log", "log.level", "log.color"):
            raise invalid(f"unsupported or invalid field: {name}; only log, log.level and log.color can be changed")
        wanted |= {"log.level", "log.color"} if name == "log" else {name}
    if "log.level" in wanted:
        level = str(log.get("level", "")).replace("LOG_LEVEL_", "")
        if level not in LEVELS:
            raise invalid(f"log.level must be one of {', '.join(name.lower() for name in LEVELS)}")
        world.log.threshold = level
    if "log.color" in wanted:
        world.log.color = log.get("color", False)
