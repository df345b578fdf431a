"""Who may make which call: every row of the API for nobody, another user, the owner of what it names, and an admin.

The table is `rights.yaml`; its classes:

    anybody   needs no login
    users     needs one, and no more: as in the original, users of one cluster trust each other
    owner     the owner of what is named, and admins
    admins    admins only
"""

from __future__ import annotations

import json
import pathlib
import re
from typing import Any, Dict, Iterator, NamedTuple, Tuple
from urllib.parse import quote

import pytest
import yaml

from determined.common.api.wire.endpoint import Endpoint
from determined.master import LocalMaster
from determined.master import routes as master_routes
from determined.master.auth import hash_like_client
from determined.master.routes.plain_registry import PLAIN_HANDLERS

from ..contract import prepared as preparing
from ..contract.prepared import Connection, Prepared
from ..contract.test_answers import World, rows, send
from ..e2e.conftest import wait_until
from .raw import ask

TABLE: Dict[str, Dict[str, str]] = yaml.safe_load(pathlib.Path(__file__).with_name("rights.yaml").read_text())
ROLES = ("nobody", "other", "owner", "admin")
ALLOWED = {
    "anybody": {"nobody", "other", "owner", "admin"},
    "users": {"other", "owner", "admin"},
    "owner": {"owner", "admin"},
    "admins": {"admin"},
}
REFUSING_WORDS = re.compile(r"access denied|non admin users can't|only admin|non admin users may not")


class Cluster(NamedTuple):
    """A master that holds one of everything, and a connection of each role."""

    url: str
    world: World
    prepared: Prepared
    roles: Dict[str, Connection]
    owner_id: int
    ended_run: int


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """All that is named belongs to the user "owner", who was an admin when it was made, and is none any more."""
    with LocalMaster(tmp_path_factory.mktemp("master"), slots=1, initial_password="Passw0rd") as master:
        admin = Connection(master.url, password="Passw0rd")
        made: Dict[str, int] = {}
        roles = {"admin": admin}
        for name in ("owner", "other"):
            user = {"username": name, "active": True, "admin": name == "owner"}
            answer = admin.call("POST", "/api/v1/users", {"user": user, "password": "Passw0rd"})
            made[name] = answer["user"]["id"]
            roles[name] = Connection(master.url, name, "Passw0rd")
            # access tokens outlive a change of the password
            token = admin.call("POST", "/api/v1/tokens", {"userId": made[name], "lifespan": "24h"})["token"]
            roles[name].headers = {"Authorization": f"Bearer {token}"}
        filled = preparing._fill(roles["owner"])
        world = World(roles["owner"], filled)
        admin.call("PATCH", f"/api/v1/users/{made['owner']}", {"admin": False})
        nobody = Connection(master.url, "other", "Passw0rd")
        nobody.headers = {}
        roles["nobody"] = nobody
        ended = world.doomed[6]
        run = admin.call("GET", f"/api/v1/experiments/{ended}/trials")["trials"][0]["id"]
        yield Cluster(master.url, world, filled, roles, made["owner"], run)
        for connection in roles.values():
            connection.close()


def is_refused(status: int, answer: bytes) -> bool:
    """Whether an answer says that the caller may not."""
    if status in (401, 403):
        return True
    for line in answer.splitlines():
        value = json.loads(line)
        if isinstance(value, dict):
            errors = [value.get("error"), *(r.get("error") for r in value.get("results") or () if isinstance(r, dict))]
            if any(error and REFUSING_WORDS.search(json.dumps(error)) for error in errors):
                return True
    return False


def parameters_of(cluster: Cluster, row: "Endpoint[Any, Any]") -> Dict[str, Any]:
    own: Dict[str, Dict[str, Any]] = {
        **dict.fromkeys(("PatchUser", "SetUserPassword"), {"user_id": cluster.owner_id}),
        "DeleteExperiments": {"project_id": -1},
    }
    return {**cluster.world.parameters(row), **own.get(row.name, {})}


def request_of(cluster: Cluster, row: "Endpoint[Any, Any]") -> Any:
    special = {
        "PatchUsers": {"userIds": [cluster.prepared.user], "activate": True},
        "GetAccessTokens": {"username": "owner"},
        "Login": {"username": "other", "password": "Passw0rd"},
        "DeleteRuns": {"runIds": [cluster.ended_run], "projectId": 1},
        "DeleteExperiments": {"projectId": -1, "experimentIds": [cluster.world.doomed[7]]},
    }
    return special.get(row.name, cluster.world.requests().get(row.name))


def seen(cluster: Cluster) -> Dict[str, str]:
    """The class of each row, as it was seen."""
    found: Dict[str, str] = {}
    for row in rows():
        if row.name == "Logout":
            continue
        may = set()
        for role in ROLES:
            status, answer = send(cluster.roles[role], row, parameters_of(cluster, row), request_of(cluster, row))
            if not is_refused(status, answer):
                may.add(role)
            if role == "nobody" and row.name != "Login" and not may:
                assert status == 401, f"{row.name}: {status} {answer!r}"
        found[row.name] = next((name for name, roles in ALLOWED.items() if roles == may), f"unknown: {sorted(may)}")
    return found


def test_every_row_lets_in_whom_the_table_names(cluster: Cluster) -> None:
    found = seen(cluster)
    assert differences(found, TABLE["rows"]) == {}


def differences(found: Dict[str, str], wanted: Dict[str, str]) -> Dict[str, Tuple[Any, Any]]:
    """What was seen and what is wanted, where they differ."""
    names = {*found, *wanted}
    return {name: (found.get(name), wanted.get(name)) for name in names if found.get(name) != wanted.get(name)}


PLAIN_BODIES = {
    "/login": {"username": "other", "password": hash_like_client("Passw0rd")},
    "/users/owner": {"display_name": "The Owner"},
    "/users/owner/username": {"username": "owner-2"},
    "/users": {"username": "fresh-one", "active": True},
}


def test_every_route_outside_of_the_api_lets_in_whom_the_table_names(cluster: Cluster) -> None:
    master_routes.load()
    fill = {
        "{username}": "owner", "{service}": "x", "{rest:path}": "y", "{code}": "z",
        "{experiment_id:int}": str(cluster.prepared.experiment), "{uuid}": cluster.prepared.checkpoint,
    }  # fmt: skip
    found: Dict[str, str] = {}
    for method, pattern, _, _ in PLAIN_HANDLERS:
        path = pattern
        for name, value in fill.items():
            path = path.replace(name, quote(value))
        if path == "/logout" or path.startswith("/first-login/"):  # one ends a session, the other has tests of its own
            continue
        body = json.dumps(PLAIN_BODIES.get(path, {})).encode() if method in ("POST", "PATCH") else None
        may = {role for role in ROLES if cluster.roles[role].send(method, path, body)[0] not in (401, 403)}
        found[f"{method} {pattern}"] = next((n for n, r in ALLOWED.items() if r == may), f"unknown: {sorted(may)}")
    assert differences(found, TABLE["plain"]) == {}


ADMINS_FIELDS: Tuple[Dict[str, Any], ...] = (
    {"admin": True},
    {"active": False},
    {"remote": True},
    {"agentUserGroup": {"agentUid": 1, "agentGid": 1, "agentUser": "u", "agentGroup": "g"}},
)


@pytest.mark.parametrize("field", ADMINS_FIELDS, ids=lambda field: next(iter(field)))
def test_only_admins_change_what_a_user_is(cluster: Cluster, field: Dict[str, Any]) -> None:
    for role in ("nobody", "other", "owner"):
        status, _ = cluster.roles[role].send(
            "PATCH", f"/api/v1/users/{cluster.owner_id}", json.dumps({"displayName": "x", **field}).encode()
        )
        assert status == (401 if role == "nobody" else 403)
    user = cluster.roles["admin"].call("GET", f"/api/v1/users/{cluster.owner_id}")["user"]
    assert (user["admin"], user["active"], user["remote"], user["agentUserGroup"]) == (False, True, False, None)


@pytest.mark.parametrize("field", [{"password": "Other-1x"}, {"username": "taken"}, {"displayName": "taken"}])
def test_nobody_changes_another_user(cluster: Cluster, field: Dict[str, Any]) -> None:
    path = f"/api/v1/users/{cluster.owner_id}"
    assert cluster.roles["other"].send("PATCH", path, json.dumps(field).encode())[0] == 403
    assert cluster.roles["other"].send("POST", f"{path}/password", b'"Other-1x"')[0] == 403
    if "password" in field:
        assert cluster.roles["other"].send("PATCH", "/users/somebody", json.dumps(field).encode())[0] == 403


def test_nobody_but_an_admin_makes_users_and_admins(cluster: Cluster) -> None:
    body = json.dumps({"user": {"username": "new-admin", "active": True, "admin": True}, "password": "Passw0rd"})
    for role, status in (("nobody", 401), ("other", 403), ("owner", 403), ("admin", 200)):
        assert cluster.roles[role].send("POST", "/api/v1/users", body.encode())[0] == status


def test_a_user_sees_only_tokens_and_settings_of_their_own(cluster: Cluster) -> None:
    other = cluster.roles["other"]
    assert other.send("GET", "/api/v1/tokens")[0] == 403
    assert other.send("GET", "/api/v1/tokens?username=somebody")[0] == 403
    assert other.send("GET", "/api/v1/tokens?username=other")[0] == 200
    setting = {"settings": [{"key": "secret", "storagePath": "", "value": '"mine"'}]}
    cluster.roles["admin"].call("POST", "/api/v1/users/setting", setting)
    assert b"mine" not in other.send("GET", "/api/v1/users/setting")[1]


def test_a_change_of_password_ends_logins_but_neither_tasks_nor_access_tokens(cluster: Cluster) -> None:
    admin = cluster.roles["admin"]
    user = {"username": "changing", "active": True}
    made = admin.call("POST", "/api/v1/users", {"user": user, "password": "Passw0rd"})["user"]["id"]
    login = Connection(cluster.url, "changing", "Passw0rd")
    access = admin.call("POST", "/api/v1/tokens", {"userId": made, "lifespan": "24h"})["token"]
    config = {"entrypoint": ["sh", "-c", "echo TOKEN $DET_USER_TOKEN; sleep 300"], "resources": {"slots": 0}}
    command = login.call("POST", "/api/v1/commands", {"config": config})["command"]["id"]

    def token_in_log() -> str:
        _, lines = login.send("GET", f"/api/v1/tasks/{command}/logs")
        found = re.search(rb"TOKEN (v2\.public\.[\w-]+)", lines)
        return found.group(1).decode() if found else ""

    task = wait_until(token_in_log)
    login.call("PATCH", f"/api/v1/users/{made}", {"password": "An0ther-1"})

    def status_of(token: str) -> int:
        return ask(cluster.url, "GET", "/api/v1/me", None, {"Authorization": f"Bearer {token}"}).status

    assert login.send("GET", "/api/v1/me")[0] == 401
    assert (status_of(access), status_of(task)) == (200, 200)
    admin.call("POST", f"/api/v1/commands/{command}/kill")
    wait_until(lambda: status_of(task) == 401)
    login.close()
