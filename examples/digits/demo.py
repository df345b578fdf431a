"""From nothing to a registered model: starts a master, searches hyperparameters, takes the best checkpoint home.

python demo.py                       an embedded master, in ./determined-data
DET_MASTER=http://... python demo.py the same on a master that is there already
"""

import contextlib
import os
import pathlib
import sys
from typing import Iterator

import network

from determined.experimental import client

HERE = pathlib.Path(__file__).resolve().parent
MODEL = "digits"


@contextlib.contextmanager
def a_master() -> Iterator[str]:
    """Yield the address of the master to use; start an embedded one unless DET_MASTER names another."""
    address = os.environ.get("DET_MASTER")
    if address:
        print(f"Using the master at {address}")
        yield address
        return
    from determined.master import LocalMaster

    data = pathlib.Path(os.environ.get("DIGITS_DATA", "determined-data"))
    with LocalMaster(data) as master:
        print(f"Started a master at {master.url}, data in {data.resolve()}")
        yield master.url


def find_workspace(name: str) -> client.Workspace:
    """Return a workspace, made if there is none of that name."""
    for workspace in client.list_workspaces():
        if workspace.name == name:
            return workspace
    return client.create_workspace(name)


def find_project(workspace: client.Workspace, name: str) -> client.Project:
    """Return a project of a workspace, made if there is none of that name."""
    for project in workspace.list_projects():
        if project.name == name:
            return project
    return workspace.create_project(name)


def search(project: client.Project) -> client.Experiment:
    """Run the search and return it when it has completed."""
    os.chdir(HERE)  # the configuration and the model directory are named as they would be in a terminal
    experiment = client.create_experiment(config="digits.yaml", model_dir=".", project_id=project.id)
    print(f"\nCreated experiment {experiment.id}: 4 trials over learning rate and hidden units")
    state = experiment.wait(interval=0.5, show_progress=True)
    print(f"Experiment {experiment.id} ended: {state.name}")
    if state != client.ExperimentState.COMPLETED:
        for trial in experiment.list_trials():
            print(*trial.iter_logs(tail=20), sep="", file=sys.stderr)
        raise SystemExit(1)
    return experiment


def show_trials(experiment: client.Experiment) -> None:
    """Print a line for each trial with its hyperparameters and its last validation."""
    print("\n trial  learning rate  hidden units  accuracy    loss")
    for trial in experiment.list_trials():
        last = list(trial.iter_metrics("validation"))[-1].metrics
        hparams = trial.hparams
        print(
            f"{trial.id:6}  {hparams['learning_rate']:13.4f}  {hparams['hidden_units']:12}"
            f"  {last['accuracy']:8.4f}  {last['loss']:6.4f}"
        )


def check_best(experiment: client.Experiment) -> client.Checkpoint:
    """Download the best checkpoint, measure it here, and compare with what its trial reported."""
    checkpoint = experiment.list_checkpoints()[0]
    path = checkpoint.download()
    _, _, images, labels = network.load_digits()
    accuracy = network.evaluate(network.load_weights(path), images, labels)["accuracy"]
    reported = checkpoint.training.validation_metrics["avgMetrics"]["accuracy"]
    print(f"\nBest checkpoint {checkpoint.uuid} of trial {checkpoint.training.trial_id}, downloaded to {path}")
    print(f"Accuracy on the test set: {accuracy:.4f} (the trial reported {reported:.4f})")
    if round(accuracy, 4) != round(reported, 4):
        raise SystemExit("the downloaded weights are not the ones the trial measured")
    return checkpoint


def register(checkpoint: client.Checkpoint, master: str) -> None:
    """Register the checkpoint as a model version, and read everything back as somebody else would."""
    names = {model.name for model in client.list_models()}
    if MODEL in names:
        model = client.get_model(MODEL)
    else:
        model = client.create_model(MODEL, description="Reads handwritten digits.", labels=["example"])
    version = model.register_version(checkpoint.uuid)
    checkpoint.add_metadata({"data_set": "UCI Optical Recognition of Handwritten Digits"})

    somebody_else = client.Determined(master=master)
    found = somebody_else.get_model(MODEL)
    latest = found.get_version()
    print(f"\nModel {found.name!r} ({found.description}) has version {latest.model_version}")
    print(f"  checkpoint {latest.checkpoint.uuid}")
    print(f"  metadata   {somebody_else.get_checkpoint(latest.checkpoint.uuid).metadata}")
    if latest.model_version != version.model_version or latest.checkpoint.uuid != checkpoint.uuid:
        raise SystemExit("the registry does not hold what was registered")


def main() -> None:
    with a_master() as master:
        client.login(master=master, user=os.environ.get("DET_USER"), password=os.environ.get("DET_PASS"))
        workspace = find_workspace("Examples")
        project = find_project(workspace, "Digits")
        print(f"Working in workspace {workspace.name!r}, project {project.name!r}")
        experiment = search(project)
        show_trials(experiment)
        register(check_best(experiment), master)


if __name__ == "__main__":
    main()
