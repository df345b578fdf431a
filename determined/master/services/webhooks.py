"""Rules of webhooks: who may keep them, what they must look like, and which of them an event concerns."""

from __future__ import annotations

import contextlib
import json
import math
import secrets
import uuid
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from determined.common import timestamps
from determined.common.api.wire.enums import LogLevel, TriggerType, WebhookMode, WebhookType
from determined.common.api.wire.webhooks import CustomWebhookEventData, Trigger, Webhook

from ..auth import Caller
from ..errors import invalid, plain
from ..notify import WebhookQueued
from ..patterns import Finder, PatternError, prepare
from ..store import webhooks as store
from ..store.database import Connection, Database, Row, Transaction
from . import webhook_payloads as payloads
from .webhook_calls import CallFailed, call, is_callable_url

_CACHE_KEY = "webhook triggers"
_KEY_FACT = "webhook_signing_key"


class Listener(NamedTuple):
    """A trigger with what is needed of its webhook.

    Attributes:
        pattern: what a log line must hold; None for triggers of other types.
    """

    trigger_id: int
    trigger_type: str
    condition: Mapping[str, Any]
    pattern: Optional[str]
    webhook_id: int
    name: str
    url: str
    webhook_type: str
    mode: str
    workspace_id: Optional[int]


# --- keeping --------------------------------------------------------------------------------------------------------


def create_webhook(tx: Transaction, caller: Caller, webhook: Webhook) -> int:
    """Store a webhook; returns its id.

    Raises:
        Refusal: it has no trigger, a trigger or the address cannot be used, or the caller may not.
    """
    triggers = webhook.get("triggers") or []
    if not triggers:
        raise invalid("at least one trigger required")
    url = webhook.get("url", "")
    if not is_callable_url(url):
        raise invalid("valid url required")
    workspace_id = webhook.get("workspaceId") or None
    _require_editor(tx, caller, workspace_id)
    mode = webhook.get("mode", WebhookMode.UNSPECIFIED)
    webhook_id = store.insert(
        tx,
        name=webhook.get("name", ""),
        url=url,
        webhook_type=_stored(webhook.get("webhookType", WebhookType.UNSPECIFIED), "webhook", "WEBHOOK_TYPE_"),
        triggers=[_checked_trigger(trigger, mode) for trigger in triggers],
        mode=_stored(mode, "webhook", "WEBHOOK_MODE_"),
        workspace_id=workspace_id,
    )
    tx.cache.pop(_CACHE_KEY, None)
    return webhook_id


def list_webhooks(connection: Connection, caller: Caller) -> List[Tuple[Row, List[Row]]]:
    """The webhooks that the caller may know of, with their triggers: the global ones and those they may change."""
    triggers: Dict[int, List[Row]] = {}
    for trigger in store.all_triggers(connection):
        triggers.setdefault(trigger["webhook_id"], []).append(trigger)
    return [
        (row, triggers.get(row["id"], []))
        for row in store.all_webhooks(connection)
        if caller.admin or row["workspace_id"] is None or row["owner_id"] == caller.user_id
    ]


def read_webhook(connection: Connection, webhook_id: int) -> Tuple[Row, List[Row]]:
    """A webhook and its triggers.

    Raises:
        Refusal: there is none of that id.
    """
    row = store.by_id(connection, webhook_id)
    if row is None:
        raise plain(f"webhook '{webhook_id}' not found")
    return row, store.triggers_of(connection, webhook_id)


def set_url(tx: Transaction, caller: Caller, webhook_id: int, url: str) -> None:
    """Call another address from now on; it is not looked at before it is called.

    Raises:
        Refusal: no such webhook, or the caller may not.
    """
    _editable(tx, caller, webhook_id)
    store.set_url(tx, webhook_id, url)
    tx.cache.pop(_CACHE_KEY, None)


def delete_webhook(tx: Transaction, caller: Caller, webhook_id: int) -> None:
    """Remove a webhook.

    Raises:
        Refusal: no such webhook, or the caller may not.
    """
    _editable(tx, caller, webhook_id)
    store.delete(tx, webhook_id)
    tx.cache.pop(_CACHE_KEY, None)


async def try_webhook(db: Database, caller: Caller, webhook_id: int) -> None:
    """Call a webhook with an event that says it is a test.

    Raises:
        Refusal: no such webhook, the caller may not, or the call failed.
    """
    webhook = db.read_now(_editable, caller, webhook_id)
    key = await db.write(signing_key)
    event_id = str(uuid.uuid4())
    try:
        await call(webhook["url"], payloads.encode(payloads.test_message(), webhook["webhook_type"], event_id), key)
    except CallFailed as error:
        raise invalid(f"error sending webhook request for event {event_id} error: {error}") from error


def signing_key(tx: Transaction) -> str:
    """The key that every call is signed with, made when it is first needed."""
    known: Optional[str] = tx.scalar("SELECT value FROM facts WHERE name = ?", (_KEY_FACT,))
    if known is None:
        known = secrets.token_hex(32)
        tx.insert("facts", name=_KEY_FACT, value=known)
    return known


def _editable(connection: Connection, caller: Caller, webhook_id: int) -> Row:
    row, _ = read_webhook(connection, webhook_id)
    _require_editor(connection, caller, row["workspace_id"])
    return row


def _require_editor(connection: Connection, caller: Caller, workspace_id: Optional[int]) -> None:
    """An admin may, and the owner of the workspace that the webhook belongs to."""
    owner_id = None
    if workspace_id is not None:
        owner_id = connection.scalar("SELECT user_id FROM workspaces WHERE id = ?", (workspace_id,))
        if owner_id is None:
            raise plain(f"workspace '{workspace_id}' not found")
    if not caller.admin and owner_id != caller.user_id:
        raise plain("non admin users can't edit global webhooks")


def _checked_trigger(trigger: Trigger, mode: str) -> store.NewTrigger:
    trigger_type = trigger.get("triggerType", TriggerType.UNSPECIFIED)
    condition: Mapping[str, Any] = trigger.get("condition") or {}
    stored_type = _stored(trigger_type, "trigger", "TRIGGER_TYPE_")
    if trigger_type == TriggerType.CUSTOM and mode != WebhookMode.SPECIFIC:
        raise invalid(f"custom trigger only works on webhook with mode 'SPECIFIC'. Got {mode}")
    if trigger_type == TriggerType.TASK_LOG:
        _check_log_condition(condition)
    return store.NewTrigger(stored_type, condition)


def _check_log_condition(condition: Mapping[str, Any]) -> None:
    if len(condition) != 1:
        shown = " ".join(f"{key}:{condition[key]}" for key in sorted(condition))
        raise invalid(f"webhook task log condition must have one key got map[{shown}]")
    regex = condition.get("regex")
    if not isinstance(regex, str) or not regex:
        raise invalid("webhook task log condition must have key 'regex' with a pattern as its value")
    try:
        prepare(regex)
    except PatternError as error:
        raise invalid(f"webhook task log condition: invalid regex '{regex}': {error}") from error


def _stored(member: str, kind: str, prefix: str) -> str:
    """How the database spells a type or a mode, which must be one."""
    if member == f"{prefix}UNSPECIFIED":
        raise plain(f"missing mapping for {kind} {member} to SQL")
    return _short(member, prefix)


def _short(member: str, prefix: str) -> str:
    if not member.startswith(prefix):
        raise invalid(f"{member} is not a known {prefix.rstrip('_').lower()}")
    return str(member)[len(prefix) :]


# --- firing ---------------------------------------------------------------------------------------------------------


def experiment_changed(tx: Transaction, experiment: Row, state: str) -> None:
    """Tell whom it concerns that an experiment reached a state.

    Parameters:
        experiment: its row.
        state: the state without prefix, as stored.
    """
    for listener in _listeners_of(tx, experiment, "EXPERIMENT_STATE_CHANGE"):
        if listener.condition.get("state") == state:
            message = payloads.state_message(_subject(tx, experiment, state), listener.condition)
            _queue(tx, listener, message)


def patterns_wanted(connection: Connection) -> List[Tuple[str, Finder]]:
    """The patterns that webhooks look for in logs."""
    wanted: Dict[str, Finder] = {}
    for text in store.log_conditions(connection):
        pattern = json.loads(text)["regex"]
        with contextlib.suppress(PatternError):  # an earlier version may have taken it
            wanted[pattern] = prepare(pattern)
    return list(wanted.items())


def logs_written(
    tx: Transaction, task_id: str, lines: Sequence[str], matches: Mapping[Tuple[str, Optional[str]], int]
) -> None:
    """Tell whom it concerns that patterns were found in new lines of a task's log; each tells of a task once.

    Parameters:
        matches: see `log_matches.Found`.
    """
    watching = [listener for listener in _listeners(tx) if (listener.pattern, None) in matches] if matches else []
    if not watching:
        return
    found = {listener.trigger_id: lines[matches[listener.pattern, None]] for listener in watching if listener.pattern}
    row = store.task_with_experiment(tx, task_id)
    task = payloads.Task(task_id, "", "")
    if row is not None:
        task = payloads.Task(task_id, row["type"], row["agent_id"] or "", row["experiment_id"], row["trial_id"])
    for listener in watching:
        line = found.get(listener.trigger_id, "")
        if (
            line
            and _concerns(tx, listener, task.experiment_id)
            and store.note_log_match(tx, listener.trigger_id, task_id)
        ):
            _queue(tx, listener, payloads.log_message(task, line, listener.condition))


def metrics_reported(
    tx: Transaction, experiment_id: int, trial_id: int, group: str, steps: int, metrics: Mapping[str, Any]
) -> None:
    """Tell whom it concerns which of a trial's metrics went above a threshold that they were not above before.

    Parameters:
        group: what the trial reported; a metric of the same name in another group is another metric.
        metrics: the averages of the report.
    """
    watching = [
        listener
        for listener in _listeners(tx)
        if listener.trigger_type == "METRIC_THRESHOLD_EXCEEDED" and _names(listener.condition, metrics)
    ]
    if not watching:
        return
    experiment = tx.one("SELECT * FROM experiments WHERE id = ?", (experiment_id,))
    if experiment is None:
        return
    for listener in _wanted_of(tx, experiment, watching):
        name, threshold = listener.condition["metric"], _number(listener.condition.get("threshold"))
        value = _number(metrics[name])
        if threshold is None or value is None:
            continue
        if not value > threshold:
            store.forget_excess(tx, listener.trigger_id, trial_id, group)
        elif store.note_excess(tx, listener.trigger_id, trial_id, group):
            measured = payloads.Measured(trial_id, group, name, metrics[name], threshold, steps)
            subject = _subject(tx, experiment, experiment["state"])
            _queue(tx, listener, payloads.threshold_message(subject, measured, listener.condition))


def _names(condition: Mapping[str, Any], metrics: Mapping[str, Any]) -> bool:
    name = condition.get("metric")
    return isinstance(name, str) and name in metrics


def _number(value: Any) -> Optional[float]:
    """A metric's value as a number; None for one that is none, or that compares with nothing."""
    if isinstance(value, bool) or not (isinstance(value, (int, float)) or value in ("Infinity", "-Infinity")):
        return None
    try:
        number = float(value)
    except OverflowError:
        number = math.inf if value > 0 else -math.inf
    return None if math.isnan(number) else number


def send_custom_event(tx: Transaction, experiment_id: int, trial_id: int, data: CustomWebhookEventData) -> None:
    """Tell the webhooks that an experiment names for it what its code has to say.

    Raises:
        Refusal: there is no such experiment.
    """
    title, description = data.get("title", ""), data.get("description", "")
    level = _short(data.get("level", LogLevel.UNSPECIFIED), "LOG_LEVEL_")
    experiment = tx.one("SELECT * FROM experiments WHERE id = ?", (experiment_id,))
    if experiment is None:
        raise plain(
            f"failed to handle custom trigger data: {{Title:{title} Description:{description} Level:{level}}}"
            f" experiment id: {experiment_id} trial_id {trial_id} : error getting experiment from id {experiment_id}:"
            " not found"
        )
    for listener in _listeners_of(tx, experiment, "CUSTOM"):
        subject = _subject(tx, experiment, experiment["state"])
        _queue(tx, listener, payloads.custom_message(subject, trial_id, title, description, level))


def is_wanted(listener: Listener, workspace_id: int, integrations: Optional[Mapping[str, Any]]) -> bool:
    """Whether an experiment's events go to a listener.

    Parameters:
        workspace_id: where the experiment lies.
        integrations: its configuration's section of that name. A webhook of mode SPECIFIC must be named there; the
            others hear of every experiment of their workspace (a global one: of all) that does not exclude them.
    """
    if listener.workspace_id not in (None, workspace_id):
        return False
    named = ((integrations or {}).get("webhooks")) or {}
    if listener.mode == "SPECIFIC":
        return listener.webhook_id in (named.get("webhook_id") or ()) or listener.name in (
            named.get("webhook_name") or ()
        )
    return not named.get("exclude")


def _listeners(tx: Transaction) -> List[Listener]:
    known: Optional[List[Listener]] = tx.cache.get(_CACHE_KEY)
    if known is None:
        known = tx.cache[_CACHE_KEY] = [_listener(row) for row in store.all_triggers(tx)]
    return known


def _listener(row: Row) -> Listener:
    condition = json.loads(row["condition"])
    return Listener(
        trigger_id=row["id"],
        trigger_type=row["trigger_type"],
        condition=condition,
        pattern=condition["regex"] if row["trigger_type"] == "TASK_LOG" else None,
        webhook_id=row["webhook_id"],
        name=row["name"],
        url=row["url"],
        webhook_type=row["webhook_type"],
        mode=row["mode"],
        workspace_id=row["workspace_id"],
    )


def _listeners_of(tx: Transaction, experiment: Row, trigger_type: str) -> List[Listener]:
    return _wanted_of(tx, experiment, [known for known in _listeners(tx) if known.trigger_type == trigger_type])


def _wanted_of(tx: Transaction, experiment: Row, candidates: Sequence[Listener]) -> List[Listener]:
    """Those listeners that an experiment's events go to."""
    if not candidates:
        return []
    workspace_id = store.place_of_experiment(tx, experiment["id"])["workspace_id"]
    integrations = json.loads(experiment["config"]).get("integrations")
    return [listener for listener in candidates if is_wanted(listener, workspace_id, integrations)]


def _concerns(tx: Transaction, listener: Listener, experiment_id: Optional[int]) -> bool:
    """Whether the log of a task that belongs to this experiment, or to none, is a listener's business."""
    if experiment_id is None:
        return listener.workspace_id is None and listener.mode != "SPECIFIC"
    workspace_id = store.place_of_experiment(tx, experiment_id)["workspace_id"]
    config = json.loads(tx.scalar("SELECT config FROM experiments WHERE id = ?", (experiment_id,)))
    return is_wanted(listener, workspace_id, config.get("integrations"))


def _subject(tx: Transaction, experiment: Row, state: str) -> payloads.Subject:
    place = store.place_of_experiment(tx, experiment["id"])
    end = experiment["end_time"] or timestamps.now()
    return payloads.Subject(
        id=experiment["id"],
        name=experiment["name"],
        state=state,
        duration_seconds=(end - experiment["start_time"]) // 1_000_000,
        resource_pool=experiment["resource_pool"],
        slots_per_trial=experiment["slots_per_trial"],
        workspace=place["workspace"],
        project=place["project"],
        is_placed=bool(json.loads(experiment["config"]).get("workspace")),
    )


def _queue(tx: Transaction, listener: Listener, message: payloads.Message) -> None:
    store.queue_call(tx, listener.url, payloads.encode(message, listener.webhook_type))
    tx.announce(WebhookQueued())
