"""Metrics that trials have reported."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Dict, Iterable, Iterator, List, Mapping, Optional, Tuple, Type, Union

from ... import errors
from ..api.endpoints import metrics as metrics_api
from ..api.wire.enums import TrialSourceInfoType
from ..api.wire.scalars import to_float
from ._old_names import old_name, old_names
from ._resource import read_time

__all__ = ["TrainingMetrics", "TrialMetrics", "ValidationMetrics"]

if TYPE_CHECKING:
    from ..api._session import BaseSession

# So many ids at a time keep the request's URL below the limits of common proxies.
_TRIALS_PER_REQUEST = 200
# Where the values of a report stand: those of validation apart.
_KEY, _KEYS = "avg_metrics", {"validation": "validation_metrics"}
_PLAIN = frozenset({float, int, bool, type(None)})
_SPELLED_FLOATS = frozenset({"NaN", "Infinity", "-Infinity"})


@dataclasses.dataclass
class TrialMetrics:
    """One report of metrics.

    Attributes:
        trial_id: the trial that reported.
        trial_run_id: the run of that trial, from 1.
        steps_completed: batches trained at the time of the report.
        end_time: when it was reported (UTC); None if the master did not say.
        metrics: the values by metric name.
        group: the metric group, such as ``training`` or ``validation``.
        batch_metrics: the values of each batch, where the trial reported them.
    """

    trial_id: int
    trial_run_id: int
    steps_completed: int
    end_time: Optional[datetime.datetime]
    metrics: Dict[str, Any]
    group: str
    batch_metrics: Optional[List[Dict[str, Any]]] = None

    @property
    @old_name("TrialMetrics.steps_completed", "0.23")
    def total_batches(self) -> int:
        return self.steps_completed

    @total_batches.setter
    @old_name("TrialMetrics.steps_completed", "0.23")
    def total_batches(self, value: int) -> None:
        self.steps_completed = value

    _shown: ClassVar[Tuple[str, ...]] = (
        "trial_id", "trial_run_id", "group", "steps_completed", "end_time", "metrics",
    )  # fmt: skip

    def _repr_html_(self) -> str:
        from . import _html

        return _html.describe(self)

    @classmethod
    def _from_wire(cls, report: Mapping[str, Any]) -> TrialMetrics:
        get = report.get
        body, group = get("metrics") or {}, get("group") or ""
        values, batches = body.get(_KEYS.get(group, _KEY)) or {}, body.get("batch_metrics")
        return cls(
            get("trialId", 0),
            get("trialRunId", 0),
            get("totalBatches", 0),
            read_time(get("endTime")),
            # nothing but numbers, as nearly always, is taken as it is
            values if _PLAIN.issuperset(map(type, values.values())) else restore_floats(values),
            group,
            None if batches is None else restore_floats(batches),
        )


class _GroupMetrics(TrialMetrics):
    """A report of one metric group, as releases before 0.23 made it."""

    _group: ClassVar[str]

    def __init__(self, total_batches: Optional[int] = None, **fields: Any) -> None:
        if total_batches is not None:
            fields["steps_completed"] = total_batches
        super().__init__(**{**fields, "group": self._group})

    @classmethod
    def _of(cls, report: TrialMetrics) -> _GroupMetrics:
        return cls(**{field.name: getattr(report, field.name) for field in dataclasses.fields(report)})


class TrainingMetrics(_GroupMetrics):
    """A report of the group ``training``; today's streams yield `TrialMetrics`."""

    _group = "training"


class ValidationMetrics(_GroupMetrics):
    """A report of the group ``validation``; today's streams yield `TrialMetrics`."""

    _group = "validation"


def iter_old_metrics(session: BaseSession, trial_ids: Iterable[int], kind: Type[_GroupMetrics]) -> Iterator[Any]:
    """Iterate over the reports of one of the two groups that releases before 0.23 knew, as objects of that time."""
    return map(kind._of, iter_trials_metrics(session, trial_ids, kind._group))


def iter_trials_metrics(
    session: BaseSession, trial_ids: Union[int, Iterable[int]], group: str
) -> Iterator[TrialMetrics]:
    """Iterate over the reports of one metric group, by trial id, then run, then step.

    Raises:
        ArgumentError: no trial or no group is given.
    """
    ids = {trial_ids} if isinstance(trial_ids, int) else set(trial_ids)
    if not ids:
        raise errors.ArgumentError("trial_ids is empty: give at least one trial id")
    check_group(group)
    return map(TrialMetrics._from_wire, iter_reports(session, ids, group))


def inference_query(group: Optional[str]) -> Any:
    """Return the query for what trials reported of a checkpoint or model version that they only used."""
    query: Dict[str, Any] = {"trialSourceInfoType": TrialSourceInfoType.INFERENCE}
    if group:
        query["metricGroup"] = group
    return query


def check_group(group: str) -> None:
    """Raise ArgumentError unless a metric group is named."""
    if not isinstance(group, str):
        raise errors.ArgumentError(f"group must be the name of a metric group, not {group!r}")
    if not group:
        raise errors.ArgumentError("group is empty: name a metric group, such as 'training' or 'validation'")


def iter_reports(session: BaseSession, trial_ids: Iterable[int], group: str) -> Iterator[Mapping[str, Any]]:
    """Iterate over the reports of one metric group as the master gives them; no trials have no reports."""
    ids = sorted(set(trial_ids))  # the master streams a trial twice that is asked for twice
    for start in range(0, len(ids), _TRIALS_PER_REQUEST):
        for message in metrics_api.stream_metrics(session, ids[start : start + _TRIALS_PER_REQUEST], group):
            yield from message["metrics"]


def values_of(report: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the values in a report as the master gives it, floats still spelled as on the wire."""
    body = report.get("metrics") or {}
    return body.get(_KEYS.get(report.get("group") or "", _KEY)) or {}


def restore_floats(value: Any) -> Any:
    """Give NaN and the infinities, which JSON spells as strings, back as floats."""
    if isinstance(value, dict):
        return {key: restore_floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [restore_floats(item) for item in value]
    return to_float(value) if isinstance(value, str) and value in _SPELLED_FLOATS else value


__getattr__, __dir__ = old_names(__name__)
