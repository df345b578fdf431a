"""Whatever is sent as an experiment's configuration, the master reads or refuses it, and says why."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator, List

import pytest

from .. import recorded
from ..contract.prepared import Connection
from ..contract.probing import PROBER, PROBER_PASSWORD
from .conftest import FACTOR, Fuzzed

EXAMPLES = 800 * FACTOR


class Reader:
    """Has configurations read, and keeps what is wrong with the answers."""

    def __init__(self, fuzzed: Fuzzed) -> None:
        self.wrong: List[str] = []
        self.accepted = 0
        self._connection = Connection(fuzzed.master.url, PROBER, PROBER_PASSWORD)

    def close(self) -> None:
        self._connection.close()

    def validate(self, text: str) -> None:
        """Ask whether an experiment could be made of it."""
        self._check("/api/v1/experiments", {"config": text, "validateOnly": True})

    def use(self, text: str) -> None:
        """Make what can be made of it: an experiment whose trials run elsewhere, a search as it would go."""
        self._check("/api/v1/experiments", {"config": text, "unmanaged": True})
        self._send("/api/v1/preview-hp-search", f'{{"seed": 1, "config": {text}}}'.encode("utf-8", "surrogatepass"))
        self._check("/api/v1/experiments", {"config": text, "template": "template", "validateOnly": True})

    def send_bytes(self, raw: bytes) -> None:
        """Send bytes as they are where the text of a configuration stands."""
        escaped = raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        self._send("/api/v1/experiments", b'{"validateOnly": true, "config": "name: ' + escaped + b'"}')

    def _check(self, path: str, request: Dict[str, Any]) -> None:
        self._send(path, json.dumps(request).encode())

    def _send(self, path: str, body: bytes) -> None:
        status, answer = self._connection.send("POST", path, body)
        if status == 200:
            self.accepted += 1
            return
        error = json.loads(answer)["error"]
        # what is wrong with a configuration comes as 500, with the reason
        is_meant = status in (400, 404, 409, 500) and error["error"] and "failed to answer" not in error["error"]
        if not is_meant or "Traceback" in error["error"] or "database failed" in error["error"]:
            self.wrong.append(f"{path} {body[:1000]!r}: {status} {error}")


@pytest.fixture
def reader(fuzzed: Fuzzed) -> Iterator[Reader]:
    opened = Reader(fuzzed)
    yield opened
    opened.close()


def test_no_configuration_made_from_the_description_makes_the_master_fail(reader: Reader) -> None:
    from .configurations import made_configurations
    from .examples import run_examples

    made = made_configurations(recorded.load("configuration")["parts"])
    run_examples(made, EXAMPLES, reader.validate)
    assert reader.wrong == []
    assert reader.accepted > EXAMPLES // 100  # or nothing comes to the later checks
    run_examples(made, EXAMPLES // 8, reader.use)
    assert reader.wrong == []


def test_no_odd_text_makes_the_master_fail(reader: Reader) -> None:
    from .configurations import odd_texts
    from .examples import run_examples

    run_examples(odd_texts(), EXAMPLES, reader.validate)
    run_examples(odd_texts(), EXAMPLES // 8, reader.use)
    assert reader.wrong == []


def test_no_bytes_instead_of_text_make_the_master_fail(reader: Reader) -> None:
    from hypothesis import strategies as st

    from .examples import run_examples

    run_examples(st.binary(max_size=40), EXAMPLES // 4, reader.send_bytes)
    assert reader.wrong == []
