"""Importing modules of a folder as if this process had started there."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
from types import ModuleType
from typing import Dict, Iterator, List, Union

_lock = threading.Lock()
# The program itself and this package stay what they are, wherever they lie.
_ALWAYS_THERE = frozenset(("__main__", "__mp_main__", "determined"))


@contextlib.contextmanager
def import_from_path(path: Union[str, "os.PathLike[str]"]) -> Iterator[None]:
    """Import modules from a folder, such as the code of a checkpoint, within a ``with`` block.

    The folder is the first place in which modules are looked for. Modules that were imported from the current directory
    are set aside, so that those of the folder with the same names can be imported, and are back afterwards. Modules of
    the folder are forgotten afterwards, though what was taken from them goes on working. Installed packages are shared,
    and no ``__pycache__`` is written.

    Parameters:
        path: the folder.

    Raises:
        RuntimeError: another block is open, in this thread or another.

    Example::

        with determined.import_from_path(checkpoint_path / "code"):
            from model_def import Model
    """
    folder = os.path.abspath(os.fspath(path))
    if not _lock.acquire(blocking=False):
        raise RuntimeError("import_from_path can be neither nested nor used by several threads at once")
    try:
        search_path, writes_nothing = list(sys.path), sys.dont_write_bytecode
        aside = _take_out(os.getcwd())
        sys.path[:] = [folder, *(entry for entry in search_path if entry)]
        sys.dont_write_bytecode = True
        importlib.invalidate_caches()
        try:
            yield
        finally:
            sys.dont_write_bytecode = writes_nothing
            sys.path[:] = search_path
            _take_out(folder)
            sys.modules.update(aside)
            importlib.invalidate_caches()
    finally:
        _lock.release()


def _take_out(folder: str) -> Dict[str, ModuleType]:
    """Remove the modules of a folder, with all below them, from those that are imported, and return them."""
    roots = {
        name
        for name, module in list(sys.modules.items())
        if "." not in name and name not in _ALWAYS_THERE and folder in _places_of(module)
    }
    names = [name for name in list(sys.modules) if name.partition(".")[0] in roots]
    return {name: sys.modules.pop(name) for name in names}


def _places_of(module: ModuleType) -> List[str]:
    """Return the folders in which a top-level module or package lies."""
    # What stands in for a module may have anything, or nothing, under these names.
    file, packages = getattr(module, "__file__", None), getattr(module, "__path__", None)
    try:
        if packages is not None:
            return [os.path.dirname(os.path.abspath(entry)) for entry in packages]
        return [os.path.dirname(os.path.abspath(file))] if isinstance(file, str) else []
    except TypeError:
        return []
