"""Who sets configuration policies, and which of them counts where."""

from __future__ import annotations

import json
from typing import Any, Optional

import pytest

from determined.master.auth import Caller
from determined.master.errors import Code, Refusal
from determined.master.services import config_policies
from determined.master.services.config_policies import EXPERIMENT, NTSC
from determined.master.store.database import Transaction

ADMIN = Caller(1, "admin", True, 1, "session", None)
USER = Caller(2, "determined", False, 2, "session", None)
LAB = 2


@pytest.fixture(autouse=True)
def lab(tx: Transaction) -> None:
    """A workspace of the ordinary user's."""
    assert tx.insert("workspaces", name="lab", user_id=2, created_at=0) == LAB


def put(
    tx: Transaction, where: Optional[int], workload: str = EXPERIMENT, *, caller: Caller = ADMIN, **document: Any
) -> None:
    config_policies.put(tx, caller, where, workload, json.dumps(document))


def limits(max_slots: Optional[int] = None, priority_limit: Optional[int] = None) -> Any:
    return {"resources": {"max_slots": max_slots}, "priority_limit": priority_limit}


@pytest.mark.parametrize(
    ("caller", "where", "may"), [(ADMIN, None, True), (ADMIN, LAB, True), (USER, None, False), (USER, LAB, True)]
    + [(USER, 1, False)]
)  # fmt: skip
def test_admins_set_policies_and_owners_those_of_their_workspace(
    tx: Transaction, caller: Caller, where: Optional[int], may: bool
) -> None:
    def change() -> None:
        put(tx, where, caller=caller, invariant_config={"debug": True})
        config_policies.delete(tx, caller, where, EXPERIMENT)

    if may:
        change()
    else:
        with pytest.raises(Refusal) as caught:
            change()
        assert caught.value.code == Code.PERMISSION_DENIED
        with pytest.raises(Refusal):
            config_policies.delete(tx, caller, where, EXPERIMENT)
    assert config_policies.read(tx, where, EXPERIMENT) == {}


def test_each_place_and_type_has_policies_of_its_own(tx: Transaction) -> None:
    for number, (where, workload) in enumerate([(None, EXPERIMENT), (None, NTSC), (1, EXPERIMENT), (LAB, NTSC)]):
        put(tx, where, workload, constraints=limits(number))
        put(tx, where, workload, constraints=limits(number + 10))
    assert config_policies.read(tx, None, NTSC)["constraints"] == limits(11)
    assert config_policies.read(tx, LAB, EXPERIMENT) == {}
    config_policies.delete(tx, ADMIN, None, NTSC)
    config_policies.delete(tx, ADMIN, None, NTSC)
    assert config_policies.read(tx, None, NTSC) == {}
    assert config_policies.read(tx, None, EXPERIMENT)["constraints"] == limits(10)


@pytest.mark.parametrize(
    ("where", "workload", "text", "code", "problem"),
    [
        (9, EXPERIMENT, "{debug: true}", Code.NOT_FOUND, "workspace '9' not found"),
        (None, "experiment", "{}", Code.INVALID_ARGUMENT, "invalid workload type: experiment"),
        (None, EXPERIMENT, " \n", Code.INVALID_ARGUMENT, "no specified config policies"),
        (None, EXPERIMENT, "{x: 1}", Code.INVALID_ARGUMENT, "invalid experiment config policy: "),
        (LAB, NTSC, "{x: 1}", Code.INVALID_ARGUMENT, "invalid NTSC config policy: "),
    ],
)
def test_what_cannot_be_set_is_refused(
    tx: Transaction, where: Optional[int], workload: str, text: str, code: Code, problem: str
) -> None:
    with pytest.raises(Refusal) as caught:
        config_policies.put(tx, ADMIN, where, workload, text)
    assert caught.value.code == code
    assert caught.value.text.startswith(problem)


def test_what_the_cluster_fixes_stands_over_what_a_workspace_fixes(tx: Transaction) -> None:
    put(tx, None, invariant_config={"max_restarts": 1})
    put(tx, LAB, invariant_config={"max_restarts": 2, "debug": True})
    config = {"max_restarts": 3, "debug": False, "name": "n"}
    assert config_policies.overlay(tx, LAB, config) == {"max_restarts": 1, "debug": True, "name": "n"}
    assert config_policies.overlay(tx, 1, config) == {"max_restarts": 1, "debug": False, "name": "n"}


def test_where_both_set_a_limit_that_of_the_cluster_counts(tx: Transaction) -> None:
    put(tx, None, constraints=limits(max_slots=8))
    put(tx, LAB, constraints=limits(max_slots=2, priority_limit=20))
    assert config_policies.constraints(tx, LAB, EXPERIMENT) == (8, 20)
    assert config_policies.constraints(tx, 1, EXPERIMENT) == (8, None)
    assert config_policies.constraints(tx, LAB, NTSC) == (None, None)


def test_what_is_fixed_cannot_be_changed_whatever_the_limits(tx: Transaction) -> None:
    put(tx, None, constraints=limits(priority_limit=10))
    put(tx, LAB, invariant_config={"resources": {"priority": 50}})
    config_policies.check_change(tx, LAB, EXPERIMENT, "priority", 50)
    for where, priority, problem in ((LAB, 60, "is set to"), (1, 9, "exceeds")):
        with pytest.raises(Refusal, match=problem):
            config_policies.check_change(tx, where, EXPERIMENT, "priority", priority)
    config_policies.check_change(tx, 1, EXPERIMENT, "priority", 10)
    config_policies.check_change(tx, 1, NTSC, "priority", 1)


def test_policies_go_with_their_workspace(tx: Transaction) -> None:
    put(tx, LAB, constraints=limits(1))
    tx.execute("DELETE FROM workspaces WHERE id = ?", (LAB,))
    assert tx.scalar("SELECT count(*) FROM config_policies") == 0
