"""Whatever is sent, the master answers: in the form of its answers, never with a failure of its own."""

from __future__ import annotations

import http.client
import json
import pathlib
import random
import re
import socket
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple, Union
from urllib.parse import quote, urlencode

import pytest
from typing_extensions import Annotated, NotRequired, get_args, get_origin

from determined.common.api.wire.endpoint import Endpoint
from determined.common.api.wire.enums import WireEnum
from determined.common.api.wire.schema import Messages, fields_of, messages_by_endpoint
from determined.master import LocalMaster
from determined.master import routes as master_routes
from determined.master.routes.registry import HANDLERS, STREAM_HANDLERS

from .prepared import CONFIG, Connection, Prepared, model_files, prepare

SEED = 20250601
REQUESTS_PER_ROW = 24
PROBER = "prober"

# Calls that wait for something to happen unless it is said otherwise; asked without waiting.
NEVER_WAIT = {"timeoutSeconds": 0, "follow": False, "periodSeconds": 0}
# They wait for the other members of a group, or for a change, whatever is sent.
MAY_WAIT = frozenset(
    {"AllocationAllGather", "NotifyContainerRunning", "AllocationRendezvousInfo", "AllocationPreemptionSignal"}
)
# Their fuzz would end the caller's own session or close the master's only pool to the other rows.
ENDS_SESSION = frozenset({"Logout"})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tuple[LocalMaster, Prepared]]:
    """One prepared master for all tests of this file; at the end its log must not tell of a failure."""
    with LocalMaster(tmp_path_factory.mktemp("master"), slots=1, log_level="warning") as master:
        prepared = prepare(master)
        admin = Connection(master.url)
        user = {"username": PROBER, "active": True, "admin": True}
        admin.call("POST", "/api/v1/users", {"user": user, "password": "Prober-1x"})
        admin.close()
        yield master, prepared


@pytest.fixture
def connection(running: Tuple[LocalMaster, Prepared]) -> Iterator[Connection]:
    prober = Connection(running[0].url, PROBER, "Prober-1x")
    yield prober
    prober.close()


@pytest.fixture(autouse=True)
def no_failure(running: Tuple[LocalMaster, Prepared]) -> Iterator[None]:
    """No test of this file makes the master fail."""
    log = running[0].log_path
    before = log.stat().st_size
    yield
    said = log.read_bytes()[before:].decode(errors="replace")
    assert "Traceback" not in said, said[-4000:]
    assert "a request failed" not in said, said[-4000:]


# --- made-up values -------------------------------------------------------------------------------------------------

TEXTS = (
    "", "a", "model", "template", "somebody", "loss", "x", "default", "agent-0", "0", "-1", "NaN", "\0", "a\0b", "\ud800",
    "ä€😀", "%", "%s%n", "'", "' OR 1=1 --", '"', "\\", "../../etc/passwd", "/", ".", "..", "\r\n", "[", "(", "*", "**",
    "a" * 5000, "11111111-1111-4222-8333-000000000001", "{}", "null", "<b>", "1.1", "validation.loss", "1e999",
    "99999999999999999999", "2024-01-01", "COMPLETED", "http://127.0.0.1:9/", "1.1.0", "hp.x", "-1d", "\u202e", " ",
)  # fmt: skip
INTEGERS = (0, 1, 2, 3, -1, 10, 2**31 - 1, -(2**31))
LONGS = ("0", "1", "-1", str(2**63 - 1), str(-(2**63)), 5, "7")
FLOATS = (0, 1, -1.5, 1e308, 5e-324, "NaN", "Infinity", "-Infinity", 10**400, -(10**400), 2**64, "1e400", 1e-400)
TIMES = (
    "2024-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59", "2024-02-30T00:00:00Z", "2024-01-01T00:00:00+99:99", "0000-00-00T00:00:00Z", "now", "",
)  # fmt: skip
ANY = (
    None, True, 0, -1, 1.5, 10**30, 10**400, 1e308, "", "a", "\0", "\ud800", [], [1, "a", None], {}, {"a": {"b": [1]}},
    {"": 0}, {"type": "double", "minval": 1, "maxval": 0}, [[[[]]]], {"x": 10**25}, {"a": "NaN"}, {"\0": "\0"},
)  # fmt: skip
PATH_INTEGERS = (
    "1", "2", "3", "0", "-1", "2147483647", "2147483648", "-2147483648", "9223372036854775808", "9" * 5000, "x", "1.5",
    "1e3", "%00", "%20", "+1", "0x1", "%F0%9F%98%80", "%D9%A1", "%FF",
)  # fmt: skip


class Maker:
    """Makes up requests from the types of the wire."""

    def __init__(self, seed: str, prepared: Prepared) -> None:
        self.random = random.Random(seed)
        # what exists is asked for often: refusals that come early hide what lies behind them
        self._known: Dict[str, Tuple[Any, ...]] = {
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

    def choose(self, values: Any) -> Any:
        return self.random.choice(values)

    def known(self, name: str) -> Optional[Any]:
        snake = re.sub(r"([A-Z])", lambda m: "_" + m.group(1).lower(), name).lower()
        fits = [k for k in self._known if k in snake]
        return self.choose(self._known[max(fits, key=len)]) if fits else None

    def path(self, row: "Endpoint[Any, Any]") -> str:
        path = row.path
        for name, is_integer in row.parameters:
            good = self.known(name)
            if good is not None and self.random.random() < 0.7:
                text = quote(str(good), safe="")
            elif is_integer:
                text = self.choose(PATH_INTEGERS)
            else:
                text = quote(self.choose(TEXTS).encode("utf-8", "surrogatepass"), safe="") or "%20"
            path = re.sub(r"\{" + re.escape(name) + r"(:int)?\}", lambda _, t=text: t, path)
        return path

    def value(self, name: str, hint: Any, depth: int = 0) -> Any:
        """A value that fits a type, most often; else any."""
        if self.random.random() < 0.06:
            return self.choose(ANY)
        if name in NEVER_WAIT:
            return NEVER_WAIT[name]
        hint = bare(hint)
        origin = get_origin(hint)
        if origin is list:
            return [self.value(name, get_args(hint)[0], depth + 1) for _ in range(self.choose((0, 1, 1, 2)))]
        if origin is dict:
            return {self.choose(TEXTS): self.value("", get_args(hint)[1], depth + 1) for _ in range(self.choose((0, 1, 2)))}
        if is_message(hint):
            return self.message(hint, depth + 1)
        if hint is Any:
            return self.choose(ANY)
        good = self.known(name)
        fits = isinstance(good, int) == (hint is int) and (good is None or not isinstance(good, dict))
        if good is not None and fits and self.random.random() < 0.6:
            return good
        return self._scalar(hint)

    def _scalar(self, hint: Any) -> Any:
        if get_origin(hint) is Annotated:
            mark = get_args(hint)[1]
            pools: Dict[str, Any] = {"date-time": TIMES, "byte": ("", "YQ==", "%", "YQ"), "uint32": (0, 1, 2**32 - 1, -1)}
            return self.choose(pools.get(mark, LONGS if "int" in mark else FLOATS))
        if hint is bool:
            return self.choose((True, False))
        if hint is int:
            return self.choose(INTEGERS)
        if hint is float:
            return self.choose(FLOATS)
        if isinstance(hint, type) and issubclass(hint, WireEnum):
            return self.choose([*(m.value for m in hint), 0, 1, 99, -1, 2**40])
        return self.choose(TEXTS)

    def message(self, message: Any, depth: int = 0) -> Any:
        fields = fields_of(message)
        share = self.choose((0.3, 0.8, 1.0)) if depth < 4 else 0.0
        made = {n: self.value(n, h, depth) for n, h in fields.items() if self.random.random() < share or n in NEVER_WAIT}
        if "modelDefinition" in made and self.random.random() < 0.7:
            made["modelDefinition"] = model_files()
        return made

    def request(self, row: "Endpoint[Any, Any]", messages: Messages) -> Tuple[str, Optional[bytes]]:
        """A path with its query, and a body."""
        path = self.path(row)
        hint = messages.request
        made = self.message(hint) if is_message(hint) else self.value("config", hint)
        if row.name == "PatchUsers" and isinstance(made, dict):
            made["activate"] = True  # or a filter takes in everybody, and nobody can log in any more
        if row.has_body:
            return path, json.dumps(made).encode()
        return path + "?" + urlencode(list(query_pairs("", made)), errors="surrogatepass"), None


def bare(hint: Any) -> Any:
    while get_origin(hint) in (NotRequired, Union):
        hint = next(a for a in get_args(hint) if a is not type(None))
    return hint


def is_message(hint: Any) -> bool:
    return isinstance(hint, type) and hasattr(hint, "__total__")


def query_pairs(prefix: str, value: Any) -> Iterator[Tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from query_pairs(f"{prefix}.{key}" if prefix else key, item)
    elif isinstance(value, list):
        for item in value:
            yield from query_pairs(prefix, item)
    else:
        yield prefix, value if isinstance(value, str) else json.dumps(value)


# --- what is expected -----------------------------------------------------------------------------------------------


def complaint(row: "Endpoint[Any, Any]", status: int, body: bytes) -> str:
    """What is wrong with an answer; nothing if all is well."""
    if b"Traceback" in body or b"failed to answer" in body or b"database failed" in body:
        return f"the master failed: {body[-500:]!r}"
    try:
        lines = [json.loads(line, parse_constant=float) for line in body.splitlines()] if row.stream else [json.loads(body)]
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


def send_briefly(connection: Connection, path: str, body: Optional[bytes], method: str) -> Tuple[int, bytes]:
    """Send what may be answered without end, or never; returns what came until the caller hung up."""
    own = http.client.HTTPConnection(connection.url.partition("://")[2], timeout=0.1)
    status, got = 200, b""
    try:
        own.request(method, path, body, connection.headers)
        answer = own.getresponse()
        status = answer.status
        while True:
            part = answer.read1(65536)
            if not part:
                break
            got += part
    except socket.timeout:
        got = got[: got.rfind(b"\n") + 1]
    finally:
        own.close()
    return status, got or b"{}"


def test_no_made_up_request_makes_the_master_fail(
    running: Tuple[LocalMaster, Prepared], connection: Connection
) -> None:
    wrong = []
    for row, messages in rows():
        maker = Maker(f"{SEED} {row.name}", running[1])
        for _ in range(REQUESTS_PER_ROW):
            path, body = maker.request(row, messages)
            if row.stream or row.name in MAY_WAIT:
                status, answer = send_briefly(connection, path, body, row.method)
            else:
                status, answer = connection.send(row.method, path, body)
            if status == 401:
                connection.log_in()
            found = complaint(row, status, answer)
            if found:
                wrong.append(f"{row.method} {path[:300]} {(body or b'')[:600]!r}: {found}")
    assert wrong == []
