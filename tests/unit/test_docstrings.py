"""Docstrings of the SDK tell every parameter, what is returned, and what is raised."""

from __future__ import annotations

import inspect
import re
from typing import Any, Callable, Dict, List

import pytest

from determined.common.experimental.metrics import TrialMetrics
from determined.common.experimental.oauth2_scim_client import Oauth2ScimClient
from determined.experimental import client

CLASSES = [
    client.Checkpoint, client.Determined, client.Experiment, client.Model, client.ModelVersion, client.Project,
    client.ResourcePool, client.Trial, client.User, client.Workspace, Oauth2ScimClient, TrialMetrics,
]  # fmt: skip
# They ask no master and cannot fail.
NEVER_RAISE = {"client.get_session_username", "Determined.get_session_username"}


def find_callables() -> Dict[str, Callable[..., Any]]:
    """Return all public functions and methods by name, but for the names of earlier releases."""
    found = {f"client.{name}": getattr(client, name) for name in client.__all__ if name.islower()}
    for one in CLASSES:
        for name in dir(one):
            value = inspect.getattr_static(one, name)
            value = getattr(value, "__func__", value)
            is_own = inspect.isfunction(value) and not name.startswith("_") and "__wrapped__" not in vars(value)
            if is_own:
                found[f"{one.__name__}.{name}"] = value
    return found


CALLABLES = find_callables()


def sections_of(doc: str) -> Dict[str, str]:
    parts = re.split(r"^(Parameters|Returns|Yields|Raises|Example):$", inspect.cleandoc(doc), flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2]))}


@pytest.mark.parametrize("name", sorted(CALLABLES))
def test_a_docstring_is_complete(name: str) -> None:
    function = CALLABLES[name]
    sections = sections_of(function.__doc__ or "")
    told = re.findall(r"^    (\w+): \S", sections.get("Parameters", ""), flags=re.MULTILINE)
    parameters = [one for one in inspect.signature(function).parameters if one != "self"]
    assert told == parameters
    assert sections[""].strip()
    assert not re.search(r"\bsee `Determined\.", sections[""])
    answers = inspect.signature(function).return_annotation not in ("None", None)
    assert not answers or re.search(r"[Rr]eturn|Iterate", sections[""]) or "Returns" in sections
    assert name in NEVER_RAISE or "Raises" in sections


@pytest.mark.parametrize("name", sorted(CALLABLES))
def test_defaults_are_told(name: str) -> None:
    told = sections_of(CALLABLES[name].__doc__ or "").get("Parameters", "")
    missing: List[str] = []
    for parameter in inspect.signature(CALLABLES[name]).parameters.values():
        found = re.search(rf"^    {parameter.name}: (.*(?:\n     .*)*)", told, flags=re.MULTILINE)
        has_default = parameter.default is not inspect.Parameter.empty
        if found and has_default and not re.search(r"default|without|only|None|leaves", found.group(1)):
            missing.append(parameter.name)
    assert missing == []
