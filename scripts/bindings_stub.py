"""Write the type stub of `determined.common.api.bindings` from its facts.

python scripts/bindings_stub.py            writes determined/common/api/bindings.pyi
python scripts/bindings_stub.py --check    says whether it is up to date, by its exit status
"""

from __future__ import annotations

import pathlib
import sys
from typing import Iterator

from determined.common.api._bindings import facts

STUB = pathlib.Path(__file__).resolve().parents[1] / "determined" / "common" / "api" / "bindings.pyi"

HEAD = """\
# Made by scripts/bindings_stub.py from _bindings/facts.json: change that, and run it again.
# ruff: noqa
# fmt: off
import enum as enum
import json as json
import math as math
import os as os
import typing as typing
from typing import Any, Dict, Iterable, Optional, Sequence, Union
from urllib import parse as parse

import requests as requests

from ._bindings.base import DetEnum as DetEnum
from ._bindings.base import Printable as Printable
from ._bindings.base import Unset as Unset
from ._bindings.base import _unset as _unset
from ._bindings.base import dump_float as dump_float
from ._http_errors import APIHttpError as APIHttpError
from ._http_errors import APIHttpStreamError as APIHttpStreamError
from ._bindings.messages import Message as _Message
from ._session import BaseSession

Json = Any
"""


def stub() -> str:
    """Return the text of the stub."""
    known = facts.load()
    parts = [HEAD]
    parts += ["\n".join(enum_lines(name)) for name in known.enums]
    parts += ["\n".join(message_lines(name)) for name in known.classes]
    parts += [function_line(name) for name in known.functions]
    parts += [f"Paginated = Union[{', '.join(facts.paginated())}]"]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def enum_lines(name: str) -> Iterator[str]:
    prefix, members = facts.load().enums[name]
    yield f"class {name}(DetEnum):"
    for member in members:
        yield f'    {member} = "{prefix}{member}"'


def message_lines(name: str) -> Iterator[str]:
    fields = facts.load().classes[name]
    yield f"class {name}(_Message):"
    for field, kind in fields.items():
        yield f"    {field}: {_written(kind, 'Optional[{}]')}"
    parameters = [
        f"{field}: {_written(kind, 'Union[{}, None, Unset]')}{' = ...' if facts.is_optional(kind) else ''}"
        for field, kind in fields.items()
    ]
    yield f"    def __init__(self, *, {', '.join(parameters)}) -> None: ..."


def function_line(name: str) -> str:
    call = facts.load().functions[name]
    parameters = [
        f"{facts.python_name(parameter)}: {_written(kind, 'Optional[{}]')}{' = ...' if facts.is_optional(kind) else ''}"
        for parameter, kind in call.parameters.items()
    ]
    listed = ", ".join(["session: BaseSession", *(["*"] if parameters else []), *parameters])
    return f"def {name}({listed}) -> {call.answer}: ..."


def _written(kind: str, form: str) -> str:
    return form.format(facts.bare(kind)) if facts.is_optional(kind) else kind


def main() -> int:
    text = stub()
    if "--check" in sys.argv[1:]:
        return 0 if STUB.exists() and STUB.read_text(encoding="utf-8") == text else 1
    STUB.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
