"""What a search asks for."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Union


class CreateTrial(NamedTuple):
    """A new trial.

    Attributes:
        request_id: a UUID; part of the trial's task id.
        hparams: its hyperparameters.
        seed: 0 to 2**31 - 1.
    """

    request_id: str
    hparams: Dict[str, Any]
    seed: int


class StopTrial(NamedTuple):
    """A trial is not promising enough and should end early, as completed."""

    request_id: str


class Shutdown(NamedTuple):
    """The search is over.

    Attributes:
        failure: all trials failed.
        canceled: all trials were cancelled or killed.
    """

    failure: bool
    canceled: bool


Action = Union[CreateTrial, StopTrial, Shutdown]
