"""Where a user's own files go; also for one without a home, such as the user of a container that has any number."""

from __future__ import annotations

import logging
import os
import pathlib
import stat
import sys
import tempfile
from typing import Optional

logger = logging.getLogger("determined")

_EFFECTIVE = os.access in os.supports_effective_ids


def home() -> Optional[pathlib.Path]:
    """Return the user's home; None where the environment names none, and the system knows no such user."""
    found = os.path.expanduser("~")
    return None if found == "~" else pathlib.Path(found)


def data_root() -> pathlib.Path:
    """Return the folder of all programs' user data.

    Where there is none, and none can be made, it is a folder among the temporary files that only this user may read,
    and a warning says so.
    """
    own = home()
    root: Optional[pathlib.Path] = None
    if sys.platform == "darwin":
        root = own and own / "Library" / "Application Support"
    elif sys.platform == "win32":
        told = os.environ.get("LOCALAPPDATA")
        root = pathlib.Path(told) if told else own and own / "AppData" / "Local"
    else:
        told = os.environ.get("XDG_DATA_HOME")
        root = pathlib.Path(told) if told else own and own / ".local" / "share"
    if root is not None and _can_be_made(root):
        return root
    folder = _private_temporary()
    logger.warning(
        "there is no home folder to keep data in: it goes to %s, which may not last. Set HOME or XDG_DATA_HOME", folder
    )
    return folder


def _can_be_made(folder: pathlib.Path) -> bool:
    """Whether a folder is there, or can be made by whom may write to the folder above it."""
    for place in (folder, *folder.parents):
        try:
            if place.is_dir():
                return place == folder or os.access(place, os.W_OK | os.X_OK, effective_ids=_EFFECTIVE)
        except OSError:
            return False
    return True


def _private_temporary() -> pathlib.Path:
    """Return a folder that is the same for all processes of the user, and that nobody else has made."""
    user = os.getuid() if hasattr(os, "getuid") else "data"
    folder = pathlib.Path(tempfile.gettempdir(), f"determined-{user}")
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        is_own = not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not stat.S_IMODE(found.st_mode) & 0o077)
        if not (stat.S_ISDIR(found.st_mode) and is_own):
            return pathlib.Path(tempfile.mkdtemp(prefix="determined-"))
    return folder
