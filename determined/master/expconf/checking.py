"""Which values are right: a node and a value give the list of errors, in the real master's words."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, Iterator, List, Tuple

from .errors import ConfigError
from .nodes import Choice, Field, ListOf, MapOf, Node, OneOf, Record, Scalar, Tagged


def check_layer(node: Node, value: Any) -> None:
    """Refuse a value that is wrong as one layer of a configuration: what is missing may come from another layer.

    Raises:
        ConfigError: with all errors, a line each.
    """
    errors = _sorted_errors(node, value, is_complete=False)
    if errors:
        raise ConfigError(f"config is invalid: {errors}")


def check_complete(node: Node, value: Any) -> None:
    """Refuse a value that is wrong or lacks something when all layers are merged.

    Raises:
        ConfigError: with all errors, a line each.
    """
    errors = _sorted_errors(node, value, is_complete=True)
    if errors:
        raise ConfigError(f"config is invalid or incomplete: {errors}")


def _sorted_errors(node: Node, value: Any, *, is_complete: bool) -> str:
    top = Field(node, is_nullable=False)
    return "\n".join(sorted(_field_errors(top, value, "<config>", is_complete)))


def _field_errors(field: Field, value: Any, path: str, is_complete: bool) -> Iterator[str]:
    node = field.node
    if value is None and field.is_nullable:
        return
    if node.types and not _has_one_of(value, node.types):
        expected = " or ".join(node.types + (("null",) if field.is_nullable else ()))
        yield f"{path}: expected {expected}, but got {type_name(value)}"
        return
    check = _CHECKS.get(type(node))
    if check is not None:
        yield from check(node, value, path, is_complete)


def _scalar_errors(node: Scalar, value: Any, path: str, is_complete: bool) -> Iterator[str]:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if node.minimum is not None and value < node.minimum:
            yield f"{path}: must be >= {node.minimum} but found {value}"
        if node.above is not None and value <= node.above:
            yield f"{path}: must be > {node.above} but found {value}"
        if node.maximum is not None and value > node.maximum:
            yield f"{path}: must be <= {node.maximum} but found {value}"
    if node.rule is not None:
        yield from (f"{path}{below}: {text}" for below, text in node.rule(value))


def _choice_errors(node: Choice, value: Any, path: str, is_complete: bool) -> Iterator[str]:
    if value not in node.words:
        words = ", ".join("<nil>" if word is None else json.dumps(word) for word in node.words)
        yield f"{path}: value must be one of {words}"


def _list_errors(node: ListOf, value: List[Any], path: str, is_complete: bool) -> Iterator[str]:
    entry = Field(node.item, is_nullable=False)
    for i, item in enumerate(value):
        yield from _field_errors(entry, item, f"{path}[{i}]", is_complete)


def _map_errors(node: MapOf, value: Dict[str, Any], path: str, is_complete: bool) -> Iterator[str]:
    entry = Field(node.item, is_nullable=False)
    for key, item in value.items():
        yield from _field_errors(entry, item, f"{path}.{key}", is_complete)


def _record_errors(node: Record, value: Dict[str, Any], path: str, is_complete: bool) -> Iterator[str]:
    missing = [key for key in node.required if key not in value]
    if missing:
        yield f"{path}: missing properties: {_quoted(missing)}"
    unknown = [key for key in value if key not in node.fields]
    if unknown and node.is_closed:
        yield f"{path}: additionalProperties {_quoted(unknown)} not allowed"
    for key, field in node.fields.items():
        if key in value:
            yield from _field_errors(field, value[key], f"{path}.{key}", is_complete)
    for rule in node.rules + (node.eventual_rules if is_complete else ()):
        yield from (f"{path}{below}: {text}" for below, text in rule(value))
    if is_complete:
        for key in node.eventually:
            if value.get(key) is None:
                yield f"{path}: {key} is a required property"


def _one_of_errors(node: OneOf, value: Any, path: str, is_complete: bool) -> Iterator[str]:
    kind = node.select(value)
    if kind is None:
        yield f"{path}: {node.message}"
        return
    errors: List[str] = list(_field_errors(Field(kind, is_nullable=value is None), value, path, is_complete))
    yield from [f"{path}: {node.message}"] if errors and node.is_opaque else errors


def _tagged_errors(node: Tagged, value: Dict[str, Any], path: str, is_complete: bool) -> Iterator[str]:
    yield from _record_errors(node.common, value, path, is_complete)
    if node.tag in value:
        kind = node.kinds.get(value[node.tag]) if isinstance(value[node.tag], str) else None
        if kind is None:
            yield f"{path}: {node.message}"
        else:
            yield from _record_errors(kind, value, path, is_complete)


_CHECKS: Dict[type, Callable[[Any, Any, str, bool], Iterator[str]]] = {
    Scalar: _scalar_errors,
    Choice: _choice_errors,
    ListOf: _list_errors,
    MapOf: _map_errors,
    Record: _record_errors,
    OneOf: _one_of_errors,
    Tagged: _tagged_errors,
}


def _quoted(names: List[str]) -> str:
    return ", ".join(json.dumps(name, ensure_ascii=False) for name in names)


_TYPE_NAMES: Dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
}


def type_name(value: Any) -> str:
    """The JSON type of a value; integers are numbers."""
    return _TYPE_NAMES.get(type(value), "object")


def has_type(value: Any, name: str) -> bool:
    """Whether a value is of a JSON type; ``integer`` is one here."""
    return _has_one_of(value, (name,))


def _has_one_of(value: Any, names: Tuple[str, ...]) -> bool:
    return type_name(value) in names or ("integer" in names and type(value) is int)
