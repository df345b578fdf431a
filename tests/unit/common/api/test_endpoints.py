"""The endpoint functions: one for each call of the wire contract."""

from __future__ import annotations

import collections
import pathlib
import re

import determined
from determined.common.api.wire import paths
from determined.common.api.wire.endpoint import Endpoint

ENDPOINTS = pathlib.Path(determined.__file__).parent / "common" / "api" / "endpoints"


def test_each_call_of_the_contract_has_one_function() -> None:
    rows = {name for name, value in vars(paths).items() if isinstance(value, Endpoint)}
    used = collections.Counter(
        name for module in ENDPOINTS.glob("*.py") for name in re.findall(r"paths\.([A-Z_0-9]+)", module.read_text())
    )
    assert set(used) == rows
    assert [name for name, count in used.items() if count > 1] == []


def test_no_endpoint_function_loops() -> None:
    for module in ENDPOINTS.glob("[a-z]*.py"):
        if module.name != "plain.py":
            assert not re.search(r"^\s+(for|while) ", module.read_text(), re.MULTILINE), module.name
