"""What a real master was recorded to answer, given again to the client: objects, lists, streams and errors of every
kind.
"""

from __future__ import annotations

import json
import re
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Tuple
from urllib.parse import unquote

import pytest

from determined.common.api import Session, errors
from determined.common.api.wire import paths
from determined.common.api.wire.endpoint import Endpoint
from determined.common.experimental._resource import Resource
from determined.common.experimental.checkpoint import Checkpoint
from determined.common.experimental.determined import Determined
from determined.common.experimental.experiment import Experiment
from determined.common.experimental.model import Model, ModelVersion
from determined.common.experimental.project import Project
from determined.common.experimental.resource_pool import ResourcePool
from determined.common.experimental.trial import OrderBy, Trial
from determined.common.experimental.workspace import Workspace

from .... import recorded
from .stub_master import Answer, StubMaster
from .test_hydration import BUILDERS

KINDS = {400: errors.APIException, 401: errors.UnauthenticatedException, 403: errors.ForbiddenException}


class Step(NamedTuple):
    """One recorded GET: its path and its answer."""

    label: str
    path: str
    status: int
    body: Any
    is_stream: bool
    is_of_any: bool

    def answer(self) -> Answer:
        if self.is_stream:
            return Answer(self.status, b"".join(json.dumps(line).encode() + b"\n" for line in self.body or ()))
        body = b"" if self.body is None else self.body
        return Answer(self.status, body.encode() if isinstance(body, str) else body)


def steps_of(scene: str) -> Iterator[Step]:
    for number, step in enumerate(recorded.steps_of(scene)):
        request, answer = step["request"], step["recorded"]
        is_text = answer.get("type", "").startswith(("application/json", "text/plain"))
        if request.get("method", "GET") != "GET" or not is_text or "packed" in answer:
            continue
        # ids that were captured while it was recorded stand for any
        path = re.sub(r"\{\{\w+\}\}", "7", request["path"])
        if path.startswith("/"):
            label = f"{scene} [{number}] {path}"
            body = answer.get("body")
            yield Step(label, path, answer["status"], body, isinstance(body, list), path != request["path"])


ROWS: List[Endpoint[Any, Any]] = [
    row for row in vars(paths).values() if isinstance(row, Endpoint) and row.method == "GET"
]


def match(path: str) -> Tuple[str, Dict[str, Any]]:
    """Return which call a path is, and its parameters."""
    for row in ROWS:
        pattern = re.sub(r"\{([a-z_.]+):int\}", r"(?P<\1>\\d+)", row.path)
        pattern = re.sub(r"\{([a-z_.]+)\}", r"(?P<\1>[^/:]+)", pattern)
        found = re.fullmatch(pattern, path) if "." not in "".join(name for name, _ in row.parameters) else None
        if found:
            numbers = {name for name, is_integer in row.parameters if is_integer}
            values = {name: int(text) if name in numbers else unquote(text) for name, text in found.groupdict().items()}
            return row.name, values
    return "", {}


def reloaded(resource: Any) -> Any:
    resource.reload()
    return resource


# what the SDK makes of a call: one object, which stands in the answer under a key
ONE: Dict[str, Tuple[str, Callable[[Session, Dict[str, Any]], Any]]] = {
    "GetExperiment": ("experiment", lambda s, p: Determined._from_session(s).get_experiment(p["experiment_id"])),
    "GetTrial": ("trial", lambda s, p: Determined._from_session(s).get_trial(p["trial_id"])),
    "GetCheckpoint": ("checkpoint", lambda s, p: Determined._from_session(s).get_checkpoint(p["checkpoint_uuid"])),
    "GetModel": ("model", lambda s, p: Determined._from_session(s).get_model(p["model_name"])),
    "GetModelVersion": ("modelVersion", lambda s, p: Model(s, p["model_name"]).get_version(p["model_version_num"])),
    "GetWorkspace": ("workspace", lambda s, p: reloaded(Workspace(s, p["id"]))),
    "GetProject": ("project", lambda s, p: reloaded(Project(s, p["id"]))),
    "GetUser": ("user", lambda s, p: Determined._from_session(s).get_user_by_id(p["user_id"])),
    "GetUserByUsername": ("user", lambda s, p: Determined._from_session(s).get_user_by_name(p["username"])),
    "GetMe": ("user", lambda s, p: Determined._from_session(s).whoami()),
}
# many objects: the key of the rows, and the iterator
MANY: Dict[str, Tuple[str, Callable[[Session, Dict[str, Any]], Any]]] = {
    "GetExperiments": ("experiments", lambda s, p: Determined._from_session(s).iter_experiments()),
    "GetModels": ("models", lambda s, p: Determined._from_session(s).iter_models()),
    "GetUsers": ("users", lambda s, p: Determined._from_session(s).iter_users()),
    "GetWorkspaces": ("workspaces", lambda s, p: Determined._from_session(s).iter_workspaces()),
    "GetExperimentTrials": ("trials", lambda s, p: Experiment(p["experiment_id"], s).iter_trials()),
    "GetExperimentCheckpoints": ("checkpoints", lambda s, p: Experiment(p["id"], s).iter_checkpoints()),
    "GetTrialCheckpoints": ("checkpoints", lambda s, p: Trial(p["id"], s).iter_checkpoints("loss", OrderBy.ASC)),
    "GetModelVersions": ("modelVersions", lambda s, p: Model(s, p["model_name"]).iter_versions()),
    "GetWorkspaceProjects": ("projects", lambda s, p: Workspace(s, p["id"]).iter_projects()),
    "ListRPsBoundToWorkspace": ("resourcePools", lambda s, p: Workspace(s, p["workspace_id"]).iter_pools()),
}
# streams: how many results one document of the wire gives
STREAMS: Dict[str, Tuple[Callable[[Any], int], Callable[[Session, Dict[str, Any]], Any]]] = {
    "TrialLogs": (lambda result: 1, lambda s, p: Trial(p["trial_id"], s).iter_logs()),
    "GetMetrics": (
        lambda result: len(result["metrics"]),
        lambda s, p: Determined._from_session(s).iter_trials_metrics([1], "training"),
    ),
}


@pytest.mark.parametrize("scene", recorded.scene_names())
def test_every_recorded_answer_is_read_as_it_is(stub: StubMaster, session: Session, scene: str) -> None:
    for step in steps_of(scene):
        stub.on("GET", step.path, step.answer())
        if step.status >= 300:
            with pytest.raises(KINDS.get(step.status, errors.APIException)) as caught:
                session.get(step.path)
            check_error(caught.value, step)
        elif not step.is_stream:
            got = session.get(step.path)
            assert (got.json() if isinstance(step.body, dict) else got.text or None) == step.body, step.label


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else ():
        yield from texts_in(inner)


def check_error(error: BaseException, step: Step) -> None:
    assert isinstance(error, errors.ANSWERED)
    assert (error.method, error.path, error.status_code) == ("GET", step.path, step.status), step.label
    assert error.server_message, step.label
    assert error.server_message in list(texts_in(step.body)), step.label
    assert isinstance(error, errors.NotFoundException) == (step.status == 404), step.label


@pytest.mark.parametrize("scene", recorded.scene_names())
def test_the_sdk_makes_of_every_recorded_answer_what_it_should(stub: StubMaster, session: Session, scene: str) -> None:
    for step in steps_of(scene):
        name, parameters = match(step.path)
        if parameters.get("model_version_num") == 0:
            continue  # stands for the latest version, which is asked for otherwise
        stub.on("GET", step.path, step.answer())
        if name in ONE:
            key, ask = ONE[name]
        elif name in MANY:
            key, ask = MANY[name]
            if step.status < 300:
                # a page that was asked for stands for the whole list
                page = {**step.body, "pagination": None}
                stub.on("GET", step.path, page)
        elif name in STREAMS:
            count, ask = STREAMS[name]
            if step.status < 300 and isinstance(step.body, dict):
                step = step._replace(body=[step.body], is_stream=True)  # a stream of one line
        else:
            continue
        refusal = refusal_of(step)
        if refusal is not None:
            with pytest.raises(errors.ANSWERED) as caught:
                read(ask(session, parameters))
            assert caught.value.status_code == refusal, step.label
            continue
        found = read(ask(session, parameters))
        if name in ONE:
            check_object(found[0], step.body[key], step.label, is_of_any=step.is_of_any)
        elif name in MANY:
            check_objects(found, step.body[key], step.label)
        else:
            assert len(found) == sum(count(line["result"]) for line in step.body or ()), step.label


def read(found: Any) -> List[Any]:
    return [found] if isinstance(found, Resource) else list(found)


def refusal_of(step: Step) -> Any:
    if step.status >= 300:
        return step.status
    faults = [line["error"] for line in step.body or () if "error" in line] if step.is_stream else []
    return faults[0].get("httpCode", 500) if faults else None


def check_objects(found: List[Any], rows: List[Any], label: str) -> None:
    assert len(found) == len(rows), label
    if any(isinstance(one, ResourcePool) for one in found):
        assert [one.name for one in found] == rows
        return
    by_key = {json.dumps(identity_of(row)): row for row in rows}
    for one in found:
        check_object(one, by_key[json.dumps(identity_of_object(one))], label)


def identity_of(row: Mapping[str, Any]) -> Any:
    return row.get("uuid") or (row["version"] if "version" in row else row["id"])


def identity_of_object(one: Any) -> Any:
    for name in ("uuid", "model_version", "user_id", "model_id", "id"):
        if hasattr(one, name) and not (name != "uuid" and isinstance(one, Checkpoint)):
            return getattr(one, name)
    raise AssertionError(one)


def check_object(one: Any, message: Mapping[str, Any], label: str, *, is_of_any: bool = False) -> None:
    kind = type(one).__name__
    _, fields = BUILDERS[kind[0].lower() + kind[1:]]
    for attribute, key in fields.items():
        if is_of_any and attribute in type(one)._identity:
            continue  # whose id was captured when it was recorded
        assert getattr(one, attribute) == message.get(key), (label, attribute)
    if isinstance(one, ModelVersion):
        assert (one.checkpoint is None) == (not message.get("checkpoint")), label
    assert kind in repr(one)


def test_the_scenes_hold_something_of_everything() -> None:
    names = {match(step.path)[0] for scene in recorded.scene_names() for step in steps_of(scene)}
    assert {*ONE, *MANY, *STREAMS} <= names
