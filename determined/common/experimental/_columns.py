"""Metric reports as columns: what tables, files and plots of metrics are made of."""

from __future__ import annotations

import dataclasses
import enum
import itertools
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Set,
    Tuple,
)

from ... import errors
from ..timestamps import parse
from .metrics import check_group, iter_reports, restore_floats, values_of

if TYPE_CHECKING:
    from ..api._session import BaseSession

ID_COLUMNS = ("trial_id", "trial_run_id", "steps_completed", "end_time")
"""The columns of every table of metrics; times are microseconds since 1970."""
HPARAMS = "hparams."
"""What the names of columns with hyperparameters begin with."""

# Nothing may have been reported in these yet.
_USUAL_GROUPS = ("training", "validation")
_GROUPS_IN_SUMMARIES = {"avg_metrics": "training", "validation_metrics": "validation"}
# So many reports are held as Python objects at a time.
_ROWS = 1000
_INT64 = range(-(2**63), 2**63)
# Values of these types need no second look.
_NUMBERS = frozenset({float, int, bool})


class Kind(enum.Enum):
    """What the values of a column have in common; a missing value is of every kind."""

    NOTHING = "nothing"
    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    TEXT = "text"
    MIXED = "mixed"

    @classmethod
    def of(cls, values: List[Any]) -> Kind:
        """Return the kind of some values."""
        kind = cls.NOTHING
        for one in {type(value) for value in values}:
            kind = kind.join(_BY_TYPE.get(one, cls.MIXED))
        if kind is cls.INT and not all(value is None or value in _INT64 for value in values):
            return cls.FLOAT
        return kind

    def join(self, other: Kind) -> Kind:
        """Return the kind of the values of this and the other kind."""
        if self is other or other is Kind.NOTHING:
            return self
        if self is Kind.NOTHING:
            return other
        return Kind.FLOAT if {self, other} == {Kind.INT, Kind.FLOAT} else Kind.MIXED


_BY_TYPE = {type(None): Kind.NOTHING, bool: Kind.BOOL, int: Kind.INT, float: Kind.FLOAT, str: Kind.TEXT}


@dataclasses.dataclass(frozen=True)
class Source:
    """Where reports come from.

    Attributes:
        session: the session to call the master with.
        find_trials: returns the trials: number -> hyperparameters.
        group: the metric group.
        find_groups: returns the groups that the trials have reported, for the error where `group` is none of them.
        hparams: whether the trials' hyperparameters are wanted, too.

    Raises:
        ValueError: no group is given.
    """

    session: BaseSession
    find_trials: Callable[[], Mapping[int, Mapping[str, Any]]]
    group: str
    find_groups: Callable[[], Set[str]]
    hparams: bool = False

    def __post_init__(self) -> None:
        check_group(self.group)


class Chunk(NamedTuple):
    """Some reports as columns: the `ID_COLUMNS`, then metrics, then hyperparameters; None where one has no value."""

    size: int
    columns: Dict[str, List[Any]]


def read_chunks(source: Source) -> Iterator[Chunk]:
    """Yield the reports of a source, by trial, then run, then step.

    Raises:
        ArgumentError: nothing was reported in the group, which is none of the usual ones, but in others.
    """
    trials = source.find_trials()
    hparams = {number: dict(flatten(given, HPARAMS)) for number, given in trials.items()} if source.hparams else {}
    reports = iter_reports(source.session, trials, source.group)
    is_empty = True
    while True:
        some = list(itertools.islice(reports, _ROWS))
        if not some:
            break
        is_empty = False
        yield _make_chunk(some, hparams)
    if is_empty and source.group not in _USUAL_GROUPS:
        groups = source.find_groups()
        if groups:
            raise errors.ArgumentError(
                f"there is no metric group {source.group!r}; there are: {', '.join(sorted(groups))}"
            )


def groups_of(summaries: Iterable[Optional[Mapping[str, Any]]]) -> Set[str]:
    """Return the metric groups that stand in summaries of trials."""
    return {_GROUPS_IN_SUMMARIES.get(name, name) for summary in summaries for name in summary or ()}


def _make_chunk(reports: List[Mapping[str, Any]], hparams: Mapping[int, Mapping[str, Any]]) -> Chunk:
    trial_ids = [report.get("trialId") or 0 for report in reports]
    columns: Dict[str, List[Any]] = {
        "trial_id": trial_ids,
        "trial_run_id": [report.get("trialRunId") or 0 for report in reports],
        "steps_completed": [report.get("totalBatches") or 0 for report in reports],
        "end_time": [_read_micros(report.get("endTime")) for report in reports],
    }
    size = len(reports)
    for row, report in enumerate(reports):
        for name, value in flatten(values_of(report)):
            column = columns.get(name) if name not in ID_COLUMNS else None
            if column is None:
                column = columns.setdefault(column_of(name), [None] * size)
            column[row] = value
    named = dict.fromkeys(name for trial_id in dict.fromkeys(trial_ids) for name in hparams.get(trial_id, ()))
    for name in named:
        columns[name] = [hparams.get(trial_id, {}).get(name) for trial_id in trial_ids]
    return Chunk(size, columns)


def flatten(values: Mapping[str, Any], prefix: str = "") -> Iterator[Tuple[str, Any]]:
    """Yield names, with dots where values are nested, and values."""
    for name, value in values.items():
        if type(value) in _NUMBERS:
            yield prefix + name, value
        elif isinstance(value, dict):
            yield from flatten(value, f"{prefix}{name}.")
        else:
            yield prefix + name, restore_floats(value)


def _read_micros(text: Optional[str]) -> Optional[int]:
    try:
        return parse(text) if text else None
    except ValueError:
        return None


def column_of(metric: str) -> str:
    """Return the name of a metric's column: its own, unless other columns are called so."""
    return f"metrics.{metric}" if metric in ID_COLUMNS or metric.startswith(HPARAMS) else metric


def in_order(names: Iterable[str]) -> List[str]:
    """Return the names of columns in the order that tables have them in: hyperparameters are last."""
    return sorted(names, key=lambda name: name.startswith(HPARAMS))
