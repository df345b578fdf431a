"""The pytest plugin: a master for whoever asks, and no cost for whoever does not."""

from __future__ import annotations

import importlib.metadata
import pathlib
import subprocess
import sys

REPOSITORY = pathlib.Path(__file__).parents[2]

USERS_TEST = """
import urllib.request

def test_a_master_is_there(determined_master):
    with urllib.request.urlopen(determined_master.url + "/info") as answer:
        assert b"cluster_id" in answer.read()
    assert determined_master.log_path.exists()

def test_each_test_has_its_own(determined_master, tmp_path):
    assert tmp_path in determined_master.log_path.parents
"""

LOADS = """
import sys, pytest
before = set(sys.modules)
import determined.testing
print(*sorted({name.split(".")[0] for name in set(sys.modules) - before}))
print(*sorted(name for name in sys.modules if name.startswith("determined.")))
"""


def run(folder: pathlib.Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def is_installed() -> bool:
    try:
        points = importlib.metadata.distribution("determined").entry_points
    except importlib.metadata.PackageNotFoundError:
        return False
    return any(point.group == "pytest11" for point in points)


def test_a_test_that_names_the_fixture_has_a_master_of_its_own(tmp_path: pathlib.Path) -> None:
    (tmp_path / "test_users.py").write_text(USERS_TEST)
    # where the package is installed pytest finds the plugin by itself, and would refuse to load it twice
    plugin = [] if is_installed() else ["-p", "determined.testing"]
    ran = run(tmp_path, "-m", "pytest", *plugin, "-p", "no:cacheprovider", "-q", str(tmp_path))
    assert "2 passed" in ran.stdout, ran.stdout + ran.stderr


def test_loading_the_plugin_loads_nothing_else(tmp_path: pathlib.Path) -> None:
    ran = run(tmp_path, "-c", LOADS)
    fresh, ours = ran.stdout.splitlines()
    assert "determined" in fresh.split(), ran.stderr
    assert not {"requests", "urllib3", "yaml", "starlette", "uvicorn", "sqlite3", "click"} & set(fresh.split())
    assert not [name for name in ours.split() if name.startswith(("determined.master", "determined.common"))]


def test_pytest_finds_the_plugin_by_itself() -> None:
    project = (REPOSITORY / "pyproject.toml").read_text()
    assert '[project.entry-points.pytest11]\ndetermined = "determined.testing"\n' in project
    assert "pytest>=7.4" in project
