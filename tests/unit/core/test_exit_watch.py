"""How a process is about to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from typing import Iterator, Optional

import pytest

from determined.core import _exit_watch
from determined.core._exit_watch import ExitWatch, failure_of


@pytest.fixture
def watch() -> Iterator[ExitWatch]:
    started = ExitWatch(lambda: None)
    started.start()
    yield started
    started.stop()


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (ValueError("no such layer"), "no such layer"),
        (ValueError(), "ValueError"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (SystemExit(), None),
        (SystemExit(0), None),
        (SystemExit(3), "exit code 3"),
        (SystemExit("text"), "exit code text"),
        (SystemExit(True), "exit code True"),
    ],
)
def test_what_an_exception_says(error: BaseException, failure: Optional[str]) -> None:
    assert failure_of(error) == failure


def test_the_last_exit_counts(watch: ExitWatch) -> None:
    with pytest.raises(SystemExit) as raised:
        sys.exit(3)
    assert (raised.value.code, watch.failure) == (3, "exit code 3")
    with pytest.raises(SystemExit):
        sys.exit()
    assert watch.failure is None


def test_the_exit_of_another_thread_ends_only_that(watch: ExitWatch) -> None:
    def leave() -> None:
        with pytest.raises(SystemExit):
            sys.exit(3)

    thread = threading.Thread(target=leave)
    thread.start()
    thread.join()
    assert watch.failure is None


def test_an_exception_that_nobody_catches_is_a_failure(watch: ExitWatch, capsys: pytest.CaptureFixture[str]) -> None:
    error = ZeroDivisionError("meant")
    sys.excepthook(type(error), error, None)
    assert watch.failure == "meant"
    assert "ZeroDivisionError: meant" in capsys.readouterr().err


def test_hooks_are_taken_away_again() -> None:
    before = sys.exit, sys.excepthook, signal.getsignal(signal.SIGTERM)
    watch = ExitWatch(lambda: None)
    watch.start()
    assert sys.exit is not before[0]
    assert signal.getsignal(signal.SIGTERM) is not before[2]
    watch.stop()
    assert (sys.exit, sys.excepthook, signal.getsignal(signal.SIGTERM)) == before


def test_hooks_of_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    watch = ExitWatch(lambda: None)
    watch.start()
    below = sys.excepthook

    def later(*arguments: object) -> None:
        below(*arguments)  # type: ignore[arg-type]

    sys.excepthook = later
    watch.stop()
    assert sys.excepthook is later
    later(ValueError, ValueError("after"), None)
    assert watch.failure is None


def test_a_programs_own_signal_handler_stays() -> None:
    def own(*_: object) -> None:
        pass

    before = signal.signal(signal.SIGTERM, own)
    try:
        watch = ExitWatch(lambda: None)
        watch.start()
        assert signal.getsignal(signal.SIGTERM) is own
        watch.stop()
        assert signal.getsignal(signal.SIGTERM) is own
    finally:
        signal.signal(signal.SIGTERM, before)


def run(script: str) -> "subprocess.CompletedProcess[str]":
    """Run a script whose `watch` has been started and prints its failure at a signal."""
    head = """
        import os, signal, sys, time
        from determined.core._exit_watch import ExitWatch
        watch = ExitWatch(lambda: print("told", watch.failure, flush=True))
        watch.start()
    """
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(head) + textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("name", _exit_watch.SIGNALS)
def test_a_process_still_ends_by_its_signal(name: str) -> None:
    number = getattr(signal, name)
    ended = run(f"os.kill(os.getpid(), signal.{name}); time.sleep(60)")
    assert (ended.returncode, ended.stdout, ended.stderr) == (-number, f"told signal {name}\n", "")


def test_all_that_look_hear_of_a_signal() -> None:
    ended = run(
        """
        other = ExitWatch(lambda: os.write(1, b"other told\\n"))
        other.start()
        watch.stop()
        os.kill(os.getpid(), signal.SIGTERM)
        """
    )
    assert (ended.returncode, ended.stdout) == (-signal.SIGTERM, "other told\n")


def test_what_hangs_at_a_signal_does_not_keep_the_process() -> None:
    ended = run(
        """
        from determined.core import _exit_watch
        _exit_watch.SIGNAL_PATIENCE = 0.1
        watch._on_signal = lambda: time.sleep(60)
        os.kill(os.getpid(), signal.SIGTERM)
        """
    )
    assert ended.returncode == -signal.SIGTERM


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_process_that_was_forked_off_is_not_looked_at() -> None:
    ended = run(
        """
        child = os.fork()
        if child == 0:
            try:
                sys.exit(3)
            except SystemExit:
                pass
            print(watch.failure, signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, flush=True)
            os.kill(os.getpid(), signal.SIGTERM)
        print(os.waitpid(child, 0)[1], watch.failure)
        """
    )
    assert (ended.stdout, ended.stderr) == (f"None True\n{int(signal.SIGTERM)} None\n", "")
