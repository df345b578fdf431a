"""The form of one row of `paths`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Dict, Generic, Tuple, TypeVar, Union
from urllib.parse import quote

Request = TypeVar("Request")
Response = TypeVar("Response")

GET, POST, PUT, PATCH, DELETE = "GET", "POST", "PUT", "PATCH", "DELETE"

_PARAMETER = re.compile(r"\{([a-z_.]+)(?::(int))?\}")


@dataclass(frozen=True)
class Endpoint(Generic[Request, Response]):
    """One call of the REST API.

    Attributes:
        name: the call's name in the API, e.g. ``GetExperiment``.
        method: the HTTP verb.
        path: the path; ``{name}`` stands for text, ``{name:int}`` for an integer.
        stream: the answer is newline-delimited JSON, each line ``{"result": Response}``.
        public: the call needs no credentials.
        has_body: the request travels as a JSON body, else as the query string. POST, PUT and PATCH have one.
    """

    name: str
    method: str
    path: str
    stream: bool = False
    public: bool = False

    @property
    def has_body(self) -> bool:
        return self.method not in (GET, DELETE) or self.name in _BODY_ON_DELETE

    @property
    def parameters(self) -> Tuple[Tuple[str, bool], ...]:
        """The path's parameters in order: name, and whether it is an integer."""
        return tuple((m.group(1), m.group(2) == "int") for m in _PARAMETER.finditer(self.path))

    def url(self, **values: Union[str, int]) -> str:
        """Return the path with its parameters filled in and quoted; dots in names are written as underscores.

        Raises:
            ValueError: a parameter is missing or empty, or holds a slash, which the master cannot route.
        """
        left: Dict[str, Union[str, int]] = dict(values)

        def fill(match: "re.Match[str]") -> str:
            name = match.group(1).replace(".", "_")
            if name not in left:
                raise ValueError(f"{self.name} needs {name}")
            text = str(left.pop(name))
            if not text or "/" in text:
                raise ValueError(f"{name} {text!r} is not a valid path parameter: it must not be empty or contain '/'")
            return quote(text, safe="")

        path = _PARAMETER.sub(fill, self.path)
        if left:
            raise ValueError(f"{self.name} takes no {', '.join(sorted(left))}")
        return path


# DELETE calls whose arguments travel in a body, as the released clients send them.
_BODY_ON_DELETE = frozenset({"DeleteCheckpoints", "DeleteExperiments", "UnbindRPFromWorkspace"})
