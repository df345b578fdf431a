"""Names that are imported when they are first used."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("requests", "urllib3", "yaml", "torch", "numpy", "starlette", "boto3", "click", "tqdm", "pandas")


def loaded_by(statement: str) -> str:
    program = f"import sys\n{statement}\nprint(*(m for m in {HEAVY!r} if m in sys.modules))"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("module", ["determined", "determined.common", "determined.common.api", "determined.errors"])
def test_importing_a_package_loads_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import {module}") == ""


def test_a_name_is_loaded_when_it_is_used_and_kept() -> None:
    from determined.common import api
    from determined.common.api._session import Session

    assert api.Session is Session
    assert vars(api)["Session"] is Session
    assert api.errors.__name__ == "determined.common.api.errors"


def test_all_names_are_listed_and_there() -> None:
    from determined.common import api

    assert {"Session", "UnauthSession", "errors", "authentication", "certs"} <= set(dir(api))
    for name in api.__all__:
        getattr(api, name)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    from determined.common import api

    with pytest.raises(AttributeError, match=r"'determined.common.api' has no attribute 'nothing'"):
        _ = api.nothing


def test_only_names_that_mean_something_are_listed() -> None:
    import determined
    from determined import core
    from determined.common import storage

    for package in (determined, core, storage):
        assert not {"annotations", "TYPE_CHECKING", "attach"} & set(dir(package))
    assert {"import_from_path", "common", "core", "LOG_FORMAT"} <= set(dir(determined))
