"""Names for what differs from run to run: ids, UUIDs, times, folders."""

from __future__ import annotations

import re
from typing import Dict, List, Tuple, Union

UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
TIME = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d([.,]\d+)?( ?(Z|[+-]\d\d:?\d\d|UTC))?")
HASH = re.compile(r"\b[0-9a-f]{32,64}\b")
UNMANAGED = re.compile(r"unmanaged-[0-9a-f]{8}")
CAUSE = re.compile(r"\(Caused by .*")
LOCAL_ADDRESS = re.compile(r"(127\.0\.0\.1|localhost):\d{4,5}\b")
TEMPORARY = re.compile(r"/tmp/pip-[^ ]*|/tmp/tmp\w+")
OBJECT = re.compile(r"0x[0-9a-f]{6,}")
EXPERIMENT = re.compile(r"(?i)(experiments?(?: id)?[ '/(=]*(?:id=)?|exp-)(\d+)")
TRIAL = re.compile(r"(?i)(trials?(?: id)?[ '/(=]*(?:id=)?)(\d+)")


class Names:
    """What a tour has made, by the names of the steps that made it.

    A real master's ids have gaps, and UUIDs are random: order and identity are compared by these names.
    """

    def __init__(self, places: List[Tuple[str, str]]) -> None:
        """Parameters: texts that stand for places of this run, each with its name, the longer ones first."""
        self._places = places
        self.checkpoints: Dict[str, str] = {}  # by UUID: "ck:1@20" is that of the first trial at step 20
        self.experiments: Dict[int, str] = {}  # by id: "E:one"
        self.trials: Dict[int, str] = {}  # by id: "T:one"

    def experiment(self, number: int) -> Union[str, int]:
        return self.experiments.get(number, number)

    def trial(self, number: int) -> Union[str, int]:
        return self.trials.get(number, number)

    def neutral(self, text: str) -> str:
        """The text with names in place of what differs from run to run."""
        for uuid, name in self.checkpoints.items():
            text = text.replace(uuid, f"<{name}>")
        for place, name in self._places:
            text = text.replace(place, name)
        text = UNMANAGED.sub("unmanaged-<hex>", HASH.sub("<hex>", TIME.sub("<time>", UUID.sub("<uuid>", text))))
        text = EXPERIMENT.sub(lambda found: f"{found[1]}{self.experiment(int(found[2]))}", text)
        text = TRIAL.sub(lambda found: f"{found[1]}{self.trial(int(found[2]))}", text)
        text = CAUSE.sub("(Caused by ...)", OBJECT.sub("<addr>", text))
        return TEMPORARY.sub("<tmpfile>", LOCAL_ADDRESS.sub("<hostport>", text))
