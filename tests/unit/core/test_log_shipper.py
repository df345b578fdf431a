"""What a process prints on its way to the logs of its trial."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from typing import Iterator, List

import pytest

from determined.common.api._session import Session
from determined.core import _log_shipper
from determined.core._log_shipper import Backlog, PrintShipper
from tests.unit.common.experimental.stub_master import Answer, Request, StubMaster

TASK = "1.task"


@pytest.fixture
def session(stub: StubMaster) -> Iterator[Session]:
    stub.on("POST", "/task-logs", "")
    with Session(stub.url, "ada", "token", max_retries=0) as opened:
        yield opened


def lines(stub: StubMaster) -> List[str]:
    return [record["log"] for request in stub.sent("POST", "/task-logs") for record in request.body]


def test_lines_of_both_streams_are_shipped_with_task_rank_and_time(
    stub: StubMaster, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sys.stdout, sys.stderr
    shipper = PrintShipper(session, TASK, 3)
    shipper.start()
    sys.stdout.write("on stdout\n")
    sys.stderr.write("on stderr\n")
    shipper.close(5)
    records = [record for request in stub.sent("POST", "/task-logs") for record in request.body]
    assert [(r["task_id"], r["rank"], r["log"]) for r in records] == [
        (TASK, "3", "on stdout\n"),
        (TASK, "3", "on stderr\n"),
    ]
    assert all(set(r) == {"task_id", "rank", "log", "timestamp"} for r in records)
    assert records[0]["timestamp"] < records[1]["timestamp"]
    assert capsys.readouterr() == ("on stdout\n", "on stderr\n")
    assert (sys.stdout, sys.stderr) == before
    assert stub.sent("POST", "/task-logs")[0].headers["Authorization"] == "Bearer token"


def test_lines_end_at_line_feeds_and_carriage_returns_and_the_last_needs_no_end(
    stub: StubMaster, session: Session
) -> None:
    shipper = PrintShipper(session, TASK, 0)
    shipper.start()
    sys.stdout.write("one\r\ntwo\n\n\r 10%\r 20%\nthree, 漢")
    sys.stdout.write("字")
    sys.stderr.write("of its own")
    shipper.close(5)
    assert lines(stub) == ["one\n", "two\n", "\n", " 10%\n", " 20%\n", "three, 漢字\n", "of its own\n"]


def test_a_long_line_is_shipped_in_pieces_that_end_between_characters(
    stub: StubMaster, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_log_shipper, "LONGEST_LINE", 10)
    shipper = PrintShipper(session, TASK, 0)
    shipper.start()
    sys.stdout.write("漢" * 7 + "\n")
    shipper.close(5)
    assert lines(stub) == ["漢漢漢\n", "漢漢漢\n", "漢\n"]


def test_a_text_that_is_no_unicode_is_shipped_with_question_marks(stub: StubMaster, session: Session) -> None:
    shipper = PrintShipper(session, TASK, 0)
    shipper.start()
    sys.stdout.write("a\ud800b\n")
    shipper.close(5)
    assert lines(stub) == ["a?b\n"]


def test_lines_of_many_threads_arrive_once_and_in_the_order_of_each(stub: StubMaster, session: Session) -> None:
    def work(number: int) -> None:
        for step in range(500):
            sys.stdout.write(f"{number} {step}\n")

    shipper = PrintShipper(session, TASK, 0)
    shipper.start()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shipper.close(5)
    found = lines(stub)
    for number in range(4):
        assert [line for line in found if line.startswith(f"{number} ")] == [f"{number} {s}\n" for s in range(500)]


def test_a_master_that_is_away_gets_its_lines_when_it_is_back(stub: StubMaster, session: Session) -> None:
    stub.on("POST", "/task-logs", Answer(503), Answer(500), Answer(404), "")
    shipper = PrintShipper(session, TASK, 0)
    shipper.start()
    sys.stdout.write("kept\n")
    shipper.close(30)
    assert lines(stub) == ["kept\n"] * 4


def test_a_master_that_stays_away_is_given_up(
    stub: StubMaster, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    stub.on("POST", "/task-logs", Answer(503))
    shipper = PrintShipper(session, TASK, 0)
    shipper.start()
    sys.stdout.write("lost\nas well\n")
    shipper.close(0.2)
    assert "2 lines of the log could not be delivered" in caplog.text


def test_a_line_that_is_refused_holds_up_no_other(stub: StubMaster, session: Session) -> None:
    def refuse_bad(request: Request) -> Answer:
        return Answer(400 if any("bad" in record["log"] for record in request.body) else 200)

    taken: List[str] = []

    def answer(request: Request) -> Answer:
        found = refuse_bad(request)
        if found.status == 200:
            taken.extend(record["log"] for record in request.body)
        return found

    stub.on("POST", "/task-logs", answer)
    shipper = PrintShipper(session, TASK, 0)
    shipper.start()
    sys.stdout.write("one\nbad\nthree\n")
    shipper.close(5)
    assert taken == ["one\n", "three\n"]


def test_what_shipping_itself_logs_is_not_shipped(
    stub: StubMaster, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    shipper = PrintShipper(session, TASK, 0)
    shipper.start()
    root = logging.getLogger()
    handler = logging.StreamHandler(sys.stderr)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        logging.getLogger("mine").debug("a line of the user's")
        shipper.close(5)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert lines(stub) == ["a line of the user's\n"]
    assert "task-logs" in capsys.readouterr().err


def test_beyond_the_limit_lines_are_left_out_and_that_is_told(
    stub: StubMaster, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()

    def wait(_: Request) -> str:
        let_go.wait(30)
        return ""

    stub.on("POST", "/task-logs", wait)
    shipper = PrintShipper(session, TASK, 0)
    shipper._backlog._limit = 1000
    shipper.start()
    for number in range(100):
        sys.stdout.write(f"line {number}\n")
    assert shipper._backlog.pending <= 1000
    let_go.set()
    while len(shipper._backlog):
        threading.Event().wait(0.01)
    sys.stdout.write("the last\n")
    shipper.close(5)
    found = lines(stub)
    assert found[:3] == ["line 0\n", "line 1\n", "line 2\n"]
    assert found[-2:] == [f"{100 - (len(found) - 2)} lines were left out: the master could not take them in time\n"] + [
        "the last\n"
    ]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such timer")
def test_a_signal_handler_may_print_at_any_time(stub: StubMaster, session: Session) -> None:
    shipper = PrintShipper(session, TASK, 0)
    shipper.start()
    printed = 0

    def handle(*_: object) -> None:
        nonlocal printed
        printed += 1
        sys.stderr.write(f"handler {printed}\n")

    before = signal.signal(signal.SIGALRM, handle)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
        for number in range(3000):
            sys.stdout.write(f"line {number}\n")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    shipper.close(5)
    found = lines(stub)
    assert [line for line in found if line.startswith("line")] == [f"line {n}\n" for n in range(3000)]
    assert sorted(line for line in found if line.startswith("handler")) == sorted(
        f"handler {n + 1}\n" for n in range(printed)
    )


def test_closing_twice_and_without_a_start_does_nothing(stub: StubMaster, session: Session) -> None:
    shipper = PrintShipper(session, TASK, 0)
    shipper.close(1)
    shipper.start()
    shipper.close(1)
    shipper.close(1)
    assert lines(stub) == []


def test_a_backlog_gives_batches_of_limited_size() -> None:
    backlog = Backlog()
    backlog.append([b"x" * (3 * 1024 * 1024)] * 2 + [b"y"] * 3)
    assert [len(record) for record in backlog.peek(1000)] == [3 * 1024 * 1024]
    backlog.drop_peeked()
    assert len(backlog.peek(2)) == 2
    backlog.drop_peeked()
    assert backlog.peek(1000) == [b"y", b"y"]
    backlog.drop_peeked()
    assert (backlog.pending, len(backlog)) == (0, 0)
