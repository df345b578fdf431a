"""The message types of the endpoints, resolved at run time.

Message modules annotate lazily and import one another for the type checker only, so their names are looked up here,
once, in all of them together: a message's name is unique across the wire package.
"""

from __future__ import annotations

import importlib
import typing
from functools import lru_cache
from typing import Any, Dict, NamedTuple, Tuple

from typing_extensions import NotRequired

from .endpoint import Endpoint

MODULES: Tuple[str, ...] = (
    "scalars", "enums", "common", "auth", "users", "experiments", "trials", "metrics", "logs", "checkpoints", "models",
    "workspaces", "projects", "runs", "tasks", "jobs", "cluster", "templates", "config_policies",
    "webhooks",
)  # fmt: skip


class Messages(NamedTuple):
    """The two message types of an endpoint."""

    request: Any
    response: Any


@lru_cache(maxsize=None)
def namespace() -> Dict[str, Any]:
    """Every name of the wire package, for evaluating annotations."""
    names: Dict[str, Any] = dict(vars(typing), NotRequired=NotRequired)
    for module in MODULES:
        names.update(
            (k, v)
            for k, v in vars(importlib.import_module(f"{__package__}.{module}")).items()
            if not k.startswith("_")
        )
    return names


@lru_cache(maxsize=None)
def fields_of(message: Any) -> Dict[str, Any]:
    """The fields of a message: name → type, with the marks of `scalars` and `NotRequired` kept."""
    return {
        name: eval(getattr(hint, "__forward_arg__", hint), namespace())  # noqa: S307 - our own annotations
        for name, hint in message.__annotations__.items()
    }


@lru_cache(maxsize=None)
def messages_by_endpoint() -> Dict[str, Tuple["Endpoint[Any, Any]", Messages]]:
    """Every row of `paths` with its message types, by the endpoint's name."""
    paths = importlib.import_module(f"{__package__}.paths")
    names = dict(namespace(), Endpoint=Endpoint)
    table = {}
    for constant, annotation in vars(paths)["__annotations__"].items():
        row = getattr(paths, constant)
        request, response = typing.get_args(eval(annotation, names))  # noqa: S307 - our own annotations
        table[row.name] = (row, Messages(request, response))
    return table
