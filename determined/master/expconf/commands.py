"""The configuration of commands: what a request says, merged with a template, completed as it is shown."""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping, Optional

from . import layers, schema
from .checking import check_complete, check_layer
from .errors import ConfigError
from .nodes import Field, Keep, ListOf, Node, OneOf, Record

ENTRYPOINT_SCRIPT = "/run/determined/command-entrypoint.sh"
"""What stands before every entrypoint as it is shown."""

_VARIABLE_LIST = Field(schema.VARIABLE_LIST, keep=Keep.GIVEN)
_VARIABLES = Record(
    "RuntimeItems", {**dict.fromkeys(("cpu", "cuda", "rocm"), _VARIABLE_LIST), "gpu": Field(schema.TEXTS, keep=Keep.NEVER)}
)
_LISTED_VARIABLES = schema.ENVIRONMENT.fields["environment_variables"].node
_ENVIRONMENT = Record(
    "Environment",
    {
        **schema.ENVIRONMENT.fields,
        "environment_variables": Field(
            OneOf(
                lambda value: schema.TEXTS if isinstance(value, list) else _VARIABLES,
                "is neither a list of strings nor a map of cpu, cuda, or rocm to lists of strings",
                ("object", "array"),
                is_opaque=True,
                expand=_LISTED_VARIABLES.expand if isinstance(_LISTED_VARIABLES, OneOf) else (lambda value: value),
            ),
            {},
        ),
    },
)
