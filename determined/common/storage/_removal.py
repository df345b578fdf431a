"""Which entries of a stored folder go: what is removed is found without following links."""

from __future__ import annotations

import os
from typing import Iterable, Iterator, List

from ._tree import StrPath, list_directory
from .base import glob_selector


def match_for_removal(root: StrPath, globs: Iterable[str]) -> List[str]:
    """Return which entries of a folder to remove, of whatever kind, so that what the patterns match is gone.

    A link is an entry like a file, and has no "/" at its end. One to a folder goes if the patterns match it, or all
    that is stored through it: files elsewhere cannot go one by one.

    Parameters:
        root: the folder.
        globs: see `StorageManager.delete`.

    Raises:
        ValueError: a pattern is absolute or holds "..".
    """
    is_wanted = glob_selector(globs)
    stored = list_directory(root, is_stored=True)
    found: List[str] = []
    for path in _all_below(os.fspath(root), ""):
        if not is_wanted(path) and path + "/" in stored:
            through = [name for name in stored if name.startswith(path + "/") and not name.endswith("/")]
            if through and all(is_wanted(name) for name in through):
                found.append(path)
        elif is_wanted(path):
            found.append(path)
    return found


def _all_below(folder: str, prefix: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        if entry.is_dir(follow_symlinks=False):
            yield f"{prefix}{entry.name}/"
            yield from _all_below(entry.path, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name
