"""The summary of a trial's metrics, kept up to date report by report.

A summary is ``{group: {metric: {"type", "last", and for numbers "count", "sum", "min", "max", "mean"}}}``; the group
``training`` stands under ``avg_metrics``, ``validation`` under ``validation_metrics``. NaN and the infinities are the
strings that the wire has for them.
"""

from __future__ import annotations

import math
import re
from typing import Any, Dict, Mapping, Optional, Union

Summary = Dict[str, Dict[str, Dict[str, Any]]]

SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_KEYS = {"training": "avg_metrics", "validation": "validation_metrics"}
_GROUPS = {key: group for group, key in _KEYS.items()}
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)\Z")
_KINDS = {bool: "boolean", int: "number", float: "number", list: "array", dict: "object", type(None): "null"}


def key_of(group: str) -> str:
    """The name a group has in a summary."""
    return _KEYS.get(group, group)


def group_of(key: str) -> str:
    """The group that has this name in a summary."""
    return _GROUPS.get(key, key)


def number_of(value: Any) -> Optional[float]:
    """A metric's value as a float, the spelled-out special values included; None when it is no number."""
    kind = type(value)
    if kind is float:
        return float(value)
    if kind is int:
        return float(value)
    return SPECIAL.get(value) if kind is str else None


def kind_of(value: Any) -> str:
    """The type that a summary gives a value."""
    if isinstance(value, str):
        if value in SPECIAL:
            return "number"
        return "date" if _DATE_TIME.match(value) else "string"
    return _KINDS[type(value)]


def add_report(summary: Summary, group: str, metrics: Mapping[str, Any]) -> None:
    """Count one report's metrics in, in place; metrics of the group that are not in it have no last value now."""
    entries = summary.setdefault(key_of(group), {})
    for name, value in metrics.items():
        entry = entries.get(name)
        if entry is None:
            entries[name] = _first(value)
        else:
            _add(entry, value)
    if len(entries) > len(metrics):
        for name, entry in entries.items():
            if name not in metrics:
                entry["last"] = None


def complete(summary: Summary) -> None:
    """Give what is no number the empty statistics that a summary made anew has, in place."""
    for entries in summary.values():
        for entry in entries.values():
            if entry["type"] != "number":
                entry.update(dict.fromkeys(("count", "sum", "min", "max", "mean")))


def _first(value: Any) -> Dict[str, Any]:
    kind = kind_of(value)
    if kind != "number":
        return {"type": kind, "last": value}
    return {"type": kind, "last": value, "count": 1, "sum": value, "min": value, "max": value, "mean": value}


def _add(entry: Dict[str, Any], value: Any) -> None:
    kind = kind_of(value)
    if kind != entry["type"]:
        entry.clear()
        entry.update({"type": "string", "last": value})
        return
    entry["last"] = value
    if kind != "number":
        return
    low, high, total = entry["min"], entry["max"], entry["sum"]
    entry["count"] = count = entry["count"] + 1
    if isinstance(value, str) or isinstance(low, str) or isinstance(high, str) or isinstance(total, str):
        _add_special(entry, value, count)
        return
    if value < low:
        entry["min"] = value
    elif value > high:
        entry["max"] = value
    total += value
    if math.isinf(total):
        entry["sum"] = entry["mean"] = _spell(total)
    else:
        entry["sum"], entry["mean"] = total, total / count


def _add_special(entry: Dict[str, Any], value: Any, count: int) -> None:
    """The same with NaN, which spoils everything, or an infinity among the numbers."""
    number, low, high, total = (_float(v) for v in (value, entry["min"], entry["max"], entry["sum"]))
    spoilt = math.isnan(number) or math.isnan(total)
    entry["min"] = _spell(math.nan if math.isnan(number) else min(low, number) if not math.isnan(low) else low)
    entry["max"] = _spell(math.nan if math.isnan(number) else max(high, number) if not math.isnan(high) else high)
    total = math.nan if spoilt else total + number
    entry["sum"] = _spell(total)
    entry["mean"] = _spell(total / count)


def _float(value: Any) -> float:
    return SPECIAL[value] if isinstance(value, str) else float(value)


def _spell(value: float) -> Union[float, str]:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value
