"""A search with adaptive ASHA on an embedded master; the best checkpoint is loaded and measured here.

python demo.py                       an embedded master, in ./determined-data
DET_MASTER=http://... python demo.py the same on a master that is there already
"""

import contextlib
import os
import pathlib
import sys
from typing import Iterator

import model_def
import torch

from determined import pytorch
from determined.experimental import client

HERE = pathlib.Path(__file__).resolve().parent


@contextlib.contextmanager
def a_master() -> Iterator[str]:
    """Yield the address of the master to use; start an embedded one unless DET_MASTER names another."""
    address = os.environ.get("DET_MASTER")
    if address:
        yield address
        return
    from determined.master import LocalMaster

    with LocalMaster(pathlib.Path(os.environ.get("DIGITS_DATA", "determined-data"))) as master:
        yield master.url


def search(determined: client.Determined) -> client.Experiment:
    """Run the search and return it when it has completed."""
    os.chdir(HERE)
    experiment = determined.create_experiment("digits.yaml", model_dir=".")
    print(f"Created experiment {experiment.id}")
    state = experiment.wait(interval=0.5)
    if state != client.ExperimentState.COMPLETED:
        for trial in experiment.list_trials():
            print(*trial.iter_logs(tail=20), sep="", file=sys.stderr)
        raise SystemExit(f"the experiment ended: {state.name}")
    for trial in experiment.list_trials():
        series = [m.metrics["accuracy"] for m in trial.iter_metrics("validation")]
        print(f"trial {trial.id}: {len(series)} epochs, accuracy {series[-1]:.4f}, {trial.hparams}")
    return experiment


def check_best(experiment: client.Experiment) -> None:
    """Load the best checkpoint, measure it here, and compare with what its trial reported."""
    [checkpoint] = experiment.list_checkpoints(sort_by="accuracy", order_by=client.OrderBy.DESC, max_results=1)
    trial = pytorch.load_trial_from_checkpoint_path(checkpoint.download())
    trial.model.eval()
    data = model_def.Digits(test=True)
    with torch.no_grad():
        accuracy = (trial.model(data.images).argmax(dim=1) == data.labels).float().mean().item()
    reported = checkpoint.training.validation_metrics["avgMetrics"]["accuracy"]
    print(f"Best checkpoint {checkpoint.uuid} of trial {checkpoint.training.trial_id}")
    print(f"Accuracy on the test set: {accuracy:.4f} (the trial reported {reported:.4f})")
    if round(accuracy, 4) != round(reported, 4):
        raise SystemExit("the loaded weights are not the ones the trial measured")


def main() -> None:
    with a_master() as master:
        check_best(search(client.Determined(master=master)))


if __name__ == "__main__":
    main()
