"""Streams of the gateway, and the reading of requests."""

from __future__ import annotations

import asyncio
from typing import Any, AsyncIterator, Dict, List

import pytest

from determined.common.api.wire.workspaces import GetWorkspacesQuery, PostWorkspaceRequest
from determined.master.decode import decode_body, decode_query
from determined.master.errors import Refusal, not_found
from determined.master.gateway import Stream
from determined.master.store.filters import glob_of


class Wire:
    """The other end of a stream."""

    def __init__(self) -> None:
        self.sent: List[Dict[str, Any]] = []
        self.hang_up = asyncio.Event()

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    async def receive(self) -> Any:
        await self.hang_up.wait()
        return {"type": "http.disconnect"}


def test_a_stream_ends_when_its_caller_hangs_up() -> None:
    closed = False

    async def endless() -> AsyncIterator[Any]:
        nonlocal closed
        try:
            yield {"n": 1}
            await asyncio.Event().wait()
        finally:
            closed = True

    async def story() -> List[Dict[str, Any]]:
        wire = Wire()
        serving = asyncio.ensure_future(Stream(wire.send).serve(endless(), wire.receive))
        while len(wire.sent) < 2:
            await asyncio.sleep(0)
        wire.hang_up.set()
        await asyncio.wait_for(serving, 5)
        return wire.sent

    sent = asyncio.run(story())
    assert closed
    assert [m.get("body") for m in sent] == [None, b'{"result":{"n":1}}\n']


@pytest.mark.parametrize("results_before", [0, 1])
def test_an_error_sets_the_status_of_a_stream_only_before_its_first_result(results_before: int) -> None:
    async def failing() -> AsyncIterator[Any]:
        for _ in range(results_before):
            yield {}
        raise not_found("task", "x")

    async def story() -> List[Dict[str, Any]]:
        wire = Wire()
        await Stream(wire.send).serve(failing(), wire.receive)
        return wire.sent

    sent = asyncio.run(story())
    assert sent[0]["status"] == (200 if results_before else 404)
    assert b'"grpcCode":5' in sent[-1]["body"]
    assert not sent[-1].get("more_body")


def test_half_a_surrogate_pair_becomes_the_replacement_character() -> None:
    assert decode_body(PostWorkspaceRequest, rb'{"name": "a\ud800b"}') == {"name": "a\ufffdb"}
    assert decode_body(PostWorkspaceRequest, rb'{"name": "\ud83d\ude00"}') == {"name": "\U0001f600"}


@pytest.mark.parametrize("text", ["1", "T", "TRUE", ""])
def test_a_truth_value_that_may_be_null_is_spelled_true_or_false_in_queries(text: str) -> None:
    assert decode_query(GetWorkspacesQuery, [("archived", "true")]) == {"archived": True}
    with pytest.raises(Refusal, match=f"bad BoolValue: {text}"):
        decode_query(GetWorkspacesQuery, [("archived", text)])


@pytest.mark.parametrize(
    ("pattern", "glob"),
    [
        ("a_b%", "a?b*"),
        ("100*", "100[*]"),
        (r"50\%", "50%"),
        (r"a\_b", "a_b"),
        ("[x]?", "[[]x][?]"),
        ("end\\", "end\\"),
    ],
)
def test_like_patterns_keep_their_meaning_as_globs(pattern: str, glob: str) -> None:
    assert glob_of(pattern) == glob
