"""Walks the steps and writes down their answers."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import time
import urllib.request
import warnings
from types import SimpleNamespace
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Union

from .names import UNMANAGED, Names
from .plain import plain

# the classes by which a script may catch an exception
CATCHABLE = frozenset(
    {
        "APIException",
        "AssertionError",
        "AttributeError",
        "BadRequestException",
        "BadResponseException",
        "CheckpointStateException",
        "ConnectionError",
        "CorruptTokenCacheException",
        "DeleteFailedException",
        "EmptyResultException",
        "Exception",
        "FileNotFoundError",
        "ForbiddenException",
        "InvalidCredentialsException",
        "InvalidTokenException",
        "KeyError",
        "MasterNotFoundException",
        "MultipleDownloadsFailed",
        "NoDirectStorageAccess",
        "NotFoundException",
        "NotImplementedError",
        "OSError",
        "ProxiedDownloadFailed",
        "RuntimeError",
        "TypeError",
        "UnauthenticatedException",
        "ValueError",
    }
)
LONGEST_MESSAGE = 600

Id = Union[str, int]


class TooLong(BaseException):
    """A step has not answered in time; nothing that a client catches."""


class Tour:
    """One walk: its master, its folder, what it has made, and the answers so far."""

    def __init__(self, master: str, password: str, folder: pathlib.Path) -> None:
        """Describe a walk.

        Parameters:
            master: address of a fresh master without slots, whose users ``admin`` and ``determined`` have the password.
            password: of both users.
            folder: an empty folder, which the master sees as well.
        """
        self.master = master
        self.address = master.partition("://")[2]
        self.password = password
        self.folder = folder
        self.names = Names([(str(folder), "<tmp>"), (master, "<master>"), (self.address, "<hostport>")])
        self.things = SimpleNamespace()  # what one step makes and later ones use
        self.answers: Dict[str, Any] = {}
        self._tokens: Dict[str, str] = {}

    # --- steps ------------------------------------------------------------------------------------------------------

    def step(self, name: str, call: Callable[[], Any], limit: int = 60, warn: bool = False) -> None:
        """Take one step and keep its answer; ``warn`` keeps the warnings that it gave as well."""
        if name in self.answers:
            raise ValueError(f"there are two steps {name}")
        self.answers[name] = self.answer(call, limit, warn)

    def answer(self, call: Callable[[], Any], limit: int = 60, warn: bool = False) -> Any:
        """What a call answers, as plain data; an exception is an answer."""
        signal.signal(signal.SIGALRM, _time_is_up)
        signal.alarm(limit)
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                value = self.plain(call())
            if warn:
                kinds = {w.category.__name__ for w in caught if issubclass(w.category, FutureWarning)}
                return {"value": value, "warned": sorted(kinds)}
            return value
        except TooLong:
            return {"raises": f"<no answer in {limit} s>", "message": "", "catchable": []}
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:
            return self._raised(error)
        finally:
            signal.alarm(0)

    def _raised(self, error: BaseException) -> Dict[str, Any]:
        told = {
            "raises": type(error).__name__,
            "message": self.names.neutral(str(error))[:LONGEST_MESSAGE],
            "catchable": [cls.__name__ for cls in type(error).__mro__ if cls.__name__ in CATCHABLE],
        }
        status = getattr(error, "status_code", None)
        return {**told, "status": status} if isinstance(status, int) else told

    def plain(self, value: Any) -> Any:
        """A value as plain data."""
        return plain(value, self.names)

    # --- what was made ----------------------------------------------------------------------------------------------

    def keep(self, key: str, value: Any) -> Any:
        """Keep a thing for later steps; returns it."""
        setattr(self.things, key, value)
        return value

    def name(self, key: str, experiment: int, trial: Optional[int] = None) -> List[Optional[str]]:
        """Give an experiment and its trial a name; both ids are kept as ``i_KEY`` and ``j_KEY``."""
        self.names.experiments.setdefault(experiment, f"E:{key}")
        self.keep(f"i_{key}", experiment)
        if trial is not None:
            self.names.trials.setdefault(trial, f"T:{key}")
            self.keep(f"j_{key}", trial)
        return [self.names.experiments[experiment], self.names.trials.get(trial or 0)]

    def name_and_keep(self, key: str, experiment: Any) -> Any:
        """Give an experiment a name and keep it under the same key; returns it."""
        self.name(key, experiment.id)
        return self.keep(key, experiment)

    def name_checkpoint(self, uuid: str, tag: str, step: int) -> None:
        """Give a checkpoint a name; its UUID is kept as ``ck_TAG_STEP``."""
        self.names.checkpoints[uuid] = f"ck:{tag}@{step}"
        self.keep(f"ck_{tag}_{step}", uuid)

    def name_what_is_left(self) -> None:
        """Give names to experiments that failed steps left behind."""
        for found in self.rest("GET", "/api/v1/experiments?limit=500&sortBy=SORT_BY_ID")["experiments"]:
            self.names.experiments.setdefault(found["id"], f"E:({UNMANAGED.sub('unmanaged', found['name'])})")

    def experiment(self, number: int) -> Id:
        """The name of an experiment; the id itself where it has none."""
        return self.names.experiment(number)

    def trial(self, number: int) -> Id:
        """The name of a trial; the id itself where it has none."""
        return self.names.trial(number)

    def ids(self, things: Iterable[Any]) -> List[Id]:
        """The names of experiments or of trials, in their order."""
        return [self.experiment(one.id) if hasattr(one, "config") else self.trial(one.id) for one in things]

    # --- around the client ------------------------------------------------------------------------------------------

    def rest(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the master as ``admin`` without any client: what the SDK cannot make, and what is checked."""
        return self._send(method, path, body, self._tokens.get("admin") or self.token("admin"))

    def token(self, user: str) -> str:
        """A new token of a user."""
        login = {"username": user, "password": self.password, "isHashed": False}
        token: str = self._send("POST", "/api/v1/auth/login", login, "")["token"]
        self._tokens[user] = token
        return token

    def _send(self, method: str, path: str, body: Any, token: str) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        request = urllib.request.Request(self.master + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"{}")

    def in_fresh_interpreter(self, code: str, variables: Mapping[str, Optional[str]]) -> Dict[str, Any]:
        """Run code where the client has just been imported; None takes a variable of the environment away.

        Returns the last line that it printed, or the exception's class and message, and the exit code.
        """
        program = "from determined.experimental import client\ntry:\n"
        program += textwrap.indent(code, "    ")
        program += "\nexcept BaseException as error:\n    print('!' + type(error).__name__ + ': ' + str(error))\n"
        environment = {name: value for name, value in {**os.environ, **variables}.items() if value is not None}
        ended = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program],
            env=environment,
            input="",
            capture_output=True,
            text=True,
            timeout=40,
            start_new_session=True,
            cwd=self.folder,
            check=False,
        )
        lines = ended.stdout.strip().splitlines()
        return {"last": lines[-1] if lines else "", "rc": ended.returncode}


def until(ask: Callable[[], Any], holds: Callable[[Any], bool], limit: float = 40, pause: float = 0.25) -> Any:
    """Ask again and again until the answer holds or the time is up; returns the last answer."""
    end = time.monotonic() + limit
    while True:
        value = ask()
        if holds(value) or time.monotonic() > end:
            return value
        time.sleep(pause)


def _time_is_up(*_: Any) -> None:
    raise TooLong


def uuids(checkpoints: Iterable[Any]) -> List[str]:
    """The UUIDs of checkpoints, in their order."""
    return [checkpoint.uuid for checkpoint in checkpoints]
