"""Lines of logs on the wire, encoded by hand: whole logs of many thousand lines are read."""

from __future__ import annotations

from json.encoder import encode_basestring_ascii as quote
from typing import Callable, Dict, List, Optional, Tuple

from determined.common.api.wire.enums import LogLevel
from determined.common.timestamps import format_wire

from ..store.database import Row

_NO_CONTAINER = " " * 8
_LEVELS = {level.value[len("LOG_LEVEL_") :] for level in LogLevel}


def trial_lines(trial_id: int) -> Callable[[List[Row]], bytes]:
    """Return the function that encodes lines of a trial's log (`TrialLogsResponse`)."""
    owner = f'"trialId":{trial_id}'
    return lambda rows: _encode(rows, owner, with_allocation=False)


def task_lines(task_id: str) -> Callable[[List[Row]], bytes]:
    """Return the function that encodes lines of a task's log (`TaskLogsResponse`)."""
    owner = f'"taskId":{quote(task_id)}'
    return lambda rows: _encode(rows, owner, with_allocation=True)


def _encode(rows: List[Row], owner: str, *, with_allocation: bool) -> bytes:
    parts: List[str] = []
    # most lines come from few processes: what they share is put together once
    shared: Dict[Tuple[object, ...], Tuple[str, str, str]] = {}
    second: Optional[int] = None
    date = ""
    for line_id, timestamp, level, allocation, agent, container, rank, log, source, stdtype in rows:
        key = (level, allocation, agent, container, rank, source, stdtype)
        around = shared.get(key)
        if around is None:
            around = shared[key] = (
                _message_head(level, container, rank),
                _before_log(level, owner, allocation if with_allocation else None, agent, container, rank),
                _after_log(source, stdtype),
            )
        if timestamp is None:
            shown, wire = "UNKNOWN TIME", "null"
        else:
            at, fraction = divmod(timestamp, 1_000_000)
            if at != second:
                second, date = at, format_wire(at * 1_000_000)[:-1]
            shown = f"{date}.{fraction:06d}Z"
            wire = f'"{_short(date, fraction, shown)}"'
        text = quote(log)
        parts.append(
            f'{{"result":{{"id":"{line_id}","timestamp":{wire},"message":"[{shown}] {around[0]}{text[1:]},'
            f'{around[1]},"log":{text}{around[2]}}}}}\n'
        )
    return "".join(parts).encode()


def _short(date: str, fraction: int, full: str) -> str:
    """A time as the wire has it: 0, 3 or 6 digits of a second's fraction."""
    if not fraction:
        return date + "Z"
    return full if fraction % 1000 else f"{date}.{fraction // 1000:03d}Z"


def _message_head(level: Optional[str], container: Optional[str], rank: Optional[int]) -> str:
    head = container[:8] if container else _NO_CONTAINER
    if rank is not None:
        head += f" [rank={rank}]"
    head += " || "
    if level:
        head += f"{level}: "
    return str(quote(head)[1:-1])


def _before_log(
    level: Optional[str],
    owner: str,
    allocation: Optional[str],
    agent: Optional[str],
    container: Optional[str],
    rank: Optional[int],
) -> str:
    text = f'"level":"LOG_LEVEL_{level if level in _LEVELS else "UNSPECIFIED"}",{owner}'
    for name, value in (("allocationId", allocation), ("agentId", agent), ("containerId", container)):
        if value is not None:
            text += f',"{name}":{quote(value)}'
    return text if rank is None else f'{text},"rankId":{rank}'


def _after_log(source: Optional[str], stdtype: Optional[str]) -> str:
    text = ""
    for name, value in (("source", source), ("stdtype", stdtype)):
        if value is not None:
            text += f',"{name}":{quote(value)}'
    return text
