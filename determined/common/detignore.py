"""Which files of a model directory stay at home: patterns as in ``.gitignore``, which mean what git says."""

from __future__ import annotations

import codecs
import os
import pathlib
import stat
from typing import Callable, Dict, Iterable, List, Set, Union

from . import _wildmatch
from .constants import DEFAULT_DETIGNORE

FILE_NAME = ".detignore"

# Editors of Windows write these; git would see no pattern in such a file, and its secrets would be sent.
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class IgnoreRules:
    """The rules of one directory: the built-in ones and those of its ``.detignore``.

    Parameters:
        text: the content of the ``.detignore``. File names are compared byte by byte, in whatever encoding.
    """

    def __init__(self, text: bytes = b"") -> None:
        patterns = _parsed(DEFAULT_DETIGNORE) + _wildmatch.parse(text)
        self._last_first = patterns[::-1]
        self._folders: Dict[str, bool] = {"": False}

    @classmethod
    def of(cls, folder: pathlib.Path) -> "IgnoreRules":
        """Return the rules of a directory.

        Raises:
            OSError: the ``.detignore`` cannot be read, or is no file.
            ValueError: it says that it is UTF-16 or UTF-32, and is not.
        """
        path = folder / FILE_NAME
        try:
            status = path.stat()
        except FileNotFoundError:
            return cls()
        if not stat.S_ISREG(status.st_mode):
            raise OSError(f"{path} must be a file with patterns")
        content = path.read_bytes()
        for mark, encoding in _WIDE:
            if content.startswith(mark):
                try:
                    return cls(content.decode(encoding).encode("utf-8", "surrogatepass"))
                except UnicodeDecodeError as error:
                    raise ValueError(f"{path} cannot be read as {encoding}, which its first bytes promise") from error
        return cls(content[len(codecs.BOM_UTF8) :] if content.startswith(codecs.BOM_UTF8) else content)

    def ignores(self, path: str, *, is_dir: bool) -> bool:
        """Whether an entry stays at home. What lies in a folder that stays at home does so, too.

        Parameters:
            path: relative to the directory, with slashes.
            is_dir: it is a directory.
        """
        if path == FILE_NAME or self._ignores_folder(path.rpartition("/")[0]):
            return True
        return _wildmatch.is_excluded(self._last_first, os.fsencode(path), is_dir=is_dir)

    def _ignores_folder(self, path: str) -> bool:
        known = self._folders.get(path)
        if known is None:
            known = self._folders[path] = self.ignores(path, is_dir=True)
        return known


def _parsed(lines: Iterable[str]) -> List[_wildmatch.Pattern]:
    return _wildmatch.parse("\n".join(lines).encode())


def make_shutil_ignore(root_path: Union[str, "os.PathLike[str]"]) -> Callable[[str, Iterable[str]], Set[str]]:
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
