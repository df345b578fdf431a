"""What the master says about itself."""

from __future__ import annotations

from typing import Any, Dict

from determined.common.api.wire.cluster import MasterLogsResponse
from determined.common.api.wire.enums import LogLevel
from determined.common.timestamps import format_wire

from ..services.jobs import DEFAULT_PRIORITY
from ..services.master_log import Entry
from ..services.world import World
from ..settings import RESOURCE_POOL, VERSION

_SECRETS = ("access_key", "secret_key", "connection_string", "credential")
_MASK = "********"


def info_message(world: World) -> Dict[str, Any]:
    """The answer of ``/info``."""
    return {
        "version": VERSION,
        "master_id": world.identity.master_id,
        "cluster_id": world.identity.cluster_id,
        "cluster_name": world.settings.cluster_name,
        "telemetry": {"enabled": False, "otel_enabled": False, "otel_endpoint": ""},
        "sso_providers": None,
    }


def health_message(is_database_up: bool) -> Dict[str, Any]:
    """The answer of ``/health``."""
    status = "up" if is_database_up else "down"
    managers = [{"cluster_name": "default", "status": "up"}]
    return {"status": status, "database": status, "resource_managers": managers}


def config_message(world: World, webhook_signing_key: str) -> Dict[str, Any]:
    """The master's configuration, the secrets of its storage masked."""
    settings = world.settings
    storage = settings.default_checkpoint_storage()
    return {
        "checkpoint_storage": {k: _MASK if k in _SECRETS and v is not None else v for k, v in storage.items()},
        "cluster_name": settings.cluster_name,
        "host": settings.host,
        "log": {"color": world.log.color, "level": world.log.threshold.lower()},
        "port": settings.port,
        "resource_manager": {
            "default_aux_resource_pool": RESOURCE_POOL,
            "default_compute_resource_pool": RESOURCE_POOL,
            "scheduler": {"default_priority": DEFAULT_PRIORITY, "preemption": False, "type": "priority"},
            "type": "agent",
        },
        "resource_pools": [{"pool_name": RESOURCE_POOL}],
        "retention_policy": settings.retention_policy._asdict(),
        "telemetry": {"enabled": False},
        "webhooks": {"signing_key": webhook_signing_key},
    }


def log_message(entry: Entry) -> MasterLogsResponse:
    """A line of the master's own log."""
    return {
        "logEntry": {
            "id": entry.id,
            "message": entry.message,
            "timestamp": format_wire(entry.timestamp),
            "level": LogLevel(f"LOG_LEVEL_{entry.level}"),
        }
    }
