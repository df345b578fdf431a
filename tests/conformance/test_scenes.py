"""Recorded scenes are answered as the real master did; every difference is meant, and `differences.yaml` says why."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import pathlib
import re
import sys
from types import ModuleType
from typing import Any, Dict, List, Tuple

import pytest
import yaml

from ..conftest import REPOSITORY, SHARED

JUDGE = SHARED / "conformance" / "conform.py"
SCENES = sorted((SHARED / "conformance" / "scenes").glob("*.json"))
DIFFERENCES: Dict[str, Dict[int, str]] = yaml.safe_load(
    (pathlib.Path(__file__).parent / "differences.yaml").read_text()
)
WITH_TRIALS = "CONFORMANCE_TRIALS"

pytestmark = pytest.mark.skipif(not JUDGE.exists(), reason=f"the recorded scenes {JUDGE.parent} are not there")


def load_judge() -> ModuleType:
    spec = importlib.util.spec_from_file_location("conform", JUDGE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def play(scene: pathlib.Path) -> Tuple[int, Dict[int, List[str]]]:
    """Play a scene on a fresh master; returns how many steps it has, and the differences of those that differ."""
    start = (
        f"env PYTHONPATH={REPOSITORY} {sys.executable} -m determined.master --port {{port}} --data-dir {{data}}"
        " --slots {slots} --initial-user-password Passw0rd!x"
    )
    arguments = argparse.Namespace(start=start, slots_arg=None, master=None)
    steps, _, told = load_judge().run_scene(scene, arguments, False)
    return steps, {int(number_of(label)): lines for label, lines in told}


def number_of(label: str) -> str:
    found = re.match(r"\S+ \[(\d+)\]", label)
    assert found is not None, label
    return found.group(1)


def needs_trials(scene: pathlib.Path) -> bool:
    return bool(json.loads(scene.read_text()).get("slots"))


def parameters() -> List[Any]:
    skip = pytest.mark.skipif(not os.environ.get(WITH_TRIALS), reason=f"it runs trials: set {WITH_TRIALS}=1 to play it")
    return [pytest.param(s, id=s.stem, marks=[skip] if needs_trials(s) else []) for s in SCENES]


@pytest.mark.parametrize("scene", parameters())
def test_a_scene_is_answered_as_the_real_master_did(scene: pathlib.Path) -> None:
    _, differing = play(scene)
    meant = DIFFERENCES.get(scene.stem, {})
    unexpected = {number: lines for number, lines in differing.items() if number not in meant}
    assert unexpected == {}
    assert sorted(meant) == sorted(differing), "a difference that is listed is none any more"


def test_every_difference_that_is_listed_has_a_scene_and_a_reason() -> None:
    known = {scene.stem for scene in SCENES}
    for name, steps in DIFFERENCES.items():
        assert name in known
        assert all(isinstance(number, int) and len(reason) > 10 for number, reason in steps.items())
