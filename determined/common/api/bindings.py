"""Every call of the master's REST API as a function, with the messages and enumerations that it takes and returns.

    experiments = bindings.get_GetExperiments(session, limit=10, sortBy=bindings.v1GetExperimentsRequestSortBy.ID)

Names are those of the API. Parameters are given by name; what is left out is not sent. A function whose answer is a
stream returns an iterator and makes its call when iteration begins.

Each class and function is made when it is first asked for; ``bindings.pyi`` tells editors and type checkers of all.

Raises:
    BadRequestException: see `BaseSession.request`.
    APIHttpError: the master answered with a status that is neither an error nor 200.
    APIHttpStreamError: a stream ended with an error, or was cut.
    ValueError: an answer is no JSON, or says something that is not known.
    KeyError: an answer lacks a field.
"""

import typing

from ._bindings.base import DetEnum as DetEnum
from ._bindings.base import Printable as Printable
from ._bindings.base import Unset as Unset
from ._bindings.base import _unset as _unset
from ._bindings.base import dump_float as dump_float
from ._bindings.drawing import attach as _attach
from ._http_errors import APIHttpError as APIHttpError
from ._http_errors import APIHttpStreamError as APIHttpStreamError

Json = typing.Any

__getattr__, __dir__, __all__ = _attach()
