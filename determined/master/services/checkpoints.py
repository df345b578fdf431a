"""Rules of checkpoints: reporting, changing, listing them, and which of their files may be removed."""

from __future__ import annotations

import json
import math
import re
import uuid as uuids
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from determined.common import timestamps

from ..errors import Refusal, invalid, not_found, plain
from ..notify import QueueChanged
from ..paging import Window, cut, memory_window
from ..store import checkpoints as store
from ..store.database import Connection, Row, Transaction
from . import summaries

EVERYTHING = ("**/*",)
_SORTED_STATES = ("ACTIVE", "COMPLETED", "ERROR", "DELETED", "PARTIALLY_DELETED")
_UUID = re.compile(r"(?:urn:uuid:|\{)?[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\}?\Z")


def parse_uuid(text: str) -> Optional[str]:
    """The canonical form of a UUID, or None when the text is none."""
    return str(uuids.UUID(text)) if _UUID.match(text) else None


def uuid_mistake(text: str) -> str:
    """What is wrong with a text that is no UUID."""
    return "invalid UUID format" if len(text) in (32, 36, 38, 45) else f"invalid UUID length: {len(text)}"


# --- one ------------------------------------------------------------------------------------------------------------


class NewCheckpoint(NamedTuple):
    """A checkpoint as it is reported.

    Attributes:
        state: without prefix; "UNSPECIFIED" counts as completed.
        time: microseconds; None for the present.
        resources: path -> size in bytes.
    """

    uuid: str
    task_id: str
    allocation_id: Optional[str]
    state: str
    time: Optional[int]
    resources: Dict[str, int]
    metadata: Dict[str, Any]
    storage_id: Optional[int]


def report(tx: Transaction, new: NewCheckpoint) -> None:
    """Store a checkpoint whose files are in their place.

    Raises:
        Refusal: it is not complete, there is one with its UUID, or its task is no trial's.
    """
    uuid = parse_uuid(new.uuid)
    if uuid is None:
        raise _unconvertible(f"converting checkpoint: string {new.uuid} is not a valid uuid")
    if new.state not in ("COMPLETED", "UNSPECIFIED"):
        raise _unconvertible(f"invalid state for reported checkpoint: STATE_{new.state}")
    task = tx.one("SELECT * FROM tasks WHERE id = ?", (new.task_id,))
    if task is None:
        raise not_found("task", new.task_id or None)
    if task["trial_id"] is None:
        raise plain(f"task '{new.task_id}' is not a trial: only trials can report checkpoints")
    if store.by_uuid(tx, uuid) is not None:
        raise plain(f"error adding checkpoint metadata: there is a checkpoint with uuid {uuid} already (duplicate key)")
    if new.storage_id is not None and tx.scalar("SELECT 1 FROM storages WHERE id = ?", (new.storage_id,)) is None:
        raise plain(f"error adding checkpoint metadata: there is no storage with storageId {new.storage_id}")
    tx.insert(
        "checkpoints",
        uuid=uuid,
        task_id=new.task_id,
        allocation_id=new.allocation_id,
        trial_id=task["trial_id"],
        experiment_id=task["experiment_id"],
        report_time=timestamps.now() if new.time is None else new.time,
        state="COMPLETED",
        resources=json.dumps(new.resources),
        metadata=json.dumps(new.metadata),
        steps_completed=steps_of(new.metadata),
        size=sum(new.resources.values()),
        storage_id=new.storage_id,
    )


def _unconvertible(text: str) -> Refusal:
    return invalid(f"unconvertable checkpoint: {invalid(text).nested()}")


def steps_of(metadata: Mapping[str, Any]) -> Optional[int]:
    """The step that a checkpoint's metadata names, or None."""
    steps = metadata.get("steps_completed")
    if isinstance(steps, bool) or not isinstance(steps, (int, float)) or not math.isfinite(steps):
        return None
    return int(steps) if steps == int(steps) and abs(steps) < 2**63 else None


def detailed(connection: Connection, text: str) -> Row:
    """A checkpoint with its trial's data (see `store.checkpoints.detailed`).

    Raises:
        Refusal: the text is no UUID, or there is no such checkpoint.
    """
    uuid = parse_uuid(text)
    if uuid is None:
        raise plain(uuid_mistake(text))
    row = store.detailed(connection, uuid)
    if row is None:
        raise not_found("checkpoint", text)
    return row


class Storage(NamedTuple):
    """Where the files of a checkpoint are."""

    uuid: str
    config: Dict[str, Any]


def storage_of(connection: Connection, text: str) -> Storage:
    """Where the files of a checkpoint are.

    Raises:
        Refusal: there is no such checkpoint, or nobody knows where its files are.
    """
    uuid = parse_uuid(text)
    row = None if uuid is None else store.by_uuid(connection, uuid)
    if row is None:
        raise not_found("checkpoint", text)
    config = store.storage_config(connection, row)
    if config is None:
        raise plain(f"unable to download checkpoint {text}: its storage is not known")
    return Storage(row["uuid"], config)


def set_metadata(tx: Transaction, text: str, metadata: Dict[str, Any]) -> Row:
    """Replace a checkpoint's metadata; returns the checkpoint as it was."""
    before = detailed(tx, text)
    tx.update(
        "checkpoints",
        {"uuid": before["uuid"]},
        metadata=json.dumps(metadata),
        steps_completed=steps_of(metadata),
    )
    return before


def prepare_storage(tx: Transaction, trial_id: int, config: Optional[Dict[str, Any]]) -> Optional[int]:
    """Return the id under which a run's checkpoints name their storage; None when no storage is given.

    Raises:
        Refusal: no such trial.
    """
    if tx.scalar("SELECT 1 FROM trials WHERE id = ?", (trial_id,)) is None:
        raise not_found("trial", trial_id)
    if not config:
        return None
    return store.storage_id_of(tx, json.dumps(config, sort_keys=True, separators=(",", ":")))


# --- lists ----------------------------------------------------------------------------------------------------------


class Order(NamedTuple):
    """How checkpoints are sorted.

    Attributes:
        attribute: UUID, TRIAL_ID, BATCH_NUMBER, END_TIME, STATE, SEARCHER_METRIC, or UNSPECIFIED.
        metric: sort by this validation metric instead; None not to.
        order: "ASC", "DESC" or "UNSPECIFIED".
    """

    attribute: str
    metric: Optional[str]
    order: str


def list_of_experiment(
    connection: Connection, experiment_id: int, states: Sequence[str], order: Order, offset: int, limit: int
) -> Tuple[List[Row], Window]:
    """A page of an experiment's checkpoints.

    Raises:
        Refusal: no such experiment, or the offset is out of bounds.
    """
    experiment = connection.one(
        "SELECT searcher_metric, smaller_is_better FROM experiments WHERE id = ?", (experiment_id,)
    )
    if experiment is None:
        raise not_found("experiment", experiment_id)
    best_first = order.order == "UNSPECIFIED" and order.attribute == "SEARCHER_METRIC"
    descending = not experiment["smaller_is_better"] if best_first else order.order == "DESC"
    rows = store.to_sort(connection, "experiment_id", experiment_id, states)
    ordered = _sorted(rows, order, experiment["searcher_metric"], descending, missing_last=True)
    return _page(connection, ordered, offset, limit)


def list_of_trial(
    connection: Connection, trial_id: int, states: Sequence[str], order: Order, offset: int, limit: int
) -> Tuple[List[Row], Window]:
    """A page of a trial's checkpoints.

    Raises:
        Refusal: no such trial, or the offset is out of bounds.
    """
    trial = connection.one(
        "SELECT e.searcher_metric FROM trials t JOIN experiments e ON e.id = t.experiment_id WHERE t.id = ?",
        (trial_id,),
    )
    if trial is None:
        raise not_found("trial", trial_id)
    rows = store.to_sort(connection, "trial_id", trial_id, states)
    ordered = _sorted(rows, order, trial["searcher_metric"], order.order == "DESC", missing_last=False)
    return _page(connection, ordered, offset, limit)


def _page(connection: Connection, ordered: List[str], offset: int, limit: int) -> Tuple[List[Row], Window]:
    window = memory_window(len(ordered), offset, limit)
    return store.detailed_by_uuids(connection, cut(ordered, window)), window


def _sorted(rows: List[Row], order: Order, searcher_metric: str, descending: bool, *, missing_last: bool) -> List[str]:
    """UUIDs in the order that is asked for; equal ones by the time they were reported, in the same direction.

    Without a value of the metric a checkpoint comes first when ascending and last when descending, or always last. NaN
    comes after every number in both directions: whoever takes the first one gets a model that works.
    """
    metric = order.metric if order.metric is not None else searcher_metric
    by_metric = order.metric is not None or order.attribute == "SEARCHER_METRIC"
    always_last = missing_last and order.metric is None
    if not by_metric:
        if order.attribute == "STATE":
            # as it is there: equal states are newest first in both directions
            rows = sorted(rows, key=lambda r: r["report_time"], reverse=True)
            return [r["uuid"] for r in _stable(rows, lambda r: _SORTED_STATES.index(r["state"]), descending)]
        rows = _stable(rows, lambda r: r["report_time"], descending)
        return [r["uuid"] for r in _stable(rows, _ATTRIBUTES.get(order.attribute, _by_trial), descending)]
    values = {r["uuid"]: _value(r, metric) for r in rows}
    lacking = sorted((r for r in rows if values[r["uuid"]] is None), key=lambda r: r["report_time"])
    having = _stable([r for r in rows if values[r["uuid"]] is not None], lambda r: r["report_time"], descending)
    nans = [r for r in having if _is_nan(values[r["uuid"]])]
    numbers = [r for r in having if not _is_nan(values[r["uuid"]])]
    numbers = _stable(numbers, lambda r: values[r["uuid"]], descending)
    parts = numbers + nans + lacking if descending or always_last else lacking + numbers + nans
    return [r["uuid"] for r in parts]


def _stable(rows: List[Row], key: Any, descending: bool) -> List[Row]:
    """Sort, and leave equal ones in the order they are in, in both directions."""
    return sorted(rows, key=key, reverse=descending)


def _by_trial(row: Row) -> Any:
    return row["trial_id"]


_ATTRIBUTES: Dict[str, Any] = {
    "UUID": lambda r: r["uuid"],
    "BATCH_NUMBER": lambda r: (r["steps_completed"] is not None, r["steps_completed"] or 0),
    "END_TIME": lambda r: r["report_time"],
}


def _value(row: Row, metric: str) -> Optional[float]:
    if row["validation"] is None:
        return None
    value = json.loads(row["validation"])["validation_metrics"].get(metric)
    number = summaries.number_of(value)
    if number is None and value is not None:
        raise plain(f"cannot sort by metric {metric}: {json.dumps(value)} is not a number")
    return number


def _is_nan(value: Optional[float]) -> bool:
    return value is not None and math.isnan(value)


# --- changing and removing files ------------------------------------------------------------------------------------


class Change(NamedTuple):
    """What is left of a checkpoint's files: path -> size; None leaves it as it is."""

    uuid: str
    resources: Optional[Dict[str, int]]


def patch(tx: Transaction, changes: Sequence[Change]) -> None:
    """Write down which files checkpoints still have.

    Raises:
        Refusal: a checkpoint is unknown or registered in the model registry; then nothing is changed.
    """
    known = _removable(tx, [c.uuid for c in changes], "patched")
    for uuid, change in zip(known, changes):
        if change.resources is not None:
            set_resources(tx, uuid, change.resources)


def set_resources(tx: Transaction, uuid: str, left: Dict[str, int]) -> None:
    """Write down which files a checkpoint still has, and the state that follows."""
    if not left:
        tx.update("checkpoints", {"uuid": uuid}, state="DELETED")
        return
    row = store.by_uuid(tx, uuid)
    if row is None:
        return
    before = json.loads(row["resources"])
    # a sharded upload does not report its metadata.json, so one that turns up is no change
    compared = {path: size for path, size in left.items() if path != "metadata.json" or path in before}
    state = row["state"] if compared == before else "PARTIALLY_DELETED"
    tx.update("checkpoints", {"uuid": uuid}, resources=json.dumps(left), size=sum(left.values()), state=state)


def delete(tx: Transaction, asked: Sequence[str]) -> None:
    """Have all files of checkpoints removed.

    Raises:
        Refusal: as `patch`.
    """
    remove_later(tx, _removable(tx, asked, "deleted"), EVERYTHING)


def remove_files(tx: Transaction, asked: Sequence[str], globs: Sequence[str]) -> None:
    """Have files of checkpoints removed that match any of the globs; none only looks what is there.

    Raises:
        Refusal: as `patch`, or a glob is empty or leads out of the checkpoint.
    """
    for glob in globs:
        if not glob:
            raise invalid("cannot have empty string glob")
        if ".." in glob:
            raise invalid(f"glob '{glob}' cannot contain '..'")
    remove_later(tx, _removable(tx, asked, "deleted"), globs)


def remove_later(tx: Transaction, known: Sequence[str], globs: Sequence[str]) -> None:
    """Have files of known checkpoints removed after the commit."""
    for uuid in known:
        store.add_removal(tx, uuid, globs)
    if known:
        tx.announce(QueueChanged())


def _removable(connection: Connection, asked: Sequence[str], verb: str) -> List[str]:
    known = []
    for text in asked:
        uuid = parse_uuid(text)
        if uuid is None:
            raise invalid(f"converting checkpoint: string {text} is not a valid uuid")
        known.append(uuid)
    missing = store.missing(connection, known)
    if missing:
        raise not_found("checkpoints", ", ".join(missing))
    registered = store.registered(connection, known)
    if registered:
        listed = " ".join(
            f"{r['checkpoint_uuid']}, registered to {r['name']} (model #{r['model_id']}), version {r['version']}."
            for r in registered
        )
        raise invalid(f"this subset of checkpoints provided are in the model registry and cannot be {verb}: {listed}")
    return known
