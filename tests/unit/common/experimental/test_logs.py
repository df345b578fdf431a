"""Reading and following logs, past the faults of the master."""

from __future__ import annotations

import time
from typing import Any, List

import pytest

from determined.common.api import Session, logs
from determined.common.api.errors import UnauthenticatedException
from determined.common.experimental.trial import LogLevel, Trial

from .stub_master import Answer, Request, StubMaster, stream_of

URL = "/api/v1/trials/12/logs"


def line(number: int, **more: Any) -> Any:
    return {"id": str(number), "message": f"line {number}\n", "level": "LOG_LEVEL_INFO", "trialId": 12, **more}


def numbers(lines: Any) -> List[int]:
    return [int(text.split()[1]) for text in lines]


def test_all_lines_come_in_order_as_the_master_renders_them(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, stream_of(line(1), line(2)))
    assert list(Trial(12, session).iter_logs()) == ["line 1\n", "line 2\n"]


def test_head_reads_no_more_than_asked_for_although_the_limit_holds_for_each_task(
    stub: StubMaster, session: Session
) -> None:
    stub.on("GET", URL, stream_of(line(1), line(2), line(3), line(4)))
    assert numbers(Trial(12, session).iter_logs(head=2)) == [1, 2]
    assert stub.requests[0].query["limit"] == ["2"]


def test_tail_is_turned_round_without_repeated_lines(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, stream_of(line(10), line(9), line(10), line(8)))
    assert numbers(Trial(12, session).iter_logs(tail=2)) == [9, 10]
    assert stub.requests[0].query["orderBy"] == ["ORDER_BY_DESC"]


def test_a_tail_beyond_the_masters_page_is_cut_from_the_whole(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, stream_of(*(line(n) for n in range(1500))))
    assert numbers(Trial(12, session).iter_logs(tail=1200)) == list(range(300, 1500))
    assert "orderBy" not in stub.requests[0].query


def test_filters_are_sent_and_a_least_level_stands_for_all_above(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, stream_of())
    lines = Trial(12, session).iter_logs(
        min_level=LogLevel.WARNING,
        rank_ids=[0, 2],
        stdtypes=["stderr"],
        container_ids=["c"],
        sources=["task"],
        search_text="oops",
        timestamp_after="2021-10-26T23:17:12Z",
        timestamp_before=1635290233,
    )
    assert list(lines) == []
    query = stub.requests[0].query
    assert query["levels"] == ["LOG_LEVEL_WARNING", "LOG_LEVEL_ERROR", "LOG_LEVEL_CRITICAL"]
    assert (query["rankIds"], query["stdtypes"], query["containerIds"]) == (["0", "2"], ["stderr"], ["c"])
    assert (query["sources"], query["searchText"]) == (["task"], ["oops"])
    assert query["timestampAfter"] == ["2021-10-26T23:17:12Z"]
    assert query["timestampBefore"] == ["2021-10-26T23:17:13Z"]


def test_lines_without_rank_beside_ranks_are_chosen_here(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, stream_of(line(1, rankId=1), line(2), line(3, rankId=0), line(4, rankId=1)))
    assert numbers(Trial(12, session).iter_logs(rank_ids=[-1, 1], tail=2)) == [2, 4]
    assert numbers(Trial(12, session).iter_logs(rank_ids=[-1, 1], head=1)) == [1]
    for request in stub.requests:
        assert not {"rankIds", "limit"} & set(request.query)


def test_a_followed_stream_that_breaks_goes_on_where_it_broke(
    stub: StubMaster, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "_REOPENING_PAUSE", 0)
    whole = stream_of(line(1), line(2), line(3))
    cut = Answer(body=whole.body, cut=len(stream_of(line(1), line(2)).body) + 5)
    stub.on("GET", URL, cut, whole)
    assert numbers(Trial(12, session).iter_logs(follow=True)) == [1, 2, 3]
    assert all(request.query["follow"] == ["true"] for request in stub.requests)


def cut_after(whole: Answer, count: int) -> Answer:
    """The beginning of a stream: so many bytes, then the connection breaks."""
    return Answer(body=whole.body, cut=count)


def test_a_followed_stream_may_break_anywhere(
    stub: StubMaster, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "_REOPENING_PAUSE", 0)
    same_time = {"timestamp": "2026-11-21T02:20:23Z"}
    whole = stream_of(*(line(n, **same_time) for n in (1, 2, 3)))
    size = len(whole.body)
    for count in range(0, size, 7):
        stub.on("GET", URL, cut_after(whole, count), whole)
        assert numbers(Trial(12, session).iter_logs(follow=True)) == [1, 2, 3], count


def test_a_line_that_was_logged_late_is_neither_lost_nor_repeated(
    stub: StubMaster, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "_REOPENING_PAUSE", 0)
    first = stream_of(line(1), line(5), line(3), line(4))  # 3 and 4 are of the trial's next task
    again = stream_of(line(1), line(5), line(6), line(3), line(4), line(7))
    stub.on("GET", URL, cut_after(first, len(first.body) - 3), again)
    assert numbers(Trial(12, session).iter_logs(follow=True)) == [1, 5, 3, 6, 4, 7]


def test_ids_that_are_no_numbers_are_told_apart_all_the_same(
    stub: StubMaster, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "_REOPENING_PAUSE", 0)
    named = [{**line(n), "id": name} for n, name in ((1, "xB_1"), (2, "Ab-9"), (3, "_c"))]
    whole = stream_of(*named)
    stub.on("GET", URL, cut_after(whole, len(stream_of(*named[:2]).body) + 9), whole)
    assert numbers(Trial(12, session).iter_logs(follow=True)) == [1, 2, 3]
    stub.on("GET", URL, stream_of(*reversed(named)))
    assert numbers(Trial(12, session).iter_logs(tail=2)) == [2, 3]


def test_a_master_that_starts_again_is_waited_for_and_one_that_refuses_is_not(
    stub: StubMaster, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "_REOPENING_PAUSE", 0)
    whole = stream_of(line(1), line(2))
    cut = cut_after(whole, len(stream_of(line(1)).body))
    stub.on("GET", URL, cut, Answer(502, b"<html>"), Answer(503, {"error": {"error": "starting"}}), whole)
    assert numbers(Trial(12, session).iter_logs(follow=True)) == [1, 2]
    stub.on("GET", URL, cut, Answer(401, {"error": {"error": "invalid credentials"}}))
    with pytest.raises(UnauthenticatedException):
        list(Trial(12, session).iter_logs(follow=True))


@pytest.mark.parametrize("arguments", [{"head": 0}, {"tail": 0}])
def test_no_lines_are_read_without_a_request(stub: StubMaster, session: Session, arguments: Any) -> None:
    assert list(Trial(12, session).iter_logs(**arguments)) == []
    assert stub.requests == []


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/St_Johns"])
def test_seconds_since_1970_are_utc_wherever_the_client_is(
    stub: StubMaster, session: Session, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        stub.on("GET", URL, stream_of())
        list(Trial(12, session).iter_logs(timestamp_after=0, timestamp_before="1970-01-01T02:00:00+02:00"))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert stub.requests[0].query["timestampAfter"] == ["1970-01-01T00:00:00Z"]
    assert stub.requests[0].query["timestampBefore"] == ["1970-01-01T00:00:00Z"]


@pytest.mark.parametrize(
    "arguments",
    [{"head": 1, "tail": 1}, {"follow": True, "head": 1}, {"tail": -1}, {"timestamp_after": "yesterday"}],
)
def test_what_does_not_go_together_is_refused_before_a_request(
    stub: StubMaster, session: Session, arguments: Any
) -> None:
    with pytest.raises(ValueError, match=r"only one|negative|RFC 3339"):
        Trial(12, session).iter_logs(**arguments)
    assert stub.requests == []


def test_a_trial_that_is_not_there_is_told(stub: StubMaster, session: Session) -> None:
    from determined.common.api.errors import NotFoundException

    fault = {
        "grpcCode": 5,
        "httpCode": 404,
        "message": "trial '12' not found",
        "httpStatus": "Not Found",
        "details": [],
    }
    stub.on("GET", URL, Answer(404, {"error": fault}))
    with pytest.raises(NotFoundException, match="trial '12' not found"):
        list(Trial(12, session).iter_logs())


def answer_by_ids(request: Request) -> Answer:
    reports = [
        {"trialId": int(n), "totalBatches": 1, "trialRunId": 1, "group": "g", "metrics": {"avg_metrics": {"a": 1}}}
        for n in request.query["trialIds"]
    ]
    return stream_of({"metrics": reports})


def test_metrics_of_many_trials_are_asked_for_in_parts_and_once_each(stub: StubMaster, session: Session) -> None:
    from determined.common.experimental.metrics import iter_trials_metrics

    stub.on("GET", "/api/v1/trials/metrics/trial_metrics", answer_by_ids)
    wanted = [*range(450, 0, -1), 7, 7]
    assert [m.trial_id for m in iter_trials_metrics(session, wanted, "g")] == list(range(1, 451))
    assert len(stub.requests) == 3


@pytest.mark.parametrize(("ids", "group"), [([], "training"), ([1], "")])
def test_metrics_of_nothing_are_refused_before_a_request(
    stub: StubMaster, session: Session, ids: List[int], group: str
) -> None:
    from determined.common.experimental.metrics import iter_trials_metrics

    with pytest.raises(ValueError, match="empty"):
        iter_trials_metrics(session, ids, group)
    assert stub.requests == []
