"""What a script written for the released client could notice of another answer to the same step."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator, List

# the default image of the recorded master
IMAGE = "determinedai/environments:local"
NO_LABELS: Dict[str, Any] = {"set": []}
ABSENT = "<absent>"
MOST_LINES = 6


def differences(want: Any, got: Any) -> List[str]:
    """Say where an answer differs from the wanted one; empty when no script could notice.

    Of an exception only the class and its ``status_code`` count, not the words; a subclass of the wanted class is
    caught by every old handler, and a status where there was none takes nothing away.
    """
    want = _alike(want, got)
    if not _raised(want) and not _raised(got):
        lines = [f"{at or 'answer'}: want {_short(was)}, got {_short(now)}" for at, was, now in _places(want, got, "")]
        return lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES], "..."]
    if not _raised(want) or not _raised(got):
        return [f"want {_short(want)}", f"got {_short(got)}"]
    same_status = want.get("status") in (None, got.get("status"))
    if want["raises"] == got["raises"]:
        return [] if same_status else [f"status: want {want['status']}, got {got.get('status')}"]
    is_caught = want["raises"] in got.get("catchable", ())
    if is_caught and same_status:
        return []
    caught = "caught as the wanted one" if is_caught else "not caught as the wanted one"
    return [f"want {_short(want)}", f"got {_short(got)} ({caught})"]


def _raised(answer: Any) -> bool:
    return isinstance(answer, dict) and "raises" in answer


def _alike(want: Any, got: Any) -> Any:
    """The wanted answer with what may differ taken over: the default image; and no labels may be an empty set."""
    if isinstance(want, dict) and isinstance(got, dict):
        return {key: _alike(item, got[key]) if key in got else item for key, item in want.items()}
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        return [_alike(wanted, item) for wanted, item in zip(want, got)]
    if (want == IMAGE and isinstance(got, str)) or (want is None and got == NO_LABELS):
        return got
    return want


def _places(want: Any, got: Any, at: str) -> Iterator[Any]:
    """The places where two values differ, with both."""
    if isinstance(want, dict) and isinstance(got, dict):
        for key in sorted({*want, *got}):
            if key not in want or key not in got:
                yield f"{at}.{key}", want.get(key, ABSENT), got.get(key, ABSENT)
            else:
                yield from _places(want[key], got[key], f"{at}.{key}")
    elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for index, (wanted, item) in enumerate(zip(want, got)):
            yield from _places(wanted, item, f"{at}[{index}]")
    elif want != got:
        yield at, want, got


def _short(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= 300 else text[:297] + "..."
