"""Waiting for experiments, through a master that is away for a while."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, Optional, Sequence, TypeVar

from ... import errors
from .. import polling
from ..api import errors as api_errors
from ..api.endpoints import experiments as experiments_api
from ._enums import ExperimentState, is_known
from ._resource import member_of

if TYPE_CHECKING:
    from ..api._session import BaseSession

logger = logging.getLogger("determined.common.experimental.experiment")

T = TypeVar("T")

DEFAULT_PATIENCE = 900.0
"""Seconds for which a master that does not answer is waited for."""

ENDED = frozenset(
    {
        ExperimentState.COMPLETED,
        ExperimentState.CANCELED,
        ExperimentState.DELETED,
        ExperimentState.DELETE_FAILED,
        ExperimentState.ERROR,
    }
)
# So many ids at a time keep the request's URL below the limits of common proxies.
_IDS_PER_REQUEST = 200

read_state = member_of(ExperimentState)


def end_state(state: Optional[ExperimentState], end_time: Optional[str]) -> Optional[ExperimentState]:
    """Return the state if it is one in which an experiment has ended.

    A state that a newer master has brought is an end where the master tells when the experiment ended.
    """
    if state is None:
        return None
    if is_known(state):
        return state if state in ENDED else None
    return state if end_time else None


def wait_until(
    look: Callable[[], Optional[T]],
    *,
    interval: float,
    timeout: Optional[float],
    patience: Optional[float],
    late: Callable[[], errors.ExperimentTimeout],
) -> T:
    """Look again and again until there is something to return.

    Parameters:
        look: returns None for "not yet".
        interval: seconds between two looks.
        timeout: seconds to wait at most; None for no limit.
        patience: seconds for which a master that does not answer is waited for; None for no limit.
        late: makes the error to raise when the time is over.

    Raises:
        ValueError: a number of seconds makes no sense.
    """
    if interval <= 0:
        raise errors.ArgumentError(f"interval must be above 0 seconds, not {interval}")
    if patience is not None and patience < 0:
        raise errors.ArgumentError(f"patience must not be below 0 seconds: {patience}")
    last_answer = time.monotonic()

    def look_patiently() -> Optional[T]:
        nonlocal last_answer
        try:
            found = look()
        except (api_errors.APIException, api_errors.MasterNotFoundException) as error:
            away = time.monotonic() - last_answer
            if not _may_come_back(error) or (patience is not None and away > patience):
                raise
            logger.warning("the master is away (%s); waiting for it", error)
            return None
        last_answer = time.monotonic()
        return found

    result = polling.poll(look_patiently, interval, timeout)
    if result is None:
        raise late()
    return result


def _may_come_back(error: Exception) -> bool:
    """Return whether an error means that the master is away for a while, not that it refuses."""
    if isinstance(error, api_errors.APIException):
        return error.status_code in api_errors.TEMPORARY
    return True


class Watch:
    """Several experiments that are waited for together.

    Attributes:
        states: what was seen last of each, by number.
        ends: the states of those that have ended.
    """

    def __init__(self, session: BaseSession, ids: Sequence[int], *, through_pause: bool) -> None:
        self.states: Dict[int, Optional[ExperimentState]] = dict.fromkeys(ids)
        self.ends: Dict[int, ExperimentState] = {}
        self._session = session
        self._through_pause = through_pause
        self._progress: Dict[int, float] = {}

    @property
    def running(self) -> List[int]:
        """Those that have not ended."""
        return [number for number in self.states if number not in self.ends]

    @property
    def progress(self) -> float:
        """How much is done, as a number of experiments."""
        return len(self.ends) + sum(self._progress.get(number, 0.0) for number in self.running)

    def look(self) -> List[Mapping[str, Any]]:
        """Ask the master once about those that have not ended, and return what it says of each.

        Raises:
            ValueError: one is paused, so that it would be waited for in vain.
            NotFoundException: there is no such experiment, or no more.
        """
        running = self.running
        seen = [
            data
            for start in range(0, len(running), _IDS_PER_REQUEST)
            for data in self._read(running[start : start + _IDS_PER_REQUEST])
        ]
        for data in seen:
            self._take(data)
        paused = [
            data["id"] for data in seen if data.get("state") == ExperimentState.PAUSED and not data.get("unmanaged")
        ]
        if paused and not self._through_pause:
            subject = _sentence(paused, "is", "are")
            raise ValueError(f"{subject} paused: activate() before waiting, or wait with through_pause=True")
        return seen

    def late(self, timeout: Optional[float]) -> errors.ExperimentTimeout:
        """Return the error that says which have not ended."""
        running = self.running
        states = ", ".join(f"{number}: {self.states[number] or 'not seen'}" for number in running)
        subject = _sentence(running, "has", "have")
        return errors.ExperimentTimeout(f"{subject} not ended within {timeout} seconds ({states})", running)

    def _read(self, ids: List[int]) -> List[Mapping[str, Any]]:
        found: Dict[int, Mapping[str, Any]] = {}
        for data in experiments_api.list_experiments(
            self._session, {"experimentIdFilter": {"incl": ids}}, page_size=len(ids)
        ):
            found[data["id"]] = data
        # the master says best itself what has become of one that it does not list
        return [
            found.get(number) or experiments_api.get_experiment(self._session, number)["experiment"] for number in ids
        ]

    def _take(self, data: Mapping[str, Any]) -> None:
        number = data["id"]
        state = read_state(data["state"])
        self.states[number] = state
        self._progress[number] = data.get("progress") or 0.0
        end = end_state(state, data.get("endTime"))
        if end is not None:
            self.ends[number] = end


def _sentence(ids: Sequence[int], one: str, many: str) -> str:
    listed = ", ".join(map(str, ids))
    return f"experiment {listed} {one}" if len(ids) == 1 else f"experiments {listed} {many}"
