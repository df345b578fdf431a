"""What a trial logs, and what its experiment's log policies make of it."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

import pytest

from determined.master.expconf.schema import MASTER_DEFAULTS
from determined.master.patterns import Matcher
from determined.master.services import lifecycle, log_matches, log_policies, logs
from determined.master.settings import AGENT_ID
from determined.master.store import log_policies as store
from determined.master.store.database import Row, Transaction
from determined.master.store.logs import Line

MATCHER = Matcher()


def matches(pattern: str, text: str) -> bool:
    finder = log_policies.read_pattern(pattern)
    assert finder is not None
    return MATCHER.find_first(finder, [text]) == 0


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (".*CUDA out of memory.*", "RuntimeError: CUDA out of memory. Tried\n", True),
        (".*CUDA out of memory.*", "CUDA out of disk\n", False),
        (".*", "anything", True),
        ("a|b.*", "only a", True),
        (".*a|b", "b", True),
        (r"end\.*", "the end...", True),
        (r"\.*", "no dot is needed", True),
        (r"1\\.*", "a 1\\ here", True),
        (r"1\\.*", "a 1 here", False),
        ("(?i).*FATAL.*?", "it was fatal", True),
        (r"exit code (1[0-9]|2)\b.*", "exit code 13", True),
        (r"exit code (1[0-9]|2)\b.*", "exit code 3", False),
        (r"^boom$", "boom\n", True),
        (r"^boom$", "no boom\n", False),
    ],
)
def test_a_pattern_finds_the_lines_that_its_expression_describes(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize("policy", MASTER_DEFAULTS["log_policies"], ids=lambda policy: str(policy["name"]))
def test_the_policies_of_every_experiment_are_looked_for_as_plain_text(policy: Dict[str, Any]) -> None:
    finder = log_policies.read_pattern(policy["pattern"])
    assert finder is not None
    assert finder.literal is not None


def test_the_first_line_that_matches_is_found_even_where_lines_together_would() -> None:
    finder = log_policies.read_pattern("b\na")
    assert finder is not None
    assert MATCHER.find_first(finder, ["a b", "a b"]) is None
    assert MATCHER.find_first(finder, ["a", "b\na", "b\na"]) == 1


def test_policies_without_effect_are_not_looked_for() -> None:
    given: List[Dict[str, Any]] = [
        {"name": "broken", "pattern": "("},
        {"name": "too much", "pattern": "a{1001}"},
        {"name": "not known to RE2", "pattern": "(?=a)"},
        {"name": "switched off"},
        {"pattern": "neither shown nor acted upon"},
        {"name": "shown", "pattern": "a"},
        {"pattern": "acted upon", "action": "exclude_node"},
    ]
    assert [policy.number for policy in log_policies.read_policies(given)] == [5, 6]


# --- in the log of a trial ------------------------------------------------------------------------------------------


def start_trial(tx: Transaction, policies: List[Dict[str, Any]], max_restarts: int = 5) -> int:
    """A running trial of a managed experiment with these policies; returns its id."""
    config = {
        "searcher": {"name": "single", "metric": "loss", "smaller_is_better": True},
        "hyperparameters": {},
        "reproducibility": {"experiment_seed": 1},
        "log_policies": policies,
        "checkpoint_storage": {
            "type": "shared_fs",
            "host_path": "/nowhere",
            "save_experiment_best": 0,
            "save_trial_best": 1,
            "save_trial_latest": 1,
        },
    }
    experiment_id = tx.insert(
        "experiments",
        job_id="j",
        state="PAUSED",
        name="e",
        config=json.dumps(config),
        original_config="",
        searcher_name="single",
        searcher_metric="loss",
        smaller_is_better=1,
        resource_pool="default",
        max_restarts=max_restarts,
        start_time=0,
        owner_id=1,
        project_id=1,
    )
    lifecycle.begin(tx, experiment_id)
    experiment = tx.one("SELECT * FROM experiments WHERE id = ?", (experiment_id,))
    assert experiment is not None
    lifecycle.activate(tx, experiment)
    trial_id: int = tx.scalar("SELECT id FROM trials")
    return trial_id


def task_of(tx: Transaction) -> str:
    return str(tx.scalar("SELECT id FROM tasks"))


def allocate(tx: Transaction, number: int = 1) -> str:
    task_id = task_of(tx)
    allocation_id = f"{task_id}.{number}"
    tx.insert(
        "allocations", id=allocation_id, task_id=task_id, number=number, state="RUNNING", slots=1, resource_pool="p"
    )
    return allocation_id


def line(tx: Transaction, text: str, agent_id: Optional[str] = AGENT_ID) -> Line:
    return (task_of(tx), f"{task_of(tx)}.1", agent_id, None, None, 0, "INFO", "stdout", None, text + "\n")


def say(tx: Transaction, *texts: str, agent_id: Optional[str] = AGENT_ID) -> None:
    write(tx, task_of(tx), [line(tx, text, agent_id) for text in texts])


def write(tx: Transaction, task_id: str, lines: List[Line]) -> None:
    found = log_matches.look(MATCHER, log_matches.searches(tx, task_id, lines), lines)
    logs.write(tx, task_id, lines, found)


def trial_of(tx: Transaction) -> Row:
    row = tx.one("SELECT * FROM trials")
    assert row is not None
    return row


def log_of(tx: Transaction) -> str:
    return "".join(row["log"] for row in tx.all("SELECT log FROM logs ORDER BY id"))


def test_a_trial_shows_the_name_of_the_policy_that_matched_last(tx: Transaction) -> None:
    start_trial(tx, [{"name": "first", "pattern": "one"}, {"name": "second", "pattern": "two"}, {"pattern": "three"}])
    assert trial_of(tx)["log_policy_matched"] is None
    say(tx, "two", "then one", "then three")
    assert trial_of(tx)["log_policy_matched"] == "first"
    say(tx, "two again", "one again")
    assert trial_of(tx)["log_policy_matched"] == "first"


def test_lines_that_come_from_no_agent_match_nothing(tx: Transaction) -> None:
    start_trial(tx, [{"name": "named", "pattern": "one", "action": "cancel_retries"}])
    say(tx, "one", agent_id=None)
    assert trial_of(tx)["log_policy_matched"] is None
    assert tx.all("SELECT * FROM log_policy_matches") == []


@pytest.mark.parametrize(
    "text",
    [
        "determined: New trial runner in (container c1) on agent a: {}",
        'so much more of it, "log_policies": [{"x": 1}]}',
    ],
)
def test_the_configuration_that_a_trial_logs_matches_nothing(tx: Transaction, text: str) -> None:
    start_trial(tx, [{"name": "anything", "pattern": ".*"}])
    say(tx, text)
    assert trial_of(tx)["log_policy_matched"] is None
    say(tx, text, "something else")
    assert trial_of(tx)["log_policy_matched"] == "anything"


def test_a_policy_acts_once_and_says_so_in_the_log_once_even_after_the_master_was_restarted(tx: Transaction) -> None:
    start_trial(tx, [{"name": "named", "pattern": "one", "action": "cancel_retries"}])
    say(tx, "one", "one")
    tx.cache.clear()
    say(tx, "one")
    assert log_of(tx).count("log policy named matched: if the trial fails, it is not restarted") == 1


def test_a_failed_trial_is_not_restarted_after_a_policy_that_cancels_retries(tx: Transaction) -> None:
    start_trial(tx, [{"pattern": "hopeless", "action": "cancel_retries"}])
    allocation_id = allocate(tx)
    say(tx, "this is hopeless")
    lifecycle.allocation_ended(tx, allocation_id, lifecycle.Ending(1, "it failed"))
    trial = trial_of(tx)
    assert (trial["state"], trial["restarts"]) == ("ERROR", 0)
    assert tx.scalar("SELECT state FROM experiments") == "ERROR"
    assert "the trial is not restarted: a log policy matched" in log_of(tx)


def test_a_policy_that_cancels_retries_keeps_no_trial_from_success(tx: Transaction) -> None:
    start_trial(tx, [{"pattern": "hopeless", "action": "cancel_retries"}])
    allocation_id = allocate(tx)
    say(tx, "this is hopeless")
    lifecycle.allocation_ended(tx, allocation_id, lifecycle.Ending(0))
    assert trial_of(tx)["state"] == "COMPLETED"


def test_a_failed_trial_without_a_match_is_restarted(tx: Transaction) -> None:
    start_trial(tx, [{"pattern": "hopeless", "action": "cancel_retries"}])
    allocation_id = allocate(tx)
    say(tx, "there is hope")
    lifecycle.allocation_ended(tx, allocation_id, lifecycle.Ending(1, "it failed"))
    trial = trial_of(tx)
    assert (trial["state"], trial["restarts"]) == ("ACTIVE", 1)


def test_a_trial_is_kept_off_an_agent_only_by_a_line_from_it_and_only_while_it_waits(tx: Transaction) -> None:
    trial_id = start_trial(tx, [{"pattern": "bad disk", "action": "exclude_node"}])
    allocation_id = allocate(tx)
    say(tx, "a bad disk", agent_id="agent-9")
    say(tx, "a bad disk")
    assert store.waiting_trials_kept_off(tx, AGENT_ID) == []
    lifecycle.allocation_ended(tx, allocation_id, lifecycle.Ending(1, "it failed"))
    kept_off = store.waiting_trials_kept_off(tx, AGENT_ID)
    assert [(row["trial_id"], row["task_id"]) for row in kept_off] == [(trial_id, task_of(tx))]
    assert len(store.waiting_trials_kept_off(tx, "agent-9")) == 1
    assert store.waiting_trials_kept_off(tx, "agent-1") == []


def test_tasks_of_other_kinds_have_no_policies(tx: Transaction) -> None:
    start_trial(tx, [{"name": "named", "pattern": "one"}])
    tx.insert("tasks", id="command", type="COMMAND", start_time=0)
    write(tx, "command", [("command", None, AGENT_ID, None, None, 0, None, None, None, "one")])
    assert trial_of(tx)["log_policy_matched"] is None
