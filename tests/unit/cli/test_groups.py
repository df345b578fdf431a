"""The shape of the command line: nouns, aliases, default verbs, shortened options, exit statuses."""

from __future__ import annotations

import subprocess
import sys

import pytest

from determined.cli.root import NOUNS, run


def test_every_noun_loads_and_describes_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for noun, (_, aliases, _) in NOUNS.items():
        for name in (noun, *aliases):
            assert run([name, "--help"]) == 0
            assert capsys.readouterr().out.startswith(f"Usage: det {name}")


def test_help_needs_no_master(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    assert run(["experiment", "help"]) == 0
    assert "describe" in capsys.readouterr().out


def test_an_unknown_option_is_a_usage_error() -> None:
    assert run(["experiment", "list", "--nonsense"]) == 2


def test_a_long_option_may_be_shortened_if_only_one_begins_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["experiment", "describe", "x", "--js", "--out", "y"]) == 2
    assert "exclude each other" in capsys.readouterr().err
    assert run(["experiment", "list", "--p", "1", "--l"]) == 2


def test_a_master_that_is_not_there_is_a_failure_with_its_address(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    assert run(["-m", "127.0.0.1:9", "experiment", "describe", "1"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("Failed to describe experiments")
    assert "127.0.0.1:9" in err


def test_the_command_line_starts_without_the_heavy_parts() -> None:
    program = (
        "import sys, determined.cli.root\n"
        "heavy = {'requests', 'starlette', 'uvicorn', 'numpy', 'yaml', 'torch'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
