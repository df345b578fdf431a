"""What webhooks are told, as JSON."""

from __future__ import annotations

import json
import uuid
from typing import Any, Dict, Mapping, NamedTuple

from determined.common import timestamps


class Subject(NamedTuple):
    """The experiment that an event is about."""

    id: int
    name: str
    state: str
    duration_seconds: int
    resource_pool: str
    slots_per_trial: int
    workspace: str
    project: str


class Message(NamedTuple):
    """One event, in the two forms that receivers understand.

    Attributes:
        event_type: the trigger's type without prefix.
        condition: the trigger's condition.
        data: what happened, for programs.
        text: what happened, for people; Slack's markup.
    """

    event_type: str
    condition: Mapping[str, Any]
    data: Dict[str, Any]
    text: str


def encode(message: Message, webhook_type: str, event_id: str = "") -> str:
    """Return the body of a call: Slack's message form, or an event."""
    if webhook_type == "SLACK":
        return json.dumps({"text": message.text})
    return json.dumps(
        {
            "event_id": event_id or str(uuid.uuid4()),
            "event_type": message.event_type,
            "timestamp": timestamps.now() // 1_000_000,
            "condition": message.condition,
            "event_data": message.data,
        }
    )


def test_message() -> Message:
    """The event that tries out a webhook."""
    text = "This is a test: the webhook is set up and the master can reach it."
    return Message("EXPERIMENT_STATE_CHANGE", {"state": "COMPLETED"}, {"data": "test"}, text)


def state_message(subject: Subject, condition: Mapping[str, Any]) -> Message:
    """An experiment reached a state."""
    text = f"{_named(subject)} is {subject.state} after {subject.duration_seconds} s.{_place(subject)}"
    return Message("EXPERIMENT_STATE_CHANGE", condition, {"experiment": _experiment(subject)}, text)


def custom_message(subject: Subject, trial_id: int, title: str, description: str, level: str) -> Message:
    """A trial's own code has something to say."""
    custom = {"title": title, "description": description, "level": level, "trial_id": trial_id}
    where = f"trial {trial_id} of {_named(subject)}" if trial_id else _named(subject)
    text = f"*{_escape(title)}* [{level}]\n{_escape(description)}\nfrom {where}.{_place(subject)}"
    return Message("CUSTOM", {}, {"experiment": _experiment(subject), "custom": custom}, text)


def log_message(task_id: str, node_name: str, line: str, condition: Mapping[str, Any]) -> Message:
    """A line of a task's log matched a pattern."""
    told = {"task_id": task_id, "node_name": node_name, "triggering_log": line}
    text = f"The log of task {task_id} matched `{_escape(str(condition.get('regex')))}`:\n```{_escape(line)}```"
    return Message("TASK_LOG", condition, {"task_log": told}, text)


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


def _named(subject: Subject) -> str:
    return f"Experiment {subject.id} ({_escape(subject.name)})"


def _place(subject: Subject) -> str:
    return f"\nWorkspace: {_escape(subject.workspace)}, project: {_escape(subject.project)}"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
