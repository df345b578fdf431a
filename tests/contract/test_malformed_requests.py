"""Whatever is sent, the master answers: in the form of its answers, never with a failure of its own."""

from __future__ import annotations

import copy
import json
import random
import re
import socket
from typing import Any, Dict, Iterator, List, Optional, Tuple, Union
from urllib.parse import quote, urlencode

import pytest
from typing_extensions import Annotated, NotRequired, get_args, get_origin

from determined.common.api.wire.endpoint import Endpoint
from determined.common.api.wire.enums import WireEnum
from determined.common.api.wire.schema import Messages, fields_of
from determined.master import LocalMaster

from .prepared import Connection, Prepared, model_files, prepare
from .probing import (
    MAY_WAIT,
    NEVER_WAIT,
    PROBER,
    PROBER_PASSWORD,
    add_prober,
    complaint,
    known_values,
    rows,
    values_for,
)

SEED = 20250601
REQUESTS_PER_ROW = 24


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tuple[LocalMaster, Prepared]]:
    """One prepared master for all tests of this file; at the end its log must not tell of a failure."""
    with LocalMaster(tmp_path_factory.mktemp("master"), slots=1, log_level="warning", initial_password="") as master:
        prepared = prepare(master)
        add_prober(master.url)
        yield master, prepared


@pytest.fixture
def connection(running: Tuple[LocalMaster, Prepared]) -> Iterator[Connection]:
    prober = Connection(running[0].url, PROBER, PROBER_PASSWORD)
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
    "", "a", "model", "template", "somebody", "loss", "x", "default", "agent-0", "0", "-1", "NaN", "\0", "a\0b",
    "\ud800", "ä€😀", "%", "%s%n", "'", "' OR 1=1 --", '"', "\\", "../../etc/passwd", "/", ".", "..", "\r\n", "[",
    "(", "*", "**", "a" * 5000, "11111111-1111-4222-8333-000000000001", "{}", "null", "<b>", "1.1", "1e999",
    "validation.loss",
    "99999999999999999999", "2024-01-01", "COMPLETED", "http://127.0.0.1:9/", "1.1.0", "hp.x", "-1d", "\u202e", " ",
)  # fmt: skip
INTEGERS = (0, 1, 2, 3, -1, 10, 2**31 - 1, -(2**31))
LONGS = ("0", "1", "-1", str(2**63 - 1), str(-(2**63)), 5, "7")
FLOATS = (0, 1, -1.5, 1e308, 5e-324, "NaN", "Infinity", "-Infinity", 10**400, -(10**400), 2**64, "1e400", 1e-400)
TIMES = (
    "2024-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59", "2024-02-30T00:00:00Z", "2024-01-01T00:00:00+99:99", "0000-00-00T00:00:00Z", "now", "",
)  # fmt: skip
ANY: Tuple[Any, ...] = (
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
        self._known = known_values(prepared)

    def choose(self, values: Any) -> Any:
        return self.random.choice(values)

    def known(self, name: str) -> Optional[Any]:
        fits = values_for(self._known, name)
        return self.choose(fits) if fits else None

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
            path = path.replace("{%s}" % (name + ":int" if is_integer else name), text)
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
            return {
                self.choose(TEXTS): self.value("", get_args(hint)[1], depth + 1) for _ in range(self.choose((0, 1, 2)))
            }
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
            pools: Dict[str, Any] = {
                "date-time": TIMES,
                "byte": ("", "YQ==", "%", "YQ"),
                "uint32": (0, 1, 2**32 - 1, -1),
            }
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
        made = {
            n: self.value(n, h, depth) for n, h in fields.items() if self.random.random() < share or n in NEVER_WAIT
        }
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


def test_no_made_up_request_makes_the_master_fail(
    running: Tuple[LocalMaster, Prepared], connection: Connection
) -> None:
    wrong = []
    for row, messages in rows():
        maker = Maker(f"{SEED} {row.name}", running[1])
        for _ in range(REQUESTS_PER_ROW):
            path, body = maker.request(row, messages)
            if row.stream or row.name in MAY_WAIT:
                status, answer = connection.send_briefly(row.method, path, body)
            else:
                status, answer = connection.send(row.method, path, body)
            if status == 401:
                connection.log_in()
            found = complaint(row, status, answer)
            if found:
                wrong.append(f"{row.method} {path[:300]} {(body or b'')[:600]!r}: {found}")
    assert wrong == []


# --- what no well-meaning client sends ------------------------------------------------------------------------------


def send_raw(connection: Connection, raw: bytes) -> bytes:
    """Send bytes as they are and hang up; returns all that was answered."""
    host, _, port = connection.url.partition("://")[2].partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as plug:
        plug.sendall(raw)
        plug.shutdown(socket.SHUT_WR)
        got = b""
        while True:
            part = plug.recv(65536)
            if not part:
                return got
            got += part


def raw_request(connection: Connection, line: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [
        line,
        "Host: localhost",
        f"Authorization: {connection.headers['Authorization']}",
        *headers,
        "Connection: close",
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def is_alive(connection: Connection) -> bool:
    return bool(connection.call("GET", "/api/v1/me")["user"]["username"] == PROBER)


BAD_BODIES = {
    "a list": (b"[1, 2]", 400),
    "a number": (b"7", 400),
    "a text": (b'"name"', 400),
    "nothing that is JSON": (b"{name: x}", 400),
    "half of an object": (b'{"name": "x', 400),
    "nested a hundred thousand deep": (b'{"metadata":' * 100_000, 400),
    "lists nested a hundred thousand deep": (b'{"labels":' + b"[" * 100_000, 400),
    "an integer of ten thousand digits": (b'{"name": "n", "workspaceId": ' + b"9" * 10_000 + b"}", 400),
    "a number beyond all doubles": (b'{"name": "n", "metadata": {"x": 1e999}}', 400),
    "NaN": (b'{"name": "n", "metadata": {"x": NaN}}', 400),
    "bytes that are no UTF-8": (b'{"name": "\xff\xfe", "workspaceId": "\xff"}', 400),
    "an object where a text belongs": (b'{"name": {}}', 400),
    "a list where a map belongs": (b'{"name": "n", "metadata": []}', 400),
}


@pytest.mark.parametrize("kind", sorted(BAD_BODIES))
def test_a_body_that_cannot_be_read_is_refused_with_its_reason(connection: Connection, kind: str) -> None:
    body, expected = BAD_BODIES[kind]
    status, answer = connection.send("POST", "/api/v1/models", body)
    assert (status, json.loads(answer)["error"]["code"]) == (expected, 3), answer
    assert json.loads(answer)["error"]["error"]


def test_of_a_key_that_comes_twice_the_last_value_counts(connection: Connection) -> None:
    answer = connection.send("POST", "/api/v1/models", b'{"name": "first", "name": "twice"}')[1]
    assert json.loads(answer)["model"]["name"] == "twice"


def test_half_a_surrogate_pair_and_a_nul_do_not_break_what_is_stored(connection: Connection) -> None:
    body = json.dumps({"name": "odd", "description": "a\ud800b\0c", "metadata": {"\udfff": "\ud83d"}}).encode()
    status, _ = connection.send("POST", "/api/v1/models", body)
    assert status == 200
    assert connection.call("GET", "/api/v1/models/odd")["model"]["description"] == "a\ufffdb\0c"


CONDITION = {"kind": "field", "columnName": "name", "operator": "contains", "value": "x"}
TOO_MUCH = {
    "conditions": {
        "filter": json.dumps(
            {"filterGroup": {"kind": "group", "conjunction": "and", "children": [CONDITION] * 3000}},
        )
    },
    "orders": {"sort": ",".join(["id=asc"] * 3000)},
    "text in a condition": {"filter": json.dumps({"filterGroup": {**CONDITION, "value": "a" * 60_000}})},
}


@pytest.mark.parametrize("kind", sorted(TOO_MUCH))
def test_more_than_the_database_takes_is_refused_with_the_reason(connection: Connection, kind: str) -> None:
    status, answer = connection.send("POST", "/api/v1/experiments-search", json.dumps(TOO_MUCH[kind]).encode())
    assert status == 400
    assert "too much at once" in json.loads(answer)["error"]["error"]


@pytest.mark.parametrize("thing", ["runs", "experiments"])
def test_what_is_named_many_times_is_done_once(connection: Connection, thing: str) -> None:
    path = "/api/v1/runs/archive" if thing == "runs" else "/api/v1/projects/1/experiments/archive"
    answer = connection.call("POST", path, {f"{thing[:-1]}Ids": [77] * 10_000, "projectId": 1})
    assert [result["id"] for result in answer["results"]] == [77]


@pytest.mark.parametrize("number", ["2147483648", "9223372036854775808", "9" * 5000, "-2147483649"])
def test_an_id_that_no_database_holds_is_refused_as_out_of_range(connection: Connection, number: str) -> None:
    for path in ("/api/v1/experiments/{}", "/api/v1/trials/{}", "/api/v1/projects/{}", "/api/v1/workspaces/{}"):
        status, answer = connection.send("GET", path.format(number))
        assert status == 400
        assert "value out of range" in json.loads(answer)["error"]["error"]
    assert connection.send("GET", f"/api/v1/models/{number}")[0] == 404
    # a sign is no part of a number there
    assert connection.send("GET", f"/experiments/{number}/model_def")[0] in (400, 404)


RAW_REQUESTS: Dict[str, Tuple[str, bytes, List[str]]] = {
    "a body shorter than announced": ("POST /api/v1/models HTTP/1.1", b'{"name":', ["Content-Length: 100"]),
    "a body longer than announced": ("POST /api/v1/models HTTP/1.1", b'{"name": "long"}xxxxxx', ["Content-Length: 5"]),
    "a negative length": ("POST /api/v1/models HTTP/1.1", b"{}", ["Content-Length: -1"]),
    "a length that is no number": ("POST /api/v1/models HTTP/1.1", b"{}", ["Content-Length: many"]),
    "two lengths": ("POST /api/v1/models HTTP/1.1", b"{}", ["Content-Length: 2", "Content-Length: 1"]),
    "broken chunks": ("POST /api/v1/models HTTP/1.1", b"zz\r\n{}\r\n0\r\n\r\n", ["Transfer-Encoding: chunked"]),
    "an unknown verb": ("BREW /api/v1/models HTTP/1.1", b"", []),
    "no HTTP": ("hello", b"", []),
    "a path of raw bytes": ("GET /api/v1/models/\xff\xfe HTTP/1.1", b"", []),
    "a plain path of raw bytes": ("GET /users/\xff\xfe HTTP/1.1", b"", []),
    "a path of half an escape": ("GET /api/v1/models/%f HTTP/1.1", b"", []),
    "a path with a NUL": ("GET /api/v1/models/%00 HTTP/1.1", b"", []),
    "a path that climbs": ("GET /api/v1/../../etc/passwd HTTP/1.1", b"", []),
    "an address for a proxy": ("GET http://other/api/v1/models HTTP/1.1", b"", []),
    "a query of raw bytes": ("GET /api/v1/models?name=\xff&limit=%zz HTTP/1.1", b"", []),
    "a query of a thousand keys": ("GET /api/v1/models?" + "a=1&" * 1000 + " HTTP/1.1", b"", []),
    "a header that lies about compression": (
        "POST /api/v1/models HTTP/1.1",
        b"{}",
        ["Content-Encoding: gzip", "Content-Length: 2"],
    ),
    "a host of raw bytes": ("GET /info HTTP/1.1", b"", ["Host: \xff", "Accept: \xff"]),
}


@pytest.mark.parametrize("kind", sorted(RAW_REQUESTS))
def test_http_that_is_broken_hurts_nobody_else(connection: Connection, kind: str) -> None:
    line, body, headers = RAW_REQUESTS[kind]
    answer = send_raw(connection, raw_request(connection, line, body, *headers))
    if answer:  # a request that never came whole has no answer
        assert re.match(rb"HTTP/1\.1 (200|400|401|403|404|405|409|501) ", answer), answer[:300]
    assert is_alive(connection)


@pytest.mark.parametrize("token", ["", "x", "Bearer", "\xff\xfe", "v2.public." + "A" * 5000, "\x7f", "' OR 1=1"])
def test_a_token_that_is_none_is_unauthenticated(connection: Connection, token: str) -> None:
    line = "GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    answer = send_raw(connection, (line + f"Authorization: Bearer {token}\r\n\r\n").encode("latin-1"))
    assert answer.startswith((b"HTTP/1.1 401 ", b"HTTP/1.1 400 ")), answer[:300]


def test_no_made_up_request_outside_the_api_makes_the_master_fail(
    running: Tuple[LocalMaster, Prepared], connection: Connection
) -> None:
    maker = Maker(f"{SEED} plain", running[1])
    checkpoint = running[1].checkpoint
    paths = ["/users", "/users/me", "/login", "/task-logs", "/tasks", "/health", "/info", "/resources/allocation/raw"]
    paths += ["/resources/allocation/aggregated", "/resources/allocation/allocations-csv", f"/checkpoints/{checkpoint}"]
    paths += [f"/experiments/{n}/{tail}" for n in (1, 2, 99, "x", 2**70) for tail in ("model_def", "preview_gc")]
    paths += ["/experiments/1/file/download", "/users/somebody", "/users/somebody/username", "/checkpoints/..%2f..%2fx"]
    fields: Tuple[str, ...] = (
        "username",
        "password",
        "admin",
        "active",
        "path",
        "timestamp_after",
        "start_date",
        "end_date",
        "period",
    )
    fields += ("timestamp_before", "task_id", "log", "rank_id", "timestamp", "save_trial_best", "allocationId")
    wrong = []
    for path in paths:
        for method in ("GET", "POST", "PATCH"):
            for _ in range(6):
                made = {f: maker.choose((*ANY, *TEXTS, *TIMES)) for f in fields if maker.random.random() < 0.5}
                if path == "/users/me" and method != "GET":
                    continue
                query = urlencode(list(query_pairs("", made)), errors="surrogatepass")
                body = maker.choose((json.dumps(made), json.dumps([made]), "[", "7", "", '{"username":"x"}')).encode()
                status, answer = connection.send(method, f"{path}?{query}", body)
                if status >= 500 and (b"failed to answer" in answer or b"database failed" in answer):
                    wrong.append(f"{method} {path}?{query} {body!r}: {answer!r}")
                if status == 401:
                    connection.log_in()
    assert wrong == []


# --- configurations -------------------------------------------------------------------------------------------------

CONFIGS: Tuple[Dict[str, Any], ...] = (
    {
        "name": "n",
        "entrypoint": "python3 t.py",
        "labels": ["a"],
        "max_restarts": 2,
        "perform_initial_validation": True,
        "searcher": {
            "name": "adaptive_asha",
            "metric": "loss",
            "max_trials": 4,
            "max_length": {"epochs": 8},
            "mode": "standard",
            "bracket_rungs": [1],
            "max_concurrent_trials": 2,
            "divisor": 4,
        },
        "hyperparameters": {
            "lr": {"type": "log", "minval": -4, "maxval": -1, "base": 10},
            "n": {"type": "int", "minval": 1, "maxval": 9},
            "o": {"type": "categorical", "vals": ["a", 1, {"x": [1]}]},
            "c": {"d": {"e": 1}},
        },
        "resources": {"slots_per_trial": 1, "max_slots": 2, "weight": 1.5, "priority": 42, "shm_size": "1 GiB"},
        "environment": {
            "environment_variables": ["A=1"],
            "image": {"cpu": "c", "cuda": "d"},
            "force_pull_image": False,
        },
        "checkpoint_storage": {"type": "shared_fs", "host_path": "/tmp/x", "storage_path": "y", "save_trial_best": 1},
        "min_validation_period": {"batches": 10},
        "checkpoint_policy": "best",
        "records_per_epoch": 10,
        "log_policies": [{"pattern": ".*OOM.*", "action": "cancel_retries"}],
        "retention_policy": {"log_retention_days": 3},
        "bind_mounts": [{"host_path": "/a", "container_path": "/b"}],
        "profiling": {"enabled": True},
    },
    {
        "name": "grid",
        "entrypoint": ["a", "b"],
        "description": "d",
        "workspace": "Uncategorized",
        "data": {"a": [1]},
        "searcher": {"name": "grid", "metric": "m", "max_length": 100, "smaller_is_better": False},
        "hyperparameters": {
            "a": {"type": "int", "minval": 0, "maxval": 8, "count": 3},
            "b": {"type": "const", "val": [1]},
        },
        "checkpoint_storage": {"type": "s3", "bucket": "b", "prefix": "p", "endpoint_url": "http://127.0.0.1:1"},
        "optimizations": {"aggregation_frequency": 1},
        "integrations": {"pachyderm": {"dataset": {"project": "p"}}},
    },
    {
        "name": "random",
        "entrypoint": "x",
        "searcher": {"name": "random", "metric": "m", "max_trials": 3, "source_trial_id": 1},
        "hyperparameters": {"a": {"type": "double", "minval": 0.0, "maxval": 1}},
        "reproducibility": {"experiment_seed": 7},
        "pbs": {"slots_per_node": 1},
        "slurm": {"gpu_type": "x"},
    },
)
ODD_TEXTS = (
    "{", "a: &b [*b]", "- x", "a: b: c", "!!python/object:os.system x", "\0", "\t", "name: [", "? x", "%YAML 9",
    "---\n---",
    "&a [*a, *a]", "name: !!binary zz", "x: 0x" + "f" * 400, "x: 1e999", "x: .inf", "x: " + "9" * 5000, "<<: {a: 1}",
    "a: 2024-13-45", "x: 1:2:3:4", "[" * 2000, "{a: " * 2000, "- " * 2000, "? " * 500, "\ufeffname: x", "a: |9\n b",
    "~", "# only",
    "a: &x {b: *x}", "&a : *a", "*nowhere", "'", "\"\\x\"", "\"\\ud800\"", "name: x\nname: y",
)  # fmt: skip


def places(value: Any) -> Iterator[Tuple[Any, Any]]:
    """Every place of a tree: its container and key."""
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


def mutate(config: Dict[str, Any], luck: random.Random) -> None:
    container, key = luck.choice(list(places(config)))
    action = luck.randrange(4)
    if action == 0:
        del container[key]
    elif action == 1 and isinstance(container, dict):
        name = luck.choice(("", "x", "type", "name", "vals", "\ud83d", "a" * 300, "minval", "a.b"))
        container[name] = copy.deepcopy(luck.choice(ANY))  # or a later turn puts it into itself
    elif action == 2:
        container[key] = luck.choice([v for c, k in places(config) for v in [c[k]] if not isinstance(v, (dict, list))])
    else:
        container[key] = copy.deepcopy(luck.choice((*ANY, *TEXTS, *FLOATS, 2**63, -(2**63) - 1)))


def check_config(connection: Connection, text: str, path: str, **more: Any) -> str:
    body = json.dumps({"config": text, **more}).encode()
    status, answer = connection.send("POST", path, body)
    said = json.loads(answer)
    if status == 200:
        return ""
    known = status in (400, 404, 409) or (status == 500 and "failed" not in said["error"]["error"])
    return "" if known and said["error"]["error"] else f"{text!r}: {status} {said}"


def test_no_mutated_configuration_makes_the_master_fail(connection: Connection) -> None:
    luck = random.Random(SEED)
    wrong = []
    for turn in range(500):
        config = json.loads(json.dumps(luck.choice(CONFIGS)))
        for _ in range(luck.choice((1, 1, 2, 4))):
            mutate(config, luck)
        text = json.dumps(config)
        wrong.append(check_config(connection, text, "/api/v1/experiments", validateOnly=True, modelDefinition=[]))
        if turn % 5 == 0:
            wrong.append(check_config(connection, text, "/api/v1/experiments", unmanaged=True))
            wrong.append(check_config(connection, text, "/api/v1/preview-hp-search", seed=1))
    assert [w for w in wrong if w] == []


def test_no_text_instead_of_a_configuration_makes_the_master_fail(connection: Connection) -> None:
    wrong = [check_config(connection, text, "/api/v1/experiments", validateOnly=True) for text in ODD_TEXTS]
    whole = json.dumps(CONFIGS[0])
    luck = random.Random(SEED)
    for _ in range(200):
        at, end = sorted(luck.randrange(len(whole)) for _ in range(2))
        text = luck.choice((whole[:at] + whole[end:], whole[:at] + whole[at:end] * 2 + whole[end:], whole[:end]))
        wrong.append(check_config(connection, text, "/api/v1/experiments", validateOnly=True))
    assert [w for w in wrong if w] == []


def test_a_bomb_of_aliases_is_refused(connection: Connection) -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    status, _ = connection.send("POST", "/api/v1/experiments", json.dumps({"config": "\n".join(lines)}).encode())
    assert status in (400, 500)
    assert is_alive(connection)
