"""Short tracebacks in notebooks: what the caller's code did and what came of it, without the frames of this package."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType
from typing import List, Optional

PACKAGE = __name__.partition(".")[0]


def render(error: BaseException) -> List[str]:
    """Return the lines that a notebook shows of an error; IPython calls it where a class has it as a method.

    The frames of this package, and those below, are left out. They stay in the error's ``__traceback__``.

    Parameters:
        error: an error that was raised.
    """
    trace = _callers_part(error.__traceback__)
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return "".join(traceback.format_exception(type(error), error, trace)).splitlines()
    lines: List[str] = shell.InteractiveTB.structured_traceback(type(error), error, trace, tb_offset=1)
    return lines


def _callers_part(trace: Optional[TracebackType]) -> Optional[TracebackType]:
    """Return a traceback down to where it enters this package; the whole where it begins there."""
    frames = []
    at = trace
    while at is not None and str(at.tb_frame.f_globals.get("__name__")).partition(".")[0] != PACKAGE:
        frames.append(at)
        at = at.tb_next
    if at is None or not frames:
        return trace
    part: Optional[TracebackType] = None
    for frame in reversed(frames):
        part = TracebackType(part, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return part
