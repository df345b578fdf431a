"""Which webhooks an event concerns, and how they are called."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http.server
import json
import pathlib
import sqlite3
import threading
from typing import Any, Dict, Iterator, List, Optional, Tuple

import pytest

from determined.common.api.wire.enums import LogLevel, TriggerType, WebhookMode, WebhookType
from determined.master.auth import Caller
from determined.master.errors import Code, Refusal
from determined.master.notify import Hub, WebhookQueued
from determined.master.patterns import Finder
from determined.master.services import webhook_calls, webhooks
from determined.master.services.webhook_calls import CallFailed, WebhookSender, call, pause_after
from determined.master.store import trials
from determined.master.store import webhooks as store
from determined.master.store.database import Database, Row, Transaction

ADMIN = Caller(1, "admin", True, 1, "session", None)
USER = Caller(2, "determined", False, 2, "session", None)
NOWHERE = "http://127.0.0.1:9/"


def make_experiment(tx: Transaction, integrations: Optional[Dict[str, Any]] = None) -> Row:
    experiment_id = tx.insert(
        "experiments",
        job_id="j",
        state="COMPLETED",
        name="e <1>",
        config=json.dumps({"integrations": integrations}),
        original_config="",
        searcher_name="single",
        searcher_metric="loss",
        smaller_is_better=1,
        resource_pool="default",
        start_time=5_000_000,
        end_time=7_000_000,
        owner_id=1,
        project_id=1,
    )
    row = tx.one("SELECT * FROM experiments WHERE id = ?", (experiment_id,))
    assert row is not None
    return row


def make_webhook(
    tx: Transaction,
    trigger: TriggerType = TriggerType.EXPERIMENT_STATE_CHANGE,
    condition: Optional[Dict[str, Any]] = None,
    *,
    mode: WebhookMode = WebhookMode.WORKSPACE,
    name: str = "w",
    workspace_id: int = 0,
    kind: WebhookType = WebhookType.DEFAULT,
) -> int:
    return webhooks.create_webhook(
        tx,
        ADMIN,
        {
            "url": NOWHERE,
            "name": name,
            "mode": mode,
            "webhookType": kind,
            "workspaceId": workspace_id,
            "triggers": [{"triggerType": trigger, "condition": condition or {}}],
        },
    )


def queued(tx: Transaction) -> List[Dict[str, Any]]:
    return [json.loads(row["payload"]) for row in store.due_calls(tx, 1, 100)]


def test_a_state_is_told_to_the_webhooks_that_wait_for_it(tx: Transaction) -> None:
    make_webhook(tx, condition={"state": "COMPLETED"})
    make_webhook(tx, condition={"state": "ERROR"})
    webhooks.experiment_changed(tx, make_experiment(tx), "COMPLETED")
    (event,) = queued(tx)
    assert event["event_type"] == "EXPERIMENT_STATE_CHANGE"
    assert event["condition"] == {"state": "COMPLETED"}
    experiment = event["event_data"]["experiment"]
    assert (experiment["id"], experiment["state"], experiment["duration"]) == (1, "COMPLETED", 2)
    assert (experiment["workspace"], experiment["project"]) == ("Uncategorized", "Uncategorized")


def fields_of(message: Dict[str, Any]) -> List[str]:
    (attachment,) = message["attachments"]
    (block,) = attachment["blocks"]
    assert {field["type"] for field in block["fields"]} == {"mrkdwn"}
    return [field["text"] for field in block["fields"]]


@pytest.mark.parametrize(
    ("state", "color", "word", "mark"),
    [("COMPLETED", "#13B670", "Completed", "\u2705 "), ("ERROR", "#DD5040", "Errored", "\u274c ")]
    + [("CANCELED", "#808080", "Canceled", "")],
)
def test_slack_gets_blocks_with_a_coloured_attachment(
    tx: Transaction, state: str, color: str, word: str, mark: str
) -> None:
    make_webhook(tx, condition={"state": state}, kind=WebhookType.SLACK)
    webhooks.experiment_changed(tx, make_experiment(tx), state)
    (message,) = queued(tx)
    assert list(message) == ["blocks", "attachments"]
    (headline,) = message["blocks"]
    assert (headline["type"], headline["text"]["type"]) == ("section", "plain_text")
    (attachment,) = message["attachments"]
    assert attachment["color"] == color
    (block,) = attachment["blocks"]
    assert block["text"] == {"type": "mrkdwn", "text": f"{mark}e &lt;1&gt; (#1)"}
    assert fields_of(message) == [f"*Status*: {word}", "*Duration*: 0h 0min"]


def test_slack_is_told_where_an_experiment_lies_that_was_put_there(tx: Transaction) -> None:
    make_webhook(tx, condition={"state": "COMPLETED"}, kind=WebhookType.SLACK)
    experiment_id = make_experiment(tx)["id"]
    end = 5_000_000 + (2 * 3600 + 5 * 60) * 1_000_000
    tx.update("experiments", {"id": experiment_id}, config='{"workspace": "w", "project": "p"}', end_time=end)
    experiment = tx.one("SELECT * FROM experiments WHERE id = ?", (experiment_id,))
    assert experiment is not None
    webhooks.experiment_changed(tx, experiment, "COMPLETED")
    (message,) = queued(tx)
    place = ["*Workspace*: Uncategorized", "*Project*: Uncategorized"]
    assert fields_of(message) == ["*Status*: Completed", "*Duration*: 2h 5min", *place]


@pytest.mark.parametrize(("said", "sent"), [("\U0001f389 \u00fc", "\U0001f389 \u00fc"), ("\ud83c", "\ufffd")])
def test_text_is_sent_as_it_is_less_what_is_no_text(tx: Transaction, said: str, sent: str) -> None:
    make_webhook(tx, TriggerType.CUSTOM, mode=WebhookMode.SPECIFIC, name="mine")
    experiment = make_experiment(tx, {"webhooks": {"webhook_name": ["mine"]}})
    webhooks.send_custom_event(tx, experiment["id"], 3, {"title": said})
    assert f'"title":"{sent}"' in store.due_calls(tx, 1, 100)[0]["payload"]


@pytest.mark.parametrize(
    ("mode", "integrations", "hears"),
    [
        (WebhookMode.WORKSPACE, None, True),
        (WebhookMode.WORKSPACE, {"webhooks": {"exclude": True}}, False),
        (WebhookMode.SPECIFIC, None, False),
        (WebhookMode.SPECIFIC, {"webhooks": {"webhook_name": ["w"]}}, True),
        (WebhookMode.SPECIFIC, {"webhooks": {"webhook_id": [1]}}, True),
        (WebhookMode.SPECIFIC, {"webhooks": {"webhook_id": [2], "webhook_name": ["other"]}}, False),
    ],
)
def test_an_experiment_says_which_webhooks_hear_of_it(
    tx: Transaction, mode: WebhookMode, integrations: Optional[Dict[str, Any]], hears: bool
) -> None:
    make_webhook(tx, condition={"state": "COMPLETED"}, mode=mode)
    webhooks.experiment_changed(tx, make_experiment(tx, integrations), "COMPLETED")
    assert bool(queued(tx)) is hears


def test_a_webhook_of_another_workspace_hears_nothing(tx: Transaction) -> None:
    tx.insert("workspaces", name="lab", user_id=2, created_at=0)
    make_webhook(tx, condition={"state": "COMPLETED"}, workspace_id=2)
    webhooks.experiment_changed(tx, make_experiment(tx), "COMPLETED")
    assert queued(tx) == []


def test_a_log_pattern_tells_of_a_task_once(tx: Transaction) -> None:
    make_webhook(tx, TriggerType.TASK_LOG, {"regex": "out of mem"})
    for task_id in ("a", "b"):
        tx.insert("tasks", id=task_id, type="COMMAND", start_time=0)
        webhooks.logs_written(tx, task_id, ["fine", "CUDA out of memory"], {("out of mem", None): 1})
        webhooks.logs_written(tx, task_id, ["CUDA out of memory"], {("out of mem", None): 0})
    assert webhooks.patterns_wanted(tx) == [("out of mem", Finder("out of mem", "out of mem"))]
    told = [event["event_data"]["task_log"] for event in queued(tx)]
    assert [(t["task_id"], t["triggering_log"]) for t in told] == [("a", "CUDA out of memory")] + [
        ("b", "CUDA out of memory")
    ]


def test_slack_is_told_which_line_matched_which_pattern(tx: Transaction) -> None:
    make_webhook(tx, TriggerType.TASK_LOG, {"regex": "a.*b"}, kind=WebhookType.SLACK)
    tx.insert("tasks", id="k", type="COMMAND", start_time=0)
    webhooks.logs_written(tx, "k", ["x a < b\n"], {("a.*b", None): 0})
    (message,) = queued(tx)
    assert list(message) == ["blocks"]
    text = message["blocks"][0]["text"]
    assert text["type"] == "mrkdwn"
    assert "Task ID `k`, task type `COMMAND`" in text["text"]
    assert "```x a &lt; b```\nThis log matched the regex\n```a.*b```" in text["text"]


def make_trial(tx: Transaction, experiment_id: int) -> int:
    return trials.insert_trial(
        tx,
        experiment_id=experiment_id,
        request_id=str(tx.scalar("SELECT count(*) FROM trials")),
        hparams={},
        seed=1,
        state="ACTIVE",
        warm_start_checkpoint_uuid=None,
    )


def told_values(tx: Transaction) -> List[Any]:
    return [event["event_data"]["metric"]["value"] for event in queued(tx)]


def test_a_threshold_tells_each_time_a_metric_goes_above_it(tx: Transaction) -> None:
    condition = {"metric": "loss", "threshold": 0.5}
    make_webhook(tx, TriggerType.METRIC_THRESHOLD_EXCEEDED, condition)
    experiment = make_experiment(tx)
    trial_id = make_trial(tx, experiment["id"])
    values = [0.1, 0.5, 0.75, 0.875, "NaN", "Infinity", None, True, 0.25, 1, "-Infinity", "Infinity"]
    for steps, value in enumerate(values):
        metrics = {"other": 9} if value is None else {"loss": value, "other": 9}
        webhooks.metrics_reported(tx, experiment["id"], trial_id, "validation", steps, metrics)
    assert told_values(tx) == [0.75, 1, "Infinity"]
    event = queued(tx)[0]
    assert (event["event_type"], event["condition"]) == ("METRIC_THRESHOLD_EXCEEDED", condition)
    assert event["event_data"]["experiment"]["id"] == experiment["id"]
    told = {"name": "loss", "value": 0.75, "threshold": 0.5, "group": "validation", "steps_completed": 2}
    assert event["event_data"]["metric"] == {**told, "trial_id": trial_id}


def test_a_threshold_looks_at_each_trial_and_group_by_itself(tx: Transaction) -> None:
    make_webhook(tx, TriggerType.METRIC_THRESHOLD_EXCEEDED, {"metric": "loss", "threshold": 0})
    experiment = make_experiment(tx)
    first, second = make_trial(tx, experiment["id"]), make_trial(tx, experiment["id"])
    for value, group in ((1, "training"), (2, "validation"), (3, "validation")):
        webhooks.metrics_reported(tx, experiment["id"], first, group, 1, {"loss": value})
    webhooks.metrics_reported(tx, experiment["id"], second, "validation", 1, {"loss": 4})
    assert told_values(tx) == [1, 2, 4]


@pytest.mark.parametrize(
    "condition", [{}, {"metric": "loss"}, {"metric": ["loss"], "threshold": 0}, {"metric": "loss", "threshold": "0"}]
)
def test_a_threshold_that_says_too_little_is_never_exceeded(tx: Transaction, condition: Dict[str, Any]) -> None:
    make_webhook(tx, TriggerType.METRIC_THRESHOLD_EXCEEDED, condition)
    experiment = make_experiment(tx)
    webhooks.metrics_reported(
        tx, experiment["id"], make_trial(tx, experiment["id"]), "validation", 1, {"loss": 1, "metric": 2}
    )
    assert queued(tx) == []


def test_slack_is_told_of_a_threshold_with_fields(tx: Transaction) -> None:
    condition = {"metric": "loss", "threshold": 0}
    make_webhook(tx, TriggerType.METRIC_THRESHOLD_EXCEEDED, condition, kind=WebhookType.SLACK)
    experiment = make_experiment(tx)
    webhooks.metrics_reported(tx, experiment["id"], make_trial(tx, experiment["id"]), "validation", 7, {"loss": 1.5})
    (message,) = queued(tx)
    assert "loss" in message["blocks"][0]["text"]["text"]
    assert fields_of(message)[:4] == ["*Value*: 1.5", "*Threshold*: 0.0", "*Group*: validation", "*Steps completed*: 7"]


def test_a_webhook_that_was_removed_is_not_remembered(tx: Transaction) -> None:
    webhook_id = make_webhook(tx, condition={"state": "COMPLETED"})
    experiment = make_experiment(tx)
    webhooks.experiment_changed(tx, experiment, "COMPLETED")
    webhooks.delete_webhook(tx, ADMIN, webhook_id)
    webhooks.experiment_changed(tx, experiment, "COMPLETED")
    assert len(queued(tx)) == 1


def test_code_reaches_the_webhooks_that_its_experiment_names(tx: Transaction) -> None:
    make_webhook(tx, TriggerType.CUSTOM, mode=WebhookMode.SPECIFIC, name="mine")
    experiment = make_experiment(tx, {"webhooks": {"webhook_name": ["mine"]}})
    webhooks.send_custom_event(tx, experiment["id"], 3, {"title": "t", "description": "d"})
    (event,) = queued(tx)
    assert event["event_data"]["custom"]["trial_id"] == 3


def test_slack_is_told_what_code_has_to_say(tx: Transaction) -> None:
    make_webhook(tx, TriggerType.CUSTOM, mode=WebhookMode.SPECIFIC, name="mine", kind=WebhookType.SLACK)
    experiment = make_experiment(tx, {"webhooks": {"webhook_name": ["mine"]}})
    said: Any = {"title": "a title", "description": "what & why", "level": LogLevel.ERROR}
    webhooks.send_custom_event(tx, experiment["id"], 3, said)
    (message,) = queued(tx)
    assert message["blocks"][0]["text"] == {"type": "plain_text", "text": "a title"}
    (attachment,) = message["attachments"]
    assert attachment["color"] == "#DD5040"
    assert attachment["blocks"][0]["text"]["text"] == "what &amp; why"
    assert fields_of(message)[:3] == ["*Level*: ERROR", "*Experiment*: e &lt;1&gt; (#1)", "*Trial*: 3"]


def test_the_owner_of_a_workspace_keeps_its_webhooks_and_nobody_else_but_admins(tx: Transaction) -> None:
    tx.insert("workspaces", name="lab", user_id=2, created_at=0)
    own = make_webhook(tx, condition={"state": "ERROR"}, workspace_id=2)
    shared = make_webhook(tx, condition={"state": "ERROR"})
    foreign = make_webhook(tx, condition={"state": "ERROR"}, workspace_id=1)
    assert [row["id"] for row, _ in webhooks.list_webhooks(tx, USER)] == [own, shared]
    webhooks.delete_webhook(tx, USER, own)
    for webhook_id in (shared, foreign):
        with pytest.raises(Refusal, match="non admin users can't edit global webhooks"):
            webhooks.delete_webhook(tx, USER, webhook_id)


@pytest.mark.parametrize("url", ["nowhere", "/hook", "ftp://a/", "http://", "http://a:99999/"])
def test_an_address_that_cannot_be_called_is_refused(tx: Transaction, url: str) -> None:
    with pytest.raises(Refusal, match="valid url required"):
        webhooks.create_webhook(tx, ADMIN, {"url": url, "triggers": [{"triggerType": TriggerType.TASK_LOG}]})


@pytest.mark.parametrize("regex", ["(", "(?=what follows)", "(?<!before)x", r"(a)\1", "a{1001}"])
def test_a_pattern_that_is_none_is_refused_when_it_is_set(tx: Transaction, regex: str) -> None:
    with pytest.raises(Refusal, match="invalid regex") as refused:
        make_webhook(tx, TriggerType.TASK_LOG, {"regex": regex})
    assert refused.value.code is Code.INVALID_ARGUMENT


# --- calling --------------------------------------------------------------------------------------------------------


class Receiver(http.server.ThreadingHTTPServer):
    """Takes calls and answers the statuses it was given, 200 when they are used up."""

    daemon_threads = True

    def __init__(self, statuses: List[int]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = statuses
        self.taken: List[Tuple[Dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?a=1"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver([])
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_call_is_signed(receiver: Receiver) -> None:
    asyncio.run(call(receiver.url, '{"x":"ü"}', "key"))
    ((headers, body),) = receiver.taken
    assert json.loads(body) == {"x": "ü"}
    signed = headers["x-determined-ai-signature-timestamp"].encode() + b"," + body
    assert headers["x-determined-ai-signature"] == hmac.new(b"key", signed, hashlib.sha256).hexdigest()


def test_only_a_2xx_answer_counts_as_taken(receiver: Receiver) -> None:
    receiver.statuses = [302]
    with pytest.raises(CallFailed, match="answered with status 302"):
        asyncio.run(call(receiver.url, "{}", "key"))


def test_a_closed_port_is_an_error_that_names_the_address() -> None:
    with pytest.raises(CallFailed, match=NOWHERE):
        asyncio.run(call(NOWHERE, "{}", "key"))


def test_pauses_grow_and_end() -> None:
    pauses = [pause_after(attempts) for attempts in range(1, 20)]
    given = [p for p in pauses if p is not None]
    assert given == sorted(given)
    assert pauses[-1] is None


def test_a_call_that_always_fails_is_made_six_times_and_then_given_up(
    tmp_path: pathlib.Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_calls, "_FIRST_PAUSE", 10)
    receiver.statuses = [500] * 20

    async def story() -> None:
        hub = Hub()
        db = Database(tmp_path / "master.db", hub)
        sender = WebhookSender(db, hub, "key")
        await db.write(queue_another, receiver.url)
        await sender.start()
        try:
            while db.read_now(store.next_call_at) is not None:
                await asyncio.sleep(0.01)
        finally:
            hub.close()
            await sender.stop()
            db.close()

    asyncio.run(asyncio.wait_for(story(), 30))
    assert len(receiver.taken) == 6


def test_a_call_that_was_taken_is_not_made_again_while_that_cannot_be_written_down(
    tmp_path: pathlib.Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [sqlite3.OperationalError("database is locked")] * 2
    forget = store.forget_call

    def sometimes(tx: Transaction, call_id: int) -> None:
        if failures:
            raise failures.pop()
        forget(tx, call_id)

    monkeypatch.setattr(store, "forget_call", sometimes)

    async def story() -> None:
        hub = Hub()
        db = Database(tmp_path / "master.db", hub)
        sender = WebhookSender(db, hub, "key")
        await db.write(queue_another, receiver.url)
        await sender.start()
        try:
            while db.read_now(store.next_call_at) is not None:
                await asyncio.sleep(0.01)
        finally:
            hub.close()
            await sender.stop()
            db.close()

    asyncio.run(asyncio.wait_for(story(), 30))
    assert len(receiver.taken) == 1


def test_the_sender_makes_queued_calls_and_puts_off_those_that_fail(tmp_path: pathlib.Path, receiver: Receiver) -> None:
    receiver.statuses = [200, 500]

    async def story() -> List[Row]:
        hub = Hub()
        db = Database(tmp_path / "master.db", hub)
        sender = WebhookSender(db, hub, "key")
        await db.write(store.queue_call, receiver.url, '{"n":1}')
        await sender.start()
        try:
            while not receiver.taken or db.read_now(store.next_call_at) is not None:
                await asyncio.sleep(0.01)
            await db.write(queue_another, receiver.url)
            while not (rows := db.read_now(store.due_calls, 1 << 60, 10)) or not rows[0]["attempts"]:
                await asyncio.sleep(0.01)
            return rows
        finally:
            hub.close()
            await sender.stop()
            db.close()

    (left,) = asyncio.run(asyncio.wait_for(story(), 20))
    assert len(receiver.taken) == 2
    assert left["attempts"] == 1
    assert left["send_at"] > 0


def queue_another(tx: Transaction, url: str) -> None:
    store.queue_call(tx, url, '{"n":2}')
    tx.announce(WebhookQueued())
