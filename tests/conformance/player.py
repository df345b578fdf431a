"""Tells a recorded scene to a master, step by step."""

from __future__ import annotations

import base64
import http.client
import json
import re
import time
from typing import Any, Collection, Dict, List, Mapping, Optional
from urllib.parse import urlencode, urlsplit

from ..recorded import Scene, Step
from .answers import Answer
from .comparison import compare
from .paths import select

VARIABLE = re.compile(r"\{\{(\w+)\}\}")
# where the recorded master was started
RECORDED_DATA = "/data/conformance"
REQUEST_SECONDS = 60
WAIT_SECONDS = 90
PAUSE_SECONDS = 0.2


class Unplayable(Exception):
    """A step could not be played: the master is gone, a variable is missing, a wait ran out."""


def play(scene: Scene, url: str, data: str, hopeless: Collection[int] = ()) -> Dict[int, List[str]]:
    """Tell a scene to a master and compare every answer.

    Parameters:
        scene: the recorded scene.
        url: address of a fresh master.
        data: the folder it was started with.
        hopeless: numbers of the steps that are not waited for.

    Returns:
        for each step that differs, by its number, lines that say where.
    """
    player = Player(url, {**scene["vars"], "data": data})
    known = {**scene["vars"], "data": RECORDED_DATA}
    differing: Dict[int, List[str]] = {}
    for number, step in enumerate(scene["steps"]):
        patience = 0.0 if number in hopeless else float(step.get("timeout", WAIT_SECONDS))
        try:
            answer: Optional[Answer] = player.play(step, patience)
        except Unplayable as error:
            answer, differing[number] = None, [str(error)]
        known.update(step["captured"])
        if answer is not None and not step.get("unchecked"):
            found = compare(step, Answer.recorded(step["recorded"]), known, answer, player.variables)
            if found:
                differing[number] = found
    return differing


class Player:
    """Sends steps to one master and remembers what they capture."""

    def __init__(self, url: str, variables: Mapping[str, Any]) -> None:
        self._address = urlsplit(url)
        self.variables = dict(variables)

    def play(self, step: Step, patience: float) -> Answer:
        """Send a step, again and again for ``patience`` seconds while its ``until`` does not hold."""
        time.sleep(step.get("sleep", 0))
        deadline = time.monotonic() + patience
        while True:
            answer = self._send(step)
            if "until" not in step or self._holds(answer, step["until"]):
                break
            if time.monotonic() > deadline:
                raise Unplayable(f"waited {patience:g} s for {step['until']}; at last {str(answer.body)[:400]}")
            time.sleep(PAUSE_SECONDS)
        for name, place in step.get("capture", {}).items():
            for value in select(answer.body, place.split(".")):
                self.variables[name] = value
                break
        return answer

    def _send(self, step: Step) -> Answer:
        try:
            request = self._filled(step["request"])
        except KeyError as error:
            raise Unplayable(f"variable {error} was never captured") from None
        path = request["path"] + ("?" + urlencode(request["query"], doseq=True) if request.get("query") else "")
        headers = {"Accept": "application/json", **request.get("headers", {})}
        token = request.get("token", self.variables.get("token"))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        body: Optional[bytes] = None
        if "json" in request:
            body = json.dumps(_with_packed_files(request["json"])).encode()
            headers.setdefault("Content-Type", "application/json")
        elif "text" in request:
            body = request["text"].encode()
        address = self._address
        connection = http.client.HTTPConnection(
            address.hostname or "", address.port, timeout=step.get("timeout", REQUEST_SECONDS)
        )
        try:
            connection.request(request.get("method", "GET"), path, body, headers)
            answer = connection.getresponse()
            kind, encoding = answer.getheader("Content-Type", ""), answer.getheader("Content-Encoding", "")
            return Answer.received(answer.status, kind, encoding, answer.read())
        except (OSError, http.client.HTTPException) as error:
            raise Unplayable(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()

    def _holds(self, answer: Answer, until: Mapping[str, Any]) -> bool:
        try:
            until = self._filled(until)
        except KeyError as error:
            raise Unplayable(f"variable {error} was never captured") from None
        found = list(select(answer.body, until["path"].split("."))) if "path" in until else [answer.status]
        if "count" in until:
            return len(found) >= int(until["count"])
        return bool(found) and all(value in until["in"] for value in found)

    def _filled(self, value: Any) -> Any:
        """The value with variables in their places; a text that is one variable becomes its value, of whatever type."""
        if isinstance(value, dict):
            return {self._filled(key): self._filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        if not isinstance(value, str):
            return value
        whole = VARIABLE.fullmatch(value)
        if whole:
            return self.variables[whole[1]]
        return VARIABLE.sub(lambda found: str(self.variables[found[1]]), value)


def _with_packed_files(body: Any) -> Any:
    """The body with its model definition, which a scene writes as path and text, as the files that the API takes."""
    if not isinstance(body, dict) or not isinstance(body.get("modelDefinition"), dict):
        return body
    return {**body, "modelDefinition": [_packed(path, text) for path, text in body["modelDefinition"].items()]}


def _packed(path: str, text: Optional[str]) -> Dict[str, Any]:
    entry: Dict[str, Any] = {"mtime": "1700000000", "uid": 0, "gid": 0}
    if path.endswith("/"):
        return {**entry, "path": path[:-1], "type": ord("5"), "mode": 0o40755, "content": ""}
    content = base64.b64encode((text or "").encode()).decode()
    return {**entry, "path": path, "type": ord("0"), "mode": 0o100644, "content": content}
