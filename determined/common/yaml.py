"""YAML as experiment configurations are written in it."""

from __future__ import annotations

import pathlib
import re
import sys
from typing import IO, Any, Dict, Optional, Union

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


class _StrictLoader(_Loader):
    """Refuses a name that stands twice in a mapping, and takes only ``true`` and ``false`` for truth, as YAML 1.2."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:str" and key.value in seen:
                raise yaml.constructor.ConstructorError(
                    "while constructing a mapping",
                    node.start_mark,
                    f"found duplicate key {key.value!r}",
                    key.start_mark,
                )
            seen.add(key.value if isinstance(key.value, str) else id(key))
        return super().construct_mapping(node, deep)


# Without the rule of YAML 1.1 that takes "yes" and "on" for truth.
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool"]
    for first, rules in _StrictLoader.yaml_implicit_resolvers.items()
}
_StrictLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)\Z", re.I), list("tTfF"))


def yaml_safe_load(f: Union[str, bytes, IO[str], IO[bytes]]) -> Any:
    """Return what a YAML document says, plain types only.

    Parameters:
        f: the text, or a file.

    Raises:
        yaml.YAMLError: it is no YAML, or a name stands twice in a mapping.
    """
    return yaml.load(f, Loader=_StrictLoader)


def yaml_safe_dump(
    data: Any, stream: Optional[IO[str]] = None, default_flow_style: Optional[bool] = None
) -> Optional[str]:
    """Write a value as YAML.

    Parameters:
        data: the value, of plain types.
        stream: a file to write to. Defaults to None: the text is returned.
        default_flow_style: True for one line with brackets, False for a line each, None for brackets around what holds
            nothing but single values. Defaults to None.

    Returns:
        The text; None when it was written to a file.
    """
    text: Optional[str] = yaml.safe_dump(data, stream, default_flow_style=default_flow_style)
    return text


def safe_load_yaml_with_exceptions(yaml_file: Union[str, IO[str]]) -> Any:
    """Return what a YAML file says; when it is none, say so on stderr and end the program with status 1.

    Parameters:
        yaml_file: the text, or a file.
    """
    try:
        return yaml_safe_load(yaml_file)
    except yaml.YAMLError as error:
        sys.stderr.write(f"Error: invalid experiment config file.\n{type(error).__name__}: {error}\n")
        sys.exit(1)
