"""One trial: trains the network with the hyperparameters it was given, and can be stopped and taken up at any epoch."""

import json
import logging
import pathlib

import network
import numpy as np

import determined as det
from determined import core

BATCH_SIZE = 32


def main(context: core.Context, info: det.ClusterInfo) -> None:
    hparams = info.trial.hparams
    images, labels, test_images, test_labels = network.load_digits()
    weights = network.make_weights(hparams["hidden_units"], seed=info.trial.trial_seed)
    first_epoch = 0
    if info.latest_checkpoint is not None:
        with context.checkpoint.restore_path(info.latest_checkpoint) as path:
            weights = network.load_weights(path)
            first_epoch = json.loads((pathlib.Path(path) / "progress.json").read_text())["epochs"]
        logging.info("going on after epoch %d", first_epoch)

    batches = len(labels) // BATCH_SIZE
    for epoch in range(first_epoch, hparams["epochs"]):
        # the order of an epoch follows from its number, so a resumed trial sees what an undisturbed one would
        order = np.random.default_rng([info.trial.trial_seed, epoch]).permutation(len(labels))
        losses = []
        for batch in range(batches):
            rows = order[batch * BATCH_SIZE : (batch + 1) * BATCH_SIZE]
            losses.append(network.train_batch(weights, images[rows], labels[rows], hparams["learning_rate"]))
        steps = (epoch + 1) * batches
        context.train.report_training_metrics(steps_completed=steps, metrics={"loss": float(np.mean(losses))})
        measured = network.evaluate(weights, test_images, test_labels)
        context.train.report_validation_metrics(steps_completed=steps, metrics=measured)
        logging.info("epoch %d: accuracy %.4f", epoch + 1, measured["accuracy"])
        context.train.report_progress((epoch + 1) / hparams["epochs"])
        with context.checkpoint.store_path({"steps_completed": steps}) as (path, _):
            network.save_weights(weights, path)
            (path / "progress.json").write_text(json.dumps({"epochs": epoch + 1}))
        if context.preempt.should_preempt():
            return


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format=det.LOG_FORMAT)
    cluster_info = det.get_cluster_info()
    if cluster_info is None:
        raise SystemExit("this script is a trial: start it with demo.py, or 'det experiment create digits.yaml .'")
    with core.init() as core_context:
        main(core_context, cluster_info)
