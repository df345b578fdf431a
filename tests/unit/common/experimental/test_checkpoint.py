"""Checkpoint metadata, files and the names of earlier releases."""

from __future__ import annotations

import pathlib
from typing import Any, Dict

import pytest

from determined import errors
from determined.common.api import Session
from determined.common.api import errors as api_errors
from determined.common.experimental.checkpoint import Checkpoint, CheckpointState, ModelFramework

from .stub_master import Answer, StubMaster

UUID = "00000001-1111-4222-8333-000000000001"
URL = f"/api/v1/checkpoints/{UUID}"
DATA: Dict[str, Any] = {
    "uuid": UUID,
    "state": "STATE_COMPLETED",
    "reportTime": "2026-11-21T02:20:23Z",
    "metadata": {"steps_completed": 100, "framework": "torch-2.1", "format": "pickle", "determined_version": "0.38"},
    "training": {
        "trialId": 5,
        "experimentId": 3,
        "experimentConfig": {"name": "x"},
        "hparams": {"lr": 0.1},
        "validationMetrics": {"avgMetrics": {"loss": 0.25}, "batchMetrics": []},
    },
}


def test_added_metadata_goes_over_what_the_master_has(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, {"checkpoint": DATA})
    stub.on("POST", f"{URL}/metadata", {"checkpoint": DATA})
    checkpoint = Checkpoint(session, UUID)
    checkpoint.add_metadata({"note": "best", "format": "other"})
    sent = stub.sent("POST", f"{URL}/metadata")[0].body["checkpoint"]
    assert sent["metadata"] == {**DATA["metadata"], "note": "best", "format": "other"}
    assert checkpoint.metadata == sent["metadata"]


def test_metadata_that_is_known_is_not_read_again(stub: StubMaster, session: Session) -> None:
    stub.on("POST", f"{URL}/metadata", {"checkpoint": DATA})
    checkpoint = Checkpoint._from_wire(session, DATA)
    checkpoint.add_metadata({"a": 1})
    checkpoint.remove_metadata(["a"])
    assert [r.method for r in stub.requests] == ["POST", "POST"]
    assert checkpoint.metadata == DATA["metadata"]


@pytest.mark.parametrize("keys", [5, None, [1], b"x", ["a", 2]])
def test_keys_that_are_no_texts_are_refused(stub: StubMaster, session: Session, keys: Any) -> None:
    with pytest.raises(ValueError, match="keys must"):
        Checkpoint._from_wire(session, DATA).remove_metadata(keys)
    assert stub.requests == []


def test_removed_metadata_leaves_the_rest(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, {"checkpoint": DATA})
    stub.on("POST", f"{URL}/metadata", {"checkpoint": DATA})
    Checkpoint(session, UUID).remove_metadata(["format", "framework", "never there"])
    sent = stub.sent("POST", f"{URL}/metadata")[0].body["checkpoint"]["metadata"]
    assert sent == {"steps_completed": 100, "determined_version": "0.38"}


def test_metadata_stays_where_the_master_refuses(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, {"checkpoint": DATA})
    stub.on("POST", f"{URL}/metadata", Answer(403, {"error": {"code": 7, "error": "no"}}))
    checkpoint = Checkpoint(session, UUID)
    with pytest.raises(api_errors.ForbiddenException):
        checkpoint.add_metadata({"note": "best"})
    assert checkpoint.metadata == DATA["metadata"]


@pytest.mark.parametrize("globs", [[""], ["../other/*"]])
def test_patterns_that_the_master_refuses_are_refused_here(
    stub: StubMaster, session: Session, globs: "list[str]"
) -> None:
    with pytest.raises(ValueError, match="pattern"):
        Checkpoint(session, UUID).remove_files(globs)
    assert stub.requests == []


def test_delete_names_the_checkpoint(stub: StubMaster, session: Session) -> None:
    stub.on("DELETE", "/api/v1/checkpoints", {})
    Checkpoint(session, UUID).delete()
    assert stub.requests[0].body == {"checkpointUuids": [UUID]}


def test_reload_refreshes_in_place(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, {"checkpoint": DATA}, {"checkpoint": {**DATA, "state": "STATE_DELETED"}})
    checkpoint = Checkpoint(session, UUID)
    states = []
    for _ in range(2):
        checkpoint.reload()
        states.append(checkpoint.state)
    assert states == [CheckpointState.COMPLETED, CheckpointState.DELETED]


def test_attributes_of_earlier_releases_show_todays_data(session: Session) -> None:
    version = {"version": 2, "model": {"id": 9, "name": "m"}}
    checkpoint = Checkpoint._from_wire(session, DATA, version)
    expected = {
        "batch_number": 100,
        "determined_version": "0.38",
        "framework": "torch-2.1",
        "format": "pickle",
        "end_time": "2026-11-21T02:20:23Z",
        "start_time": "2026-11-21T02:20:23Z",
        "experiment_config": {"name": "x"},
        "experiment_id": 3,
        "trial_id": 5,
        "hparams": {"lr": 0.1},
        "validation": {"metrics": {"validation_metrics": {"loss": 0.25}}},
        "model_id": 9,
        "model_name": "m",
        "model_version": 2,
    }
    for name, value in expected.items():
        with pytest.warns(FutureWarning, match=name):
            assert getattr(checkpoint, name) == value


@pytest.mark.parametrize(
    ("metadata", "framework"),
    [
        ({"framework": "torch-1.9"}, ModelFramework.PYTORCH),
        ({"torch_version": "1.4"}, ModelFramework.PYTORCH),
        ({"framework": "tensorflow-2.4"}, ModelFramework.TENSORFLOW),
        ({"tensorflow_version": "1.15"}, ModelFramework.TENSORFLOW),
    ],
)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_the_framework_is_read_from_new_and_old_metadata(metadata: Dict[str, Any], framework: ModelFramework) -> None:
    assert Checkpoint.get_type(metadata) is framework


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_checkpoint_of_no_known_framework_cannot_be_loaded(tmp_path: pathlib.Path) -> None:
    (tmp_path / "metadata.json").write_text('{"framework": "jax"}')
    assert Checkpoint.parse_metadata(tmp_path) == {"framework": "jax"}
    with pytest.raises(errors.InvalidCheckpointException, match="jax"):
        Checkpoint.load_from_path(str(tmp_path))
    with pytest.raises(errors.InvalidCheckpointException, match="metadata.json"):
        Checkpoint.load_from_path(str(tmp_path / "nowhere"))
