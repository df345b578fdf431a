"""Measures of the machine, sampled while a training runs and reported as metrics."""

from __future__ import annotations

import datetime
import logging
import os
import shutil
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Protocol

from ._distributed import DistributedContext

if TYPE_CHECKING:
    from ._train import TrainContext

logger = logging.getLogger("determined.core")

Sample = Dict[str, Any]
"""Names and numbers; one level of names may lie around them, such as of disks or GPUs."""

_DISKS = ("/", "/determined_shared_fs")
_MIB = 1024 * 1024


class ProfilerContext:
    """Samples the machine and reports it; ``core_context.profiler``.

    The groups ``gpu``, ``cpu``, ``memory``, ``disk`` and ``network`` are reported, averaged over some samples, by the
    first rank of each machine. It needs psutil: ``pip install determined[profiler]``.
    """

    def __init__(self, agent_id: str, distributed: DistributedContext, train: Optional[TrainContext]) -> None:
        self._agent_id = agent_id
        self._distributed = distributed
        self._train = train
        self._thread: Optional[_SamplingThread] = None

    def on(self, sampling_interval: float = 1, samples_per_report: int = 10) -> None:
        """Start sampling. Has no effect if it has been started already.

        Parameters:
            sampling_interval: seconds between two samples; at least 0.1.
            samples_per_report: how many samples make one report.

        Raises:
            ValueError: a number is too small or of the wrong kind.
            ImportError: psutil is not installed.
        """
        if not isinstance(sampling_interval, (int, float)) or sampling_interval < 0.1:
            raise ValueError(
                f"sampling_interval must be a number of seconds of at least 0.1, not {sampling_interval!r}"
            )
        is_count = isinstance(samples_per_report, int) and not isinstance(samples_per_report, bool)
        if not is_count or samples_per_report < 1:
            raise ValueError(f"samples_per_report must be an int of at least 1, not {samples_per_report!r}")
        if self._thread is not None and not self._thread.is_here():
            self._thread = None  # a forked process has none of its parent's threads
        if self._thread is not None:
            logger.warning("the profiler is on already")
            return
        if self._train is None or self._distributed.local_rank != 0:
            return
        self._thread = _SamplingThread(
            self._agent_id, self._train, make_collectors(), float(sampling_interval), samples_per_report
        )
        self._thread.start()

    def off(self) -> None:
        """Report what has been sampled and stop. Has no effect if it is off."""
        thread, self._thread = self._thread, None
        if thread is not None and thread.is_here():
            thread.stop()

    def close(self) -> None:
        """Stop, as `off` does."""
        self.off()


class DummyProfilerContext(ProfilerContext):
    """Samples nothing, as there is nobody to report to."""

    def __init__(self) -> None:
        self._thread = None

    def on(self, sampling_interval: float = 1, samples_per_report: int = 10) -> None:
        logger.info("the profiler only works for trials of a cluster")

    def off(self) -> None:
        pass


class Collector(Protocol):
    """Measures one group."""

    group: str

    def sample(self) -> Sample:
        """Return the present values."""
        ...


class _SamplingThread:
    def __init__(
        self, agent_id: str, train: TrainContext, collectors: List[Collector], interval: float, per_report: int
    ) -> None:
        self._agent_id = agent_id
        self._train = train
        self._collectors = collectors
        self._interval = interval
        self._per_report = per_report
        self._stopping = threading.Event()
        self._process = os.getpid()
        self._thread = threading.Thread(target=self._run, name="profiler", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def is_here(self) -> bool:
        """Return whether this was made in this process, and not in the one that it was forked from."""
        return self._process == os.getpid()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        samples: Dict[str, List[Sample]] = {collector.group: [] for collector in self._collectors}
        while not self._stopping.wait(self._interval):
            try:
                for collector in self._collectors:
                    samples[collector.group].append(collector.sample())
                if len(next(iter(samples.values()))) >= self._per_report:
                    self._report(samples)
            except Exception as e:  # measuring must never end a training
                logger.warning("the profiler stops: %s", e)
                return
        try:
            self._report(samples)
        except Exception as e:  # the training is about to hear of the same failure
            logger.warning("the profiler's last samples were not reported: %s", e)

    def _report(self, samples: Dict[str, List[Sample]]) -> None:
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        for group, found in samples.items():
            average = average_samples(found)
            found.clear()
            if average:
                self._train._report(group, None, {self._agent_id: average}, report_time=now)


def average_samples(samples: List[Sample]) -> Sample:
    """Return the averages of samples, name by name.

    Raises:
        ValueError: a sample has more than one level of names around its numbers.
    """
    grouped: Dict[str, List[Any]] = {}
    for sample in samples:
        for name, value in sample.items():
            grouped.setdefault(name, []).append(value)
    return {name: _average(name, values) for name, values in grouped.items()}


def _average(name: str, values: List[Any]) -> Any:
    if not isinstance(values[0], Mapping):
        return sum(values) / len(values)
    if any(isinstance(inner, Mapping) for value in values for inner in value.values()):
        raise ValueError(f"the samples of {name} have more than one level of names")
    return average_samples(values)


# --- what is measured ------------------------------------------------------------------------------------------------


def make_collectors() -> List[Collector]:
    """Return what measures this machine.

    Raises:
        ImportError: psutil is not installed.
    """
    try:
        import psutil
    except ImportError as e:
        raise ImportError("the profiler needs psutil: pip install 'determined[profiler]'") from e
    collectors: List[Collector] = [Cpu(psutil), Memory(psutil), Disk(psutil), Network(psutil)]
    if shutil.which("nvidia-smi"):
        collectors.append(Gpu())
    return collectors


class Cpu:
    """``cpu_util_simple``: use of all processors, in percent."""

    group = "cpu"

    def __init__(self, psutil: Any) -> None:
        self._psutil = psutil
        # The first answer has nothing to compare with.
        psutil.cpu_percent()

    def sample(self) -> Sample:
        return {"cpu_util_simple": self._psutil.cpu_percent()}


class Memory:
    """``memory_free``: available memory in GiB."""

    group = "memory"

    def __init__(self, psutil: Any) -> None:
        self._psutil = psutil

    def sample(self) -> Sample:
        return {"memory_free": self._psutil.virtual_memory().available / (1024 * _MIB)}


class Disk:
    """Operations and bytes per second, and per mounted path the use in percent."""

    group = "disk"

    def __init__(self, psutil: Any) -> None:
        self._psutil = psutil
        self._paths = [path for path in _DISKS if os.path.isdir(path)]
        self._last = _Rates()
        self._last.rates(self._counters())

    def sample(self) -> Sample:
        rates = self._last.rates(self._counters())
        values: Sample = {
            "disk_iops": rates["operations"],
            "disk_throughput_read": rates["read"],
            "disk_throughput_write": rates["written"],
        }
        for path in self._paths:
            values[path] = {"disk_util": self._psutil.disk_usage(path).percent}
        return values

    def _counters(self) -> Dict[str, float]:
        # None on machines without disks of their own.
        found = self._psutil.disk_io_counters()
        if found is None:
            return {"operations": 0.0, "read": 0.0, "written": 0.0}
        operations = found.read_count + found.write_count
        return {"operations": operations, "read": found.read_bytes, "written": found.write_bytes}


class Network:
    """``net_throughput_sent`` and ``net_throughput_recv``: bytes per second."""

    group = "network"

    def __init__(self, psutil: Any) -> None:
        self._psutil = psutil
        self._last = _Rates()
        self._last.rates(self._counters())

    def sample(self) -> Sample:
        rates = self._last.rates(self._counters())
        return {"net_throughput_sent": rates["sent"], "net_throughput_recv": rates["received"]}

    def _counters(self) -> Dict[str, float]:
        found = self._psutil.net_io_counters()
        return {"sent": found.bytes_sent, "received": found.bytes_recv}


class Gpu:
    """Of each GPU ``gpu_util`` in percent and ``gpu_free_memory`` in bytes."""

    group = "gpu"

    def sample(self) -> Sample:
        query = "--query-gpu=uuid,utilization.gpu,memory.free"
        done = subprocess.run(
            ["nvidia-smi", query, "--format=csv,noheader,nounits"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=30,
            check=True,
        )
        return parse_gpus(done.stdout.decode("utf-8", "replace"))


def parse_gpus(text: str) -> Sample:
    """Return the measures in nvidia-smi's rows of UUID, percent and free MiB, without those that it does not know."""
    values: Sample = {}
    for line in text.splitlines():
        uuid, *fields = (field.strip() for field in line.split(","))
        if len(fields) == 2 and all(field.replace(".", "", 1).isdigit() for field in fields):
            values[uuid] = {"gpu_util": float(fields[0]), "gpu_free_memory": float(fields[1]) * _MIB}
    return values


class _Rates:
    """Turns counters into changes per second."""

    def __init__(self) -> None:
        self._values: Dict[str, float] = {}
        self._when = 0.0

    def rates(self, values: Dict[str, float]) -> Dict[str, float]:
        now = time.monotonic()
        elapsed = max(now - self._when, 1e-6)
        found = {name: max(0.0, value - self._values.get(name, value)) / elapsed for name, value in values.items()}
        self._values, self._when = values, now
        return found
