"""What becomes of right values: written out, merged with lower layers, completed with defaults."""

from __future__ import annotations

import copy
from typing import Any, Dict, List, Optional

from .checking import has_type, type_name
from .errors import UnreadableConfig
from .nodes import Anything, Keep, ListOf, Lists, MapOf, Node, OneOf, Record, Scalar, Tagged

# --- writing out ----------------------------------------------------------------------------------------------------


def write_out(node: Node, value: Any, owner: str = "", path: str = "") -> Any:
    """Return a checked value with its shorthands written out and without the nulls that mean "not given".

    Parameters:
        node: what it holds.
        value: the value, without errors as far as `checking` sees.
        owner, path: where it stands, for messages.

    Raises:
        UnreadableConfig: it cannot be stored.
    """
    if isinstance(node, Scalar):
        _check_storable(node, value, owner, path)
        return value
    if isinstance(node, ListOf):
        return [write_out(node.item, item, owner, path) for item in value]
    if isinstance(node, MapOf):
        return {key: write_out(node.item, item, owner, _join(path, key)) for key, item in value.items()}
    if isinstance(node, Record):
        return {
            key: write_out(node.fields[key].node, item, node.name, _join(path, key)) if key in node.fields else item
            for key, item in value.items()
            if item is not None or key not in node.fields
        }
    if isinstance(node, OneOf):
        expanded = node.expand(value)
        kind = node.select(expanded)
        return expanded if kind is None else write_out(kind, expanded, owner, path)
    if isinstance(node, Tagged):
        kind_name = value.get(node.tag)
        if kind_name is None:
            for key in sorted(value):
                if key not in node.shared:
                    raise _unreadable(f'unknown field "{key}"')
            return write_out(node.common, value, owner, path)
        return write_out(node.kinds[kind_name], value, owner, path)
    return value


def _check_storable(node: Scalar, value: Any, owner: str, path: str) -> None:
    largest, go_type = node.largest
    what = ""
    if any(has_type(value, t) for t in node.unreadable):
        what = type_name(value)
    elif isinstance(value, int) and not -(2**63) <= value <= largest:
        what = f"number {value}"
    if what:
        raise _unreadable(f"cannot unmarshal {what} into Go struct field {owner}.{path} of type {go_type}")


def _unreadable(problem: str) -> UnreadableConfig:
    return UnreadableConfig(f"unable to unmarshal experiment config as version 0: json: {problem}")


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


# --- merging --------------------------------------------------------------------------------------------------------


def merge(node: Node, high: Any, low: Any) -> Any:
    """Return two written-out layers as one: where both have a value, the higher one counts; records merge by field."""
    if high is None or low is None:
        return low if high is None else high
    if isinstance(node, Record):
        return _merge_records(node, high, low)
    if isinstance(node, Anything):
        if isinstance(high, dict) and isinstance(low, dict):
            return {**low, **{key: merge(node, value, low.get(key)) for key, value in high.items()}}
        return high
    if isinstance(node, MapOf):
        return {**low, **{key: merge(node.item, value, low.get(key)) for key, value in high.items()}}
    if isinstance(node, ListOf):
        return _merge_lists(node, high, low)
    if isinstance(node, OneOf):
        kind = node.select(high)
        return merge(kind, high, low) if kind is not None and kind is node.select(low) else high
    if isinstance(node, Tagged):
        return _merge_tagged(node, high, low)
    return high


def _merge_records(node: Record, high: Dict[str, Any], low: Dict[str, Any]) -> Dict[str, Any]:
    merged = dict(low)
    for key, value in high.items():
        field = node.fields.get(key)
        merged[key] = value if field is None else merge(field.node, value, low.get(key))
    return merged


def _merge_lists(node: ListOf, high: List[Any], low: List[Any]) -> List[Any]:
    if node.merge is Lists.LOWER_FIRST:
        return low + high
    if node.merge is Lists.UNITE:
        return high + [item for item in low if item not in high]
    if node.merge is Lists.APPEND_NEW:
        taken = [node.key(item) for item in high]
        return high + [item for item in low if node.key(item) not in taken]
    return high


def _merge_tagged(node: Tagged, high: Dict[str, Any], low: Dict[str, Any]) -> Dict[str, Any]:
    kind, low_kind = high.get(node.tag), low.get(node.tag)
    if kind is None or low_kind is None or kind == low_kind:
        both: Optional[str] = kind or low_kind
        return _merge_records(node.common if both is None else node.kinds[both], high, low)
    if node.crosses_kinds:
        return {**{key: low[key] for key in node.shared if key in low}, **high}
    return high


# --- defaults -------------------------------------------------------------------------------------------------------


def fill(node: Node, value: Any) -> Any:
    """Return a written-out value completed with the defaults of all fields that it lacks."""
    if value is None:
        return None
    if isinstance(node, Record):
        return _fill_record(node, value)
    if isinstance(node, ListOf):
        items = sorted(set(value)) if node.merge is Lists.UNITE else value
        return [fill(node.item, item) for item in items]
    if isinstance(node, MapOf):
        return {key: fill(node.item, item) for key, item in value.items()}
    if isinstance(node, OneOf):
        kind = node.select(value)
        return value if kind is None else fill(kind, value)
    if isinstance(node, Tagged):
        kind_name = value.get(node.tag)
        return value if kind_name is None else fill(node.kinds[kind_name], value)
    return value


def _fill_record(node: Record, value: Dict[str, Any]) -> Dict[str, Any]:
    filled = {key: item for key, item in value.items() if key not in node.fields}
    for key, field in node.fields.items():
        item = value.get(key)
        if item is None and field.default is not None:
            item = write_out(field.node, copy.deepcopy(field.default))
        if field.keep is Keep.ALWAYS or (field.keep is Keep.GIVEN and item is not None):
            filled[key] = fill(field.node, item)
    return filled


def show(node: Record, value: Dict[str, Any]) -> Dict[str, Any]:
    """Return a written-out record with null for every field that a full one has and this one lacks."""
    return {
        key: value.get(key)
        for key, field in node.fields.items()
        if field.keep is Keep.ALWAYS or (field.keep is Keep.GIVEN and key in value)
    }
