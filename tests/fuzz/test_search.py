"""Whatever stands in a filter or an order, a search finds something or says what is wrong with it."""

from __future__ import annotations

import json
from typing import Any, Iterator, List

import pytest

from ..contract.prepared import Connection
from ..contract.probing import PROBER, PROBER_PASSWORD
from .conftest import FACTOR, Fuzzed

EXAMPLES = 300 * FACTOR
SEARCHES = ("/api/v1/experiments-search", "/api/v1/runs")


class Searcher:
    """Searches, and keeps what is wrong with the answers."""

    def __init__(self, fuzzed: Fuzzed) -> None:
        self.wrong: List[str] = []
        self.granted = 0
        self._connection = Connection(fuzzed.master.url, PROBER, PROBER_PASSWORD)

    def close(self) -> None:
        self._connection.close()

    def search(self, request: Any) -> None:
        for path in SEARCHES:
            status, answer = self._connection.send("POST", path, json.dumps(request).encode())
            self.granted += status == 200
            if status not in (200, 400, 404, 429, 500) or b"failed" in answer:  # 429: more than a body may hold
                self.wrong.append(f"{path} {json.dumps(request)[:1000]}: {status} {answer[:300]!r}")


@pytest.fixture
def searcher(fuzzed: Fuzzed) -> Iterator[Searcher]:
    opened = Searcher(fuzzed)
    yield opened
    opened.close()


def test_no_search_makes_the_master_fail(searcher: Searcher) -> None:
    from .examples import run_examples
    from .searches import made_searches

    run_examples(made_searches(), EXAMPLES, searcher.search)
    assert searcher.wrong == []
    assert searcher.granted > EXAMPLES // 20
