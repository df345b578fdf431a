"""Where an answer differs from the recorded one, by the rules of the step that asked for it.

Times, UUIDs and captured values are made equal first. Numbers compare by value, everything else strictly: a key too
many is a difference as a key too few is, and texts of errors are compared as well, since users search for them.
"""

from __future__ import annotations

import json
import re
from typing import Any, Iterator, List, Mapping, Tuple

from ..recorded import Step
from .answers import Answer
from .paths import Key, matches, select

UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
TIME = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?")
# shorter values stand in too many places by chance
CAPTURED_LENGTH = 8
# no client minds who built the master and where it keeps its images
NEVER_COMPARED = (
    "**.environment.image", "**.config.bindMounts", "**.clusterId", "**.masterId", "**.cluster_id", "**.master_id",
)  # fmt: skip
INVALID_ARGUMENT = 3

Variables = Mapping[str, Any]


def compare(step: Step, wanted: Answer, known: Variables, got: Answer, ours: Variables) -> List[str]:
    """Say where an answer differs from the wanted one; each comes with the variables that were captured with it."""
    want, have = _comparable(step, wanted, known), _comparable(step, got, ours)
    return list(_differences(*_as_refusals(want, have), ""))


def _comparable(step: Step, answer: Answer, variables: Variables) -> Any:
    body = _neutral(answer.body, [(n, v) for n, v in variables.items() if isinstance(v, str)])
    if "pick" in step:
        body = {place: list(select(body, place.split("."))) for place in step["pick"]}
    ignored = [tuple(pattern.split(".")) for pattern in (*NEVER_COMPARED, *step.get("ignore", ()))]
    unordered = [tuple(pattern.split(".")) if pattern else () for pattern in step.get("unordered", ())]
    comparable = {"status": answer.status, "body": _reduced(body, (), ignored, unordered)}
    if answer.is_stream:
        comparable["stream"] = True
    if answer.members is not None and "members" not in step.get("ignore", ()):
        comparable["members"] = answer.members
    return comparable


def _neutral(value: Any, captured: List[Tuple[str, str]]) -> Any:
    """The value with names for what differs from run to run."""
    if isinstance(value, dict):
        return {_neutral(key, captured): _neutral(item, captured) for key, item in value.items()}
    if isinstance(value, list):
        return [_neutral(item, captured) for item in value]
    if isinstance(value, str):
        for name, text in captured:
            if len(text) >= CAPTURED_LENGTH:
                value = value.replace(text, f"<{name}>")
        return TIME.sub("<time>", UUID.sub("<uuid>", value))
    return value


def _reduced(
    value: Any, place: Tuple[Key, ...], ignored: List[Tuple[str, ...]], unordered: List[Tuple[str, ...]]
) -> Any:
    """The value without what is ignored, and with lists sorted whose order does not matter."""
    if isinstance(value, dict):
        return {
            key: _reduced(item, (*place, key), ignored, unordered)
            for key, item in value.items()
            if not any(matches((*place, key), pattern) for pattern in ignored)
        }
    if isinstance(value, list):
        items = [_reduced(item, (*place, index), ignored, unordered) for index, item in enumerate(value)]
        if any(matches(place, pattern) for pattern in unordered):
            items.sort(key=lambda item: json.dumps(item, sort_keys=True))
        return items
    return value


def _as_refusals(want: Any, have: Any) -> Tuple[Any, Any]:
    """The real master answers 500 to much bad input; to say in other words that it is invalid (400, code 3) is as good.

    Then only the words count that the real master named: fields of the configuration, and what it quoted.
    """
    if (want["status"], have["status"]) != (500, 400):
        return want, have
    asked, said = (side["body"].get("error") if isinstance(side["body"], dict) else None for side in (want, have))
    if not isinstance(asked, dict) or not isinstance(said, dict) or said.get("code") != INVALID_ARGUMENT:
        return want, have
    text, message = str(asked.get("error")), str(said.get("error"))
    words = {word for field in re.findall(r"<config>([\w.\[\]]*)", text) for word in re.findall(r"\w+", field)}
    words |= {w for w in re.findall(r'"([^"]+)"', text) if "\\" not in w and not w.startswith("json:")}
    return {"named": sorted(words)}, {"named": sorted(word for word in words if word in message)}


def _differences(want: Any, have: Any, place: str) -> Iterator[str]:
    if isinstance(want, dict) and isinstance(have, dict):
        for key, item in want.items():
            if key in have:
                yield from _differences(item, have[key], f"{place}.{key}")
            else:
                yield f"{place}.{key}: missing, want {_short(item)}"
        for key in have:
            if key not in want:
                yield f"{place}.{key}: not in the real answer, got {_short(have[key])}"
    elif isinstance(want, list) and isinstance(have, list):
        if len(want) != len(have):
            yield f"{place}: want {len(want)} items, got {len(have)}"
        for index, (wanted, got) in enumerate(zip(want, have)):
            yield from _differences(wanted, got, f"{place}.{index}")
    elif not _same(want, have):
        yield f"{place}: want {_short(want)}, got {_short(have)}"


def _same(want: Any, have: Any) -> bool:
    """Whether two values that hold no others are the same; a boolean is no number."""
    both = (want, have)
    if all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in both):
        return not abs(want - have) > 1e-9 * max(1.0, abs(want))
    return type(want) is type(have) and bool(want == have)


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) < 160 else text[:157] + "..."
