"""Every call is granted on a master that holds one of everything, and each answer is of the described form."""

from __future__ import annotations

import json
import pathlib
import time
from typing import Any, Dict, List, Optional, Tuple
from urllib.parse import quote

import pytest

from determined.common.api.wire.endpoint import Endpoint
from determined.common.api.wire.schema import messages_by_endpoint
from determined.master import LocalMaster
from determined.master import routes as master_routes
from determined.master.routes.registry import HANDLERS, STREAM_HANDLERS

from .. import recorded
from .answer_form import Form
from .prepared import CHECKPOINT, CONFIG, Connection, Prepared, model_files, prepare

PREVIEWED = {
    "name": "preview",
    "hyperparameters": {"x": {"type": "double", "minval": 0, "maxval": 1}},
    "searcher": {"name": "adaptive_asha", "metric": "loss", "max_trials": 4, "max_time": 8, "time_metric": "batches"},
}
SLEEPER = "name: sleeper\nentrypoint: sleep 300\nsearcher: {name: single, metric: loss}\nmax_restarts: 0\n"


# --- the form of answers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ({"id": 1, "name": "a", "state": "ON"}, None),
        ({"id": "1", "name": "a"}, "id: '1' is no integer"),
        ({"id": 1}, "name: missing"),
        ({"id": 1, "name": "a", "state": "SLEEPY"}, "state: 'SLEEPY' is no member"),
        ({"id": 1, "name": "a", "more": 1}, "more: not described"),
        ({"id": 1, "name": "a", "at": "yesterday"}, "at: 'yesterday' is no date-time"),
    ],
)
def test_the_check_itself_sees_what_is_wrong(value: Any, complaint: Optional[str]) -> None:
    schema = {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "name": {"type": "string"},
            "state": {"$ref": "#/components/schemas/State"},
            "at": {"type": "string", "format": "date-time"},
        },
        "required": ["id", "name"],
    }
    form = Form({"components": {"schemas": {"State": {"type": "string", "enum": ["ON", "OFF"]}}}})
    found = list(form.mismatches(schema, value, "it"))
    assert found == ([] if complaint is None else [f"it.{complaint}"])


# --- a plausible call of each row -----------------------------------------------------------------------------------


class World:
    """What the calls name: things that exist, things that are there to be ended."""

    def __init__(self, admin: Connection, prepared: Prepared) -> None:
        call = admin.call
        self.prepared = prepared
        self.running = call("POST", "/api/v1/experiments", {"config": SLEEPER, "activate": True})["experiment"]["id"]
        self.allocation, self.resources = self._wait_for_allocation(admin)
        command = {"config": {"entrypoint": ["sleep", "300"], "resources": {"slots": 0}}}
        self.command = call("POST", "/api/v1/commands", command)["command"]["id"]
        self.doomed = [self._ended(admin) for _ in range(8)]
        detached = {"experimentId": prepared.detached_experiment, "unmanaged": True, "hparams": {}}
        self.unstarted = call("POST", "/api/v1/trials", detached)["trial"]["id"]
        self.checkpoint = "33333333-3333-4222-8333-000000000003"
        report = {"uuid": self.checkpoint, "taskId": prepared.detached_task, "resources": {"a.txt": "3"}}
        call("POST", "/api/v1/checkpoints", report)
        for name in ("doomed", "kept"):
            call("POST", "/api/v1/models", {"name": name})
            call("POST", f"/api/v1/models/{name}/versions", {"modelName": name, "checkpointUuid": CHECKPOINT})
            call("POST", f"/api/v1/templates/{name}", {"name": name, "config": {"max_restarts": 0}})
        self.doomed_workspace = call("POST", "/api/v1/workspaces", {"name": "doomed"})["workspace"]["id"]
        self.other_workspace = call("POST", "/api/v1/workspaces", {"name": "other"})["workspace"]["id"]
        self.target_workspace = call("POST", "/api/v1/workspaces", {"name": "target"})["workspace"]["id"]
        self.doomed_project = self._project(admin, "doomed")
        self.moved_project = self._project(admin, "moved")
        hook = {"url": "http://127.0.0.1:9/", "name": "second", "webhookType": "WEBHOOK_TYPE_DEFAULT"}
        trigger = {"triggerType": "TRIGGER_TYPE_CUSTOM", "condition": {}}
        made = call("POST", "/api/v1/webhooks", {**hook, "triggers": [trigger], "mode": "WEBHOOK_MODE_SPECIFIC"})
        self.doomed_webhook = made["webhook"]["id"]

    def _project(self, admin: Connection, name: str) -> int:
        path = f"/api/v1/workspaces/{self.prepared.workspace}/projects"
        found: int = admin.call("POST", path, {"name": name, "workspaceId": self.prepared.workspace})["project"]["id"]
        return found

    def _ended(self, admin: Connection) -> int:
        found: int = admin.call("POST", "/api/v1/experiments", {"config": SLEEPER})["experiment"]["id"]
        admin.call("POST", f"/api/v1/experiments/{found}/kill")
        return found

    def _wait_for_allocation(self, admin: Connection) -> Tuple[str, str]:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            trials = admin.call("GET", f"/api/v1/experiments/{self.running}/trials")["trials"]
            if trials:
                task = admin.call("GET", f"/api/v1/tasks/{trials[0]['taskIds'][0]}")["task"]
                if task["allocations"]:
                    allocation = task["allocations"][0]["allocationId"]
                    agents = admin.call("GET", "/api/v1/agents")["agents"]
                    containers = [s.get("container") for a in agents for s in a["slots"].values()]
                    held = [c["id"] for c in containers if c]
                    if held:
                        return allocation, held[0]
            time.sleep(0.05)
        raise AssertionError("the sleeping trial was never given its slot")

    def parameters(self, row: "Endpoint[Any, Any]") -> Dict[str, Any]:
        """The path's parameters: the row's own, else the usual ones."""
        p = self.prepared
        usual: Dict[str, Any] = {
            "experiment_id": p.detached_experiment,
            "experiment.id": p.detached_experiment,
            "trial_id": p.detached_trial,
            "metrics.trial_id": p.detached_trial,
            "training_metrics.trial_id": p.detached_trial,
            "validation_metrics.trial_id": p.detached_trial,
            "run_id": p.detached_trial,
            "project_id": p.project,
            "workspace_id": p.workspace,
            "allocation_id": self.allocation,
            "resources_id": self.resources,
            "agent_id": "agent-0",
            "command_id": self.command,
            "slot_id": "0",
            "resource_pool_name": "default",
            "model_name": p.model,
            "model_version_num": 1,
            "template_name": p.template,
            "workload_type": "EXPERIMENT",
            "template.name": "fresh",
            "checkpoint_uuid": p.checkpoint,
            "checkpoint.uuid": p.checkpoint,
            "task_id": p.detached_task,
            "user_id": p.user,
            "username": "somebody",
            "token_id": p.token,
            "key": "PRJ" if "ByKey" in row.name else "a.b",
            "label": "one",
            "external_experiment_id": "outer",
            "external_trial_id": "outer-1",
        }
        for noun, value in (
            ("Experiment", p.detached_experiment),
            ("Trial", p.detached_trial),
            ("Project", p.project),
            ("Workspace", p.workspace),
            ("Webhook", p.webhook),
        ):
            if noun in row.name and "id" not in usual:
                usual["id"] = value
        return {**usual, "id": usual.get("id", p.workspace), **self._special_parameters().get(row.name, {})}

    def _special_parameters(self) -> Dict[str, Dict[str, Any]]:
        p, doomed = self.prepared, self.doomed
        return {
            **{n: {"id": p.experiment} for n in ("ActivateExperiment", "PauseExperiment", "CancelExperiment")},
            "KillExperiment": {"id": self.running},
            "KillTrial": {"id": p.trial},
            **{n: {"id": doomed[7]} for n in ("ArchiveExperiment", "UnarchiveExperiment")},
            **{n: {"id": self.doomed_project} for n in ("ArchiveProject", "UnarchiveProject")},
            **{n: {"id": self.other_workspace} for n in ("ArchiveWorkspace", "UnarchiveWorkspace")},
            **{n: {"model_name": "kept"} for n in ("ArchiveModel", "UnarchiveModel")},
            "StartTrial": {"trial_id": self.unstarted},
            "PinWorkspace": {"id": 1},
            "PutExperimentRetainLogs": {"experiment_id": doomed[6]},
            "ReportTrialSearcherEarlyExit": {"trial_id": p.trial},
            "DeleteExperiment": {"experiment_id": doomed[0]},
            "DeleteProject": {"id": self.doomed_project},
            "DeleteWorkspace": {"id": self.doomed_workspace},
            "DeleteWebhook": {"id": self.doomed_webhook},
            "DeleteModel": {"model_name": "doomed"},
            "DeleteModelVersion": {"model_name": "kept"},
            "DeleteTemplate": {"template_name": "kept"},
            "GetBestSearcherValidationMetric": {"experiment_id": p.detached_experiment},
            "GetModelDef": {"experiment_id": p.experiment},
            "GetModelDefTree": {"experiment_id": p.experiment},
            "GetModelDefFile": {"experiment_id": p.experiment},
            "GetTaskContextDirectory": {"task_id": p.task},
            "MoveExperiment": {"experiment_id": doomed[1]},
            "MoveProject": {"project_id": self.moved_project},
            "PutExperiment": {"external_experiment_id": "fresh"},
            "PutExperimentLabel": {"label": "two"},
            "PutTemplate": {"template.name": "kept"},
        }

    def requests(self) -> Dict[str, Any]:
        """What is sent with a row: a body, or the pairs of a query."""
        p, doomed = self.prepared, self.doomed
        trial, uuid = p.detached_trial, "22222222-2222-4222-8333-000000000002"
        many = {"projectId": 1, "experimentIds": [doomed[2]]}
        runs = {"runIds": [trial], "projectId": p.project}
        own_runs = {"runIds": [trial], "projectId": 1}
        metrics = {"trialId": trial, "trialRunId": 1, "metrics": {"avgMetrics": {"loss": 0.1}}}
        hook = {"url": "http://127.0.0.1:9/", "name": "third", "webhookType": "WEBHOOK_TYPE_DEFAULT"}
        trigger = {"triggerType": "TRIGGER_TYPE_EXPERIMENT_STATE_CHANGE", "condition": {"state": "ERROR"}}
        name = {"metricName": "loss", "group": "validation", "periodSeconds": 1}
        gather = {"allocationId": self.allocation, "requestUuid": uuid, "numPeers": 1, "data": {"a": 1}}
        return {
            **dict.fromkeys(
                ("ArchiveExperiments", "UnarchiveExperiments", "CancelExperiments", "KillExperiments"), many
            ),
            **dict.fromkeys(("ActivateExperiments", "PauseExperiments"), many),
            "MoveExperiments": {**many, "experimentIds": [doomed[3]], "destinationProjectId": p.project},
            "DeleteExperiments": {**many, "experimentIds": [doomed[4]]},
            "PutExperimentsRetainLogs": {**many, "numDays": 5},
            **dict.fromkeys(("ArchiveRuns", "UnarchiveRuns", "KillRuns", "PauseRuns", "ResumeRuns"), own_runs),
            "MoveRuns": {"runIds": [trial], "sourceProjectId": 1, "destinationProjectId": p.project},
            "DeleteRuns": runs,
            "AllocationAllGather": gather,
            "NotifyContainerRunning": {**gather, "rank": 0, "nodeName": "n"},
            "AllocationPreemptionSignal": {"timeoutSeconds": 0},
            "AddProjectNote": {"name": "n", "contents": "c"},
            "PutProjectNotes": {"projectId": p.project, "notes": [{"name": "n", "contents": "c"}]},
            "BindRPToWorkspace": {"resourcePoolName": "default", "workspaceIds": [p.workspace]},
            "OverwriteRPWorkspaceBindings": {"resourcePoolName": "default", "workspaceIds": [p.workspace]},
            "UnbindRPFromWorkspace": {"resourcePoolName": "default", "workspaceIds": [p.workspace]},
            "CheckpointsRemoveFiles": {"checkpointUuids": [], "checkpointGlobs": []},
            "CompareTrials": {"trialIds": trial, "metricNames": "loss", "group": "validation", "maxDatapoints": 10},
            "CreateExperiment": {"config": CONFIG, "modelDefinition": model_files(), "projectId": p.project},
            "PutExperiment": {"config": CONFIG, "unmanaged": True},
            "ContinueExperiment": {"id": doomed[5]},
            "CreateTrial": {"experimentId": p.detached_experiment, "unmanaged": True, "hparams": {"x": 1}},
            "PutTrial": {
                "externalTrialId": "outer-2",
                "createTrialRequest": {"experimentId": p.detached_experiment, "unmanaged": True},
            },
            "DeleteCheckpoints": {"checkpointUuids": []},
            "ExpMetricNames": {"ids": p.detached_experiment, "periodSeconds": 1},
            "MetricBatches": name,
            "TrialsSample": {**name, "maxTrials": 5},
            "TrialsSnapshot": {**name, "batchesProcessed": 2},
            "GetModelDefFile": {"experimentId": p.experiment, "path": "train.py"},
            "GetMetrics": {"trialIds": trial, "group": "own"},
            "GetTrainingMetrics": {"trialIds": trial},
            "GetValidationMetrics": {"trialIds": trial},
            "LaunchCommand": {"config": {"entrypoint": ["true"], "resources": {"slots": 0}}},
            "Login": {"username": "determined", "password": ""},
            "MasterLogs": {"limit": 5},
            "MoveExperiment": {"experimentId": doomed[1], "destinationProjectId": p.project},
            "MoveModel": {"modelName": p.model, "destinationWorkspaceId": p.workspace},
            "MoveProject": {"projectId": self.moved_project, "destinationWorkspaceId": self.target_workspace},
            "PatchAccessToken": {"tokenId": p.token, "description": "changed"},
            "PatchCheckpoints": {
                "checkpoints": [{"uuid": self.checkpoint, "resources": {"resources": {"a.txt": "4"}}}]
            },
            "PatchExperiment": {"id": p.detached_experiment, "description": "d", "labels": ["one", "two"]},
            "PatchMasterConfig": {
                "config": {"log": {"level": "LOG_LEVEL_INFO", "color": True}},
                "fieldMask": "log",
            },
            "PatchModel": {"description": "d"},
            "PatchModelVersion": {"comment": "c"},
            "PatchProject": {"description": "d"},
            "PatchTemplateConfig": {"max_restarts": 2},
            "PatchTrial": {"trialId": trial},
            "PatchUser": {"displayName": "Some Body"},
            "PatchUsers": {"userIds": [p.user], "activate": True},
            "PatchWebhook": {"url": "http://127.0.0.1:9/changed"},
            "PatchWorkspace": {"name": "renamed"},
            "PostAccessToken": {"userId": p.user, "lifespan": "24h"},
            "PostAllocationAcceleratorData": {
                "allocationId": self.allocation,
                "acceleratorData": {"nodeName": "n", "acceleratorType": "cpu"},
            },
            "PostAllocationProxyAddress": {"allocationId": self.allocation, "proxyAddress": "127.0.0.1"},
            "PostCheckpointMetadata": {"checkpoint": {"uuid": CHECKPOINT, "metadata": {"a": 1}}},
            "PostModel": {"name": "fresh"},
            "PostModelVersion": {"modelName": p.model, "checkpointUuid": CHECKPOINT},
            "PostProject": {"name": "fresh", "workspaceId": p.workspace},
            "PostRunMetadata": {"runId": trial, "metadata": {"a": {"b": 2}}},
            "PostTaskLogs": {"logs": [{"taskId": p.detached_task, "log": "more", "timestamp": "2024-01-01T00:00:01Z"}]},
            "PostTemplate": {"name": "fresh", "config": {"max_restarts": 1}},
            "PutGlobalConfigPolicies": {"configPolicies": "constraints: {priority_limit: 1}"},
            "PutWorkspaceConfigPolicies": {"configPolicies": "invariant_config: {debug: true}"},
            "PutTemplate": {"name": "kept", "config": {"max_restarts": 1}},
            "PostTrialRunnerMetadata": {"state": "training"},
            "PostUser": {"user": {"username": "fresh", "active": True}, "password": "Secret-1x"},
            "PostUserActivity": {
                "activityType": "ACTIVITY_TYPE_GET",
                "entityType": "ENTITY_TYPE_PROJECT",
                "entityId": p.project,
            },
            "PostUserSetting": {"settings": [{"key": "k", "storagePath": "", "value": "1"}]},
            "PostWebhook": {**hook, "triggers": [trigger], "mode": "WEBHOOK_MODE_WORKSPACE", "workspaceId": 1},
            "PostWebhookEventData": {
                "experimentId": p.detached_experiment,
                "trialId": trial,
                "data": {"title": "t", "level": "LOG_LEVEL_INFO"},
            },
            "PostWorkspace": {"name": "fresh"},
            "PreviewHPSearch": {"config": PREVIEWED, "seed": 1},
            "PutExperimentRetainLogs": {"experimentId": doomed[6], "numDays": 5},
            "PutTrialRetainLogs": {"trialId": trial, "numDays": 5},
            "ReportCheckpoint": {"uuid": uuid, "taskId": p.detached_task, "metadata": {"steps_completed": 3}},
            "ReportTrialMetrics": {"group": "validation", "metrics": {**metrics, "stepsCompleted": 4}},
            "ReportTrialProgress": {"trialId": trial, "progress": 0.5},
            "ReportTrialSearcherEarlyExit": {"reason": "EXITED_REASON_INVALID_HP"},
            "ReportTrialSourceInfo": {
                "trialSourceInfo": {
                    "trialId": trial,
                    "checkpointUuid": CHECKPOINT,
                    "trialSourceInfoType": "TRIAL_SOURCE_INFO_TYPE_INFERENCE",
                }
            },
            "ReportTrialTrainingMetrics": {**metrics, "stepsCompleted": 5},
            "ReportTrialValidationMetrics": {**metrics, "stepsCompleted": 5},
            "ResourceAllocationAggregated": {
                "startDate": "2024-01-01",
                "endDate": "2024-01-02",
                "period": "RESOURCE_ALLOCATION_AGGREGATION_PERIOD_DAILY",
            },
            "ResourceAllocationRaw": {
                "timestampAfter": "2024-01-01T00:00:00Z",
                "timestampBefore": "2024-01-02T00:00:00Z",
            },
            "RunPrepareForReporting": {"runId": trial},
            "SearchExperiments": {"limit": 5},
            "SearchRuns": {"limit": 5, "projectId": 1},
            "SetClusterMessage": {"message": "m", "startTime": "2020-01-01T00:00:00Z"},
            "SetResourceQuotas": {"id": p.workspace, "clusterQuotaPairs": {}},
            "SetUserPassword": "Secret-2x",
            "StartTrial": {"trialId": self.unstarted},
            "UpdateJobQueue": {"updates": []},
        }


# These are refused on a master of one machine, whatever is sent.
REFUSED = {
    "BindRPToWorkspace": 500,
    "OverwriteRPWorkspaceBindings": 500,
    "SetResourceQuotas": 500,
    "TestWebhook": 400,  # nobody listens there
}
# They end what the others need, in this order, after all others.
LAST = (
    "AckAllocationPreemptionSignal", "DisableSlot", "EnableSlot", "DisableAgent", "EnableAgent",
    "KillCommand",
    "KillRuns", "KillTrial", "KillExperiment", "CancelExperiment",
    "DeleteClusterMessage", "DeleteRuns", "DeleteModelVersion", "DeleteModel", "DeleteTemplate",
    "DeleteWebhook", "DeleteExperimentLabel", "DeleteExperiment", "DeleteExperiments", "DeleteCheckpoints",
    "DeleteProject", "DeleteWorkspace", "Logout",
)  # fmt: skip


def rows() -> List["Endpoint[Any, Any]"]:
    """The rows that are answered, in an order in which each can be."""
    master_routes.load()
    found = [r for n, (r, _) in messages_by_endpoint().items() if n in HANDLERS or n in STREAM_HANDLERS]
    order = ("GET", "PATCH", "PUT", "POST", "DELETE")

    def place(row: "Endpoint[Any, Any]") -> Any:
        # what undoes something comes after it
        undoing = row.name.startswith(("Un", "Enable", "Continue", "Move"))
        return (LAST.index(row.name) + 1 if row.name in LAST else 0, undoing, order.index(row.method), row.name)

    return sorted(found, key=place)


def send(admin: Connection, row: "Endpoint[Any, Any]", parameters: Dict[str, Any], request: Any) -> Tuple[int, bytes]:
    path = row.path
    for name, is_integer in row.parameters:
        path = path.replace("{%s}" % (name + ":int" if is_integer else name), quote(str(parameters[name]), safe=""))
    if row.has_body:
        return admin.send(row.method, path, json.dumps(request if request is not None else {}).encode())
    query = "&".join(f"{k}={quote(str(v), safe='')}" for k, v in (request or {}).items())
    send = admin.send_briefly if row.stream else admin.send
    return send(row.method, f"{path}?{query}" if query else path)


def test_every_row_is_answered_in_the_described_form(tmp_path: pathlib.Path) -> None:
    description = recorded.load("api")
    form = Form(description)
    wrong: List[str] = []
    with LocalMaster(tmp_path / "master", slots=1, initial_password="") as master:
        prepared = prepare(master)
        admin = Connection(master.url)
        world = World(admin, prepared)
        requests = world.requests()
        for row in rows():
            status, answer = send(admin, row, world.parameters(row), requests.get(row.name))
            if status != REFUSED.get(row.name, 200):
                wrong.append(f"{row.name}: {status} {answer[:300]!r}")
                continue
            operation = description["paths"][row.path.replace(":int}", "}")][row.method.lower()]
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            for line in answer.splitlines() if row.stream else [answer]:
                value = json.loads(line)
                value = value.get("result") if row.stream else value
                if status == 200 and value is not None:
                    wrong += form.mismatches(schema, value, row.name)
        admin.close()
    assert wrong == [], "\n".join(wrong)
