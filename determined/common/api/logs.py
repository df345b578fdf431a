"""Reading logs: filters, the first and last lines, following; and the same by the functions of `bindings`."""

from __future__ import annotations

import array
import bisect
import collections
import itertools
import logging
import sys
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, Iterator, List, Optional, TypeVar, Union

from ...errors import ArgumentError
from .. import timestamps
from . import errors
from ._options import DEFAULT_TIMEOUT, Timeout
from .endpoints import logs as logs_api
from .wire.enums import LogLevel, OrderBy

if TYPE_CHECKING:
    from . import bindings
    from ._session import BaseSession
    from .wire.logs import TaskLogsQuery, TaskLogsResponse, TrialLogsQuery, TrialLogsResponse

logger = logging.getLogger("determined.common.api.logs")

Line = TypeVar("Line", "TaskLogsResponse", "TrialLogsResponse")
Answer = TypeVar("Answer")
Open = Callable[[Dict[str, Any]], Iterator[Line]]

# The master sends descending streams in pages of so many lines, and repeats lines from the second page on.
_TRUSTED_DESCENDING = 1000
_NO_RANK = -1
# A followed stream that breaks is opened again; so many failures in a row, without a new line, end it.
_MAX_REOPENINGS = 8
_REOPENING_PAUSE = 1.0
# Seconds for connecting, and of silence, after which a followed stream is opened again.
_FOLLOWING_TIMEOUT = (10.0, 900.0)


def make_filters(
    *,
    allocation_ids: Optional[Iterable[str]] = None,
    agent_ids: Optional[Iterable[str]] = None,
    container_ids: Optional[Iterable[str]] = None,
    rank_ids: Optional[Iterable[int]] = None,
    stdtypes: Optional[Iterable[str]] = None,
    min_level: Optional[LogLevel] = None,
    timestamp_before: Optional[Union[str, int]] = None,
    timestamp_after: Optional[Union[str, int]] = None,
    sources: Optional[Iterable[str]] = None,
    search_text: Optional[str] = None,
) -> Dict[str, Any]:
    """Return the part of a log query that chooses lines; what is None chooses nothing away.

    Parameters:
        allocation_ids: only lines of these allocations (of a task's logs).
        agent_ids: only lines of these agents.
        container_ids: only lines of these containers.
        rank_ids: only lines of these ranks; -1 stands for lines without a rank.
        stdtypes: only lines of these streams, ``stdout`` or ``stderr``.
        min_level: only lines of this level or above.
        timestamp_before: only lines up to this time: RFC 3339 text, or seconds since 1970.
        timestamp_after: only lines later than this time.
        sources: only lines of these sources.
        search_text: only lines that contain this text, case-insensitive.

    Raises:
        ArgumentError: a time is neither text nor a whole number.
        ValueError: a time cannot be read, or a level is unknown.
    """
    filters = {
        "allocationIds": _list(allocation_ids),
        "agentIds": _list(agent_ids),
        "containerIds": _list(container_ids),
        "rankIds": _list(rank_ids),
        "stdtypes": _list(stdtypes),
        "levels": None if min_level is None else levels_from(min_level),
        "timestampBefore": _to_wire_time(timestamp_before),
        "timestampAfter": _to_wire_time(timestamp_after),
        "sources": _list(sources),
        "searchText": search_text,
    }
    return {key: value for key, value in filters.items() if value is not None}


def levels_from(min_level: Union[LogLevel, str]) -> List[LogLevel]:
    """Return a level and all above it: the master filters by exact levels."""
    levels: List[LogLevel] = [level for level in LogLevel if level is not LogLevel.UNSPECIFIED]
    return levels[levels.index(LogLevel(min_level)) :]


def iter_trial_logs(
    session: BaseSession,
    trial_id: int,
    *,
    follow: bool = False,
    head: Optional[int] = None,
    tail: Optional[int] = None,
    filters: Optional[Dict[str, Any]] = None,
) -> Iterator[TrialLogsResponse]:
    """Iterate over a trial's log lines, oldest first.

    Parameters:
        session: the session to call the master with.
        trial_id: the trial.
        follow: wait for further lines until the trial has ended; a broken stream is opened again.
        head: only the first so many lines.
        tail: only the last so many lines.
        filters: which lines, as `make_filters` returns them.

    Raises:
        ArgumentError: more than one of follow, head and tail is given, or one is no number of lines.
    """

    def open_stream(query: Dict[str, Any]) -> Iterator[TrialLogsResponse]:
        typed: TrialLogsQuery = query  # type: ignore[assignment]  # made of its keys by make_filters
        return logs_api.stream_trial_logs(session, trial_id, typed, timeout=_timeout_of(query))

    return _iter_logs(open_stream, follow, head, tail, filters)


def iter_task_logs(
    session: BaseSession,
    task_id: str,
    *,
    follow: bool = False,
    head: Optional[int] = None,
    tail: Optional[int] = None,
    filters: Optional[Dict[str, Any]] = None,
) -> Iterator[TaskLogsResponse]:
    """Iterate over a task's log lines, oldest first; the parameters are those of `iter_trial_logs`."""

    def open_stream(query: Dict[str, Any]) -> Iterator[TaskLogsResponse]:
        typed: TaskLogsQuery = query  # type: ignore[assignment]  # made of its keys by make_filters
        return logs_api.stream_task_logs(session, task_id, typed, timeout=_timeout_of(query))

    return _iter_logs(open_stream, follow, head, tail, filters)


def _iter_logs(
    open_stream: Open[Line],
    follow: bool,
    head: Optional[int],
    tail: Optional[int],
    filters: Optional[Dict[str, Any]],
) -> Iterator[Line]:
    if not isinstance(follow, bool):
        raise ArgumentError(f"follow must be True or False, not {follow!r}")
    if sum((follow, head is not None, tail is not None)) > 1:
        raise ArgumentError("give only one of follow, head and tail")
    for name, count in (("head", head), ("tail", tail)):
        if count is not None and (not isinstance(count, int) or count < 0):
            raise ArgumentError(f"{name} must be a number of lines and not negative: {count!r}")
    query = dict(filters or {})
    open_filtered = open_stream
    ranks = query.get("rankIds") or []
    if _NO_RANK in ranks and len(ranks) > 1:
        # Asked for both kinds at once, the master mixes in lines of other tasks: choose the ranks here.
        del query["rankIds"]
        open_filtered = _choosing_ranks(open_stream, set(ranks))
    if follow:
        return _follow(open_filtered, query)
    if head == 0 or tail == 0:
        return iter(())
    if head:
        return itertools.islice(open_filtered(_limit(query, head, "rankIds" in query or not ranks)), head)
    if tail:
        return _read_tail(open_filtered, query, tail, can_limit="rankIds" in query or not ranks)
    return open_filtered(query)


def _choosing_ranks(open_stream: Open[Line], ranks: "set[int]") -> Open[Line]:
    def open_chosen(query: Dict[str, Any]) -> Iterator[Line]:
        for line in open_stream(query):
            if line.get("rankId", _NO_RANK) in ranks:
                yield line

    return open_chosen


def _limit(query: Dict[str, Any], count: int, can_limit: bool) -> Dict[str, Any]:
    return {**query, "limit": count} if can_limit else query


def _read_tail(open_stream: Open[Line], query: Dict[str, Any], count: int, can_limit: bool) -> Iterator[Line]:
    if count > _TRUSTED_DESCENDING or not can_limit:
        yield from collections.deque(open_stream(query), maxlen=count)
        return
    # The limit holds for each task of a trial, so there may be more lines than asked for.
    lines = {line["id"]: line for line in open_stream({**query, "limit": count, "orderBy": OrderBy.DESC})}
    oldest_first = sorted(lines, key=int) if all(map(_is_number, lines)) else list(reversed(list(lines)))
    for line_id in oldest_first[-count:]:
        yield lines[line_id]


def _follow(open_stream: Open[Line], query: Dict[str, Any]) -> Iterator[Line]:
    """Follow a stream to its end; when the connection breaks, open it again and skip what has been seen."""
    seen = _SeenLines()
    failures = 0
    while True:
        try:
            for line in open_stream({**query, "follow": True}):
                if seen.take(line.get("id") or ""):
                    failures = 0
                    yield line
            return
        except errors.MasterTimeoutException:
            logger.debug("nothing was logged for a long time; opening the stream again")
        except (errors.BadRequestException, errors.BadResponseException) as error:
            failures += 1
            if failures > _MAX_REOPENINGS or not _may_be_over_soon(error):
                raise
            logger.warning("the log stream broke (%s); opening it again", error)
            time.sleep(_REOPENING_PAUSE)


class _SeenLines:
    """The ids of the lines that have been passed on: eight bytes for each where they ascend, as they nearly always do.

    They need not: a trial's tasks come one after the other, and a task may log its last lines late. Masters that keep
    logs in a search engine have ids that are no numbers.
    """

    def __init__(self) -> None:
        self._ascending = array.array("q")
        self._others: "set[Union[int, str]]" = set()

    def take(self, line_id: str) -> bool:
        """Remember a line; returns whether it is new."""
        if not line_id:
            return True  # nothing tells it from another
        number: Union[int, str] = int(line_id) if _is_number(line_id) else line_id
        if isinstance(number, int) and (not self._ascending or number > self._ascending[-1]):
            self._ascending.append(number)
            return True
        if number in self._others or (isinstance(number, int) and self._has_passed(number)):
            return False
        self._others.add(number)
        return True

    def _has_passed(self, number: int) -> bool:
        place = bisect.bisect_left(self._ascending, number)
        return place < len(self._ascending) and self._ascending[place] == number


def _is_number(line_id: str) -> bool:
    return line_id.isascii() and line_id.isdigit() and len(line_id) < 19


def _may_be_over_soon(error: Exception) -> bool:
    return not isinstance(error, errors.ANSWERED) or error.status_code in errors.TEMPORARY


def _timeout_of(query: Dict[str, Any]) -> Timeout:
    return _FOLLOWING_TIMEOUT if query.get("follow") else DEFAULT_TIMEOUT


def _list(values: Optional[Iterable[Any]]) -> Optional[List[Any]]:
    if values is None:
        return None
    return [values] if isinstance(values, (str, int)) else list(values)


def _to_wire_time(moment: Optional[Union[str, int]]) -> Optional[str]:
    if moment is None:
        return None
    if isinstance(moment, int):
        return timestamps.format_wire(moment * 1_000_000)
    if not isinstance(moment, str):
        raise ArgumentError(f"a time must be RFC 3339 text or whole seconds since 1970, not {moment!r}")
    return timestamps.format_wire(timestamps.parse(moment))


def levels_at_or_above(min_level: Optional[bindings.v1LogLevel]) -> Optional[List[bindings.v1LogLevel]]:
    """Return a level of `bindings` and all above it; None for None."""
    if min_level is None:
        return None
    levels = list(type(min_level))
    return levels[levels.index(min_level) :]


def trial_logs(
    session: BaseSession,
    trial_id: int,
    head: Optional[int] = None,
    tail: Optional[int] = None,
    follow: bool = False,
    agent_ids: Optional[List[str]] = None,
    container_ids: Optional[List[str]] = None,
    rank_ids: Optional[List[int]] = None,
    sources: Optional[List[str]] = None,
    stdtypes: Optional[List[str]] = None,
    min_level: Optional[bindings.v1LogLevel] = None,
    timestamp_before: Optional[str] = None,
    timestamp_after: Optional[str] = None,
    search_text: Optional[str] = None,
) -> Iterable[bindings.v1TrialLogsResponse]:
    """Yield the log lines of a trial, oldest first; the parameters are those of `iter_trial_logs` and `make_filters`.

    Raises:
        ValueError: more than one of head, tail and follow is given.
        APIHttpStreamError: the stream ended with an error, or was cut.
    """
    from . import bindings

    lines = bindings.get_TrialLogs(
        session,
        trialId=trial_id,
        agentIds=agent_ids,
        containerIds=container_ids,
        rankIds=rank_ids,
        searchText=search_text,
        sources=sources,
        stdtypes=stdtypes,
        levels=levels_at_or_above(min_level),
        timestampBefore=timestamp_before,
        timestampAfter=timestamp_after,
        follow=follow,
        **_part(head, tail, follow),
    )
    yield from _oldest_first(lines, tail)


def task_logs(
    session: BaseSession,
    task_id: str,
    head: Optional[int] = None,
    tail: Optional[int] = None,
    follow: bool = False,
    allocation_ids: Optional[List[str]] = None,
    agent_ids: Optional[List[str]] = None,
    container_ids: Optional[List[str]] = None,
    rank_ids: Optional[List[int]] = None,
    sources: Optional[List[str]] = None,
    stdtypes: Optional[List[str]] = None,
    min_level: Optional[bindings.v1LogLevel] = None,
    timestamp_before: Optional[str] = None,
    timestamp_after: Optional[str] = None,
) -> Iterable[bindings.v1TaskLogsResponse]:
    """Yield the log lines of a task, oldest first; see `trial_logs`."""
    from . import bindings

    lines = bindings.get_TaskLogs(
        session,
        taskId=task_id,
        allocationIds=allocation_ids,
        agentIds=agent_ids,
        containerIds=container_ids,
        rankIds=rank_ids,
        sources=sources,
        stdtypes=stdtypes,
        levels=levels_at_or_above(min_level),
        timestampBefore=timestamp_before,
        timestampAfter=timestamp_after,
        follow=follow,
        **_part(head, tail, follow),
    )
    yield from _oldest_first(lines, tail)


def _part(head: Optional[int], tail: Optional[int], follow: bool) -> Dict[str, Any]:
    """Return the parameters that choose the first or the last lines."""
    from . import bindings

    if sum((follow, head is not None, tail is not None)) > 1:
        raise ValueError("at most one of head, tail, or follow may be set")
    if tail is None:
        return {"limit": head or None}
    return {"limit": tail, "orderBy": bindings.v1OrderBy.DESC}


def _oldest_first(lines: Iterable[Answer], tail: Optional[int]) -> Iterable[Answer]:
    return lines if tail is None else reversed(list(lines))


def pprint_logs(logs: Iterable[Union[bindings.v1TaskLogsResponse, bindings.v1TrialLogsResponse]]) -> None:
    """Print log lines as they come.

    Parameters:
        logs: as `trial_logs` and `task_logs` return them.
    """
    for line in logs:
        sys.stdout.write(line.message)
