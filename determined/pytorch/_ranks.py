"""Doing something on one rank for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, TypeVar

from determined._exceptions import InvalidHP

if TYPE_CHECKING:
    from determined import core

T = TypeVar("T")


def on_chief(distributed: core.DistributedContext, work: Callable[[], T]) -> T:
    """Let the chief do something; return its result on all ranks, or raise on all.

    Parameters:
        distributed: the ranks; all of them call.
        work: what the chief does.

    Raises:
        RuntimeError: on other ranks, the work failed. The chief raises what the work has raised.
        InvalidHP: the work has raised one, on all ranks.
    """
    if distributed.size == 1:
        return work()
    error = None
    outcome: Any = None
    if distributed.rank == 0:
        try:
            outcome = (work(), None)
        except Exception as e:  # whatever it is, the other ranks must hear of it rather than wait
            error = e
            outcome = (None, (isinstance(e, InvalidHP), f"{type(e).__name__}: {e}"))
    result, problem = distributed.broadcast(outcome)
    if error is not None:
        raise error
    if problem is not None:
        is_invalid_hp, text = problem
        raise InvalidHP(text) if is_invalid_hp else RuntimeError(f"the chief failed: {text}")
    shared: T = result
    return shared
