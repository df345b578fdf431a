"""The released SDK with our master: each story uses one part of it."""

from __future__ import annotations

import pytest

from .conftest import Released

# the last one deletes checkpoints
STORIES = [
    "logins", "users", "workspaces_and_projects", "experiments", "states", "trials", "logs", "checkpoints", "models",
    "pools", "functions", "removals",
]  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_the_released_sdk_finds_what_it_expects(released: Released, trained: int, story: str) -> None:
    released.drive("sdk.py", story, str(trained))
