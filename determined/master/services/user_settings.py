"""Rules of the settings that a user's web interface and tools keep with the master."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Sequence

from determined.common.api.wire.users import UserWebSetting

from ..auth import Caller
from ..errors import plain
from ..store import users
from ..store.database import Transaction


def put_settings(tx: Transaction, caller: Caller, settings: Sequence[UserWebSetting]) -> None:
    """Write settings of the caller; one without a value is forgotten.

    Raises:
        Refusal: a value is no JSON; then none is written.
    """
    for setting in settings:
        path, key = setting.get("storagePath", ""), setting.get("key", "")
        value = setting.get("value", "")
        if value:
            users.put_setting(tx, caller.user_id, path, key, normal_json(value))
        else:
            users.drop_setting(tx, caller.user_id, path, key)


def reset_settings(tx: Transaction, caller: Caller) -> None:
    """Forget all settings of the caller."""
    users.drop_settings(tx, caller.user_id)


def normal_json(text: str) -> str:
    """Return JSON in the one spelling that the real master's database gives it.

    Raises:
        Refusal: it is no JSON.
    """
    try:
        return _spelled(json.loads(text, parse_float=Decimal, parse_constant=_refuse))
    except (ValueError, RecursionError) as error:
        raise plain(f"the value of a setting must be JSON, and {json.dumps(text)} is none: {error}") from None


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _spelled(value: Any) -> str:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda k: (len(k.encode()), k.encode()))
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {_spelled(value[k])}" for k in keys) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_spelled, value)) + "]"
    if isinstance(value, Decimal):
        return format(value or abs(value), "f")  # there is no negative zero
    return json.dumps(value, ensure_ascii=False)
