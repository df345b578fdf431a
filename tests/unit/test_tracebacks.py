"""A notebook shows what the caller's code did and what came of it, not how this package found it out."""

from __future__ import annotations

import linecache
import sys
import types
from typing import Any, List

import pytest

from determined import _tracebacks, errors
from determined.common.api import errors as api_errors
from determined.experimental import client

CELL = "def connect():\n    return client.Determined(3)\n\nconnect()\n"


@pytest.fixture
def error() -> BaseException:
    """An error of the package, raised below the code of a cell."""
    linecache.cache["<cell>"] = (len(CELL), None, CELL.splitlines(keepends=True), "<cell>")
    with pytest.raises(errors.ArgumentError) as caught:
        exec(compile(CELL, "<cell>", "exec"), {"client": client, "__name__": "__main__"})  # noqa: S102
    return caught.value


def test_frames_of_the_package_are_left_out(error: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    lines = error._render_traceback_()
    assert "    connect()" in lines
    assert "    return client.Determined(3)" in "\n".join(lines)
    assert not any("authentication.py" in line or "_url.py" in line for line in lines)
    assert lines[-1] == "determined.errors.ArgumentError: the address of a master must be text, not 3"
    assert len(lines) <= 12


def test_the_whole_traceback_stays_in_the_error(error: BaseException) -> None:
    _tracebacks.render(error)
    names: List[str] = []
    trace = error.__traceback__
    while trace is not None:
        names.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    assert names[-1] == "normalize_address"


def test_a_notebook_renders_in_its_own_way(error: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: List[Any] = []

    def render(*arguments: Any, tb_offset: int) -> List[str]:
        asked.append((*arguments, tb_offset))
        return ["as notebooks do"]

    shell = types.SimpleNamespace(InteractiveTB=types.SimpleNamespace(structured_traceback=render))
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    assert error._render_traceback_() == ["as notebooks do"]
    kind, given, trace, offset = asked[0]
    assert (kind, given, offset) == (errors.ArgumentError, error, 1)
    while trace.tb_next is not None:
        trace = trace.tb_next
    assert trace.tb_frame.f_code.co_name == "connect"


def test_errors_that_tell_the_caller_something_are_short() -> None:
    short = [errors.ArgumentError, errors.ExperimentFailed, errors.ExperimentTimeout, errors.CheckpointNotFound]
    short += [api_errors.BadRequestException, api_errors.BadResponseException]
    assert all(hasattr(kind, "_render_traceback_") for kind in short)
    assert not hasattr(errors.InternalException, "_render_traceback_")
