"""Train deep-learning models on one machine or a cluster: the SDK, the training API and the embedded master.

Importing this package loads nothing else; each name loads what it needs when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._lazy import attach

if TYPE_CHECKING:
    from ._exceptions import InvalidHP as InvalidHP
    from ._import import import_from_path as import_from_path
    from ._info import ClusterInfo as ClusterInfo
    from ._info import RendezvousInfo as RendezvousInfo
    from ._info import ResourcesInfo as ResourcesInfo
    from ._info import TrialInfo as TrialInfo
    from ._info import get_cluster_info as get_cluster_info
    from ._trial import LegacyTrial as LegacyTrial
    from ._version import __version__ as __version__

LOG_FORMAT = "%(levelname)s: [%(process)s] %(name)s: %(message)s"
"""How programs of a task write their log lines."""

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "ClusterInfo": "determined._info:ClusterInfo",
        "InvalidHP": "determined._exceptions:InvalidHP",
        "LegacyTrial": "determined._trial:LegacyTrial",
        "RendezvousInfo": "determined._info:RendezvousInfo",
        "ResourcesInfo": "determined._info:ResourcesInfo",
        "TrialInfo": "determined._info:TrialInfo",
        "__version__": "determined._version:__version__",
        "common": "determined.common",
        "core": "determined.core",
        "errors": "determined.errors",
        "experimental": "determined.experimental",
        "get_cluster_info": "determined._info:get_cluster_info",
        "import_from_path": "determined._import:import_from_path",
        "launch": "determined.launch",
        "pytorch": "determined.pytorch",
        "tensorboard": "determined.tensorboard",
        "util": "determined.util",
    },
)
__all__ += ["LOG_FORMAT"]
