"""YAML as experiment configurations are written in it."""

from __future__ import annotations

import pathlib
import re
from typing import IO, Any, Dict, Union

import yaml

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]  # the C loader is there or not
    """Reads ``1e-3`` as a number, as masters do; YAML 1.1 asks for ``1.0e-3``."""


def _read_short_floats(cls: Any) -> None:
    pattern = re.compile(r"[-+]?\d[\d_]*(?:\.[\d_]*)?[eE][-+]?\d+\Z")
    cls.add_implicit_resolver("tag:yaml.org,2002:float", pattern, list("-+0123456789"))


_read_short_floats(_Loader)


def load(text: Union[str, bytes, IO[str], IO[bytes]]) -> Any:
    """Return what a YAML document says, plain types only.

    Raises:
        ValueError: it is no YAML; the place is in the message.
    """
    try:
        return yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError) as error:  # the latter of a date that is none, or of bytes that are no text
        raise ValueError(f"not valid YAML: {error}") from error


def load_file(path: Union[str, pathlib.Path]) -> Dict[str, Any]:
    """Return the mapping in a YAML file.

    Raises:
        ValueError: it is no YAML, or no mapping; the file's name is in the message.
    """
    with open(path, encoding="utf-8") as f:
        try:
            value = load(f)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
    if not isinstance(value, dict):
        raise ValueError(f"{path} must hold a mapping of settings, not {type(value).__name__}")
    return value


class _PlainDumper(yaml.SafeDumper):
    """Writes a value that stands in several places out each time."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_read_short_floats(_PlainDumper)  # text that looks like one is written in quotes
# and so is what masters take for yes and no, though this library does not
_PlainDumper.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"[yYnN]\Z"), list("yYnN"))


def dump(value: Any, *, sort_keys: bool = True) -> str:
    """Return a value as YAML in block style.

    Raises:
        ValueError: it holds something that is no plain type.
    """
    try:
        text: str = yaml.dump(
            value, Dumper=_PlainDumper, default_flow_style=False, sort_keys=sort_keys, allow_unicode=True
        )
    except yaml.representer.RepresenterError as error:
        raise ValueError(f"cannot be written as YAML: {error}") from error
    return text
