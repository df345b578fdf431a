"""Every object that a real master was recorded to send becomes an object of the SDK."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any, Callable, Dict, Iterator, List, Mapping, Tuple

import pytest

from determined.common.api import Session
from determined.common.experimental import _enums
from determined.common.experimental.checkpoint import Checkpoint, CheckpointState
from determined.common.experimental.experiment import Experiment, ExperimentState
from determined.common.experimental.metrics import TrialMetrics
from determined.common.experimental.model import Model, ModelVersion
from determined.common.experimental.project import Project
from determined.common.experimental.trial import Trial, TrialState
from determined.common.experimental.user import User
from determined.common.experimental.workspace import Workspace

from .... import recorded

Build = Callable[[Session, Mapping[str, Any]], Any]

BUILDERS: Dict[str, Tuple[Build, Dict[str, str]]] = {
    "experiment": (Experiment._from_wire, {"id": "id", "name": "name", "state": "state", "project_id": "projectId"}),
    "trial": (Trial._from_wire, {"id": "id", "experiment_id": "experimentId", "hparams": "hparams", "state": "state"}),
    "checkpoint": (Checkpoint._from_wire, {"uuid": "uuid", "metadata": "metadata", "resources": "resources"}),
    "model": (Model._from_wire, {"name": "name", "model_id": "id", "labels": "labels", "metadata": "metadata"}),
    "modelVersion": (ModelVersion._from_wire, {"model_version": "version", "name": "name", "notes": "notes"}),
    "workspace": (Workspace._from_wire, {"id": "id", "name": "name"}),
    "project": (Project._from_wire, {"id": "id", "name": "name", "key": "key", "notes": "notes"}),
    "user": (User._from_wire, {"user_id": "id", "username": "username", "admin": "admin"}),
}


def recorded_objects(kind: str) -> List[Mapping[str, Any]]:
    found = []
    for scene in recorded.scene_names():
        for step in recorded.steps_of(scene):
            body = step["recorded"].get("body")
            is_gateway = step["request"]["path"].startswith("/api/v1/")
            if is_gateway and isinstance(body, dict) and step["recorded"]["status"] == 200:
                found += list(find_objects(body, kind))
    return found


def find_objects(body: Dict[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    one, many = body.get(kind), body.get(kind + "s")
    if isinstance(one, dict):
        yield one
    if isinstance(many, list):
        yield from (item for item in many if isinstance(item, dict) and kind not in item)


@pytest.mark.parametrize("kind", sorted(BUILDERS))
def test_recorded_objects_keep_their_values(kind: str, session: Session) -> None:
    build, fields = BUILDERS[kind]
    objects = recorded_objects(kind)
    assert objects, f"no {kind} was recorded"
    for data in objects:
        resource = build(session, data)
        for attribute, key in fields.items():
            assert getattr(resource, attribute) == data.get(key), (kind, attribute, data)
        assert type(resource).__name__ in repr(resource)


def test_recorded_metric_reports_become_metrics() -> None:
    steps = recorded.steps_of("metrics_read_streams")
    reports = [
        report
        for step in steps
        if isinstance(step["recorded"].get("body"), list)
        for message in step["recorded"]["body"]
        for report in message.get("result", {}).get("metrics", [])
    ]
    assert reports
    for report in reports:
        metrics = TrialMetrics._from_wire(report)
        assert metrics.trial_id == report["trialId"]
        assert metrics.steps_completed == report["totalBatches"]
        assert metrics.metrics, "the values of every group are found"
        assert metrics.end_time is not None


def test_nan_and_infinity_come_back_as_floats() -> None:
    report = {"metrics": {"avg_metrics": {"a": "NaN", "b": ["-Infinity"], "c": "text"}}, "group": "training"}
    metrics = TrialMetrics._from_wire(report).metrics
    assert metrics["a"] != metrics["a"]
    assert metrics["b"] == [float("-inf")]
    assert metrics["c"] == "text"


@pytest.mark.parametrize("kind", sorted(BUILDERS))
def test_fields_that_the_master_lacks_are_none(kind: str, session: Session) -> None:
    resource = BUILDERS[kind][0](session, {})
    identity = set(type(resource)._identity) | {"id"}
    assert {getattr(resource, name) for name in type(resource)._fields if name not in identity} <= {None}


@pytest.mark.parametrize("kind", sorted(BUILDERS))
def test_fields_that_nobody_knows_are_ignored(kind: str, session: Session) -> None:
    resource = BUILDERS[kind][0](session, {"brandNew": {"deep": [1]}, "training": "not an object"})
    assert not hasattr(resource, "brandNew")


def test_unknown_states_stay_text_and_known_ones_become_members(session: Session) -> None:
    assert Experiment._from_wire(session, {"state": "STATE_DREAMING"}).state == "STATE_DREAMING"
    state = Experiment._from_wire(session, {"state": "STATE_COMPLETED"}).state
    assert state is ExperimentState.COMPLETED


def test_times_are_aware_and_broken_ones_are_none(session: Session) -> None:
    good = Model._from_wire(session, {"creationTime": "2026-11-21T02:20:23.5Z", "lastUpdatedTime": "yesterday"})
    assert good.creation_time is not None
    assert good.creation_time.isoformat() == "2026-11-21T02:20:23.500000+00:00"
    assert good.last_updated_time is None


@pytest.mark.parametrize(
    ("kind", "text", "name"),
    [
        (ExperimentState, "STATE_DREAMING", "DREAMING"),
        (TrialState, "STATE_DREAMING", "DREAMING"),
        (CheckpointState, "DREAMING", "DREAMING"),
    ],
)
def test_a_state_of_a_newer_master_is_a_member_like_the_others(kind: Any, text: str, name: str) -> None:
    state = _enums.read_member(kind, text)
    assert isinstance(state, kind)
    assert (state.name, state.value, str(state), repr(state)) == (
        name,
        text,
        f"{kind.__name__}.{name}",
        f"<{kind.__name__}.{name}: {text!r}>",
    )
    assert state == text
    assert hash(state) == hash(text)
    assert json.dumps([state]) == json.dumps([text])
    assert _enums.read_member(kind, text) is state
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(state, protocol)) is state
    assert copy.deepcopy(state) is state
    assert state not in list(kind)
    assert not _enums.is_known(state)
    with pytest.raises(ValueError, match="is not a valid"):
        kind(text)
