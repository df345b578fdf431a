"""Progress is drawn where somebody sees it, and told in lines elsewhere."""

from __future__ import annotations

import logging
import os
import struct
import subprocess
import sys
import time
from typing import Any, List

import pytest

from determined.common.experimental import _progress

WAIT = """
import logging
from determined.common.experimental import _progress
clock = iter(range(0, 10**6, 31))
_progress.time.monotonic = lambda: next(clock) / 8
with _progress.wait_progress("experiment 7", logging.getLogger("wait"), True) as progress:
    progress.tell("digits", "0/12 trials", 0.0, "QUEUED")
    progress.tell("digits", "8/12 trials", 0.67, "RUNNING")
    progress.tell("digits", "12/12 trials", 1.0, "COMPLETED", is_end=True)
"""
BYTES = """
from determined.common.experimental._progress import byte_progress
with byte_progress(10, "checkpoint") as progress:
    progress.advance(4)
"""
WITHOUT_TQDM = "import sys; sys.modules['tqdm'] = sys.modules['tqdm.auto'] = None\n"


def on_a_terminal(program: str, columns: int = 100) -> str:
    """Run a program on a terminal and return what is seen there."""
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals here")
    import fcntl
    import termios

    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    try:
        subprocess.run([sys.executable, "-c", program], stdout=terminal, stderr=terminal, check=True, env=environment)
        return os.read(controller, 65536).decode()
    finally:
        os.close(controller)
        os.close(terminal)


@pytest.mark.parametrize("before", ["", WITHOUT_TQDM])
def test_a_terminal_sees_trials_share_and_times_with_tqdm_or_without(before: str) -> None:
    seen = on_a_terminal(before + WAIT)
    lines = [line.strip() for line in seen.split("\r") if "8/12" in line]
    assert lines[-1].startswith("digits: 8/12 trials, 67 % [00:")
    assert "<00:" in lines[-1]
    assert lines[-1].count("█") == 13
    assert "Warning" not in seen
    assert seen.rstrip().split("\r")[-1].startswith("digits: 12/12 trials, 100 % [")
    assert seen.endswith("\n")


def test_a_narrow_terminal_gets_no_second_line() -> None:
    assert max(len(line) for line in on_a_terminal(WAIT, columns=30).split("\r")) <= 30


def test_a_terminal_is_clean_after_a_download() -> None:
    seen = on_a_terminal(WITHOUT_TQDM + BYTES)
    assert "checkpoint 100 %" in seen
    assert seen.endswith("\r")


def test_a_file_sees_lines_of_a_wait_and_nothing_of_a_download() -> None:
    done = subprocess.run([sys.executable, "-c", WAIT], capture_output=True, check=True, text=True)
    lines = done.stderr.splitlines()
    assert done.stdout == ""
    assert lines[0].startswith("digits: 0/12 trials, 0 % [00:0")
    assert lines[0].endswith("<?] QUEUED")
    assert lines[-1].endswith("<00:00] COMPLETED")
    done = subprocess.run([sys.executable, "-c", BYTES], capture_output=True, check=True, text=True)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> List[float]:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_the_log_gets_a_line_at_once_one_a_minute_and_one_at_the_end(
    clock: List[float], caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO, "wait")
    with _progress.wait_progress("experiment 7", logging.getLogger("wait"), False) as progress:
        for second in range(0, 130, 5):
            clock[0] = float(second)
            if progress.is_due():
                progress.tell("digits", "8/12 trials", second / 200, "RUNNING")
        progress.tell("digits", "12/12 trials", 1.0, "COMPLETED", is_end=True)
    assert [record.getMessage() for record in caplog.records] == [
        "experiment 7, digits: 8/12 trials, 0 % [00:00<?] RUNNING",
        "experiment 7, digits: 8/12 trials, 30 % [01:00<02:20] RUNNING",
        "experiment 7, digits: 8/12 trials, 60 % [02:00<01:20] RUNNING",
        "experiment 7, digits: 12/12 trials, 100 % [02:05<00:00] COMPLETED",
    ]
    assert capsys.readouterr() == ("", "")


def test_nobody_is_asked_for_what_nobody_reads(clock: List[float]) -> None:
    logger = logging.getLogger("wait.silent")
    logger.setLevel(logging.WARNING)
    with _progress.wait_progress("experiment 7", logger, False) as progress:
        assert not progress.is_due()
        assert not progress.is_due(is_end=True)


@pytest.mark.parametrize(("seconds", "text"), [(0, "00:00"), (59.9, "00:59"), (61, "01:01"), (3723, "1:02:03")])
def test_times_are_minutes_and_seconds(seconds: float, text: str) -> None:
    assert _progress.format_seconds(seconds) == text


NOTEBOOK = """
import importlib.machinery, sys, types
IPython, auto, tqdm = types.ModuleType("IPython"), types.ModuleType("tqdm.auto"), types.ModuleType("tqdm")
IPython.get_ipython = lambda: types.SimpleNamespace(config={"IPKernelApp": {}})
class Bar:
    n = 0
    def __init__(self, total, desc, **_): print("bar of", total, desc)
    def __enter__(self): return self
    def __exit__(self, *_): print("closed at", self.n)
    def update(self, amount): self.n += amount
    def set_description_str(self, text, refresh): print("told", text.partition(" [")[0])
    def refresh(self): pass
auto.tqdm = Bar
widgets = types.ModuleType("ipywidgets")
widgets.__spec__ = importlib.machinery.ModuleSpec("ipywidgets", None)
sys.modules.update({"IPython": IPython, "tqdm": tqdm, "tqdm.auto": auto})
if HAS_WIDGETS:
    sys.modules["ipywidgets"] = widgets
else:
    class Handle:
        def update(self, shown, raw): print("shown again", shown)
    class Shown:
        def display(shown, raw, display_id): print("shown", shown); return Handle()
    IPython.display = Shown
    sys.modules["IPython.display"] = Shown
    importlib.util.find_spec = lambda name: None
from determined.common.experimental._progress import byte_progress, wait_progress
import logging
"""


def in_a_notebook(program: str, has_widgets: bool) -> Any:
    program = f"import importlib.util\nHAS_WIDGETS = {has_widgets}\n{NOTEBOOK}{program}"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)


def test_a_notebook_sees_a_bar_unless_a_function_is_told_or_nobody_wants_to_know() -> None:
    program = """
for wanted in (None, False, lambda done, total: print("told", done, total)):
    with byte_progress(10, "checkpoint", wanted) as progress:
        progress.advance(4)
        progress.advance(40)
"""
    done = in_a_notebook(program, True)
    assert done.stdout.splitlines() == ["bar of 10 checkpoint", "closed at 10", "told 4 10", "told 10 10"]


def test_a_notebook_without_widgets_sees_one_line_that_changes() -> None:
    program = """
with wait_progress("experiment 7", logging.getLogger("wait"), True) as progress:
    progress.tell("digits", "8/12 trials", 0.67, "RUNNING")
    progress.tell("digits", "12/12 trials", 1.0, "COMPLETED", is_end=True)
"""
    done = in_a_notebook(program, False)
    assert done.stderr == ""
    first, second = done.stdout.splitlines()
    assert first.startswith("shown {'text/plain': 'digits: 8/12 trials, 67 % [00:00<?] |")
    assert second.startswith("shown again {'text/plain': 'digits: 12/12 trials, 100 % [00:00<00:00] |")
    assert in_a_notebook(program, True).stdout.splitlines() == [
        "bar of 1.0 experiment 7",
        "told digits: 8/12 trials, 67 %",
        "told digits: 12/12 trials, 100 %",
        "closed at 1.0",
    ]
