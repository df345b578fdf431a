"""The line that a trial's log begins with: where it runs, and its configuration."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Mapping

_SECRET_STORAGE_KEYS = ("access_key", "secret_key", "connection_string", "credential")


def runner_line(config: Mapping[str, Any], container_id: str, agent_id: str) -> str:
    """Return the line that tells of one start of a trial.

    Parameters:
        config: the experiment's configuration; its secrets are not shown.
        container_id: the container, or what stands for one.
        agent_id: the agent that it runs on.
    """
    return f"New trial runner in (container {container_id}) on agent {agent_id}: {json.dumps(mask_config(config))}"


def mask_config(config: Mapping[str, Any]) -> Dict[str, Any]:
    """Return a configuration without its secrets, for the log."""
    masked: Dict[str, Any] = json.loads(json.dumps(config))
    store = masked.get("checkpoint_storage") or {}
    for key in _SECRET_STORAGE_KEYS:
        if store.get(key) is not None:
            store[key] = "********"
    registry = (masked.get("environment") or {}).get("registry_auth") or {}
    if registry.get("password") is not None:
        registry["password"] = "********"
    data = masked.get("data")
    if isinstance(data, dict) and "secrets" in data:
        data["secrets"] = "********"
    return masked
