"""A proxy that counts what a client sends, and one call of each kind through it."""

from __future__ import annotations

import http.client
import http.server
import json
import pathlib
import threading
from types import TracebackType
from typing import Any, Callable, Dict, List, Optional, Type
from urllib.parse import urlsplit

from determined.common.experimental.determined import Determined
from determined.master import LocalMaster

from ..contract.prepared import Connection
from ..e2e.conftest import wait_until

OF_ONE_CONNECTION = ("host", "connection", "transfer-encoding", "content-length")
UUID = "00000000-0000-4000-8000-00000000000{}"
PASSWORD = "Passw0rd!x"
CONFIG = {
    "name": "b",
    "entrypoint": "true",
    "searcher": {"name": "single", "metric": "v"},
    "resources": {"slots_per_trial": 0},
}


class Proxy:
    """Passes requests on to a master and remembers them."""

    def __init__(self, master: str) -> None:
        seen: List[str] = []
        address = urlsplit(master)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                seen.append(f"{self.command} {self.path.partition('?')[0]}")
                headers = {k: v for k, v in self.headers.items() if k.lower() not in OF_ONE_CONNECTION[:2]}
                connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
                connection.request(self.command, self.path, body or None, headers)
                answer = connection.getresponse()
                content = answer.read()
                connection.close()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in OF_ONE_CONNECTION:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on  # noqa: N815 (the names of the base class)

            def log_message(self, *_: Any) -> None:
                """Nobody reads it."""

        self.seen = seen
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Proxy":
        self._thread.start()
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Counter:
    """What each call has sent, by the call's name."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self.sent: Dict[str, List[str]] = {}

    def __call__(self, name: str, call: Callable[[], Any]) -> Any:
        self._proxy.seen.clear()
        result = call()
        self.sent[name] = list(self._proxy.seen)
        return result


def count_requests(master: LocalMaster, folder: pathlib.Path) -> Dict[str, List[str]]:
    """Make one call of each kind with a fresh master whose users have the password; returns what each sent."""
    with Proxy(master.url) as proxy:
        count = Counter(proxy)

        def log_in() -> Determined:
            return Determined(master=proxy.url, user="admin", password=PASSWORD)

        determined: Determined = count("log in", log_in)
        count("log in again, same password", log_in)
        again = count.sent["log in again, same password"]
        count.sent["log in again, passwords checked"] = [r for r in again if r == "POST /api/v1/auth/login"]
        plain = Connection(master.url, password=PASSWORD)
        try:
            _count_experiments(count, determined, plain, folder)
            _count_models(count, determined)
            _count_places(count, determined)
        finally:
            plain.close()
    return count.sent


def _count_experiments(count: Counter, d: Determined, plain: Connection, folder: pathlib.Path) -> None:
    (folder / "train.py").write_text("print(1)\n")
    managed = count("create_experiment", lambda: d.create_experiment(CONFIG, str(folder)))
    number, trial = _report(plain)
    count("get_experiment", lambda: d.get_experiment(number))
    count("exp.pause", managed.pause)
    count("exp.activate", managed.activate)
    count("exp.set_name", lambda: managed.set_name("n"))
    count("exp.set_description", lambda: managed.set_description("x"))
    count("exp.set_notes", lambda: managed.set_notes("x"))
    count("exp.add_label", lambda: managed.add_label("a"))
    count("exp.remove_label", lambda: managed.remove_label("a"))
    count("exp.set_labels", lambda: managed.set_labels({"p", "q"}))
    count("exp.kill", managed.kill)
    path = f"/api/v1/experiments/{managed.id}"
    wait_until(lambda: plain.call("GET", path)["experiment"]["state"] == "STATE_CANCELED")
    count("exp.reload", managed.reload)
    count("exp.config", lambda: managed.config)
    count("exp.archive", managed.archive)
    count("exp.unarchive", managed.unarchive)
    count("list_experiments", lambda: list(d.list_experiments()))
    count("exp.list_trials", lambda: list(d.get_experiment(number).list_trials()))
    count("exp.list_checkpoints", lambda: d.get_experiment(number).list_checkpoints())
    count("exp.await_first_trial", lambda: d.get_experiment(number).await_first_trial())
    count("get_trial", lambda: d.get_trial(trial))
    count("trial.list_checkpoints", lambda: d.get_trial(trial).list_checkpoints())
    count("trial.iter_metrics", lambda: list(d.get_trial(trial).iter_metrics("validation")))
    count("trial.iter_logs", lambda: list(d.get_trial(trial).iter_logs()))
    count("trial.summary_metrics", lambda: d.get_trial(trial).summary_metrics)
    checkpoint = count("get_checkpoint", lambda: d.get_checkpoint(UUID.format(1)))
    count("checkpoint.add_metadata", lambda: checkpoint.add_metadata({"a": 1}))
    count("checkpoint.remove_metadata", lambda: checkpoint.remove_metadata(["a"]))


def _report(plain: Connection) -> Any:
    """An unmanaged experiment whose trial has metrics and checkpoints; returns the ids of both."""
    created = plain.call("POST", "/api/v1/experiments", {"config": json.dumps(CONFIG), "unmanaged": True})
    number = created["experiment"]["id"]
    body = {"experimentId": number, "hparams": {}, "unmanaged": True}
    trial = plain.call("POST", "/api/v1/trials", body)["trial"]
    for step in (1, 2, 3):
        metrics = {"trialId": trial["id"], "trialRunId": 0, "stepsCompleted": step}
        metrics["metrics"] = {"avgMetrics": {"v": 1.0 / step}}
        plain.call("POST", f"/api/v1/trials/{trial['id']}/metrics", {"metrics": metrics, "group": "validation"})
        checkpoint = {"uuid": UUID.format(step), "taskId": trial["taskId"], "resources": {"a": 1}, "training": {}}
        checkpoint.update(metadata={"steps_completed": step}, state="STATE_COMPLETED")
        plain.call("POST", "/api/v1/checkpoints", checkpoint)
    return number, trial["id"]


def _count_models(count: Counter, d: Determined) -> None:
    model = count("create_model", lambda: d.create_model("m"))
    version = count("model.register_version", lambda: model.register_version(UUID.format(1)))
    count("get_model", lambda: d.get_model("m"))
    count("get_models", lambda: list(d.get_models()))
    count("model.get_version", lambda: model.get_version())
    count("model.list_versions", lambda: list(model.list_versions()))
    count("model.set_description", lambda: model.set_description("d"))
    count("model.add_metadata", lambda: model.add_metadata({"a": 1}))
    count("model.remove_metadata", lambda: model.remove_metadata(["a"]))
    count("model.set_labels", lambda: model.set_labels(["a"]))
    count("model.archive", model.archive)
    count("model.unarchive", model.unarchive)
    count("version.set_name", lambda: version.set_name("n"))
    count("version.set_notes", lambda: version.set_notes("n"))
    count("version.delete", version.delete)
    count("model.delete", model.delete)


def _count_places(count: Counter, d: Determined) -> None:
    workspace = count("create_workspace", lambda: d.create_workspace("w"))
    project = count("create_project", lambda: workspace.create_project("p"))
    count("get_workspace", lambda: d.get_workspace("w"))
    count("list_workspaces", lambda: d.list_workspaces())
    count("workspace.list_projects", workspace.list_projects)
    count("get_project", lambda: workspace.get_project("p"))
    count("project.set_name", lambda: project.set_name("q"))
    count("project.set_description", lambda: project.set_description("q"))
    count("project.add_note", lambda: project.add_note("one", "text"))
    count("project.remove_note", lambda: project.remove_note("one"))
    count("project.archive", project.archive)
    count("project.unarchive", project.unarchive)
    count("list_users", d.list_users)
    count("get_user_by_name", lambda: d.get_user_by_name("determined"))
    count("whoami", d.whoami)
