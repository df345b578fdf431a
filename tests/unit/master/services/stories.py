"""Experiments and trials for tests of the master's rules."""

from __future__ import annotations

import json
from typing import Any, Dict, Optional

from determined.master.services import metrics, trials
from determined.master.services.checkpoints import NewCheckpoint
from determined.master.services.checkpoints import report as report_checkpoint
from determined.master.store.database import Row, Transaction


def add_experiment(tx: Transaction, *, smaller_is_better: bool = True, storage: Optional[Dict[str, Any]] = None) -> int:
    """An unmanaged experiment that looks at the metric "loss"."""
    return tx.insert(
        "experiments",
        job_id="job",
        state="PAUSED",
        unmanaged=1,
        name="story",
        config=json.dumps({"checkpoint_storage": storage or {}}),
        original_config="",
        searcher_name="random",
        searcher_metric="loss",
        smaller_is_better=int(smaller_is_better),
        resource_pool="",
        start_time=0,
        owner_id=1,
        project_id=1,
    )


def add_trial(tx: Transaction, experiment_id: int, **hparams: Any) -> int:
    """A started trial: its run is 1."""
    trial_id = trials.create(tx, trials.NewTrial(experiment_id, True, hparams))
    trials.start(tx, trial_id, True)
    return trial_id


def trial(tx: Transaction, trial_id: int) -> Row:
    return trials.known(tx, trial_id)


def tell(tx: Transaction, trial_id: int, group: str, steps: Optional[int], **values: Any) -> None:
    """Report metrics in the trial's current run."""
    run_id = trial(tx, trial_id)["run_id"]
    metrics.report(tx, metrics.Report(trial_id, run_id, group, steps, None, values, None))


def add_checkpoint(tx: Transaction, trial_id: int, number: int, steps: Optional[int], **resources: int) -> str:
    """A checkpoint; returns its UUID, which sorts as its number."""
    uuid = f"{number:08x}-1111-4222-8333-000000000000"
    task = tx.scalar("SELECT id FROM tasks WHERE trial_id = ?", (trial_id,))
    metadata = {} if steps is None else {"steps_completed": steps}
    # reported one second after another
    new = NewCheckpoint(uuid, task, None, "COMPLETED", number * 1_000_000, resources, metadata, None)
    report_checkpoint(tx, new)
    return uuid
