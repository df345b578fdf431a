"""Which checkpoints of an ended experiment are kept, and the removal of the others."""

from __future__ import annotations

import json
import math
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..errors import not_found
from ..notify import ExperimentChanged
from ..store import checkpoints as store
from ..store.database import Connection, Row, Transaction
from . import checkpoints, summaries


class Policy(NamedTuple):
    """How many checkpoints are kept: the best of the experiment, the best and the latest of each trial."""

    save_experiment_best: int
    save_trial_best: int
    save_trial_latest: int


class Candidate(NamedTuple):
    """A checkpoint that may go.

    Attributes:
        value: the searcher's metric of the validation at the same step, lower is better; None without one.
        validation_id: that validation, for ties.
    """

    uuid: str
    trial_id: int
    steps: int
    value: Optional[float]
    validation_id: int


def choose(candidates: Sequence[Candidate], policy: Policy) -> List[str]:
    """Return the checkpoints that a policy does not keep.

    A checkpoint goes if neither its rank in the experiment nor its rank in its trial keeps it as one of the best, and
    it is not one of its trial's latest either.
    """
    best_first = sorted(candidates, key=_merit)
    in_experiment = {c.uuid: rank for rank, c in enumerate(best_first, 1)}
    in_trial = _ranks_by_trial(best_first)
    latest = _ranks_by_trial(sorted(candidates, key=lambda c: -c.steps))
    gone = []
    for c in candidates:
        is_best = c.value is not None and (
            in_experiment[c.uuid] <= policy.save_experiment_best or in_trial[c.uuid] <= policy.save_trial_best
        )
        if not is_best and latest[c.uuid] > policy.save_trial_latest:
            gone.append(c.uuid)
    return gone


def _merit(candidate: Candidate) -> Tuple[bool, bool, float, int]:
    value = candidate.value
    if value is None:
        return (True, True, 0.0, candidate.validation_id)
    return (False, math.isnan(value), 0.0 if math.isnan(value) else value, candidate.validation_id)


def _ranks_by_trial(ordered: Sequence[Candidate]) -> Dict[str, int]:
    seen: Dict[int, int] = {}
    ranks = {}
    for c in ordered:
        seen[c.trial_id] = ranks[c.uuid] = seen.get(c.trial_id, 0) + 1
    return ranks


def policy_of(experiment: Row) -> Policy:
    """The policy of an experiment's configuration."""
    storage = json.loads(experiment["config"])["checkpoint_storage"]
    return Policy(*(int(storage[name]) for name in Policy._fields))


def candidates_of(connection: Connection, experiment: Row) -> List[Candidate]:
    """The checkpoints of an experiment that no model version and no trial's warm start holds on to."""
    sign = 1 if experiment["smaller_is_better"] else -1
    found = []
    for row in store.with_validation(connection, experiment["id"], experiment["searcher_metric"]):
        number = summaries.number_of(row["value"])
        value = None if number is None else sign * number
        found.append(
            Candidate(row["uuid"], row["trial_id"], row["steps_completed"] or 0, value, row["validation_id"] or 0)
        )
    return found


class Preview(NamedTuple):
    """What a policy would remove of an experiment."""

    experiment: Row
    checkpoints: List[Row]


def preview(connection: Connection, experiment_id: int, policy: Policy) -> Preview:
    """Return what a policy would remove; checkpoints that are gone already are among it.

    Raises:
        Refusal: there is no such experiment.
    """
    experiment = connection.one("SELECT * FROM experiments WHERE id = ?", (experiment_id,))
    if experiment is None:
        raise not_found("experiment", experiment_id)
    gone = choose(candidates_of(connection, experiment), policy)
    return Preview(experiment, store.with_trials(connection, gone))


def collect(tx: Transaction, experiment: Row, policy: Optional[Policy] = None) -> None:
    """Have the checkpoints removed that the policy does not keep.

    Parameters:
        policy: None for the one of the experiment's configuration.
    """
    if experiment["unmanaged"]:
        return
    gone = set(choose(candidates_of(tx, experiment), policy or policy_of(experiment)))
    left = [row["uuid"] for row in store.not_deleted(tx, experiment["id"]) if row["uuid"] in gone]
    if left:
        checkpoints.remove_later(tx, left, ["**/*"])


def remove_experiment_later(tx: Transaction, experiment: Row) -> None:
    """Have everything of a deleted experiment removed: first the files of its checkpoints, then its rows."""
    left = [row["uuid"] for row in store.not_deleted(tx, experiment["id"])]
    if left:
        checkpoints.remove_later(tx, left, ["**/*"])
    tx.announce(ExperimentChanged(experiment["id"]))
