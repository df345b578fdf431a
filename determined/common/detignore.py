"""Which files of a model directory stay at home: patterns as in ``.gitignore``."""

from __future__ import annotations

import pathlib
from typing import Iterable

FILE_NAME = ".detignore"

DEFAULT_PATTERNS = (
    "__pycache__/",
    "*.py[co]",
    "*$py.class",
    "terraform",
    "terraform_data",
    "terraform.tfstate*",
    "terraform.tfvars*",
    ".terraform*",
    ".git/",
    ".vscode/",
    ".idea/",
    ".mypy_cache/",
    "/shared_fs",
)


class IgnoreRules:
    """The rules of one directory: the built-in ones and those of its ``.detignore``."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        import pathspec

        self._spec = pathspec.GitIgnoreSpec.from_lines([*DEFAULT_PATTERNS, *lines])

    @classmethod
    def of(cls, folder: pathlib.Path) -> "IgnoreRules":
        """Return the rules of a directory."""
        try:
            lines = (folder / FILE_NAME).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            lines = []
        return cls(lines)

    def ignores(self, path: str, *, is_dir: bool) -> bool:
        """Whether an entry stays at home.

        Parameters:
            path: relative to the directory, with slashes.
            is_dir: it is a directory.
        """
        return path == FILE_NAME or self._spec.match_file(path + "/" if is_dir else path)
