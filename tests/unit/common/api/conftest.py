"""Fixtures of the connection's tests."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import List

import pytest

from determined.common.api import _retry


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> List[float]:
    """The seconds that the retry loop wanted to wait; it does not wait."""
    slept: List[float] = []
    monkeypatch.setattr(_retry, "time", SimpleNamespace(sleep=slept.append, time=time.time))
    return slept
