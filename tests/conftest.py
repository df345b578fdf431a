"""What all tests share: masters of their own, and a watch on what they leave behind."""

from __future__ import annotations

import importlib.util
import os
import pathlib
import threading
from typing import Iterator, List

import pytest

from determined.master import LocalMaster

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
# tests with needs of their own, which a nox session installs; without them they are collected only when they are named
HAS_TORCH = importlib.util.find_spec("torch") is not None
NEEDS = {
    "fuzz": all(importlib.util.find_spec(name) for name in ("hypothesis", "schemathesis")),
    "interop": bool(os.environ.get("DET_RELEASED_PYTHON")),
    "e2e/test_transformers.py": HAS_TORCH and importlib.util.find_spec("transformers") is not None,
    **dict.fromkeys(("unit/pytorch", "e2e/test_torch.py", "e2e/test_pytorch.py"), HAS_TORCH),
}
collect_ignore = [path for path, are_met in NEEDS.items() if not are_met]


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test sees the login, the certificates or the settings of whoever runs it."""
    for name in [n for n in os.environ if n.startswith("DET_")]:
        monkeypatch.delenv(name)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DET_DEBUG_CONFIG_PATH", str(tmp_path_factory.mktemp("config")))
    # where no task has left its files, whatever else this machine runs
    monkeypatch.setenv("DET_RUN_DIR", str(tmp_path_factory.mktemp("run")))


@pytest.fixture
def master(tmp_path: pathlib.Path) -> Iterator[LocalMaster]:
    """A fresh master with two slots, for one test."""
    with LocalMaster(tmp_path / "master", slots=2, initial_password="") as started:
        yield started
    assert processes_of(tmp_path) == [], "the master left processes behind"


def processes_of(folder: pathlib.Path) -> List[str]:
    """Command lines of the processes that mention a folder; always empty where there is no /proc."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in command and process.name != str(os.getpid()):
            found.append(command)
    return found


@pytest.fixture(scope="session", autouse=True)
def no_threads_left() -> Iterator[None]:
    """Threads that are not daemons and outlive the tests are a leak."""
    before = set(threading.enumerate())
    yield
    left = [t.name for t in threading.enumerate() if t not in before and not t.daemon]
    assert left == []
