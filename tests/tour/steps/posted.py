"""What the SDK cannot make: a trial, log lines and a template, posted to the master as they are."""

from __future__ import annotations

import datetime
import json
from typing import Any, Dict

from ..walking import Tour

BEGIN = datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc)
LEVELS = ("TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def walk(tour: Tour, shared: Dict[str, Any]) -> None:
    step, rest = tour.step, tour.rest
    step("make: a trial with shared_fs checkpoints by REST", lambda: post_trial(tour, shared))
    task = tour.keep("task1", rest("GET", f"/api/v1/trials/{tour.things.j_one}")["trial"]["taskId"])
    logs = [log_line(task, number) for number in range(12)]
    template = {"labels": ["from-template"], "max_restarts": 0, "resources": {"priority": 50}}
    body = {"name": "tourtpl", "config": {**template, "checkpoint_storage": shared}, "workspaceId": 1}
    tour.name_what_is_left()
    step("make: log lines", lambda: rest("POST", "/api/v1/task/logs", {"logs": logs}))
    step("make: a template", lambda: rest("POST", "/api/v1/templates/tourtpl", body))


def post_trial(tour: Tour, shared: Dict[str, Any]) -> Any:
    rest = tour.rest
    searcher = {"name": "single", "metric": "val", "smaller_is_better": True}
    config = {"name": "tour-rest", "checkpoint_storage": {**shared, "save_trial_best": 9}, "searcher": searcher}
    created = rest("POST", "/api/v1/experiments", {"config": json.dumps(config), "unmanaged": True})
    experiment = created["experiment"]["id"]
    body = {"experimentId": experiment, "hparams": {"lr": 1}, "unmanaged": True}
    trial = rest("POST", "/api/v1/trials", body)["trial"]
    path = f"/api/v1/trials/{trial['id']}"
    rest("POST", f"{path}/start", {"trialId": trial["id"], "resume": True})
    tour.name("rest", experiment, trial["id"])
    for number in (1, 2):
        post_checkpoint(tour, trial, number)
    rest("PATCH", path, {"trialId": trial["id"], "state": "STATE_COMPLETED"})
    return [*tour.name("rest", experiment, trial["id"]), trial["state"]]


def post_checkpoint(tour: Tour, trial: Dict[str, Any], number: int) -> None:
    """Put files where a checkpoint of the trial would lie, and report it."""
    uuid = f"aaaaaaaa-0000-4000-8000-00000000000{number}"
    tour.name_checkpoint(uuid, "r", number)
    folder = tour.folder / "shared" / uuid
    (folder / "sub").mkdir(parents=True)
    (folder / "weights.bin").write_bytes(b"w" * 1000 * number)
    (folder / "sub" / "note.txt").write_text(f"step {number}")
    (folder / "metadata.json").write_text(json.dumps({"steps_completed": number}))
    metrics = {
        "trialId": trial["id"],
        "trialRunId": 1,
        "stepsCompleted": number,
        "reportTime": None,
        "metrics": {"avgMetrics": {"val": 1.0 / number}},
    }
    tour.rest("POST", f"/api/v1/trials/{trial['id']}/metrics", {"metrics": metrics, "group": "validation"})
    report = {
        "taskId": trial["taskId"],
        "allocationId": None,
        "uuid": uuid,
        "resources": {"weights.bin": 1000 * number, "sub/": 0, "sub/note.txt": 6, "metadata.json": 22},
        "metadata": {"steps_completed": number},
        "state": "STATE_COMPLETED",
    }
    tour.rest("POST", "/api/v1/checkpoints", report)


def log_line(task: str, number: int) -> Dict[str, Any]:
    return {
        "taskId": task,
        "allocationId": f"{task}.1",
        "agentId": f"node-{number % 2}",
        "containerId": f"c{number % 3}",
        "rankId": number % 4,
        "timestamp": (BEGIN + datetime.timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "level": f"LOG_LEVEL_{LEVELS[number % 6]}",
        "log": f"line {number}{' needle' if number in (3, 7) else ''}\n",
        "source": f"src{number % 2}",
        "stdtype": ("stdout", "stderr")[number % 2],
    }
