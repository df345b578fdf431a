"""Whether a JSON value is of the form that the API's description gives it."""

from __future__ import annotations

import base64
import datetime
import re
from typing import Any, Dict, Iterator

Schema = Dict[str, Any]

# Required by the description, but in no answer that was ever recorded.
NEVER_SENT = ("state", "tags")


class Form:
    """Checks JSON values against the schemas of a description."""

    def __init__(self, description: Schema) -> None:
        self._schemas = description["components"]["schemas"]

    def mismatches(self, schema: Schema, value: Any, where: str) -> Iterator[str]:
        """Say where a value is not of the form of a schema."""
        if "$ref" in schema:
            schema = {**schema, **self._schemas[schema["$ref"].rsplit("/", 1)[1]]}
        for part in schema.get("allOf", ()):
            yield from self.mismatches(part, value, where) if value is not None else ()
        if value is None:
            if not schema.get("nullable") and not schema.get("allOf") and schema.get("type") in ("array", "boolean"):
                yield f"{where}: null"
            return
        kind = schema.get("type")
        check = getattr(self, f"_{kind}", None)
        if check is not None:
            yield from check(schema, value, where)
        if "enum" in schema and value not in schema["enum"]:
            yield f"{where}: {value!r} is no member"

    def _object(self, schema: Schema, value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where}: {value!r} is no object"
            return
        properties, others = schema.get("properties"), schema.get("additionalProperties")
        for name in schema.get("required", ()):
            # some of the names that must be there are described nowhere, and were never seen
            if name not in value and name in (properties or {}) and name not in NEVER_SENT:
                yield f"{where}.{name}: missing"
        for name, item in value.items():
            if properties is not None and name in properties:
                yield from self.mismatches(properties[name], item, f"{where}.{name}")
            elif isinstance(others, dict):
                yield from self.mismatches(others, item, f"{where}.{name}")
            elif properties is not None and not others:
                yield f"{where}.{name}: not described"

    def _array(self, schema: Schema, value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{where}: {value!r} is no list"
            return
        for number, item in enumerate(value):
            yield from self.mismatches(schema.get("items", {}), item, f"{where}[{number}]")

    def _string(self, schema: Schema, value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{where}: {value!r} is no text"
            return
        form = schema.get("format")
        try:
            if form == "date-time":
                datetime.datetime.strptime(re.sub(r"(\.\d{1,9})?Z$", "", value), "%Y-%m-%dT%H:%M:%S")
            elif form == "byte":
                base64.b64decode(value, validate=True)
            elif form in ("int64", "uint64"):
                int(value)
        except ValueError:
            yield f"{where}: {value!r} is no {form}"

    def _integer(self, schema: Schema, value: Any, where: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int) or not -(2**31) <= value < 2**32:
            yield f"{where}: {value!r} is no integer"

    def _number(self, schema: Schema, value: Any, where: str) -> Iterator[str]:
        if value not in ("NaN", "Infinity", "-Infinity") and (
            isinstance(value, bool) or not isinstance(value, (int, float))
        ):
            yield f"{where}: {value!r} is no number"

    def _boolean(self, schema: Schema, value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, bool):
            yield f"{where}: {value!r} is no boolean"
