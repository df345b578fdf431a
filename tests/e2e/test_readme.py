"""What README says works as it is written there, and the documents name no command that does not exist."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
from typing import List

import click
import pytest

from determined.cli.root import root

from ..conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [REPOSITORY / "README.md", REPOSITORY / "CHANGELOG.md", *(REPOSITORY / "docs").glob("*.md")]


def blocks_of(language: str) -> List[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", range(len(blocks_of("python"))))
def test_a_python_snippet_runs_as_typed_in_any_folder(number: int, tmp_path: pathlib.Path) -> None:
    script, home = tmp_path / "work" / "snippet.py", tmp_path / "home"
    script.parent.mkdir()
    home.mkdir()
    script.write_text(blocks_of("python")[number], encoding="utf-8")
    # as in a shell of somebody who has just installed the package
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DET_", "XDG_", "PYTHON"))}
    environment.update(
        HOME=str(home), PATH=os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ["PATH"]])
    )
    done = subprocess.run(
        [sys.executable, script.name], cwd=script.parent, env=environment, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "its weight: " in done.stdout


def test_there_is_one_python_snippet() -> None:
    assert len(blocks_of("python")) == 1


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_documents_name_only_commands_that_exist(document: pathlib.Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"(?:`|^)(?:\.venv/bin/)?det ((?:[a-z][a-z-]* ?)+)", text, flags=re.MULTILINE)
    for words in named:
        command: click.Command = root
        for word in words.split():
            if not isinstance(command, click.Group):
                break  # the rest are arguments
            found = command.get_command(click.Context(command), word)
            assert found is not None, f"{document.name} names 'det {words.strip()}', of which there is no {word!r}"
            command = found
