"""The type stub of `bindings`: up to date, and of use to a type checker."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).resolve().parents[4] / "scripts" / "bindings_stub.py"

USER = """\
from typing import List

from determined.common import api
from determined.common.api import bindings
from determined.common.api.bindings import v1Experiment


def names(session: api.Session) -> List[str]:
    page: bindings.v1GetExperimentsResponse = bindings.get_GetExperiments(
        session, limit=3, sortBy=bindings.v1GetExperimentsRequestSortBy.ID, states=[bindings.experimentv1State.ACTIVE]
    )
    first: v1Experiment = v1Experiment.from_json(page.experiments[0].to_json())
    lines = [line.message for line in api.bindings.get_TaskLogs(session, taskId=first.jobId, follow=False)]
    pages = api.read_paginated(lambda offset: bindings.get_GetUsers(session, offset=offset), pages=api.PageOpts.all)
    users = [user.username for page in pages for user in page.users or []]
    try:
        bindings.post_PostUser(session, body=bindings.v1PostUserRequest(password=None, isHashed=bindings.Unset()))
    except bindings.APIHttpStreamError as error:
        lines.append(error.error.message or "")
    return [first.name, *lines, *users, bindings.v1OrderBy.ASC.value]
"""

WRONG = """\
from determined.common import api
from determined.common.api import bindings


def wrong(session: api.Session) -> None:
    bindings.get_GetExperiment(session, 3)
    bindings.get_GetExperiment(session, experimentId="3")
    bindings.v1Note(contents="a")
    bindings.get_Nix(session)
    bindings.get_GetMe(session).user.nix
"""


def test_it_is_made_from_the_facts_as_they_are() -> None:
    assert subprocess.run([sys.executable, str(SCRIPT), "--check"], check=False).returncode == 0


def test_a_type_checker_passes_what_is_right_and_finds_what_is_wrong(tmp_path: pathlib.Path) -> None:
    pytest.importorskip("mypy")
    (tmp_path / "user.py").write_text(USER)
    (tmp_path / "wrong.py").write_text(WRONG)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "user.py", "wrong.py"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    errors = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert [line.split(":")[0:2] for line in errors if not line.startswith("wrong.py")] == []
    assert sorted({line.split(":")[1] for line in errors}) == ["10", "6", "7", "8", "9"], done.stdout
