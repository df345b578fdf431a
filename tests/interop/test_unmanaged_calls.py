"""What our ``core_v2`` tells a master, held against what the released one tells."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
from typing import Any, Dict, List

import pytest
import yaml

from determined.master import LocalMaster

from .conftest import HERE, PASSWORD, RELEASED_PYTHON
from .relay import Relay

_TASK = re.compile(r"\b1\.[0-9a-f]{8}-[0-9a-f-]{27}")
# What is sent in the background, and so comes between the others when it comes.
_IN_BACKGROUND = ("metrics", "progress", "metadata", "checkpoints")


def told(interpreter: str, how: str, folder: pathlib.Path) -> Dict[str, List[Any]]:
    """What a package tells a fresh master in the course of a trial: the order of calls, and the bodies of each."""
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        master = stack.enter_context(LocalMaster(folder / "m", slots=0, initial_password=PASSWORD))
        relay = Relay(master.url)
        stack.callback(relay.close)
        ended = subprocess.run(
            [interpreter, str(HERE / "drivers" / "unmanaged_calls.py"), how, str(folder.parent / "store")],
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "DET_MASTER": relay.url,
                "DET_USER": "admin",
                "DET_PASS": PASSWORD,
                "DET_RUN_DIR": str(folder / "none"),
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert ended.returncode == (3 if how == "again" else 0), ended
    found: Dict[str, List[Any]] = {"order": [], "logs": []}
    for method, path, body in relay.said:
        call = f"{method} {path}"
        content: Any = as_read(json.loads(_TASK.sub("1.<uuid>", body.decode()))) if body else None
        if path in ("/api/v1/auth/login", "/api/v1/me"):
            continue
        if path == "/task-logs":
            found["logs"].extend(content or [])
            continue
        if path.endswith("progress"):
            # One of the two spells a field as the protocol's file does; masters read both.
            content = content["progress"]
        if not path.endswith(_IN_BACKGROUND):
            found["order"].append(call)
        found.setdefault(call, []).append(content)
    return found


def as_read(value: Any) -> Any:
    """A body as the master reads it: what is null is not there, and the configuration is YAML."""
    if isinstance(value, list):
        return [as_read(item) for item in value]
    if not isinstance(value, dict):
        return value
    read = {name: as_read(item) for name, item in value.items() if item is not None}
    for name in ("uuid", "reportTime", "timestamp"):
        read.pop(name, None)
    if "config" in read:
        read["config"] = yaml.safe_load(read["config"])
    return read


@pytest.mark.parametrize("how", ["new", "again"])
def test_both_packages_tell_a_master_the_same(tmp_path: pathlib.Path, how: str) -> None:
    released, ours = (told(python, how, tmp_path / name) for name, python in PYTHONS.items())
    assert ours == released


PYTHONS = {"released": RELEASED_PYTHON, "ours": sys.executable}
