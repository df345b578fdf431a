"""The script that type checkers accept does what it says: the types of fields are those of the objects."""

from __future__ import annotations

import pathlib
import subprocess
import sys

from determined.master import LocalMaster

TESTS = pathlib.Path(__file__).resolve().parents[1]


def test_the_typed_script_runs(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    script = [sys.executable, str(TESTS / "typing" / "user_script.py"), master.url, str(TESTS / "notebook" / "model")]
    done = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    assert "COMPLETED" in done.stdout
    assert done.stdout.splitlines()[-1] == '404 Model "None" Not Found'
