"""The functions of `bindings`, made from the facts."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Sequence, Tuple
from urllib.parse import quote, urlencode

from .. import _foreign, _json, errors
from .._http_errors import APIHttpError, APIHttpStreamError
from .._options import NO_LIMIT, Timeout, timeout_of
from . import facts
from .making import define, find
from .messages import converters

if TYPE_CHECKING:
    import requests

    from .._session import BaseSession

_BODY = "body"
_JSON = {"Content-Type": "application/json"}

Pairs = List[Tuple[str, Any]]


class _Caller:
    """Makes one call of the API.

    Attributes:
        name: the function's name.
        call: what is known of the call.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.call = facts.load().functions[name]
        api_name = name.partition("_")[2]
        self._timeout: Timeout = NO_LIMIT if self.call.is_stream else timeout_of(api_name)
        self._encode = [
            (parameter, _writer(facts.bare(kind)), facts.is_optional(kind))
            for parameter, kind in self.call.parameters.items()
        ]

    def send(self, session: BaseSession, values: Sequence[Any], stream: bool = False) -> requests.Response:
        """Send a request with the parameters' values in their order, and return the answer."""
        in_path: Dict[str, str] = {}
        body: Any = None
        query: Pairs = []
        for (parameter, write, optional), value in zip(self._encode, values):
            written = value if optional and value is None else write(value)
            if parameter == _BODY:
                body = written
            elif "{%s}" % parameter in self.call.path:
                in_path[parameter] = quote(written) if isinstance(written, str) else str(written)
            else:
                query += _pairs(parameter, written)
        path = self.call.path.format(**in_path)
        response = session.request(
            self.call.method,
            path,
            params=urlencode(sorted(query, key=itemgetter(0)), doseq=True),
            data=_json.encode(body) if body else None,
            headers=_JSON if body else None,
            timeout=self._timeout,
            stream=stream,
        )
        if response.status_code != 200:
            with response:
                raise APIHttpError(self.name, response)
        return response

    def run(self, session: BaseSession, *values: Any) -> Any:
        """Make the call and return its answer."""
        response = self.send(session, values)
        if self.call.answer is None:
            return None
        try:
            document = _json.decode(response.content)
        except ValueError:
            document = self._read_by_library(response)
        return find(self.call.message).from_json(document)

    def _read_by_library(self, response: requests.Response) -> Any:
        """Read what may be no JSON; the error is one of the HTTP library, which scripts know."""
        try:
            return response.json()
        except ValueError:
            complaint = _foreign.complaint_about(response)
            if not complaint:
                raise
        from .. import _failures  # here, because it loads the HTTP library

        raise _failures.NoJsonException(complaint)

    def follow(self, session: BaseSession, *values: Any) -> Iterator[Any]:
        """Make the call and yield the messages of its answer as they come."""
        from .._failures import no_stream  # here, because they load the HTTP library
        from .._streams import read_lines

        read = find(self.call.message).from_json
        response = self.send(session, values, stream=True)
        with response:
            try:
                if _foreign.is_page(response):
                    raise no_stream(response)
                for line in read_lines(response):
                    if line.lstrip().startswith(b"<"):
                        raise no_stream(response)
                    document = _json.decode(line)
                    if "error" in document:
                        raise APIHttpStreamError(self.name, find("runtimeStreamError").from_json(document["error"]))
                    yield read(document["result"])
            except errors.MasterNotFoundException as error:
                cut = find("runtimeStreamError")(message="ChunkedEncodingError")
                raise APIHttpStreamError(self.name, cut) from error


def _writer(kind: str) -> Callable[[Any], Any]:
    """Return how a parameter is written; text and numbers stay as they are."""
    if kind == "bool":
        return lambda value: str(value).lower()
    write = converters(kind)[1]
    if write is None:
        return lambda value: value
    known = write
    return lambda value: known(value, True)


def _pairs(name: str, value: Any) -> Pairs:
    """Return the part of a query for one parameter: lists repeat it, None is left out."""
    several = hasattr(value, "__iter__") and not isinstance(value, (str, bytes))
    return [(name, v) for v in (value if several else [value]) if v is not None]


def make_function(name: str) -> Any:
    """Return the function of a call."""
    caller = _Caller(name)
    call = caller.call
    names = [facts.python_name(parameter) for parameter in call.parameters]
    parameters = ["session: 'api.BaseSession'", *(["*"] if names else [])]
    for python_name, kind in zip(names, call.parameters.values()):
        default = " = None" if facts.is_optional(kind) else ""
        note = repr(facts.annotation(kind, "Optional[{}]")) if default else facts.quoted(kind)
        parameters.append(f"{python_name}: {note}{default}")
    arguments = ", ".join(["session", *names])
    returns = "None" if call.answer is None else repr(facts.annotation(call.answer))
    if call.is_stream:
        made = define(name, parameters, returns, [f"yield from _follow({arguments})"], _follow=caller.follow)
    else:
        made = define(name, parameters, returns, [f"return _run({arguments})"], _run=caller.run)
    made.__doc__ = f"Call {call.method} {call.path}."
    return made
