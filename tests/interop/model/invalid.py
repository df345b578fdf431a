"""Finds its hyperparameters invalid."""

import determined as det
from determined import core

with core.init(tensorboard_mode=core.TensorboardMode.MANUAL):
    raise det.InvalidHP("no such luck")
