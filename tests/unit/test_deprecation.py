"""Warnings about names that have moved."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import warnings
from typing import List

import pytest

from determined import _deprecation
from determined.common.api import Session


def test_the_warning_tells_version_and_replacement_at_the_callers_line() -> None:
    with Session("localhost:1", "ada", "tok", None) as session, pytest.warns(FutureWarning) as caught:
        session.with_retry(retry=3)
    (warning,) = caught
    assert warning.filename == __file__
    assert "0.32.1" in str(warning.message)
    assert "max_retries" in str(warning.message)


def test_one_place_is_told_once() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            _deprecation.renamed("old", "new", "1.0")
        _deprecation.renamed("old", "new", "1.0")
        _deprecation.moved("old", "new", "1.0")
    assert [str(w.message) for w in caught] == [
        "old is deprecated since 1.0: use new instead",
        "old is deprecated since 1.0: use new instead",
        "old has moved since 1.0: it is new now",
    ]


def test_code_in_a_folder_of_a_similar_name_is_not_ours(tmp_path: pathlib.Path) -> None:
    package = pathlib.Path(_deprecation.__file__).parent
    folder = tmp_path / "determined_examples"
    folder.mkdir()
    (tmp_path / "determined").symlink_to(package)
    script = folder / "script.py"
    lines: List[str] = ["import sys", f"sys.path.insert(0, {str(tmp_path)!r})", "from determined import _deprecation"]
    script.write_text("\n".join([*lines, "_deprecation.renamed('old', 'new', '1.0')", ""]))
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert f"{script}:4: FutureWarning: old is deprecated" in ran.stderr
