"""Walking through folders with links in them: always to an end."""

from __future__ import annotations

import os
from typing import FrozenSet, Optional, Set, Tuple, Union

Identity = Tuple[int, int]


class Trail:
    """The way that led to a folder: which of the folders in it are to be entered.

    A link to a folder is followed, unless it leads to a folder above itself. What such a link brings is walked through
    once: another link in it to a folder that it has brought already is not followed.
    """

    def __init__(self, above: FrozenSet[Identity], brought: Optional[Set[Identity]] = None) -> None:
        self._above = above
        self._brought = brought

    @classmethod
    def to(cls, root: Union[str, "os.PathLike[str]"]) -> Trail:
        """Return the trail to the folder in which a walk begins.

        Raises:
            OSError: the folder is not there.
        """
        above = {_identity(os.stat(root))}
        folder = os.path.realpath(root)
        while True:
            try:
                above.add(_identity(os.stat(folder)))
            except PermissionError:
                pass  # no link leads through what cannot be entered
            parent = os.path.dirname(folder)
            if parent == folder:
                return cls(frozenset(above))
            folder = parent

    def into(self, status: os.stat_result, *, is_link: bool) -> Optional[Trail]:
        """Return the trail into a folder of this one; None if it is not to be entered.

        Parameters:
            status: of the folder itself, where a link leads to it.
            is_link: a link leads to it.
        """
        folder = _identity(status)
        if folder in self._above:
            return None
        brought = self._brought
        if is_link:
            if brought is None:
                brought = set()
            elif folder in brought:
                return None
        if brought is not None:
            brought.add(folder)
        return Trail(self._above | {folder}, brought)


def _identity(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino
