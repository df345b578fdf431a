"""Every row and every field of the wire package stands in the API's description, with the same verb, path and type."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, List, Tuple, Union

import pytest
from typing_extensions import Annotated, NotRequired, get_args, get_origin

from determined.common.api.wire.endpoint import Endpoint
from determined.common.api.wire.enums import WireEnum
from determined.common.api.wire.schema import Messages, fields_of, messages_by_endpoint

from .. import recorded

ROWS = sorted(messages_by_endpoint().values(), key=lambda pair: pair[0].name)
Schema = Dict[str, Any]


@pytest.fixture(scope="module")
def description() -> Schema:
    loaded: Schema = recorded.load("api")
    return loaded


def operation_of(description: Schema, row: "Endpoint[Any, Any]") -> Schema:
    path = re.sub(r":int\}", "}", row.path)
    operation: Schema = description["paths"][path][row.method.lower()]
    return operation


def resolved(description: Schema, schema: Schema) -> Schema:
    if "$ref" in schema:
        found: Schema = description["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return found
    if "allOf" in schema:
        return resolved(description, schema["allOf"][0])
    return schema


def bare(hint: Any) -> Any:
    """The type without `NotRequired` and `Optional`."""
    while get_origin(hint) in (NotRequired, Union):
        hint = next(a for a in get_args(hint) if a is not type(None))
    return hint


def mismatches(description: Schema, hint: Any, schema: Schema, where: str, seen: frozenset[Any]) -> Iterator[str]:
    """Say where a type of ours is not the type of the description."""
    hint, schema = bare(hint), resolved(description, schema)
    kind, form = schema.get("type"), schema.get("format")
    if hint is Any or (kind is None and "enum" not in schema):
        return
    if get_origin(hint) is Annotated:
        mark = get_args(hint)[1]
        # wrapped numbers that may be null are described without a format
        if mark != form and not (mark == "double" and kind == "number" and form is None):
            yield f"{where}: {mark}, described as {form}"
    elif get_origin(hint) is list:
        if kind != "array":
            yield f"{where}: a list, described as {kind}"
        else:
            yield from mismatches(description, get_args(hint)[0], schema.get("items", {}), where + "[]", seen)
    elif get_origin(hint) is dict:
        if kind != "object":
            yield f"{where}: a map, described as {kind}"
        elif isinstance(schema.get("additionalProperties"), dict):
            yield from mismatches(description, get_args(hint)[1], schema["additionalProperties"], where + "{}", seen)
    elif isinstance(hint, type) and issubclass(hint, WireEnum):
        if [m.value for m in hint] != schema.get("enum"):
            yield f"{where}: {hint.__name__} has other members"
    elif hint in (str, bool, int, float):
        if kind != {str: "string", bool: "boolean", int: "integer", float: "number"}[hint]:
            yield f"{where}: {hint.__name__}, described as {kind}"
    elif kind != "object":
        yield f"{where}: a message, described as {kind}"
    elif hint not in seen:
        properties = schema.get("properties", {})
        for name, field in fields_of(hint).items():
            if name not in properties:
                yield f"{where}.{name}: not described"
            else:
                yield from mismatches(description, field, properties[name], f"{where}.{name}", seen | {hint})


def row_id(pair: Tuple["Endpoint[Any, Any]", Messages]) -> str:
    return pair[0].name


@pytest.mark.parametrize("pair", ROWS, ids=row_id)
def test_row_is_described_with_its_verb_path_and_parameters(
    description: Schema, pair: Tuple["Endpoint[Any, Any]", Messages]
) -> None:
    row, _ = pair
    operation = operation_of(description, row)
    assert operation["operationId"] == row.name
    assert bool(operation.get("x-streaming")) == row.stream
    in_path = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
    assert [name for name, _ in row.parameters] == in_path


@pytest.mark.parametrize("pair", ROWS, ids=row_id)
def test_messages_have_the_described_fields_and_types(
    description: Schema, pair: Tuple["Endpoint[Any, Any]", Messages]
) -> None:
    row, messages = pair
    operation = operation_of(description, row)
    wrong: List[str] = []
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    wrong += mismatches(description, messages.response, answer, "response", frozenset())
    if row.has_body and "requestBody" in operation:
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        wrong += mismatches(description, messages.request, body, "request", frozenset())
    else:
        described = {p["name"]: p["schema"] for p in operation["parameters"] if p["in"] == "query"}
        for name, hint in fields_of(messages.request).items():
            if name not in described:
                wrong.append(f"query {name}: not described")
            else:
                wrong += mismatches(description, hint, described[name], f"query {name}", frozenset())
    assert wrong == []
