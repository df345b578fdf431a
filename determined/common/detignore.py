"""Which files of a model directory stay at home: patterns as in ``.gitignore``."""

from __future__ import annotations

import os
import pathlib
from typing import Callable, Iterable, Set

from .constants import DEFAULT_DETIGNORE

FILE_NAME = ".detignore"


class IgnoreRules:
    """The rules of one directory: the built-in ones and those of its ``.detignore``."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        import pathspec

        self._spec = pathspec.GitIgnoreSpec.from_lines([*DEFAULT_DETIGNORE, *lines])

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


def make_shutil_ignore(root_path: pathlib.Path) -> Callable[[str, Iterable[str]], Set[str]]:
    """Return what `shutil.copytree` asks about what not to copy.

    Parameters:
        root_path: the directory that is copied, whose ``.detignore`` counts.
    """
    root = os.path.abspath(root_path)
    rules = IgnoreRules.of(pathlib.Path(root))

    def ignore(folder: str, names: Iterable[str]) -> Set[str]:
        below = os.path.relpath(os.path.abspath(folder), root)
        prefix = "" if below == "." else below.replace(os.sep, "/") + "/"
        return {n for n in names if rules.ignores(prefix + n, is_dir=os.path.isdir(os.path.join(folder, n)))}

    return ignore
