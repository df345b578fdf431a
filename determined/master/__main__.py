"""``python -m determined.master``: one master in the foreground."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional

from .background import default_folder
from .settings import DURABILITIES, LOG_LEVELS, RetentionPolicy, Settings

_PASSWORD_VARIABLE = "DET_INITIAL_USER_PASSWORD"
# shortened as far as the parser takes it
_PASSWORD_OPTION = re.compile(r"--initial-u[a-z-]*(=|$)")
_LONGEST_PASSWORD = 4096


def parse_arguments(arguments: Optional[List[str]] = None) -> Settings:
    """Return the settings of a command line and of the file it names; what the command line says counts."""
    from .settings_file import check_retention, read_settings

    parser = _make_parser()
    given = vars(parser.parse_args(arguments))
    values: Dict[str, Any] = {}
    file = given.pop("config", None)
    if file is not None:
        try:
            values = read_settings(file)
        except (OSError, ValueError) as error:
            parser.error(str(error))
    try:
        password = _pop_password(given)
    except (OSError, ValueError) as error:
        parser.error(f"the initial password cannot be read: {error}")
    retention = values.get("retention_policy", RetentionPolicy())._replace(**_pop_retention(given))
    values["allowed_hosts"] = (*values.get("allowed_hosts", ()), *given.pop("allowed_host", ()))
    values.update(given)
    if password is not None:
        values["initial_passwords"] = dict.fromkeys(("admin", "determined"), password)
    if not 0 <= values.get("port", 0) < 2**16:
        parser.error("--port must be between 0 and 65535")
    if (values.get("slots") or 0) < 0:
        parser.error("--slots must not be negative")
    try:
        values["retention_policy"] = check_retention(retention)
    except ValueError as error:
        parser.error(str(error))
    data_dir = values.pop("data_dir", None) or default_folder() / "master"
    return Settings(data_dir=data_dir.absolute(), **values)


def _pop_password(given: Dict[str, Any]) -> Optional[str]:
    """Take the initial password of a command line, else of the environment; None when there is none."""
    variable = os.environ.pop(_PASSWORD_VARIABLE, None)
    direct: Optional[str] = given.pop("initial_user_password", None)
    file, descriptor = given.pop("initial_password_file", None), given.pop("initial_password_fd", None)
    if direct is not None:
        return direct
    if descriptor is not None:
        with open(descriptor, "rb") as pipe:
            return pipe.read().decode()
    if file == "-":
        return sys.stdin.readline().rstrip("\r\n")
    if file is not None:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    return variable or None


def _pop_retention(given: Dict[str, Any]) -> Dict[str, Any]:
    """Take what a command line says of retention, by the names of `RetentionPolicy`."""
    options = {"log_retention_days": "log_retention_days", "schedule": "log_retention_schedule"}
    return {name: given.pop(option) for name, option in options.items() if option in given}


def _make_parser() -> argparse.ArgumentParser:
    # an option that is not given leaves no trace: then the file counts, and at last the default of `Settings`
    parser = argparse.ArgumentParser(
        prog="python -m determined.master", description=__doc__, argument_default=argparse.SUPPRESS
    )
    parser.add_argument("--config", type=Path, help="YAML file of settings; options of the command line count for more")
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on, 0 for a free one (default 8080)")
    parser.add_argument(
        "--allowed-host",
        action="append",
        metavar="NAME",
        help="a name that requests may call the master by, beside its own address; may be given again",
    )
    parser.add_argument(
        "--data-dir", type=Path, help=f"folder of everything the master keeps (default {_shown_folder()})"
    )
    parser.add_argument("--slots", type=int, help="slots to offer (default: the GPUs, or else one per CPU core)")
    parser.add_argument(
        "--initial-user-password",
        metavar="PASSWORD",
        help="password of 'admin' and 'determined' in a new folder; '' for none, on loopback only"
        f" (default: ${_PASSWORD_VARIABLE}, else one that is made up and printed once)",
    )
    parser.add_argument(
        "--initial-password-file", metavar="FILE", help="file of the initial password; '-' for a line of standard input"
    )
    parser.add_argument("--initial-password-fd", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--report-fd", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--durability", choices=DURABILITIES, help="sync every commit with 'full' (default normal)")
    parser.add_argument("--cluster-name", help="name shown to users")
    parser.add_argument("--python", help="interpreter that runs the tasks (default: the master's own)")
    parser.add_argument("--log-level", choices=LOG_LEVELS, help="of the master's own log (default info)")
    parser.add_argument(
        "--log-retention-days",
        type=int,
        help="days that logs are kept after the end of their task, -1 for ever (default -1)",
    )
    parser.add_argument(
        "--log-retention-schedule",
        help="when logs past their time are removed: a duration, or the five fields of cron (default 24h)",
    )
    parser.add_argument("--stop-with-parent", action="store_true", help="stop when standard input closes")
    return parser


def _shown_folder() -> str:
    try:
        return str(default_folder() / "master")
    except RuntimeError:  # there is no home folder
        return "none here: it must be given"


def _hide_password(arguments: List[str]) -> None:
    """Start this program anew without the password among its arguments and variables, where others can read it.

    Returns when there is none. The process stays the same.
    """
    rest: List[str] = []
    password: Optional[str] = None
    words = iter(arguments)
    for word in words:
        if not _PASSWORD_OPTION.match(word):
            rest.append(word)
            continue
        _, separator, value = word.partition("=")
        found = value if separator else next(words, None)
        if found is None:
            return  # the parser says what is missing
        password = found
    variable = os.environ.get(_PASSWORD_VARIABLE)
    if not password and variable is None:
        return  # none, or the empty one: there is nothing to hide
    if password is None and variable and not any(word.startswith("--initial-password") for word in rest):
        password = variable
    if password is not None:
        if len(password.encode()) > _LONGEST_PASSWORD:
            raise SystemExit(f"the initial password is longer than {_LONGEST_PASSWORD} bytes")
        read, write = os.pipe()
        os.write(write, password.encode())
        os.close(write)
        os.set_inheritable(read, True)
        rest += ["--initial-password-fd", str(read)]
    own: List[str] = getattr(sys, "orig_argv", [])  # since Python 3.10
    start = own[1 : len(own) - len(arguments)] if own else ["-m", "determined.master"]
    environment = {name: value for name, value in os.environ.items() if name != _PASSWORD_VARIABLE}
    os.execve(sys.executable, [sys.executable, *start, *rest], environment)


def main() -> int:
    """Run a master until it is told to stop."""
    _hide_password(sys.argv[1:])
    settings = parse_arguments()
    # what the master writes is for its owner alone; its tasks get the umask that it was started with
    umask = os.umask(0o077)
    from .server import serve

    return serve(settings, task_umask=umask)


if __name__ == "__main__":
    sys.exit(main())
