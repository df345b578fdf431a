"""The training API: what any training code needs to report, store checkpoints, stop and resume on a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import attach

if TYPE_CHECKING:
    from ._checkpoint import CheckpointContext as CheckpointContext
    from ._checkpoint import DownloadMode as DownloadMode
    from ._checkpoint import DummyCheckpointContext as DummyCheckpointContext
    from ._context import Context as Context
    from ._distributed import DistributedContext as DistributedContext
    from ._distributed import DummyDistributedContext as DummyDistributedContext
    from ._distributed import RanksInvalid as RanksInvalid
    from ._experimental import DummyExperimentalCoreContext as DummyExperimentalCoreContext
    from ._experimental import ExperimentalCoreContext as ExperimentalCoreContext
    from ._init import init as init
    from ._metrics import ReportFailed as ReportFailed
    from ._preempt import DummyPreemptContext as DummyPreemptContext
    from ._preempt import PreemptContext as PreemptContext
    from ._preempt import PreemptMode as PreemptMode
    from ._profiler import DummyProfilerContext as DummyProfilerContext
    from ._profiler import ProfilerContext as ProfilerContext
    from ._searcher import DummySearcherContext as DummySearcherContext
    from ._searcher import DummySearcherOperation as DummySearcherOperation
    from ._searcher import SearcherContext as SearcherContext
    from ._searcher import SearcherContextMissing as SearcherContextMissing
    from ._searcher import SearcherMode as SearcherMode
    from ._searcher import SearcherOperation as SearcherOperation
    from ._searcher import Unit as Unit
    from ._star import PeerLost as PeerLost
    from ._tensorboard import TensorboardMode as TensorboardMode
    from ._train import DummyTrainContext as DummyTrainContext
    from ._train import EarlyExitReason as EarlyExitReason
    from ._train import TrainContext as TrainContext

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "CheckpointContext": "determined.core._checkpoint:CheckpointContext",
        "Context": "determined.core._context:Context",
        "DistributedContext": "determined.core._distributed:DistributedContext",
        "DownloadMode": "determined.core._checkpoint:DownloadMode",
        "DummyCheckpointContext": "determined.core._checkpoint:DummyCheckpointContext",
        "DummyDistributedContext": "determined.core._distributed:DummyDistributedContext",
        "DummyExperimentalCoreContext": "determined.core._experimental:DummyExperimentalCoreContext",
        "DummyPreemptContext": "determined.core._preempt:DummyPreemptContext",
        "DummyProfilerContext": "determined.core._profiler:DummyProfilerContext",
        "DummySearcherContext": "determined.core._searcher:DummySearcherContext",
        "DummySearcherOperation": "determined.core._searcher:DummySearcherOperation",
        "DummyTrainContext": "determined.core._train:DummyTrainContext",
        "EarlyExitReason": "determined.core._train:EarlyExitReason",
        "ExperimentalCoreContext": "determined.core._experimental:ExperimentalCoreContext",
        "PeerLost": "determined.core._star:PeerLost",
        "PreemptContext": "determined.core._preempt:PreemptContext",
        "PreemptMode": "determined.core._preempt:PreemptMode",
        "ProfilerContext": "determined.core._profiler:ProfilerContext",
        "RanksInvalid": "determined.core._distributed:RanksInvalid",
        "ReportFailed": "determined.core._metrics:ReportFailed",
        "SearcherContext": "determined.core._searcher:SearcherContext",
        "SearcherContextMissing": "determined.core._searcher:SearcherContextMissing",
        "SearcherMode": "determined.core._searcher:SearcherMode",
        "SearcherOperation": "determined.core._searcher:SearcherOperation",
        "TensorboardMode": "determined.core._tensorboard:TensorboardMode",
        "TrainContext": "determined.core._train:TrainContext",
        "Unit": "determined.core._searcher:Unit",
        "init": "determined.core._init:init",
    },
)
