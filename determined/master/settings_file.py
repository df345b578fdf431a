"""The settings file of a master: YAML with the names of `Settings`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Tuple, Union

from determined.common import yaml

from .settings import DURABILITIES, LOG_LEVELS, RetentionPolicy

_USERS = ("admin", "determined")


def read_settings(path: Union[str, Path]) -> Dict[str, Any]:
    """Return what a settings file says, as arguments of `Settings`; what it does not name, or leaves empty, is absent.

    Parameters:
        path: the file. A relative ``data_dir`` in it is taken from the folder of the file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no YAML mapping, or a setting is unknown or wrong; the message names the file and what is
            possible.
    """
    path = Path(path)
    try:
        given = yaml.load(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    if given is None:  # empty, or comments only
        return {}
    if not isinstance(given, dict):
        raise ValueError(f"{path} must hold a mapping of settings, not {type(given).__name__}")
    unknown = [str(name) for name in given if name not in _READERS]
    if unknown:
        raise ValueError(
            f"{path}: unknown setting {', '.join(unknown)}; the settings are {', '.join(sorted(_READERS))}"
        )
    values: Dict[str, Any] = {}
    for name, value in given.items():
        if value is None:
            continue
        try:
            values[name] = _READERS[name](value)
        except ValueError as error:
            raise ValueError(f"{path}: {name} {error}") from None
    if "data_dir" in values:
        values["data_dir"] = (path.absolute().parent / values["data_dir"].expanduser()).resolve()
    password = values.pop("initial_user_password", None)
    if password is not None:
        values["initial_passwords"] = {**dict.fromkeys(_USERS, password), **values.get("initial_passwords", {})}
    return values


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be text, not {value!r}; put it in quotes")
    return value


def _whole(most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise ValueError(f"must be a whole number from 0 to {most}, not {value!r}")
        return value

    return read


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}, not {value!r}")
        return str(value)

    return read


def _passwords(value: Any) -> Dict[str, str]:
    if not isinstance(value, dict) or not set(value) <= set(_USERS):
        raise ValueError(f"must map {' and '.join(_USERS)} to passwords: there are no other users at first")
    return {name: _text(password) for name, password in value.items()}


def _storage(value: Any) -> Dict[str, Any]:
    from . import expconf

    if not isinstance(value, dict):
        raise ValueError(f"must be a mapping as in an experiment's configuration, not {value!r}")
    try:
        expconf.check_storage(value)
    except expconf.ConfigError as error:
        raise ValueError(f"is wrong: {error.text}") from None
    return value


def _retention(value: Any) -> RetentionPolicy:
    if not isinstance(value, dict) or not set(value) <= set(RetentionPolicy._fields):
        raise ValueError(f"must be a mapping of {' and '.join(RetentionPolicy._fields)}, not {value!r}")
    given = {name: content for name, content in value.items() if content is not None}
    try:
        return check_retention(RetentionPolicy(**given))
    except ValueError as error:
        raise ValueError(f"is wrong: {error}") from None


def check_retention(policy: RetentionPolicy) -> RetentionPolicy:
    """Return the policy if it is one.

    Raises:
        ValueError: its days or its schedule are wrong.
    """
    from .services.schedules import parse_schedule

    days = policy.log_retention_days
    if days is not None and (isinstance(days, bool) or not isinstance(days, int) or not -1 <= days <= 32767):
        raise ValueError(f"log_retention_days must be a whole number from -1 (for ever) to 32767, not {days!r}")
    if not isinstance(policy.schedule, str):
        raise ValueError(f"schedule must be text, not {policy.schedule!r}; put it in quotes")
    parse_schedule(policy.schedule)
    return policy


def _hosts(value: Any) -> Tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        raise ValueError(f"must be a list of names, not {value!r}")
    return tuple(value)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "allowed_hosts": _hosts,
    "checkpoint_storage": _storage,
    "cluster_name": _text,
    "data_dir": lambda value: Path(_text(value)),
    "durability": _one_of(*DURABILITIES),
    "host": _text,
    "initial_passwords": _passwords,
    "initial_user_password": _text,
    "log_level": _one_of(*LOG_LEVELS),
    "port": _whole(2**16 - 1),
    "python": _text,
    "retention_policy": _retention,
    "slots": _whole(100_000),
}
