"""Experiments that a test makes over HTTP, for the rules of lists and of single calls."""

from __future__ import annotations

import itertools
import json
from typing import Any, Dict, List, Optional, Tuple
from urllib.parse import urlencode

from .prepared import Connection

_NUMBERS = itertools.count(1)


class Teller:
    """Makes experiments, trials, reports and checkpoints in a project of its own."""

    def __init__(self, admin: Connection) -> None:
        self.admin = admin
        self.number = next(_NUMBERS)
        self.workspace = admin.call("POST", "/api/v1/workspaces", {"name": f"story {self.number}"})["workspace"]["id"]
        place = {"name": "project", "workspaceId": self.workspace}
        self.project = admin.call("POST", f"/api/v1/workspaces/{self.workspace}/projects", place)["project"]["id"]

    def experiment(
        self,
        *,
        unmanaged: bool = True,
        metric: str = "loss",
        smaller_is_better: bool = True,
        searcher: Optional[Dict[str, Any]] = None,
        **config: Any,
    ) -> Dict[str, Any]:
        """Create an experiment; returns the whole answer."""
        searcher = searcher or {"name": "single"}
        whole = {
            "name": "story",
            "entrypoint": "true",
            "resources": {"slots_per_trial": 0},
            "searcher": {"metric": metric, "smaller_is_better": smaller_is_better, **searcher},
            **config,
        }
        request = {"config": json.dumps(whole), "unmanaged": unmanaged, "projectId": self.project}
        answer: Dict[str, Any] = self.admin.call("POST", "/api/v1/experiments", request)
        return answer

    def experiment_id(self, **how: Any) -> int:
        """Create an experiment; returns its id."""
        return int(self.experiment(**how)["experiment"]["id"])

    def trial(self, experiment_id: int, **hparams: Any) -> Dict[str, Any]:
        """Create and start a trial of an unmanaged experiment."""
        request = {"experimentId": experiment_id, "unmanaged": True, "hparams": hparams}
        trial: Dict[str, Any] = self.admin.call("POST", "/api/v1/trials", request)["trial"]
        self.admin.call("POST", f"/api/v1/trials/{trial['id']}/start", {"resume": True})
        return trial

    def tell(self, trial_id: int, group: str, steps: int, **metrics: Any) -> None:
        """Report metrics in the first run of a trial."""
        report = {"trialId": trial_id, "trialRunId": 1, "stepsCompleted": steps, "metrics": {"avgMetrics": metrics}}
        self.admin.call("POST", f"/api/v1/trials/{trial_id}/metrics", {"group": group, "metrics": report})

    def checkpoint(self, trial: Dict[str, Any], steps: int, resources: Optional[Dict[str, str]] = None) -> str:
        """Report a checkpoint; returns its UUID."""
        uuid = f"{next(_NUMBERS):08x}-1111-4222-8333-000000000000"
        request = {
            "uuid": uuid, "taskId": trial["taskId"], "resources": resources or {"w": "1"},
            "metadata": {"steps_completed": steps}, "state": "STATE_COMPLETED",
        }  # fmt: skip
        self.admin.call("POST", "/api/v1/checkpoints", request)
        return uuid

    def get(self, path: str, **query: Any) -> Any:
        """Read something that is there."""
        return self.admin.call("GET", f"/api/v1/{path}?{urlencode(query, doseq=True)}")

    def ids(self, path: str, key: str, of: str = "id", **query: Any) -> List[Any]:
        """What the entries of a list are called, in its order."""
        return [entry[of] for entry in self.get(path, **query)[key]]

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Tuple[int, Any]:
        """Send a request; returns the status, and the answer or the text of its error."""
        encoded = None if body is None else json.dumps(body).encode()
        status, got = self.admin.send(method, f"/api/v1/{path}?{urlencode(query, doseq=True)}", encoded)
        answer: Any = json.loads(got.splitlines()[-1]) if got.strip() else None
        if status == 200:
            return status, answer
        return status, answer["error"].get("error") or answer["error"].get("message")
