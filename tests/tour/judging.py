"""Walks the tour with one client or another, and holds the answers against the released client's."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
from typing import Any, Dict, Iterable, List, Mapping

import yaml

from determined.master import LocalMaster

from .. import recorded
from .comparison import differences

HERE = pathlib.Path(__file__).resolve().parent
PASSWORD = "Passw0rd!x"
WALK_SECONDS = 240

# what the released client answered, by step: on a real master, or on the embedded one where that was not recorded
WANTED: Dict[str, Any] = recorded.load("tour")["answers"]


def group_of(step: str) -> str:
    """What a step is about."""
    return step.partition(":")[0].partition(".")[0]


GROUPS = list(dict.fromkeys(map(group_of, WANTED)))


def meant(*sections: str) -> Dict[str, str]:
    """The steps whose difference is meant, with the reason: those of the ``client``, of the ``master`` or of both."""
    lists = yaml.safe_load((HERE / "meant.yaml").read_text())
    return {step: entry["reason"] for section in sections for entry in lists[section] for step in entry["steps"]}


def walk(python: str, folder: pathlib.Path) -> Dict[str, Any]:
    """Walk the tour with the client that an interpreter has, on a fresh master; returns the answers by step."""
    home, out = folder / "tour", folder / "answers.json"
    home.mkdir()
    with LocalMaster(folder / "master", slots=0, initial_password=PASSWORD) as master:
        command = [python, "-m", "tour", "--master", master.url, "--password", PASSWORD]
        command += ["--folder", str(home), "--out", str(out)]
        ended = subprocess.run(
            command,
            cwd=folder,  # where no package is named determined
            env={**os.environ, "PYTHONPATH": str(HERE.parent)},
            capture_output=True,
            text=True,
            timeout=WALK_SECONDS,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr[-4000:]
    answers: Dict[str, Any] = json.loads(out.read_text())
    return answers


def complaints(answers: Mapping[str, Any], steps: Iterable[str]) -> Dict[str, List[str]]:
    """The steps whose answer a script could tell from the wanted one, each with lines that say where."""
    told = {step: differences(WANTED[step], answers[step]) for step in steps if step in answers}
    return {step: lines for step, lines in told.items() if lines}
