"""Webhooks that a real trial sets off, as a real receiver gets them."""

from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import pathlib
import threading
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from determined.common.api.endpoints import cluster as cluster_api
from determined.common.api.endpoints import webhooks as webhooks_api
from determined.common.api.wire.enums import TriggerType, WebhookMode, WebhookType
from determined.experimental import client
from determined.master import LocalMaster

from .conftest import wait_until

TRAINING = """
from determined import core

with core.init() as context:
    for step, loss in enumerate([0.25, 0.75, 0.875], start=1):
        context.train.report_validation_metrics(steps_completed=step, metrics={"loss": loss})
    print("the disk is nearly full", flush=True)
    context.alert(title="end of main", description="all is well", level="debug")
"""
KINDS = {"default": WebhookType.DEFAULT, "slack": WebhookType.SLACK}
TRIGGERS: Dict[str, Tuple[TriggerType, Dict[str, Any]]] = {
    "state": (TriggerType.EXPERIMENT_STATE_CHANGE, {"state": "COMPLETED"}),
    "log": (TriggerType.TASK_LOG, {"regex": "disk is .* full"}),
    "metric": (TriggerType.METRIC_THRESHOLD_EXCEEDED, {"metric": "loss", "threshold": 0.5}),
    "custom": (TriggerType.CUSTOM, {}),
}


class Receiver(http.server.ThreadingHTTPServer):
    """Takes calls."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: List[Tuple[str, Dict[str, str], bytes]] = []

    def bodies(self, path: str) -> List[Any]:
        return [json.loads(body) for called, _, body in self.taken if called == path]


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_every_trigger_of_every_kind_of_webhook_reaches_its_receiver(
    master: LocalMaster, receiver: Receiver, tmp_path: pathlib.Path
) -> None:
    determined = client.Determined(master=master.url, user="admin", password="")
    session = determined._session
    for kind, webhook_type in KINDS.items():
        for trigger, (trigger_type, condition) in TRIGGERS.items():
            webhooks_api.create_webhook(
                session,
                {
                    "name": f"{kind} {trigger}",
                    "url": f"http://127.0.0.1:{receiver.server_address[1]}/{kind}/{trigger}",
                    "webhookType": webhook_type,
                    "mode": WebhookMode.SPECIFIC if trigger == "custom" else WebhookMode.WORKSPACE,
                    "triggers": [{"triggerType": trigger_type, "condition": condition}],
                },
            )
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "train.py").write_text(TRAINING)
    experiment = determined.create_experiment(
        {
            "name": "told of",
            "entrypoint": "python3 train.py",
            "searcher": {"name": "single", "metric": "loss"},
            "resources": {"slots_per_trial": 0},
            "integrations": {"webhooks": {"webhook_name": ["default custom", "slack custom"]}},
        },
        model_dir=str(tmp_path / "model"),
    )
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
    wait_until(lambda: len(receiver.taken) >= len(KINDS) * len(TRIGGERS))
    assert len(receiver.taken) == len(KINDS) * len(TRIGGERS)
    (trial,) = experiment.list_trials()

    for trigger, (trigger_type, condition) in TRIGGERS.items():
        (event,) = receiver.bodies(f"/default/{trigger}")
        assert set(event) == {"event_id", "event_type", "timestamp", "condition", "event_data"}
        assert event["event_type"] == trigger_type.value[len("TRIGGER_TYPE_") :]
        assert event["condition"] == condition
    (state,) = receiver.bodies("/default/state")
    assert (state["event_data"]["experiment"]["id"], state["event_data"]["experiment"]["name"]) == (1, "told of")
    (log,) = receiver.bodies("/default/log")
    assert log["event_data"]["task_log"]["triggering_log"] == "the disk is nearly full\n"
    assert log["event_data"]["task_log"]["node_name"] == "agent-0"
    (metric,) = receiver.bodies("/default/metric")
    assert (metric["event_data"]["metric"]["value"], metric["event_data"]["metric"]["steps_completed"]) == (0.75, 2)
    (custom,) = receiver.bodies("/default/custom")
    said = {"title": "end of main", "description": "all is well", "level": "DEBUG", "trial_id": trial.id}
    assert custom["event_data"]["custom"] == said

    (slack_state,) = receiver.bodies("/slack/state")
    fields = slack_state["attachments"][0]["blocks"][0]["fields"]
    assert {"type": "mrkdwn", "text": "*Status*: Completed"} in fields
    (slack_log,) = receiver.bodies("/slack/log")
    text = slack_log["blocks"][0]["text"]["text"]
    assert f"Experiment ID `{experiment.id}`, Trial ID `{trial.id}`, running on node `agent-0`" in text
    assert "This log matched the regex\n```disk is .* full```" in text
    for part in ("end of main", "all is well", "DEBUG"):
        assert part in json.dumps(receiver.bodies("/slack/custom"))

    key = cluster_api.get_master_config(session)["webhooks"]["signing_key"]
    for _, headers, body in receiver.taken:
        signed = headers["x-determined-ai-signature-timestamp"].encode() + b"," + body
        expected = hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()
        assert headers["x-determined-ai-signature"] == expected
