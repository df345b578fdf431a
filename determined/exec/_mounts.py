"""Bind mounts of a task that runs without a container: links in its working directory."""

from __future__ import annotations

import os

from ._preparation import PreparationFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Mapping, Optional, Sequence

    Tell = Callable[[str, str], None]

_CONTAINER_WORKDIR = "/run/determined/workdir"


def link_mounts(mounts: Sequence[Mapping[str, Any]], workdir: str, tell: Tell, *, is_own: bool = True) -> None:
    """Make the bind mounts of a configuration visible to a task, without a change outside of its own folders.

    A mount in the working directory (``container_path`` relative, or below ``/run/determined/workdir``, where
    containers have theirs) becomes a link to ``host_path``. It hides what the model directory has at its place. Any
    other mount is there already if the machine shows the same file at both paths; else a warning in the task's log
    says that it is not. ``read_only`` is not enforced, which is told as well; ``propagation`` means nothing for links.

    Parameters:
        mounts: each with ``host_path``, ``container_path`` and, if wanted, ``read_only``.
        workdir: where the task runs; its files are there.
        tell: adds a line to the task's log, with a level.
        is_own: the working directory was made for this task. Nothing is put into another, and nothing is hidden in it.

    Raises:
        PreparationFailed: a ``host_path`` is relative or not there, as containers do not start either then.
    """
    for mount in _outer_first(mounts):
        host, wanted = str(mount["host_path"]), str(mount["container_path"])
        if not os.path.isabs(host):
            raise PreparationFailed(f"the bind mount's host_path {host!r} is relative: write the whole path")
        if not os.path.exists(host):
            raise PreparationFailed(f"the bind mount's host_path {host!r} does not exist on this machine")
        if _is_same_file(host, wanted):
            continue
        problem = _link(host, wanted, workdir, tell) if is_own else "the working directory is not the task's own"
        if problem is not None:
            tell(
                "WARNING",
                f"{host} is not mounted at {wanted}: {problem}. Read {host} instead, or choose a container_path that is"
                " relative to the working directory",
            )
        elif mount.get("read_only"):
            tell("WARNING", f"{host} is linked at {wanted}: that it is read_only is not enforced without a container")


def _outer_first(mounts: Sequence[Mapping[str, Any]]) -> List[Mapping[str, Any]]:
    return sorted(mounts, key=lambda mount: os.path.normpath(str(mount["container_path"])).count("/"))


def _is_same_file(host: str, wanted: str) -> bool:
    return os.path.isabs(wanted) and os.path.exists(wanted) and os.path.samefile(host, wanted)


def _link(host: str, wanted: str, workdir: str, tell: Tell) -> Optional[str]:
    """Link a mount's place in the working directory; return why it cannot be, if so."""
    place = os.path.normpath(wanted)
    if os.path.isabs(place):
        if not place.startswith(_CONTAINER_WORKDIR + "/"):
            return "this master runs tasks without containers, so nothing can be mounted outside of their folders"
        place = os.path.relpath(place, _CONTAINER_WORKDIR)
    if place == "." or place == ".." or place.startswith("../"):
        return "a link must lie in the working directory"
    path = os.path.join(workdir, place)
    folder = os.path.dirname(path)
    top, real = os.path.realpath(workdir), os.path.realpath(folder)
    if real != top and not real.startswith(top + os.sep):
        return "its folder is a link that leads out of the working directory"
    try:
        os.makedirs(folder, exist_ok=True)
        if os.path.lexists(path):
            tell("WARNING", f"the bind mount of {host} hides {place} of the model directory")
            _remove(path)
        os.symlink(host, path)
    except OSError as e:
        return f"no link can be made: {e}"
    return None


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        import shutil

        shutil.rmtree(path)
    else:
        os.remove(path)
