"""How many trials of an experiment have ended, and how many there will be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Iterator, Mapping, Optional

from ..api import errors as api_errors
from ..api.endpoints import experiments as experiments_api

if TYPE_CHECKING:
    from ..api._session import BaseSession


def describe_trials(session: BaseSession, experiment_id: int, config: Mapping[str, Any], created: int) -> str:
    """Return a text such as ``8/12 trials``; an empty one where the master does not say.

    Parameters:
        session: the session to call the master with.
        experiment_id: the experiment.
        config: its configuration.
        created: how many trials it has so far.
    """
    try:
        ended = experiments_api.count_ended_trials(session, experiment_id)
    except (api_errors.BadRequestException, api_errors.BadResponseException):
        return ""  # it is only shown: whoever waits asks again
    return f"{ended}/{max(created, plan_trials(config) or 0)} trials"


def plan_trials(config: Mapping[str, Any]) -> Optional[int]:
    """Return how many trials a search makes at most; None where its configuration does not say."""
    searcher = config.get("searcher") or {}
    if searcher.get("name") == "single":
        return 1
    if searcher.get("name") == "grid":
        return math.prod(_count_values(config.get("hyperparameters") or {}))
    planned = searcher.get("max_trials")
    return planned if isinstance(planned, int) else None


def _count_values(hparams: Mapping[str, Any]) -> Iterator[int]:
    """Yield how many values of each hyperparameter a grid has."""
    for given in hparams.values():
        if not isinstance(given, dict):
            continue
        kind, count = given.get("type"), given.get("count")
        if kind is None:
            yield from _count_values(given)
        elif kind == "categorical":
            yield max(1, len(given.get("vals") or ()))
        elif isinstance(count, int):
            low, high = given.get("minval"), given.get("maxval")
            # there are no more integers than there are
            if kind == "int" and isinstance(low, int) and isinstance(high, int):
                count = min(count, high - low + 1)
            yield max(1, count)
