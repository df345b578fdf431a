"""What webhooks are told, as JSON."""

from __future__ import annotations

import json
import uuid
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from determined.common import timestamps

from ..surrogates import replace_halves


class Subject(NamedTuple):
    """The experiment that an event is about.

    Attributes:
        is_placed: whether its configuration names a workspace and a project.
    """

    id: int
    name: str
    state: str
    duration_seconds: int
    resource_pool: str
    slots_per_trial: int
    workspace: str
    project: str
    is_placed: bool = False


class Task(NamedTuple):
    """The task whose log an event is about.

    Attributes:
        type: "TRIAL", "COMMAND" and so on; empty for one that is not known.
        node_name: the agent it runs on; empty when it runs nowhere.
        experiment_id, trial_id: None for a task that is no trial.
    """

    id: str
    type: str
    node_name: str
    experiment_id: Optional[int] = None
    trial_id: Optional[int] = None


class Measured(NamedTuple):
    """A reported value of a metric that went beyond a threshold."""

    trial_id: int
    group: str
    name: str
    value: Any
    threshold: float
    steps_completed: int


class Message(NamedTuple):
    """One event, in the two forms that receivers understand.

    Attributes:
        event_type: the trigger's type without prefix.
        condition: the trigger's condition.
        data: what happened, for programs.
        slack: what happened, for people: a message of Slack's.
    """

    event_type: str
    condition: Mapping[str, Any]
    data: Dict[str, Any]
    slack: Dict[str, Any]


class _Look(NamedTuple):
    """How an experiment's state is shown: a headline, the colour of the bar beside it, a mark, and a word."""

    headline: str
    color: str
    mark: str
    word: str


_LOOKS = {
    "COMPLETED": _Look("Your experiment completed successfully \U0001f389", "#13B670", "\u2705", "Completed"),
    "ERROR": _Look("Your experiment has stopped with errors", "#DD5040", "\u274c", "Errored"),
}
_LEVEL_COLORS = {"ERROR": "#DD5040", "CRITICAL": "#DD5040", "WARNING": "#F0AD4E"}
_PLAIN_COLOR = "#808080"


def encode(message: Message, webhook_type: str, event_id: str = "") -> str:
    """Return the body of a call: a message of Slack's, or an event."""
    if webhook_type == "SLACK":
        return _as_json(message.slack)
    return _as_json(
        {
            "event_id": event_id or str(uuid.uuid4()),
            "event_type": message.event_type,
            "timestamp": timestamps.now() // 1_000_000,
            "condition": message.condition,
            "event_data": message.data,
        }
    )


def _as_json(value: Dict[str, Any]) -> str:
    return json.dumps(replace_halves(value), ensure_ascii=False, separators=(",", ":"))


# --- events ---------------------------------------------------------------------------------------------------------


def test_message() -> Message:
    """The event that tries out a webhook."""
    text = "This is a test: the webhook is set up and the master can reach it."
    return Message("EXPERIMENT_STATE_CHANGE", {"state": "COMPLETED"}, {"data": "test"}, _slack(_plain(text)))


def state_message(subject: Subject, condition: Mapping[str, Any]) -> Message:
    """An experiment reached a state."""
    look = _LOOKS.get(subject.state)
    if look is None:
        word = subject.state.capitalize()
        look = _Look(f"Your experiment is now {word.lower()}", _PLAIN_COLOR, "", word)
    minutes = subject.duration_seconds // 60
    fields = [f"*Status*: {look.word}", f"*Duration*: {minutes // 60}h {minutes % 60}min"]
    fields += _place(subject) if subject.is_placed else []
    details = _section(f"{look.mark} {_named(subject)}".strip(), fields)
    slack = _slack(_plain(look.headline), color=look.color, details=details)
    return Message("EXPERIMENT_STATE_CHANGE", condition, {"experiment": _experiment(subject)}, slack)


def custom_message(subject: Subject, trial_id: int, title: str, description: str, level: str) -> Message:
    """A trial's own code has something to say."""
    custom = {"title": title, "description": description, "level": level, "trial_id": trial_id}
    fields = [f"*Level*: {level}", f"*Experiment*: {_named(subject)}"]
    fields += [f"*Trial*: {trial_id}"] if trial_id else []
    details = _section(_escape(description) or " ", [*fields, *_place(subject)])
    slack = _slack(_plain(title or " "), color=_LEVEL_COLORS.get(level, _PLAIN_COLOR), details=details)
    return Message("CUSTOM", {}, {"experiment": _experiment(subject), "custom": custom}, slack)


def log_message(task: Task, line: str, condition: Mapping[str, Any]) -> Message:
    """A line of a task's log matched a pattern."""
    told = {"task_id": task.id, "node_name": task.node_name, "triggering_log": line}
    if task.trial_id is None:
        who = f"Task ID `{task.id}`, task type `{task.type}`"
    else:
        who = f"Experiment ID `{task.experiment_id}`, Trial ID `{task.trial_id}`"
    text = (
        f"{who}, running on node `{_escape(task.node_name)}`, reported a log\n{_quoted(line)}\n"
        f"This log matched the regex\n{_quoted(str(condition.get('regex')))}\n"
    )
    return Message("TASK_LOG", condition, {"task_log": told}, _slack(_section(text)))


def threshold_message(subject: Subject, measured: Measured, condition: Mapping[str, Any]) -> Message:
    """A reported metric went beyond a threshold."""
    metric = {
        "name": measured.name,
        "value": measured.value,
        "threshold": measured.threshold,
        "group": measured.group,
        "steps_completed": measured.steps_completed,
        "trial_id": measured.trial_id,
    }
    fields = [
        f"*Value*: {measured.value}",
        f"*Threshold*: {measured.threshold}",
        f"*Group*: {_escape(measured.group)}",
        f"*Steps completed*: {measured.steps_completed}",
        f"*Trial*: {measured.trial_id}",
    ]
    headline = f"The metric {measured.name} exceeded its threshold"
    details = _section(_named(subject), [*fields, *_place(subject)])
    slack = _slack(_plain(headline), color=_LEVEL_COLORS["WARNING"], details=details)
    data = {"experiment": _experiment(subject), "metric": metric}
    return Message("METRIC_THRESHOLD_EXCEEDED", condition, data, slack)


def _experiment(subject: Subject) -> Dict[str, Any]:
    return {
        "id": subject.id,
        "state": subject.state,
        "name": subject.name,
        "slots_per_trial": subject.slots_per_trial,
        "resource_pool": subject.resource_pool,
        "duration": subject.duration_seconds,
        "workspace": subject.workspace,
        "project": subject.project,
    }


# --- messages of Slack's --------------------------------------------------------------------------------------------

Block = Dict[str, Any]


def _slack(block: Block, *, color: str = "", details: Optional[Block] = None) -> Dict[str, Any]:
    message: Dict[str, Any] = {"blocks": [block]}
    if details is not None:
        message["attachments"] = [{"color": color, "blocks": [details]}]
    return message


def _plain(text: str) -> Block:
    return {"text": {"text": text, "type": "plain_text"}, "type": "section"}


def _section(text: str, fields: Sequence[str] = ()) -> Block:
    block: Block = {"text": _marked(text), "type": "section"}
    if fields:
        block["fields"] = [_marked(field) for field in fields]
    return block


def _marked(text: str) -> Dict[str, str]:
    return {"text": text, "type": "mrkdwn"}


def _named(subject: Subject) -> str:
    return f"{_escape(subject.name)} (#{subject.id})"


def _place(subject: Subject) -> List[str]:
    return [f"*Workspace*: {_escape(subject.workspace)}", f"*Project*: {_escape(subject.project)}"]


def _quoted(text: str) -> str:
    return f"```{_escape(text.rstrip())}```"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
