"""Metrics over the course of training: of trials to compare, and of an experiment's best trials."""

from __future__ import annotations

import json
import math
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from ..errors import Code, Refusal
from ..store import metrics as store
from ..store.database import Connection, Row
from . import summaries
from .metrics import Choice, known_experiment

_LONGER_FIRST = ("async_halving", "adaptive_asha")


class Point(NamedTuple):
    """The chosen metrics of one report."""

    batches: int
    time: int
    epoch: Optional[float]
    values: Dict[str, Any]


class Series(NamedTuple):
    """The points of one group."""

    group: str
    points: List[Point]


def points(
    connection: Connection, trial_id: int, group: str, names: Sequence[str], span: store.Span, most: int
) -> List[Point]:
    """At most `most` points of a trial; a metric that a report lacks is None."""
    return [_point(row, names) for row in store.sample(connection, trial_id, group, span, most)]


def _point(row: Row, names: Sequence[str]) -> Point:
    metrics: Mapping[str, Any] = next(iter(json.loads(row["metrics"]).values()))
    epoch = metrics.get("epochs", metrics.get("epoch"))
    return Point(
        row["total_batches"] or 0,
        row["end_time"],
        float(epoch) if isinstance(epoch, (int, float)) else None,
        {name: metrics.get(name) for name in names},
    )


def compare(
    connection: Connection, trial_ids: List[int], choice: Choice, span: store.Span, most: int
) -> List[Tuple[Row, List[Series]]]:
    """Trials with their chosen metrics by group; groups without points are left out, and so are unknown trials.

    Raises:
        Refusal: no trial is known.
    """
    trials = connection.all(
        "SELECT * FROM trials WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", (json.dumps(trial_ids),)
    )
    if not trials:
        inner = Refusal(Code.NOT_FOUND, "trial not found")
        raise Refusal(Code.NOT_FOUND, f"failed validate permissions: {inner.nested()}")
    compared = []
    for trial in trials:
        found = [
            Series(group, points(connection, trial["id"], group, names, span, most))
            for group, names in choice.names_by_group.items()
        ]
        compared.append((trial, [series for series in found if series.points]))
    return compared


def best_trials(connection: Connection, experiment: Row, group: str, name: str, most: int) -> List[Row]:
    """The trials of an experiment that did best by a metric, best first.

    Searchers that stop trials early are judged by how far a trial came, before how well it did. Trials that reported
    nothing but NaN come after all numbers, those that never reported the metric after them.
    """
    sign = 1 if experiment["smaller_is_better"] else -1
    by_length = experiment["searcher_name"] in _LONGER_FIRST
    ranked = []
    for row in connection.each(
        "SELECT id, hparams, total_batches, summary_metrics FROM trials WHERE experiment_id = ?", (experiment["id"],)
    ):
        entry = json.loads(row["summary_metrics"]).get(summaries.key_of(group), {}).get(name)
        value = None
        if entry is not None and entry["type"] == "number":
            value = summaries.number_of(entry["min" if sign > 0 else "max"])
            if value is not None and math.isnan(value):  # one NaN makes the whole summary NaN
                value = _best_number(connection, row["id"], group, name, sign)
        length = -row["total_batches"] if by_length else 0
        is_nan = value is not None and math.isnan(value)
        signed = 0.0 if value is None or is_nan else sign * value
        ranked.append((value is None, is_nan, length, signed, row["id"], row))
    ranked.sort(key=lambda entry: entry[:5])
    return [entry[5] for entry in ranked[:most]]


def _best_number(connection: Connection, trial_id: int, group: str, name: str, sign: int) -> float:
    """The best number that a trial reported; NaN when all are NaN."""
    best = math.nan
    for row in store.of_group(connection, trial_id, group):
        value = summaries.number_of(next(iter(json.loads(row["metrics"]).values())).get(name))
        if value is not None and not math.isnan(value) and not sign * value >= sign * best:
            best = value
    return best


class Sample(NamedTuple):
    """One of an experiment's best trials, with its points."""

    trial_id: int
    hparams: Dict[str, Any]
    points: List[Point]


def sample(
    connection: Connection,
    experiment_id: int,
    group: str,
    name: str,
    span: store.Span,
    most_trials: int,
    most_points: int,
) -> List[Sample]:
    """The best trials of an experiment by a metric, best first, with its course in each."""
    experiment = known_experiment(connection, experiment_id)
    return [
        Sample(row["id"], json.loads(row["hparams"]), points(connection, row["id"], group, [name], span, most_points))
        for row in best_trials(connection, experiment, group, name, most_trials)
    ]


class Snapshot(NamedTuple):
    """One trial's value of a metric at a step."""

    trial_id: int
    hparams: Dict[str, Any]
    value: float
    batches: int


def snapshot(
    connection: Connection, experiment_id: int, group: str, name: str, batches: int, margin: int
) -> List[Snapshot]:
    """The values of a metric that the trials of an experiment reported around a step."""
    found = []
    for row in store.around_step(connection, experiment_id, group, batches - margin, batches + margin):
        value = summaries.number_of(next(iter(json.loads(row["metrics"]).values())).get(name))
        if value is not None:
            found.append(Snapshot(row["trial_id"], json.loads(row["hparams"]), value, row["total_batches"]))
    return found


class Names(NamedTuple):
    """Which metrics experiments have: the searchers', and (group, name) of all reported."""

    searcher: List[str]
    reported: List[Tuple[str, str]]


def names(connection: Connection, experiment_ids: List[int]) -> Names:
    """The metrics of experiments, each named once."""
    listed = json.dumps(experiment_ids)
    searcher = connection.all(
        "SELECT DISTINCT searcher_metric FROM experiments WHERE id IN (SELECT value FROM json_each(?)) ORDER BY 1",
        (listed,),
    )
    reported: Set[Tuple[str, str]] = set()
    for row in connection.each(
        "SELECT summary_metrics FROM trials WHERE experiment_id IN (SELECT value FROM json_each(?))", (listed,)
    ):
        for key, entries in json.loads(row["summary_metrics"]).items():
            reported.update((summaries.group_of(key), name) for name in entries)
    return Names([row[0] for row in searcher], sorted(reported))
