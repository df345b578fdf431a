"""The searches of experiments as they are kept: each is a state, and the events that it was told since.

The state of a search grows with its trials, an event does not: what a trial says costs the same however many there
are. A search is pure, so that the events, told once more, lead where they led before.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Optional

from .. import searcher
from ..store import searches as store
from ..store.database import Connection, Row, Transaction

_EVENTS_BETWEEN_STATES = 256

Event = List[Any]


class Running:
    """A search that is told what happens to its trials; what it is told is written down.

    Attributes:
        search: the search itself, to be asked only.
    """

    def __init__(
        self, experiment_id: int, config: Mapping[str, Any], search: searcher.Search, event_count: int
    ) -> None:
        self.search = search
        self._id = experiment_id
        self._metrics = [config["searcher"].get("metric"), config["searcher"].get("time_metric")]
        self._event_count = event_count

    def start(self, tx: Transaction, most: int) -> List[searcher.Action]:
        """Return some more of the first trials; see `Search.start`."""
        actions = self._tell(tx, ["start", most])
        store.set_to_start(tx, self._id, self.search.to_start)
        return actions

    def trial_validated(self, tx: Transaction, request_id: str, metrics: Mapping[str, Any]) -> List[searcher.Action]:
        """See `Search.trial_validated`.

        Raises:
            SearchError: the search cannot go on; nothing is written down.
        """
        read = {name: metrics[name] for name in self._metrics if name in metrics}
        # a mistake is explained by all that was reported
        shown = read if len(read) == len(self._metrics) else dict(metrics)
        return self._tell(tx, ["validated", request_id, shown])

    def trial_exited(self, tx: Transaction, request_id: str, reason: str) -> List[searcher.Action]:
        """See `Search.trial_exited`."""
        return self._tell(tx, ["exited", request_id, reason])

    def set_progress(self, tx: Transaction, request_id: str, progress: float) -> None:
        """See `Search.set_progress`."""
        self._tell(tx, ["progress", request_id, progress])

    def reopen(self, tx: Transaction, request_id: str) -> None:
        """See `Search.reopen`."""
        self._tell(tx, ["reopen", request_id])

    def save(self, tx: Transaction) -> None:
        """Store the whole state."""
        store.save_state(tx, self._id, json.dumps(self.search.state(), separators=(",", ":")), self.search.to_start)
        self._event_count = 0

    def _tell(self, tx: Transaction, event: Event) -> List[searcher.Action]:
        actions = _tell(self.search, event)
        if self._event_count >= _EVENTS_BETWEEN_STATES:
            self.save(tx)
        else:
            store.add_event(tx, self._id, self._event_count, json.dumps(event, separators=(",", ":")))
            self._event_count += 1
        return actions


def _tell(search: searcher.Search, event: Event) -> List[searcher.Action]:
    kind, *values = event
    if kind == "start":
        return search.start(*values)
    if kind == "validated":
        return search.trial_validated(*values)
    if kind == "exited":
        return search.trial_exited(*values)
    if kind == "progress":
        search.set_progress(*values)
    else:
        search.reopen(*values)
    return []


def begin(tx: Transaction, experiment_id: int, config: Mapping[str, Any]) -> Running:
    """Make the search of a new experiment, which has not started.

    Raises:
        SearchError: there can be no such search.
    """
    running = Running(experiment_id, config, create(config), 0)
    running.save(tx)
    tx.cache[_key(experiment_id)] = running
    return running


def create(config: Mapping[str, Any]) -> searcher.Search:
    """Return a search of a configuration that nobody keeps.

    Raises:
        SearchError: there can be no such search.
    """
    seed = config["reproducibility"]["experiment_seed"]
    return searcher.Search.create(config["searcher"], config["hyperparameters"], seed)


def of(tx: Transaction, experiment: Row) -> Running:
    """The search of an experiment."""
    running: Optional[Running] = tx.cache.get(_key(experiment["id"]))
    if running is None:
        config: Dict[str, Any] = json.loads(experiment["config"])
        events = store.events(tx, experiment["id"])
        running = Running(experiment["id"], config, _read(tx, config, experiment["id"], events), len(events))
        tx.cache[_key(experiment["id"])] = running
    return running


def copy_of(connection: Connection, experiment: Row) -> searcher.Search:
    """The search of an experiment as it is now; what this one is told is not kept."""
    events = store.events(connection, experiment["id"])
    return _read(connection, json.loads(experiment["config"]), experiment["id"], events)


def forget(tx: Transaction, experiment_id: int) -> None:
    """Keep the search of an experiment that has ended in the database only."""
    tx.cache.pop(_key(experiment_id), None)


def _read(connection: Connection, config: Mapping[str, Any], experiment_id: int, events: List[str]) -> searcher.Search:
    state = json.loads(store.state(connection, experiment_id))
    search = searcher.Search.from_state(config["searcher"], config["hyperparameters"], state)
    for event in events:
        _tell(search, json.loads(event))
    return search


def _key(experiment_id: int) -> Any:
    return ("search", experiment_id)
