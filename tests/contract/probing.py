"""What all who send made-up requests know: what exists, which calls need care, and what an answer must look like."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List, Mapping, Optional, Tuple

from determined.common.api.wire.endpoint import Endpoint
from determined.common.api.wire.schema import Messages, messages_by_endpoint
from determined.master import routes as master_routes
from determined.master.routes.registry import HANDLERS, STREAM_HANDLERS

from .prepared import CONFIG, Connection, Prepared

PROBER = "prober"
PROBER_PASSWORD = "Prober-1x"

# Calls that wait for something to happen unless it is said otherwise; asked without waiting.
NEVER_WAIT = {"timeoutSeconds": 0, "follow": False, "periodSeconds": 0}
# They wait for the other members of a group, or for a change, whatever is sent.
MAY_WAIT = frozenset(
    {"AllocationAllGather", "NotifyContainerRunning", "AllocationRendezvousInfo", "AllocationPreemptionSignal"}
)
# Their fuzz would end the caller's own session or close the master's only pool to the other rows.
ENDS_SESSION = frozenset({"Logout"})


def add_prober(url: str) -> None:
    """Make the user the probes are sent as: made-up requests take in the users that are always there."""
    admin = Connection(url)
    try:
        user = {"username": PROBER, "active": True, "admin": True}
        admin.call("POST", "/api/v1/users", {"user": user, "password": PROBER_PASSWORD})
    finally:
        admin.close()


def known_values(prepared: Prepared) -> Dict[str, Tuple[Any, ...]]:
    """What fits a field, by a part of the field's name."""
    return {
        "uuid": (prepared.checkpoint,),
        "id": (prepared.experiment, prepared.detached_experiment, prepared.trial, prepared.detached_trial),
        "task": (prepared.task, prepared.detached_task),
        "allocation": (prepared.task + ".1", prepared.detached_task + ".1"),
        "project": (prepared.project, 1),
        "workspace": (prepared.workspace, 1),
        "agent": ("agent-0",),
        "slot": ("0",),
        "resource_pool": ("default",),
        "model": (prepared.model,),
        "template": (prepared.template,),
        "username": ("somebody", "determined"),
        "token": (prepared.token,),
        "config": (CONFIG, {"max_restarts": 1}),
        "filter": ('{"filterGroup":{"children":[],"conjunction":"and","kind":"group"},"showArchived":true}',),
        "sort": ("id=desc", "trialsCount=asc"),
        "key": ("PRJ", "theme", "a"),
    }


def values_for(known: Mapping[str, Tuple[Any, ...]], name: str) -> Optional[Tuple[Any, ...]]:
    """What fits a field of a name, or None."""
    snake = re.sub(r"([A-Z])", lambda m: "_" + m.group(1).lower(), name).lower()
    fits = [k for k in known if k in snake]
    return known[max(fits, key=len)] if fits else None


def complaint(row: "Endpoint[Any, Any]", status: int, body: bytes) -> str:
    """What is wrong with an answer; nothing if all is well."""
    if b"Traceback" in body or b"failed to answer" in body or b"database failed" in body:
        return f"the master failed: {body[-500:]!r}"
    try:
        lines = [json.loads(line) for line in (body.splitlines() if row.stream else [body])]
    except ValueError:
        return f"{status} is no JSON: {body[:300]!r}"
    if status == 200:
        return ""
    error = lines[-1].get("error")
    if not isinstance(error, dict):
        return f"{status} without an error: {body[:300]!r}"
    wanted = {"grpcCode", "httpCode", "message", "httpStatus", "details"} if row.stream else {"code", "reason", "error"}
    if set(error) not in (wanted, {"code", "reason", "error"}):
        return f"an error of another form: {error}"
    return "" if status in (400, 401, 403, 404, 408, 409, 429, 500, 501, 504) else f"a strange status: {status}"


def rows() -> List[Tuple["Endpoint[Any, Any]", Messages]]:
    """The rows that are answered, those that remove last."""
    master_routes.load()
    found = [p for n, p in messages_by_endpoint().items() if n in HANDLERS or n in STREAM_HANDLERS]
    order = ("GET", "PATCH", "PUT", "POST", "DELETE")
    return sorted(
        (p for p in found if p[0].name not in ENDS_SESSION),
        key=lambda p: ("Delete" in p[0].name or "Kill" in p[0].name, order.index(p[0].method), p[0].name),
    )
