"""What the tests with the released client need: its interpreter, and a master of ours that it talks to.

``DET_RELEASED_PYTHON`` names a Python that has ``determined==0.38.1``; without it nothing here is collected, and
what is named is skipped.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
from typing import Any, Dict, Iterator, List, NamedTuple, Optional

import pytest
import yaml

from determined.master import LocalMaster

HERE = pathlib.Path(__file__).resolve().parent
RELEASED_PYTHON = os.environ.get("DET_RELEASED_PYTHON", "")
PASSWORD = "Passw0rd!x"
# where the released package looks for the files of the task it runs in
CLUSTER_FILES = pathlib.Path("/run/determined")


@pytest.fixture(scope="session", autouse=True)
def released_python() -> str:
    """The interpreter that has the released package."""
    if not RELEASED_PYTHON:
        pytest.skip("DET_RELEASED_PYTHON names no interpreter that has determined==0.38.1 (nox -s interop makes one)")
    return RELEASED_PYTHON


class Outcome(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


class Released:
    """The released client, logged in to one master of ours."""

    def __init__(self, master: str, home: pathlib.Path) -> None:
        self.master = master
        self.home = home
        self._environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("DET_") and name not in ("PYTHONPATH", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
        }
        self._environment.update(
            DET_MASTER=master,
            DET_USER="admin",
            DET_PASS=PASSWORD,
            DET_DEBUG_CONFIG_PATH=str(home / "config"),
            XDG_DATA_HOME=str(home / "data"),
            COLUMNS="250",
            PYTHONWARNINGS="ignore",
        )

    def run(
        self,
        *arguments: str,
        cwd: Optional[pathlib.Path] = None,
        given: str = "",
        environment: Optional[Dict[str, str]] = None,
    ) -> Outcome:
        """Run the released interpreter in a folder that holds no package named determined; "" takes a variable away."""
        ended = subprocess.run(
            [RELEASED_PYTHON, *arguments],
            cwd=cwd or self.home,
            env={name: value for name, value in {**self._environment, **(environment or {})}.items() if value},
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Outcome(ended.returncode, ended.stdout, ended.stderr)

    def drive(self, driver: str, *arguments: str) -> str:
        """Run one of the drivers, which must succeed; return what it printed."""
        outcome = self.run(str(HERE / "drivers" / driver), *arguments)
        assert outcome.code == 0, f"{driver} {arguments}:\n{outcome.out}\n{outcome.err}"
        return outcome.out

    def det(self, *arguments: str, code: int = 0, given: str = "", environment: Optional[Dict[str, str]] = None) -> str:
        """Run the released ``det``, which must exit with this code; return what it printed."""
        outcome = self.run("-m", "determined.cli", *arguments, given=given, environment=environment)
        assert outcome.code == code, f"det {' '.join(arguments)}:\n{outcome.out}\n{outcome.err}"
        assert "Traceback" not in outcome.err, outcome.err
        return outcome.out

    def config(self, *, script: str = "train.py", steps: int = 3, seconds: float = 0.0, **more: Any) -> Dict[str, Any]:
        """A configuration whose trials run a script of ``model/`` with the released package."""
        return {
            "name": "released",
            "entrypoint": ["sh", "run.sh", script],
            "hyperparameters": {"steps": steps, "seconds": seconds, "x": 0.5},
            "searcher": {
                "name": "single",
                "metric": "accuracy",
                "smaller_is_better": False,
                "max_length": {"batches": steps},
            },
            "environment": {"environment_variables": [f"DET_RELEASED_PYTHON={RELEASED_PYTHON}"]},
            # not of type shared_fs: that the released package looks for in one fixed place when it runs in a task
            "checkpoint_storage": {"type": "directory", "container_path": str(self.home / "checkpoints")},
            "data": {"greeting": "hello"},
            "resources": {"slots_per_trial": 1},
            "max_restarts": 0,
            **more,
        }

    def write_config(self, **config: Any) -> str:
        """Write a configuration for `model/` to a new file and return its path."""
        path = self.home / f"config-{len(list(self.home.glob('config-*')))}.yaml"
        path.write_text(yaml.safe_dump(self.config(**config)))
        return str(path)

    def create(self, *options: str, **config: Any) -> int:
        """Create an experiment of ``model/`` with the released ``det`` and return its number."""
        said = self.det("experiment", "create", *options, self.write_config(**config), str(HERE / "model"))
        found = re.search(r"Created experiment (\d+)", said)
        assert found, said
        return int(found.group(1))

    def wait(self, experiment: int, code: int = 0) -> None:
        """Wait until an experiment has ended; ``det`` must exit with this code."""
        outcome = self.run("-m", "determined.cli", "experiment", "wait", str(experiment), "--polling-interval", "1")
        if outcome.code != code:
            logs = self.run("-m", "determined.cli", "experiment", "logs", str(experiment)).out
            pytest.fail(f"experiment {experiment}: {outcome}\n{logs}")

    def read(self, *arguments: str) -> Any:
        """Run the released ``det`` and parse the JSON that it prints."""
        return json.loads(self.det(*arguments, "--json"))


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Released]:
    """The released client and a master of ours with one slot, for all tests here."""
    home = tmp_path_factory.mktemp("released")
    with LocalMaster(tmp_path_factory.mktemp("master"), slots=1, initial_password=PASSWORD) as master:
        yield Released(master.url, home)


@pytest.fixture(scope="session")
def cluster_files() -> Iterator[pathlib.Path]:
    """The place where the released package looks for the files of its task, free for trials of these tests."""
    if CLUSTER_FILES.exists() and not CLUSTER_FILES.is_symlink():
        pytest.skip(f"{CLUSTER_FILES} is there already: this machine runs a task of another master")
    if not os.access(CLUSTER_FILES.parent, os.W_OK):
        pytest.skip(f"{CLUSTER_FILES}, where the released package looks for its task, cannot be made")
    yield CLUSTER_FILES
    if CLUSTER_FILES.is_symlink():
        CLUSTER_FILES.unlink()


@pytest.fixture(scope="session")
def trained(released: Released, cluster_files: pathlib.Path) -> int:
    """An experiment of two trials that the released package has trained to the end."""
    storage = {"type": "directory", "container_path": str(released.home / "checkpoints"), "save_trial_latest": 5}
    number = released.create(
        hyperparameters={"steps": 3, "seconds": 0.0, "x": {"type": "categorical", "vals": [0.25, 0.5]}},
        searcher={"name": "grid", "metric": "accuracy", "smaller_is_better": False, "max_length": {"batches": 3}},
        checkpoint_storage=storage,
    )
    released.wait(number)
    return number


def rows_of(table: str) -> List[Dict[str, str]]:
    """The rows of a table that ``det`` printed, by column."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if "|" in line]
    rows = [line for line in lines if not set("".join(line)) <= set("-+=")]
    return [dict(zip(rows[0], row)) for row in rows[1:]] if rows else []
