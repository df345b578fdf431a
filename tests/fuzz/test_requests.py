"""Whatever schemathesis makes of the API's description, the master answers it in the form of its answers."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, Iterator, List

import requests

from determined.common.api.wire.endpoint import Endpoint

from .. import recorded
from ..contract.answer_form import Form, Schema
from ..contract.prepared import Connection
from ..contract.probing import MAY_WAIT, PROBER, PROBER_PASSWORD, complaint, known_values, rows
from .conftest import FACTOR, Fuzzed

EXAMPLES = 20 * FACTOR


class Prober:
    """Sends what was made up, and keeps what is wrong with the answers."""

    def __init__(self, fuzzed: Fuzzed, description: Schema) -> None:
        self._paths = description["paths"]
        self._form = Form(description)
        self.wrong: List[str] = []
        self._connection = Connection(fuzzed.master.url, PROBER, PROBER_PASSWORD)
        self._me = self._connection.call("GET", "/api/v1/me")["user"]["id"]
        self._other = fuzzed.prepared.user

    def close(self) -> None:
        self._connection.close()

    def probe(self, row: "Endpoint[Any, Any]", case: Any) -> None:
        self._spare_myself(row, case)
        request = requests.Request(**case.as_transport_kwargs(base_url=self._connection.url)).prepare()
        body = request.body.encode() if isinstance(request.body, str) else request.body
        send = self._connection.send_briefly if row.stream or row.name in MAY_WAIT else self._connection.send
        status, answer = send(row.method, request.path_url, body)
        if status == 401:
            self._connection.log_in()
        found = complaint(row, status, answer) or "; ".join(self._mismatches(row, status, answer))
        if found:
            self.wrong.append(f"{row.method} {request.path_url[:300]} {(body or b'')[:600]!r}: {found}")

    def restore(self) -> None:
        """Bring back from the archive what was put there, or most changes would be refused for that."""
        for thing in ("workspaces/2", "projects/2", "models/model", "experiments/1", "experiments/2"):
            self._connection.send("POST", f"/api/v1/{thing}/unarchive")

    def is_answered(self) -> bool:
        return bool(self._connection.call("GET", "/api/v1/me")["user"]["username"] == PROBER)

    def _mismatches(self, row: "Endpoint[Any, Any]", status: int, answer: bytes) -> Iterator[str]:
        """Where what was granted is not of the described form."""
        operation = self._paths[row.path.replace(":int}", "}")][row.method.lower()]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        for line in (answer.splitlines() if row.stream else [answer]) if status == 200 else []:
            value = json.loads(line)
            value = value.get("result") if row.stream else value
            if value:
                yield from self._form.mismatches(schema, value, row.name)

    def _spare_myself(self, row: "Endpoint[Any, Any]", case: Any) -> None:
        """The master has to know the prober to the end."""
        for name, value in (case.path_parameters or {}).items():
            if "user" in name and str(value) == str(self._me):
                case.path_parameters[name] = self._other
        if row.name == "PatchUsers" and isinstance(case.body, dict):
            case.body["activate"] = True


def test_no_request_made_from_the_contract_makes_the_master_fail(fuzzed: Fuzzed) -> None:
    from .requests_from_contract import check_cases, load_operations

    description = recorded.load("api")
    operations = load_operations(description)
    known = {**known_values(fuzzed.prepared), "user": (fuzzed.prepared.user, 1, 2)}
    prober = Prober(fuzzed, description)
    for row, _ in rows():
        prober.restore()
        check_cases(operations[row.name], known, EXAMPLES, partial(prober.probe, row))
    assert prober.is_answered()
    prober.close()
    assert prober.wrong == []
