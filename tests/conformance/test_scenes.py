"""Recorded scenes are answered as the real master did; every difference is meant, and `differences.yaml` says why."""

from __future__ import annotations

import pathlib
from typing import Any, Dict, Mapping

import pytest
import yaml

from determined.master import LocalMaster

from .. import recorded
from .player import play

HERE = pathlib.Path(__file__).parent
PASSWORD = "Passw0rd!x"  # of the recorded masters
MEANT: Dict[str, Dict[int, str]] = yaml.safe_load((HERE / "differences.yaml").read_text())
# what the embedded master does not provide yet: the reason, and the steps that differ for it, by scene
NOT_PROVIDED: Dict[str, Dict[str, Any]] = yaml.safe_load((HERE / "not_provided.yaml").read_text())


def not_provided(scene: str) -> Mapping[int, str]:
    entry = NOT_PROVIDED.get(scene)
    return dict.fromkeys(entry["steps"], entry["reason"]) if entry else {}


@pytest.mark.parametrize("name", recorded.scene_names())
def test_a_scene_is_answered_as_the_real_master_did(name: str, tmp_path: pathlib.Path) -> None:
    scene, meant, missing = recorded.scene(name), MEANT.get(name, {}), not_provided(name)
    with LocalMaster(tmp_path, slots=scene["slots"], initial_password=PASSWORD) as master:
        differing = play(scene, master.url, str(tmp_path), hopeless=missing)
    steps = scene["steps"]
    unexpected = {f"[{n}] {steps[n]['name']}": d for n, d in differing.items() if n not in meant and n not in missing}
    assert unexpected == {}
    assert sorted([*meant, *missing]) == sorted(differing), "a difference that is listed is none any more"


def test_every_difference_that_is_listed_has_a_scene_and_a_reason() -> None:
    listed = {**MEANT, **{name: not_provided(name) for name in NOT_PROVIDED}}
    for name, steps in listed.items():
        assert steps
        assert max(steps) < len(recorded.steps_of(name))
        assert all(isinstance(number, int) and len(reason) > 10 for number, reason in steps.items())
