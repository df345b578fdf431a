"""A master that holds one of everything, and plain requests to it."""

from __future__ import annotations

import base64
import http.client
import io
import json
import socket
import tarfile
from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple
from urllib.parse import quote

from determined.master import LocalMaster

CHECKPOINT = "11111111-1111-4222-8333-000000000001"
CONFIG = (
    "name: prepared\nentrypoint: 'true'\nhyperparameters: {x: {type: double, minval: 0, maxval: 1}}\n"
    "searcher: {name: random, metric: loss, max_trials: 1, max_length: {batches: 10}}\nlabels: [one]\n"
)


class Connection:
    """One connection to a master, logged in as a user."""

    def __init__(self, url: str, username: str = "admin", password: str = "") -> None:
        self.url = url
        self._login = (username, password)
        self._connection = http.client.HTTPConnection(url.partition("://")[2], timeout=20)
        self.headers: Dict[str, str] = {}
        self.log_in()

    def log_in(self) -> None:
        username, password = self._login
        self.headers = {}
        answer = self.call("POST", "/api/v1/auth/login", {"username": username, "password": password})
        self.headers = {"Authorization": f"Bearer {answer['token']}"}

    def send(self, method: str, path: str, body: Optional[bytes] = None) -> Tuple[int, bytes]:
        """Send a request as it stands; returns the status and the body. A dropped connection raises."""
        self._connection.request(method, path, body, self.headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def send_briefly(self, method: str, path: str, body: Optional[bytes] = None) -> Tuple[int, bytes]:
        """Send what may be answered without end, or never; returns the whole lines that came until nothing more did."""
        own = http.client.HTTPConnection(self.url.partition("://")[2], timeout=0.1)
        status, got = 200, b""
        try:
            own.request(method, path, body, self.headers)
            answer = own.getresponse()
            status = answer.status
            while True:
                part = answer.read1(65536)
                if not part:
                    break
                got += part
        except socket.timeout:
            got = got[: got.rfind(b"\n") + 1]
        finally:
            own.close()
        return status, got or b"{}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request that must be granted; returns the answer."""
        status, answer = self.send(method, path, None if body is None else json.dumps(body).encode())
        assert status == 200, f"{method} {path}: {status} {answer!r}"
        return json.loads(answer) if answer else None

    def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True)
class Prepared:
    """What lies in a prepared master."""

    experiment: int
    trial: int
    task: str
    detached_experiment: int
    detached_trial: int
    detached_task: str
    checkpoint: str
    workspace: int
    project: int
    model: str
    template: str
    webhook: int
    user: int
    token: int


def model_files() -> Any:
    """The files of a model definition, as requests carry them."""
    files = {"train.py": "print('hello')\n", "code/model.py": "x = 1\n"}
    return [
        {
            "path": path,
            "type": ord(tarfile.REGTYPE),
            "content": base64.b64encode(text.encode()).decode(),
            "mtime": "0",
            "mode": 0o644,
            "uid": 0,
            "gid": 0,
        }
        for path, text in files.items()
    ]


def archive_of(**files: bytes) -> bytes:
    """A tar of files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def prepare(master: LocalMaster) -> Prepared:
    """Fill a fresh master."""
    admin = Connection(master.url)
    try:
        return _fill(admin)
    finally:
        admin.close()


def _fill(admin: Connection) -> Prepared:
    call = admin.call
    workspace = call("POST", "/api/v1/workspaces", {"name": "space"})["workspace"]["id"]
    project = call(
        "POST", f"/api/v1/workspaces/{workspace}/projects", {"name": "project", "workspaceId": workspace, "key": "PRJ"}
    )["project"]["id"]
    # the master learns of it only when it is activated, which nobody does
    paused = call(
        "POST",
        "/api/v1/experiments",
        {"config": CONFIG, "modelDefinition": model_files(), "projectId": project, "activate": False},
    )["experiment"]["id"]
    trial = call("GET", f"/api/v1/experiments/{paused}/trials")["trials"][0]
    detached = call("PUT", "/api/v1/experiments/by-external-id/outer", {"config": CONFIG, "unmanaged": True})
    detached_experiment = detached["experiment"]["id"]
    request = {"experimentId": detached_experiment, "unmanaged": True, "hparams": {"x": 0.5, "y": {"z": "text"}}}
    detached_trial = call("PUT", "/api/v1/trials", {"createTrialRequest": request, "externalTrialId": "outer-1"})[
        "trial"
    ]
    _report(admin, detached_trial)
    call("POST", "/api/v1/models", {"name": "model", "metadata": {"a": 1}, "labels": ["l"]})
    call("POST", "/api/v1/models/model/versions", {"modelName": "model", "checkpointUuid": CHECKPOINT})
    call("POST", "/api/v1/templates/template", {"name": "template", "config": {"max_restarts": 1}, "workspaceId": 1})
    trigger = {"triggerType": "TRIGGER_TYPE_EXPERIMENT_STATE_CHANGE", "condition": {"state": "COMPLETED"}}
    # nobody listens on the discard port
    hook = {"url": "http://127.0.0.1:9", "name": "hook", "triggers": [trigger], "webhookType": "WEBHOOK_TYPE_DEFAULT"}
    webhook = call("POST", "/api/v1/webhooks", {**hook, "mode": "WEBHOOK_MODE_WORKSPACE", "workspaceId": workspace})
    user = call("POST", "/api/v1/users", {"user": {"username": "somebody", "active": True}, "password": "Secret-1x"})
    call("POST", "/api/v1/tokens", {"userId": user["user"]["id"], "description": "for tests"})
    tokens = call("GET", "/api/v1/tokens")["tokenInfo"]
    call("POST", "/api/v1/users/setting", {"settings": [{"key": "theme", "storagePath": "", "value": '"dark"'}]})
    call("PUT", "/api/v1/master/cluster_message", {"message": "hello", "startTime": "2020-01-01T00:00:00Z"})
    return Prepared(
        paused,
        trial["id"],
        trial["taskIds"][0],
        detached_experiment,
        detached_trial["id"],
        detached_trial["taskId"],
        CHECKPOINT,
        workspace,
        project,
        "model",
        "template",
        webhook["webhook"]["id"],
        user["user"]["id"],
        tokens[0]["id"],
    )


def _report(admin: Connection, trial: Dict[str, Any]) -> None:
    call, number, task = admin.call, trial["id"], trial["taskId"]
    call("POST", f"/api/v1/trials/{number}/start", {"trialId": number, "resume": False})
    for group in ("training", "validation", "own"):
        for steps in (1, 2):
            metrics = {"avgMetrics": {"loss": 1.0 / steps, "word": "text", "when": "2024-01-01T00:00:00Z"}}
            report = {"trialId": number, "trialRunId": 1, "stepsCompleted": steps, "metrics": metrics}
            call("POST", f"/api/v1/trials/{number}/metrics", {"group": group, "metrics": report})
    checkpoint = {"uuid": CHECKPOINT, "taskId": task, "resources": {"a.txt": "3"}, "state": "STATE_COMPLETED"}
    call("POST", "/api/v1/checkpoints", {**checkpoint, "metadata": {"steps_completed": 2}})
    log = {"taskId": task, "log": "a line", "timestamp": "2024-01-01T00:00:00Z", "level": "LOG_LEVEL_INFO"}
    call("POST", "/api/v1/task/logs", {"logs": [log]})
    call("POST", f"/api/v1/runs/{number}/metadata", {"runId": number, "metadata": {"a": {"b": 1}}})


def quoted(text: str) -> str:
    """A text as one segment of a path."""
    return quote(text, safe="")
