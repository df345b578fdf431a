"""Administration scripts: calls of `bindings` and the helpers beside them, answered by the embedded master."""

from __future__ import annotations

import inspect
from typing import Any, Dict, Iterator, List

import pytest

from determined.common import api
from determined.common.api import bindings, errors
from determined.experimental import client
from determined.master import LocalMaster

from .test_workflow import CONFIG, TRAINING

SORT_BY_ID = bindings.v1GetExperimentsRequestSortBy.ID


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalMaster]:
    """A master on which an experiment of two trials and a command have run."""
    folder = tmp_path_factory.mktemp("bindings")
    (folder / "model").mkdir()
    (folder / "model" / "train.py").write_text(TRAINING)
    with LocalMaster(folder / "master", slots=2, initial_password="") as started:
        determined = client.Determined(master=started.url, user="determined", password="")
        experiment = determined.create_experiment(CONFIG, model_dir=str(folder / "model"))
        assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
        determined._session.close()
        yield started


@pytest.fixture(scope="module")
def session(master: LocalMaster) -> Iterator[api.Session]:
    with api.authentication.login(master.url, "determined", "") as opened:
        yield opened


@pytest.fixture(scope="module")
def admin(master: LocalMaster) -> Iterator[api.Session]:
    with api.authentication.login(master.url, "admin", "") as opened:
        yield opened


def test_experiments_are_listed_and_filtered(session: api.Session) -> None:
    page = bindings.get_GetExperiments(session, sortBy=SORT_BY_ID, orderBy=bindings.v1OrderBy.DESC, limit=5)
    (experiment,) = page.experiments
    assert (experiment.id, experiment.state, experiment.numTrials) == (1, bindings.experimentv1State.COMPLETED, 2)
    assert experiment.config["searcher"]["name"] == "grid"
    assert (page.pagination.total, page.pagination.endIndex) == (1, 1)

    def count(**filters: Any) -> int:
        return len(bindings.get_GetExperiments(session, **filters).experiments)

    assert count(states=[bindings.experimentv1State.COMPLETED, bindings.experimentv1State.ERROR]) == 1
    assert count(states=[bindings.experimentv1State.ERROR]) == 0
    assert count(archived=True) == 0
    assert count(experimentIdFilter_gte=1, experimentIdFilter_notIn=[2, 3]) == 1
    assert count(experimentIdFilter_lt=1) == 0


def test_a_user_is_created_changed_and_found(admin: api.Session) -> None:
    request = bindings.v1PostUserRequest(
        user=bindings.v1User(username="grace", admin=False, active=True, displayName="G"),
        password=api.salt_and_hash("Passw0rd!x"),
        isHashed=True,
    )
    user = bindings.post_PostUser(admin, body=request).user
    assert user is not None
    assert (user.username, user.displayName, user.admin) == ("grace", "G", False)
    assert api.usernames_to_user_ids(admin, ["grace"]) == [user.id]
    changed = bindings.patch_PatchUser(admin, userId=user.id or 0, body=bindings.v1PatchUser(active=False)).user
    assert (changed.active, changed.displayName) == (False, "G")
    with pytest.raises(errors.BadRequestException, match="could not find users for usernames nobody"):
        api.usernames_to_user_ids(admin, ["grace", "nobody"])


def test_what_is_not_there_is_not_found(session: api.Session) -> None:
    with pytest.raises(errors.NotFoundException):
        bindings.get_GetExperiment(session, experimentId=99)
    with pytest.raises(errors.APIException):
        list(bindings.get_TrialLogs(session, trialId=99))


def test_who_has_not_logged_in_is_refused(master: LocalMaster) -> None:
    with api.UnauthSession(master.url) as nobody:
        assert bindings.get_GetMaster(nobody).clusterId
        with pytest.raises(errors.UnauthenticatedException):
            bindings.get_GetMe(nobody)


def test_metrics_are_streamed(session: api.Session) -> None:
    pages = list(bindings.get_GetTrainingMetrics(session, trialIds=[1]))
    reports = [report for page in pages for report in page.metrics]
    assert [report.totalBatches for report in reports] == [1, 2, 3]
    assert list(reports[0].metrics["avg_metrics"]) == ["loss"]
    groups = {
        r.group for page in bindings.get_GetMetrics(session, trialIds=[1, 2], group="timing") for r in page.metrics
    }
    assert groups == {"timing"}


def test_logs_are_read_and_printed(session: api.Session, capsys: pytest.CaptureFixture[str]) -> None:
    lines = list(bindings.get_TrialLogs(session, trialId=1))
    assert [line.message for line in lines if "trained with" in line.message] != []
    tail = list(api.trial_logs(session, 1, tail=3))
    assert [line.id for line in tail] == [line.id for line in lines][-3:]
    assert [line.id for line in api.trial_logs(session, 1, head=2)] == [line.id for line in lines][:2]
    api.pprint_logs(api.trial_logs(session, 1, follow=True))
    assert capsys.readouterr().out == "".join(line.message for line in lines)
    task_id = bindings.get_GetTrial(session, trialId=1).trial.taskId or ""
    assert [line.id for line in api.task_logs(session, task_id)] == [line.id for line in lines]
    assert list(api.task_logs(session, task_id, min_level=bindings.v1LogLevel.CRITICAL)) == []


def test_all_pages_of_a_list_are_read(session: api.Session) -> None:
    pages = api.read_paginated(
        lambda offset: bindings.get_GetExperimentTrials(session, experimentId=1, offset=offset, limit=1)
    )
    assert [trial.id for page in pages for trial in page.trials] == [1, 2]
    first = api.read_paginated(
        lambda offset: bindings.get_GetUsers(session, offset=offset, limit=1), offset=1, pages=api.PageOpts.single
    )
    assert [len(page.users or []) for page in first] == [1]


def test_a_command_is_waited_for(session: api.Session) -> None:
    config = {"entrypoint": ["true"], "description": "short"}
    request = bindings.v1LaunchCommandRequest(config=config, files=[], workspaceId=1)
    command = bindings.post_LaunchCommand(session, body=request).command
    ended = bindings.taskv1State.TERMINATED
    assert (
        api.wait_for_ntsc_state(session, api.NTSC_Kind.command, command.id, lambda s: s == ended, timeout=60) is ended
    )
    assert api.get_ntsc_details(session, api.NTSC_Kind.command, command.id).id == command.id
    assert api.wait_for_task_ready(session, command.id) == "task has been terminated."


def test_a_workspace_is_found_by_its_name(session: api.Session) -> None:
    assert api.workspace_by_name(session, "Uncategorized").id == 1
    with pytest.raises(errors.NotFoundException, match="workspace 'nowhere' not found"):
        api.workspace_by_name(session, "nowhere")


@pytest.fixture(scope="module")
def known(admin: api.Session) -> Dict[str, Any]:
    """Arguments that name what is there."""
    trial = bindings.get_GetTrial(admin, trialId=1).trial
    request = bindings.v1LaunchCommandRequest(config={"entrypoint": ["true"]}, files=[], workspaceId=1)
    bindings.post_PostModel(admin, body=bindings.v1PostModelRequest(name="m"))
    checkpoint_uuid = bindings.get_GetTrialCheckpoints(admin, id=1).checkpoints[0].uuid
    version = bindings.v1PostModelVersionRequest(modelName="m", checkpointUuid=checkpoint_uuid)
    bindings.post_PostModelVersion(admin, modelName="m", body=version)
    bindings.put_PutTemplate(
        admin, template_name="t", body=bindings.v1Template(name="t", config={"name": "t"}, workspaceId=1)
    )
    allocation_id = bindings.get_GetTask(admin, taskId=trial.taskId or "").task.allocations[0].allocationId
    return {
        "agentId": bindings.get_GetAgents(admin).agents[0].id,
        "allocationId": allocation_id,
        "checkpointUuid": checkpoint_uuid,
        "commandId": bindings.post_LaunchCommand(admin, body=request).command.id,
        "experimentId": 1, "id": 1, "projectId": 1, "runId": 1, "trialId": 1, "userId": 1, "workspaceId": 1,
        "endDate": "2024-01-02", "startDate": "2024-01-01",
        "group": "validation", "metricIds": ["validation.score"], "metricName": "score",
        "metricType": bindings.v1MetricType.VALIDATION,
        "ids": [1], "trialIds": [1],
        "key": "anything", "modelName": "m", "modelVersionNum": 1, "slotId": "0", "templateName": "t",
        "period": bindings.v1ResourceAllocationAggregationPeriod.DAILY,
        "resourcePool": "default", "resourcePoolName": "default", "username": "determined",
        "taskId": trial.taskId,
        "timestampAfter": "2024-01-01T00:00:00Z", "timestampBefore": "2024-01-02T00:00:00Z",
        "batchesProcessed": 1,
    }  # fmt: skip


LACKING = {
    "externalExperimentId",
    "groupId",
    "labels_trialId",
    "notebookId",
    "shellId",
    "tensorboardId",
    "workloadType",
}
WAITING = {"get_AllocationPreemptionSignal", "get_AllocationRendezvousInfo"}


def required_by(name: str) -> "set[str]":
    parameters = list(inspect.signature(getattr(bindings, name)).parameters.values())[1:]
    return {parameter.name for parameter in parameters if parameter.default is parameter.empty}


READS = [name for name in dir(bindings) if name.startswith("get_") and not required_by(name) & LACKING]


@pytest.mark.parametrize("name", sorted(set(READS) - WAITING))
def test_what_the_master_answers_can_be_read(admin: api.Session, known: Dict[str, Any], name: str) -> None:
    for message in answers_to(admin, name, {parameter: known[parameter] for parameter in required_by(name)}):
        again = type(message).from_json(message.to_json(omit_unset=True))
        assert repr(again) == repr(message)


def answers_to(session: api.Session, name: str, given: Dict[str, Any]) -> List[Any]:
    """What a call returns; nothing where more is needed, or where the master does not know the call."""
    try:
        answer = getattr(bindings, name)(session, **given)
        return list(answer) if inspect.isgenerator(answer) else [answer]
    except errors.APIException as error:
        if error.status_code not in (400, 404, 501):
            raise
        return []
