"""What masters answer 500 to though the request was at fault, in words for whoever asked."""

from __future__ import annotations

from typing import Iterator, Set

import pytest

from determined.common.api import _refusals, errors
from determined.master.expconf import schema
from determined.master.expconf.nodes import Node, Record, Tagged

INVALID = "invalid experiment configuration: version 0 experiment config is invalid: config is invalid: "
OLD_LIST = "is not an object where object[\"name\"] is one of 'single', 'random', 'grid', 'custom', or 'adaptive_asha'"


def refused(text: str, status_code: int = 500) -> str:
    error = errors.APIException(text)
    return str(errors.told(error, method="POST", path="/api/v1/experiments", status_code=status_code))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            INVALID + '<config>: additionalProperties "entrypont" not allowed',
            'invalid experiment configuration: there is no field "entrypont" (is "entrypoint" meant?)',
        ),
        (
            INVALID + '<config>.resources: additionalProperties "gpus", "x" not allowed',
            'invalid experiment configuration: there is no field "resources.gpus" and no field "resources.x"',
        ),
        (
            INVALID + f"<config>.searcher: {OLD_LIST}",
            "invalid experiment configuration: searcher.name must be one of single, random, grid, async_halving,"
            " adaptive_asha",
        ),
        (
            "invalid experiment configuration: config is invalid or incomplete: <config>.searcher: metric is a required"
            " property\n<config>.searcher: metric is a required property",
            "invalid experiment configuration: searcher.metric is missing",
        ),
        ("invalid UUID length: 4", "that is not a UUID (invalid UUID length: 4)"),
    ],
)
def test_a_refused_configuration_or_uuid_is_told_in_plain_words(text: str, words: str) -> None:
    assert refused(text) == f"{words} [POST /api/v1/experiments: refused]"
    assert refused(text, 400) == f"{words} [POST /api/v1/experiments: 400]"


def test_a_removed_searcher_is_told_with_those_there_are() -> None:
    told = refused("invalid experiment configuration: the 'custom' searcher has been removed and is not valid for new experiments")  # fmt: skip # noqa: E501
    assert "use one of single, random, grid, async_halving, adaptive_asha [" in told


@pytest.mark.parametrize(
    "text", ["managed experiments require entrypoint", "job nojob not found", "file does not exist"]
)
def test_other_refusals_do_not_name_the_masters_log(text: str) -> None:
    assert refused(text) == f"{text} [POST /api/v1/experiments: refused]. Check what was asked for"


@pytest.mark.parametrize("text", ["", "the master failed to answer (KeyError); its log tells more", "EOF"])
def test_a_fault_of_the_master_names_its_log(text: str) -> None:
    assert refused(text).endswith("500]. The master's log says more")


def test_the_masters_own_words_and_status_stay() -> None:
    error = errors.told(errors.APIException("invalid UUID length: 4"), method="GET", path="/x", status_code=500)
    assert (error.message, error.server_message, error.status_code) == (error.args[0], "invalid UUID length: 4", 500)


def fields_of(node: Node) -> Iterator[str]:
    if isinstance(node, Record):
        for name, field in node.fields.items():
            yield name
            yield from fields_of(field.node)
    elif isinstance(node, Tagged):
        for kind in node.kinds.values():
            yield from fields_of(kind)


def test_searchers_and_fields_are_those_of_the_embedded_master() -> None:
    assert set(_refusals.SEARCHERS) == set(schema.SEARCHER.kinds) - set(schema.REMOVED_SEARCHERS)
    known: Set[str] = {*fields_of(schema.EXPERIMENT), "minval", "maxval", "vals", "count"}
    assert {name for name in _refusals.FIELDS if name not in known} <= {"pattern", "exclude", "read_only"}
