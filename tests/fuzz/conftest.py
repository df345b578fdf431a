"""What the fuzzes share: a master that holds one of everything, and whether they can run at all."""

from __future__ import annotations

import importlib.util
import os
from typing import Iterator, NamedTuple

import pytest

from determined.master import LocalMaster

from ..contract.prepared import Prepared, prepare
from ..contract.probing import add_prober

# how many times the usual number of examples: DET_FUZZ_FACTOR=10 nox -s fuzz
FACTOR = int(os.environ.get("DET_FUZZ_FACTOR", "1"))


class Fuzzed(NamedTuple):
    """A master, and what lies in it."""

    master: LocalMaster
    prepared: Prepared


@pytest.fixture(scope="session", autouse=True)
def needs() -> None:
    """The generators."""
    missing = [name for name in ("hypothesis", "schemathesis") if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not installed (nox -s fuzz does it)")


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    """One prepared master for all tests of a file."""
    with LocalMaster(tmp_path_factory.mktemp("master"), slots=1, log_level="warning", initial_password="") as master:
        prepared = prepare(master)
        add_prober(master.url)
        yield Fuzzed(master, prepared)


@pytest.fixture(autouse=True)
def no_failure(fuzzed: Fuzzed) -> Iterator[None]:
    """No test makes the master fail: its log tells of nothing that nobody meant."""
    log = fuzzed.master.log_path
    before = log.stat().st_size
    yield
    said = log.read_bytes()[before:].decode(errors="replace")
    assert "Traceback" not in said, said[-4000:]
    assert "a request failed" not in said, said[-4000:]
