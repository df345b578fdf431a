"""A trial without any training: a loss that falls as fast as the learning rate lets it, and diverges at first."""

import math
import random
import time

import determined as det
from determined import core

info = det.get_cluster_info()
assert info is not None
hparams = info.trial.hparams
if hparams.get("data") == "lost":
    raise FileNotFoundError("there is no data in /data/digits")
random.seed(info.trial.trial_seed)
rate, units = hparams["learning_rate"], hparams["hidden_units"]

with core.init() as context:
    for step in range(1000, 20001, 1000):
        loss = 0.05 + 8 / units + 2.3 * math.exp(-rate * step / 400) + random.gauss(0, 0.02)
        if step == 1000 and rate > 0.3:
            loss = 4000.0  # it diverged before the gradients were clipped
        accuracy = max(0.1, 1 - loss / 2.5)
        context.train.report_training_metrics(step, {"loss": loss})
        context.train.report_validation_metrics(step, {"accuracy": accuracy, "loss": loss})
        context.train.report_progress(step / 20000)
        time.sleep(0.05)
    with context.checkpoint.store_path({"steps_completed": 20000}) as (path, _):
        (path / "weights.bin").write_bytes(bytes(units * 1000))
