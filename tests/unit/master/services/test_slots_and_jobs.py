"""Devices, agents, and the adding up of slot time."""

from __future__ import annotations

import logging
from typing import List, Optional

import pytest

from determined.common import timestamps
from determined.common.api.wire.enums import ResourceAllocationAggregationPeriod as Period
from determined.master.auth import Caller
from determined.master.errors import Refusal
from determined.master.services import agents, usage
from determined.master.services.devices import detect_slots, parse_gpus
from determined.master.services.master_log import MasterLog
from determined.master.store import slots
from determined.master.store.database import Transaction

ADMIN = Caller(1, "admin", True, 1, "session", None)
GPUS = "0, GPU-a, NVIDIA H200\n1, GPU-b, NVIDIA H200\n3, GPU-c, NVIDIA T4\n"


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        (None, ["GPU-a", "GPU-b", "GPU-c"]),
        ("3,0", ["GPU-c", "GPU-a"]),
        ("GPU-b", ["GPU-b"]),
        ("", []),
        ("7", []),
    ],
)
def test_only_visible_gpus_become_slots_numbered_from_zero(visible: Optional[str], expected: List[str]) -> None:
    found = parse_gpus(GPUS, visible)
    assert [device.uuid for device in found] == expected
    assert [device.number for device in found] == list(range(len(expected)))


def test_cpu_slots_are_the_same_at_every_start() -> None:
    assert detect_slots(2) == detect_slots(2)
    assert len({device.uuid for device in detect_slots(3)}) == 3


def hold(tx: Transaction, start: str, end: Optional[str], *, number: int, count: int = 2) -> None:
    task_id = f"t{number}"
    tx.insert("tasks", id=task_id, type="COMMAND", owner_id=1, start_time=0)
    tx.insert(
        "allocations",
        id=f"{task_id}.1",
        task_id=task_id,
        number=1,
        state="RUNNING",
        slots=count,
        slot_ids="[0, 1]",
        resource_pool="default",
        resources_id=f"c{number}",
        start_time=timestamps.parse(start),
        end_time=None if end is None else timestamps.parse(end),
    )


def test_slot_time_is_divided_at_midnight_and_at_the_bounds(tx: Transaction) -> None:
    hold(tx, "2024-01-31T23:59:00Z", "2024-02-01T00:00:30Z", number=1)
    hold(tx, "2024-02-02T00:00:00Z", "2024-02-02T00:00:10Z", number=2)
    by_day = usage.aggregate(tx, "2024-01-31", "2024-02-01", Period.DAILY)
    assert [(sums.period_start, sums.total) for sums in by_day] == [("2024-01-31", 120.0), ("2024-02-01", 60.0)]
    by_month = usage.aggregate(tx, "2024-01", "2024-02", Period.MONTHLY)
    assert [(sums.period_start, sums.by_username) for sums in by_month] == [
        ("2024-01", {"admin": 120.0}),
        ("2024-02", {"admin": 80.0}),
    ]
    (entry,) = usage.list_usage(tx, "2024-01-31T23:59:50Z", "2024-01-31T23:59:55Z")
    assert entry.seconds == 5.0


@pytest.mark.parametrize(("first", "period"), [("2024-1-31x", Period.DAILY), ("2024-01-01", Period.MONTHLY)])
def test_a_date_of_the_wrong_form_is_refused(tx: Transaction, first: str, period: Period) -> None:
    with pytest.raises(Refusal, match="start date"):
        usage.aggregate(tx, first, "2024-01", period)


@pytest.mark.parametrize("drain", [False, True])
def test_switching_a_slot_off_kills_what_runs_in_it_unless_it_drains(tx: Transaction, drain: bool) -> None:
    devices = detect_slots(2)
    slots.declare(tx, "agent-0", 2)
    hold(tx, "2024-01-01T00:00:00Z", None, number=1)
    slot = agents.switch_slot(tx, ADMIN, devices, "agent-0", "01", enabled=False, drain=drain)
    assert (slot.device.number, slot.enabled, slot.draining) == (1, False, drain)
    assert slot.container is not None
    assert slot.container.id == "c1"
    assert tx.scalar("SELECT kill_requested FROM allocations") == int(not drain)


def test_a_slot_that_is_off_stays_off_when_its_agent_comes_back(tx: Transaction) -> None:
    devices = detect_slots(2)
    slots.declare(tx, "agent-0", 2)
    agents.switch_slot(tx, ADMIN, devices, "agent-0", "0", enabled=False)
    agents.switch_agent(tx, ADMIN, devices, "agent-0", enabled=False)
    agent = agents.switch_agent(tx, ADMIN, devices, "agent-0", enabled=True)
    assert [slot.enabled for slot in agent.slots] == [False, True]


def test_the_masters_log_is_read_from_the_front_and_from_the_end() -> None:
    log, told = MasterLog(), []
    log.start(lambda: told.append(1))
    try:
        for number in range(5):
            logging.getLogger("determined.test").error("line %d", number)
    finally:
        log.stop()
    logging.getLogger("determined.test").error("not kept")
    assert [entry.message for entry in log.read(3)] == ["line 3", "line 4"]
    assert [entry.id for entry in log.read(-4, 2)] == [1, 2]
    assert len(log.read(0)) == len(told) == 5
