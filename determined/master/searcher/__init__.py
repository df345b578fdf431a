"""Hyperparameter searches: single, random, grid, async_halving, adaptive_asha.

    search = Search.create(config["searcher"], config["hyperparameters"], seed)
    actions = search.start()                                     # CreateTrial, StopTrial, Shutdown
    actions = search.trial_validated(request_id, {"loss": 0.3, "batches": 100})
    actions = search.trial_exited(request_id, "completed")

Nothing here does I/O; a search is saved with `Search.state` and taken up again with `Search.from_state`.
"""

from __future__ import annotations

from .actions import Action, CreateTrial, Shutdown, StopTrial
from .methods import SearchError
from .preview import TrialCount, preview
from .random_state import RandomState
from .search import INVALID_HP, Search, looks_at_validations

__all__ = [
    "INVALID_HP",
    "Action",
    "CreateTrial",
    "RandomState",
    "Search",
    "SearchError",
    "Shutdown",
    "StopTrial",
    "TrialCount",
    "looks_at_validations",
    "preview",
]
