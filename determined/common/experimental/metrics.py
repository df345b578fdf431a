"""Metrics that trials have reported."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Mapping, Optional

from ..api.endpoints import metrics as metrics_api
from ..api.wire.scalars import to_float
from ._old_names import old_name, old_names
from ._resource import read_time

if TYPE_CHECKING:
    from ..api._session import BaseSession

# So many ids at a time keep the request's URL below the limits of common proxies.
_TRIALS_PER_REQUEST = 200
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

    @classmethod
    def _from_wire(cls, report: Mapping[str, Any]) -> TrialMetrics:
        body = report.get("metrics") or {}
        group = report.get("group") or ""
        values = body.get("validation_metrics") if group == "validation" else body.get("avg_metrics")
        return cls(
            trial_id=report.get("trialId", 0),
            trial_run_id=report.get("trialRunId", 0),
            steps_completed=report.get("totalBatches", 0),
            end_time=read_time(report.get("endTime")),
            metrics=_restore_floats(values or {}),
            group=group,
            batch_metrics=_restore_floats(body.get("batch_metrics")),
        )


def iter_trials_metrics(session: BaseSession, trial_ids: Iterable[int], group: str) -> Iterator[TrialMetrics]:
    """Iterate over the reports of one metric group, by trial id, then run, then step.

    Raises:
        ValueError: no trial or no group is given.
    """
    ids = sorted(set(trial_ids))  # the master streams a trial twice that is asked for twice
    if not ids:
        raise ValueError("trial_ids is empty: give at least one trial id")
    if not group:
        raise ValueError("group is empty: name a metric group, such as 'training' or 'validation'")
    return _stream(session, ids, group)


def _stream(session: BaseSession, ids: List[int], group: str) -> Iterator[TrialMetrics]:
    for start in range(0, len(ids), _TRIALS_PER_REQUEST):
        for message in metrics_api.stream_metrics(session, ids[start : start + _TRIALS_PER_REQUEST], group):
            for report in message["metrics"]:
                yield TrialMetrics._from_wire(report)


def _restore_floats(value: Any) -> Any:
    """Give NaN and the infinities, which JSON spells as strings, back as floats."""
    if isinstance(value, dict):
        return {key: _restore_floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_restore_floats(item) for item in value]
    return to_float(value) if isinstance(value, str) and value in _SPELLED_FLOATS else value


__getattr__ = old_names(
    __name__,
    {
        "TrainingMetrics": "metrics:TrialMetrics",
        "ValidationMetrics": "metrics:TrialMetrics",
    },
    "0.23",
)
