"""What follows when a trial logs a certain line: a name is shown, it is restarted elsewhere, or not at all.

Looked at are lines that come from an agent. The first line from an agent that matches a policy is written down and
acted upon; after that the policy is not looked for any more in what the task logs there.
"""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from ..patterns import Finder, PatternError, prepare
from ..store import log_policies as store
from ..store.database import Connection, Transaction
from ..store.logs import Line
from . import task_log

logger = logging.getLogger("determined.master.log_policies")

CANCEL_RETRIES = "cancel_retries"
EXCLUDE_NODE = "exclude_node"

_CACHE_KEY = "log policies"
_TASKS_CACHED = 4096


class Policy(NamedTuple):
    """One policy of an experiment.

    Attributes:
        number: its place in the configuration.
        name: what is shown of a trial that it matched; empty for nothing.
        action: `CANCEL_RETRIES`, `EXCLUDE_NODE`, or None.
    """

    number: int
    name: str
    action: Optional[str]
    pattern: str
    finder: Finder


class _Watch(NamedTuple):
    """What is looked for in the log of one task: `seen` holds policies by number and the agent they matched on."""

    trial_id: int
    policies: List[Policy]
    seen: Set[Tuple[int, str]]


@lru_cache(maxsize=1024)
def read_pattern(pattern: str) -> Optional[Finder]:
    """Prepare a pattern; None if it is none, which experiments are not refused for."""
    try:
        return prepare(pattern)
    except PatternError as error:
        logger.warning("a log policy has no effect: its pattern %r cannot be read: %s", pattern, error)
        return None


def read_policies(policies: Sequence[Dict[str, Any]]) -> List[Policy]:
    """Prepare the policies of a configuration that can ever have an effect.

    Parameters:
        policies: ``log_policies`` as they are stored; one without a pattern switches off another of its name.
    """
    found = []
    for number, given in enumerate(policies):
        pattern, name, action = given.get("pattern"), given.get("name") or "", given.get("action")
        finder = read_pattern(pattern) if pattern else None
        if pattern and finder is not None and (name or action):
            found.append(Policy(number, name, action, pattern, finder))
    return found


def patterns_wanted(connection: Connection, task_id: str, agent_id: str) -> List[Tuple[str, Finder]]:
    """The patterns that are still looked for in what a task logs on an agent."""
    row = store.policies_of_task(connection, task_id)
    policies = _read_all(row["log_policies"] or "[]") if row is not None else ()
    if not policies:
        return []
    seen = store.matches_of(connection, task_id)
    return [(p.pattern, p.finder) for p in policies if (p.number, agent_id) not in seen]


@lru_cache(maxsize=256)
def _read_all(text: str) -> Tuple[Policy, ...]:
    return tuple(read_policies(json.loads(text)))


def lines_written(
    tx: Transaction, task_id: str, lines: Sequence[Line], found: Mapping[Tuple[str, Optional[str]], int]
) -> None:
    """Do what follows from the patterns of its experiment that were found in new lines of a task's log.

    Parameters:
        found: see `log_matches.Found`.
    """
    watch = _watch_of(tx, task_id) if found else None
    if watch is None:
        return
    matched = [
        (at, policy, agent_id)
        for (pattern, agent_id), at in found.items()
        for policy in watch.policies
        if agent_id is not None and policy.pattern == pattern and (policy.number, agent_id) not in watch.seen
    ]
    for at, policy, agent_id in sorted(matched, key=lambda match: (match[0], match[1].number)):
        watch.seen.add((policy.number, agent_id))
        _act(tx, task_id, watch.trial_id, policy, agent_id, lines[at][1] or "")


def _watch_of(tx: Transaction, task_id: str) -> Optional[_Watch]:
    """What is looked for in a task's log; None for nothing."""
    known: Optional[Dict[str, Optional[_Watch]]] = tx.cache.get(_CACHE_KEY)
    if known is None or len(known) > _TASKS_CACHED:
        known = tx.cache[_CACHE_KEY] = {}
    if task_id not in known:
        known[task_id] = _read_watch(tx, task_id)
    return known[task_id]


def _read_watch(tx: Transaction, task_id: str) -> Optional[_Watch]:
    row = store.policies_of_task(tx, task_id)
    policies = read_policies(json.loads(row["log_policies"] or "[]")) if row is not None else []
    if row is None or not policies:
        return None
    return _Watch(row["trial_id"], policies, store.matches_of(tx, task_id))


def _act(tx: Transaction, task_id: str, trial_id: int, policy: Policy, agent_id: str, allocation_id: str) -> None:
    store.note_match(tx, task_id, policy.number, agent_id, policy.action)
    if policy.name:
        tx.update("trials", {"id": trial_id}, log_policy_matched=policy.name)
    name = f"log policy {policy.name}" if policy.name else "a log policy"
    if policy.action == CANCEL_RETRIES:
        task_log.write_line(tx, task_id, allocation_id, f"{name} matched: if the trial fails, it is not restarted")
    elif policy.action == EXCLUDE_NODE:
        task_log.write_line(tx, task_id, allocation_id, f"{name} matched: the trial is not restarted on {agent_id}")


def is_retry_canceled(tx: Transaction, task_id: str) -> bool:
    """Whether a policy matched that forbids to restart a task."""
    return store.has_matched(tx, task_id, CANCEL_RETRIES)
