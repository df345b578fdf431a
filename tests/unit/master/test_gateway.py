"""Streams of the gateway, and the reading of requests."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, AsyncIterator, Dict, List

import pytest

from determined.common.api.wire.cluster import SetClusterMessageRequest
from determined.common.api.wire.jobs import UpdateJobQueueRequest
from determined.common.api.wire.projects import MoveProjectRequest, PutProjectNotesRequest
from determined.common.api.wire.tasks import LaunchCommandRequest
from determined.common.api.wire.users import PatchUser, PatchUsersRequest
from determined.common.api.wire.workspaces import GetWorkspacesQuery, PostWorkspaceRequest
from determined.master.decode import decode_body, decode_query, decode_timeout, query_pairs
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


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b'{name: "x"}', "invalid character 'n' looking for beginning of object key string"),
        (b"{'name': 1}", "invalid character '\\'' looking for beginning of object key string"),
        (b'{"name": "x",}', "invalid character '}' looking for beginning of object key string"),
        (b'{"name" "x"}', "invalid character '\"' after object key"),
        (b'{"name": "x" "y"}', "invalid character '\"' after object key:value pair"),
        (b"[1 2]", "invalid character '2' after array element"),
        (b'{"name": nil}', "invalid character 'i' in literal null (expecting 'u')"),
        (b'{"name": -}', "invalid character '}' in numeric literal"),
        (b'{"name": 1.}', "invalid character '}' after decimal point in numeric literal"),
        (b'{"name": "a\nb"}', "invalid character '\\n' in string literal"),
        (rb'{"name": "\d"}', "invalid character 'd' in string escape code"),
        ("{é: 1}".encode(), "invalid character 'Ã' looking for beginning of object key string"),
        (b'{"name": "x"', "unexpected EOF"),
        (b'{"name": NaN}', "invalid character 'N' looking for beginning of value"),
    ],
)
def test_broken_json_is_refused_in_the_words_of_go(body: bytes, fault: str) -> None:
    with pytest.raises(Refusal, match=f"^{re.escape(fault)}$"):
        decode_body(PostWorkspaceRequest, body)


@pytest.mark.parametrize(
    "body", ['{"displayName": "a", "display_name": "b"}', '{"display_name": "b", "displayName": "a"}']
)
def test_of_a_field_sent_in_both_spellings_camel_case_counts(body: str) -> None:
    assert decode_body(PatchUser, body.encode()) == {"displayName": "a"}


def test_nothing_may_follow_a_number_that_is_written_as_text() -> None:
    assert decode_body(MoveProjectRequest, b'{"destinationWorkspaceId": "7"}') == {"destinationWorkspaceId": 7}
    for text, fault in (
        ("7a", "after top-level value"),
        ("", "unexpected end of JSON input"),
        ("07", "after top-level"),
    ):
        with pytest.raises(Refusal, match=fault):
            decode_body(MoveProjectRequest, json.dumps({"destinationWorkspaceId": text}).encode())


def test_null_in_a_list_is_the_types_zero_value() -> None:
    body = b'{"userIds": [null, 2], "filters": null}'
    assert decode_body(PatchUsersRequest, body) == {"userIds": [0, 2]}
    assert decode_body(PutProjectNotesRequest, b'{"notes": [null]}') == {"notes": [{}]}


@pytest.mark.parametrize(("text", "number"), [("0x1f", 31), ("010", 8), ("1_000", 1000), ("-0b11", -3), ("+7", 7)])
def test_integers_of_queries_are_written_as_in_the_source_of_go(text: str, number: int) -> None:
    assert decode_query(GetWorkspacesQuery, [("limit", text)]) == {"limit": number}


@pytest.mark.parametrize("text", ["08", "1__0", "_1", "0x", "1.5", " 1", "", "२"])
def test_integers_of_queries_that_go_cannot_read_are_refused(text: str) -> None:
    with pytest.raises(Refusal, match="invalid syntax"):
        decode_query(GetWorkspacesQuery, [("limit", text)])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2020-01-01", 'cannot parse "" as "T"'),
        ("2020-01-01 10:00:00Z", 'cannot parse " 10:00:00Z" as "T"'),
        ("2020-01-01T10:00:00", 'cannot parse "" as "Z07:00"'),
        ("2020-1-01T10:00:00Z", 'cannot parse "1-01T10:00:00Z" as "01"'),
        ("2020-13-01T10:00:00Z", '"2020-13-01T10:00:00Z": month out of range'),
        ("2021-02-29T10:00:00Z", '"2021-02-29T10:00:00Z": day out of range'),
        ("2020-01-01T10:00:00Zulu", '"2020-01-01T10:00:00Zulu": extra text: "ulu"'),
    ],
)
def test_times_are_refused_in_the_words_of_go(text: str, fault: str) -> None:
    body = json.dumps({"message": "m", "startTime": text}).encode()
    with pytest.raises(Refusal, match=f"^bad Timestamp: parsing time .*{re.escape(fault)}$"):
        decode_body(SetClusterMessageRequest, body)


@pytest.mark.parametrize(
    ("query", "fault"), [(b"name=50%", '"%"'), (b"a=1&b=%zz1", '"%zz"'), (b"a=1;b=2", "invalid semicolon separator")]
)
def test_a_query_that_go_cannot_read_is_refused(query: bytes, fault: str) -> None:
    with pytest.raises(Refusal, match=fault):
        query_pairs(query)


def test_a_query_is_utf8_whether_escaped_or_not() -> None:
    assert query_pairs("a=ü&b=%C3%BC+x".encode()) == [("a", "ü"), ("b", "ü x")]


def test_a_timeout_has_a_number_and_a_unit() -> None:
    assert [decode_timeout(text) for text in ("2S", "1H", "500m", "0n", "-1S")] == [2.0, 3600.0, 0.5, None, -1.0]
    for text in ("5", "S", "1s", "1.5S", ""):
        with pytest.raises(Refusal, match=f"invalid grpc-timeout: {text}"):
            decode_timeout(text)


def test_a_number_of_single_precision_loses_what_that_cannot_hold() -> None:
    body = b'{"updates": [{"jobId": "j", "weight": 1.1}]}'
    assert decode_body(UpdateJobQueueRequest, body)["updates"][0]["weight"] == 1.100000023841858
    with pytest.raises(Refusal, match="number 1e\\+300 into Go value of type float32"):
        decode_body(UpdateJobQueueRequest, b'{"updates": [{"weight": 1e300}]}')


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("aGk", 0),
        ("aG%k", 2),
        ("ab=", 3),
        ("ab=c", 2),
        ("aGk=x", 4),
        ("a===", 1),
        ("not base64!", 3),
        ("aGk=\naGk=", 5),
    ],
)
def test_bytes_that_are_no_base64_are_refused_where_go_stumbles(text: str, place: int) -> None:
    body = json.dumps({"files": [{"path": "p", "content": text}]}).encode()
    with pytest.raises(Refusal, match=f"^illegal base64 data at input byte {place}$"):
        decode_body(LaunchCommandRequest, body)


def test_line_breaks_in_base64_do_not_count() -> None:
    body = b'{"files": [{"content": "aGVs\\r\\nbG8="}]}'
    assert decode_body(LaunchCommandRequest, body)["files"][0]["content"] == "aGVs\r\nbG8="
