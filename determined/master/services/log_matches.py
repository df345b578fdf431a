"""Looking for patterns in lines, on another thread, before the transaction that stores them.

A pattern of a user may take its time; neither the event loop nor the writer ever waits for one.
"""

from __future__ import annotations

import asyncio
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..patterns import Finder, Matcher
from ..store.database import Connection, Database
from ..store.logs import Line
from . import log_policies, webhooks

# each start of a trial logs its configuration, with the patterns that are looked for: such a line matches none of them
_CONFIGURATION_MARKS = ("New trial runner in (container ", '"log_policies":')

Found = Dict[Tuple[str, Optional[str]], int]
"""Pattern, agent -> the place of the first line of that agent that matches; of any line where the agent is None."""


class Search(NamedTuple):
    """A pattern to be looked for in the lines of one agent, or in all."""

    finder: Finder
    pattern: str
    agent_id: Optional[str]


def searches(connection: Connection, task_id: str, lines: Sequence[Line]) -> List[Search]:
    """Return what is to be looked for in new lines of a task's log."""
    agents = sorted({line[2] for line in lines if line[2]})
    wanted = [
        Search(finder, pattern, agent_id)
        for agent_id in agents
        for pattern, finder in log_policies.patterns_wanted(connection, task_id, agent_id)
    ]
    return wanted + [Search(finder, pattern, None) for pattern, finder in webhooks.patterns_wanted(connection)]


def look(matcher: Matcher, wanted: Sequence[Search], lines: Sequence[Line]) -> Found:
    """Look for patterns in lines."""
    found: Found = {}
    looked_at = [at for at, line in enumerate(lines) if not any(mark in line[-1] for mark in _CONFIGURATION_MARKS)]
    for agent_id in {search.agent_id for search in wanted}:
        places = [at for at in looked_at if agent_id is None or lines[at][2] == agent_id]
        texts = [lines[at][-1] for at in places]
        joined = "\n".join(texts)
        for finder, pattern, own in wanted:
            first = matcher.find_first(finder, texts, joined) if own == agent_id else None
            if first is not None:
                found[pattern, agent_id] = places[first]
    return found


async def find(db: Database, matcher: Matcher, task_id: str, lines: Sequence[Line]) -> Found:
    """Look for all that is to be looked for in new lines of a task's log."""
    wanted = db.read_now(searches, task_id, lines)
    if not wanted:
        return {}
    if all(search.finder.literal is not None for search in wanted):
        return look(matcher, wanted, lines)
    return await asyncio.get_running_loop().run_in_executor(None, look, matcher, wanted, lines)
