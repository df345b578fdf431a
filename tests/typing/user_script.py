"""A script as users write it, which the strictest type checkers accept; `tests/sdk/test_user_script.py` runs it.

python user_script.py ADDRESS MODEL_DIRECTORY
"""

# ruff: noqa: T201
from __future__ import annotations

import datetime
import pathlib
import sys
from typing import Dict, List, Optional

from determined.common.api import errors as api_errors
from determined.experimental import client

CONFIG: Dict[str, object] = {
    "name": "typed",
    "entrypoint": "python3 train.py",
    "max_restarts": 0,
    "searcher": {"name": "random", "metric": "accuracy", "smaller_is_better": False, "max_trials": 2},
    "hyperparameters": {"learning_rate": {"type": "double", "minval": 0.01, "maxval": 0.3}, "hidden_units": 16},
}


def search(model_dir: str) -> client.Experiment:
    experiment = client.create_experiment(CONFIG, model_dir, activate=True)
    experiment.set_description("a typed search")
    experiment.add_label("typed")
    state = experiment.wait(interval=0.2, timeout=200, raise_on_failure=True)
    name: str = state.name
    value: str = state.value
    if state is not client.ExperimentState.COMPLETED:
        raise SystemExit(f"{experiment.name.upper()} ended as {name} ({value})")
    experiment.reload()
    labels: List[str] = sorted(experiment.labels)
    metric: str = experiment.config["searcher"]["metric"]
    print(experiment.id + 0, experiment.state.name, experiment.project_id + 0, labels, metric, experiment.archived)
    if experiment.progress is not None:
        print(f"{experiment.progress:.0%}", experiment.description.title())
    return experiment


def describe(trial: client.Trial) -> float:
    rate: float = trial.hparams["learning_rate"]
    last = 0.0
    for report in trial.iter_metrics("validation"):
        when: Optional[datetime.datetime] = report.end_time
        last = float(report.metrics["accuracy"])
        print(report.trial_id, report.steps_completed, report.group, when and when.isoformat())
    lines = [line.rstrip() for line in trial.iter_logs(tail=3)]
    print(trial.id, trial.experiment_id, trial.state.name, f"{rate:.3f}", lines[-1][:40])
    return last


def register(checkpoint: client.Checkpoint) -> client.ModelVersion:
    steps: int = checkpoint.metadata["steps_completed"]
    accuracy: float = checkpoint.training.validation_metrics["avgMetrics"]["accuracy"]
    sizes = {name: int(size) for name, size in checkpoint.resources.items()}
    print(checkpoint.uuid[:8], checkpoint.state.name, steps, accuracy, sum(sizes.values()))
    print(checkpoint.training.trial_id, checkpoint.training.hparams["hidden_units"])
    path = pathlib.Path(checkpoint.download("best", mode=client.DownloadMode.AUTO))
    print(sorted(file.name for file in path.iterdir()))
    model = client.create_model("typed", description="a model", metadata={"by": "script"}, labels=["typed"])
    version = model.register_version(checkpoint.uuid)
    latest = model.get_version()
    if latest is None or latest.model_version != version.model_version:
        raise SystemExit("the version is not the latest")
    print(model.name.title(), model.model_id + 0, model.creation_time.year, model.labels, model.metadata["by"])
    return latest


def main(address: str, model_dir: str) -> None:
    client.login(master=address)
    me = client.whoami()
    workspace = client.create_workspace("Typed")
    project = workspace.create_project("first", description="typed")
    print(me.username.title(), me.admin, workspace.name.title(), project.name.title(), project.n_experiments + 1)
    experiment = search(model_dir)
    best = max(experiment.list_trials(), key=describe)
    checkpoints = experiment.list_checkpoints(max_results=1)
    version = register(checkpoints[0])
    print(best.id, version.checkpoint.uuid, version.model_name.title(), version.comment, version.notes)
    states: List[client.ExperimentState] = client.wait_all([experiment])
    print([one.name for one in states], experiment.workspace_id + 0)
    try:
        client.get_model("none")
    except api_errors.NotFoundException as error:
        print(error.status_code + 0, error.message.title())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
