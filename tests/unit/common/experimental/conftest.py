"""Fixtures of the SDK's tests: a stub of the master and a session with it."""

from __future__ import annotations

from typing import Iterator

import pytest

from determined.common.api import Session

from .stub_master import StubMaster


@pytest.fixture
def stub() -> Iterator[StubMaster]:
    started = StubMaster()
    yield started
    started.close()


@pytest.fixture
def session(stub: StubMaster) -> Iterator[Session]:
    opened = Session(stub.url, "ada", "token", None, max_retries=0)
    yield opened
    opened.close()
