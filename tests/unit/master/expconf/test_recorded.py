"""Every configuration that was sent to a real master: the same answer, word for word."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Tuple

import pytest

from determined.master import expconf

from .... import recorded

PREFIX = "invalid experiment configuration: "
MASTER = {"checkpoint_storage": {"type": "shared_fs", "host_path": "/data/conformance/checkpoints"}}
# said by the service, which knows the cluster, the projects and the templates
OF_THE_SERVICE = (
    "managed experiments require entrypoint",
    "invalid resource configuration",
    "workspace",
    "project",
    "forking",
    "template",
    "experiment ",
    "only unmanaged",
    "can't fork",
    "json: ",
    "illegal base64",
    "token missing",
)

Step = Dict[str, Any]


def _creations(scene: str) -> Iterator[Tuple[Step, List[Dict[str, Any]]]]:
    """The steps that create experiments, with the templates that they name."""
    templates: Dict[str, Any] = {}
    for step in recorded.steps_of(scene):
        request = step["request"]
        body = request.get("json") or {}
        if "/templates/" in request["path"] and isinstance(body.get("config"), dict):
            templates[request["path"].rpartition("/")[2]] = body["config"]
        if request["path"] == "/api/v1/experiments" and isinstance(body.get("config"), str):
            yield step, [templates[body["template"]]] if body.get("template") in templates else []


def _answer(text: str, templates: List[Dict[str, Any]]) -> Any:
    try:
        raw = expconf.parse(text)
        expconf.check_submitted(raw)
        for template in templates:
            raw = expconf.merge(raw, expconf.read(template))
        return expconf.complete(raw, low=[MASTER], seed=7)
    except expconf.ConfigError as error:
        return error.text


def _comparable(config: Dict[str, Any]) -> Dict[str, Any]:
    environment = {key: value for key, value in config["environment"].items() if key != "image"}
    return {**config, "environment": environment, "labels": sorted(config["labels"])}


def _recorded_text(step: Step) -> str:
    body = step["recorded"].get("body")
    error = body.get("error") if isinstance(body, dict) else None
    return str(error["error"]) if isinstance(error, dict) else ""


def _unordered(text: str) -> List[str]:
    return sorted("".join(sorted(line)) for line in text.split("\n"))


@pytest.mark.parametrize("name", recorded.scene_names())
def test_configurations_are_answered_as_a_real_master_did(name: str) -> None:
    for step, templates in _creations(name):
        text = step["request"]["json"]["config"].replace("{{data}}", "/data/conformance")
        expected = _recorded_text(step)
        if expected.startswith(OF_THE_SERVICE):
            continue
        answer = _answer(text, templates)
        if expected:
            bare = expected[len(PREFIX) :] if expected.startswith(PREFIX) else expected
            assert isinstance(answer, str), step["name"]
            assert _unordered(answer) == _unordered(bare), step["name"]
        elif isinstance(step["recorded"]["body"].get("config"), dict):
            wanted = _comparable(step["recorded"]["body"]["config"])
            assert isinstance(answer, dict), f"{step['name']}: {answer}"
            given = _comparable(answer)
            for made_up in ("name", "reproducibility"):
                if made_up not in expconf.parse(text):
                    given[made_up] = wanted[made_up]
            assert given == wanted, step["name"]
        elif "error" not in (step["recorded"].get("body") or {}):
            assert isinstance(answer, dict), f"{step['name']}: {answer}"
