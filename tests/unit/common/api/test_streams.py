"""Answers that are streams of lines."""

from __future__ import annotations

import gzip
from typing import Any, List

import pytest

from determined.common.api import Session, errors
from determined.common.api._streams import read_stream

from .stub import CLOSE, HANG, Act, Stub, answer, chunked, cut_answer, lines_of, refusal

RESULTS = lines_of({"result": {"n": 1}}, {"result": {"n": 2}}, {"result": "ä"})


def read(act: Act, timeout: float = 10.0) -> List[Any]:
    with Stub(act) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        found = []
        try:
            for result in read_stream(session.get("logs", stream=True, timeout=timeout)):
                found.append(result)
        except Exception as error:
            error.found = found  # type: ignore[attr-defined]  # for the assertions of the test
            raise
        return found


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_lines_are_read_however_they_are_cut_into_chunks(size: int) -> None:
    body = b"".join(RESULTS)
    assert read(chunked(*(body[i : i + size] for i in range(0, len(body), size)))) == [{"n": 1}, {"n": 2}, "ä"]


def test_a_line_may_be_very_long() -> None:
    (line,) = lines_of({"result": "x" * 1_000_000})
    assert read(chunked(line[:300_000], line[300_000:])) == ["x" * 1_000_000]


def test_blank_lines_and_a_last_line_without_an_end_are_borne() -> None:
    assert read(answer(b"\n" + RESULTS[0] + b"\n \n" + RESULTS[1].rstrip())) == [{"n": 1}, {"n": 2}]


def test_a_stream_may_be_compressed() -> None:
    assert read(answer(gzip.compress(RESULTS[0]), headers={"Content-Encoding": "gzip"})) == [{"n": 1}]


def test_an_empty_stream_has_no_results() -> None:
    assert read(chunked()) == []


def test_results_come_before_the_stream_ends() -> None:
    with Stub(Act(chunked(*RESULTS, whole=False).data, HANG)) as stub:
        with Session(stub.url, "ada", "tok", None) as session:
            stream = read_stream(session.get("logs", stream=True))
            assert [next(stream), next(stream)] == [{"n": 1}, {"n": 2}]
            stream.close()  # type: ignore[attr-defined]  # it is a generator


@pytest.mark.parametrize(
    "act",
    [
        chunked(RESULTS[0], whole=False),
        Act(chunked(RESULTS[0], whole=False).data + b'20\r\n{"res', CLOSE),
        chunked(RESULTS[0], b'{"resu'),
    ],
    ids=["between chunks", "in a chunk", "in a line"],
)
def test_a_stream_that_is_cut_gives_what_came_and_an_error(act: Act) -> None:
    with pytest.raises(errors.ConnectionLostException, match="logs was cut") as caught:
        read(act)
    assert caught.value.found == [{"n": 1}]  # type: ignore[attr-defined]  # set by read()


def test_a_stream_that_is_shorter_than_it_was_to_be_is_cut() -> None:
    with pytest.raises(errors.ConnectionLostException, match="logs was cut"):
        read(cut_answer(RESULTS[0], missing=5))


def test_a_stream_that_falls_silent_is_not_waited_for_longer_than_told() -> None:
    with pytest.raises(errors.MasterTimeoutException, match="silent"):
        read(Act(chunked(RESULTS[0], whole=False).data, HANG), timeout=0.05)


def test_an_error_in_the_stream_ends_it_by_its_status() -> None:
    (line,) = lines_of({"error": {"grpcCode": 5, "httpCode": 404, "message": "no such trial", "details": []}})
    with pytest.raises(errors.NotFoundException, match="no such trial") as caught:
        read(chunked(RESULTS[0], line.rstrip()))
    assert caught.value.found == [{"n": 1}]  # type: ignore[attr-defined]  # set by read()
    assert (caught.value.method, caught.value.path, caught.value.status_code) == ("GET", "/logs", 404)


def test_an_error_before_the_first_result_is_that_of_any_call() -> None:
    with pytest.raises(errors.NotFoundException, match="no such trial"):
        read(refusal(404, "no such trial"))


@pytest.mark.parametrize("line", [b"<html>\n", b"[1]\n", b'{"neither": 1}\n'])
def test_a_line_that_no_master_writes_is_refused(line: bytes) -> None:
    with pytest.raises(errors.BadResponseException):
        read(chunked(line))


def test_a_connection_is_used_again_after_a_stream_was_read_to_its_end() -> None:
    with Stub(chunked(*RESULTS), answer()) as stub, Session(stub.url, "ada", "tok", None) as session:
        assert len(list(read_stream(session.get("logs", stream=True)))) == 3
        session.get("a")
    assert stub.connections == 1
