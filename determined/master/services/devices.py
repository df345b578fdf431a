"""The devices of the machine that slots stand for."""

from __future__ import annotations

import logging
import os
import platform
import subprocess
import uuid
from typing import Dict, List, NamedTuple, Optional, Tuple

from ..settings import AGENT_ID

logger = logging.getLogger("determined.master")

_NVIDIA_SMI_SECONDS = 20
_NAMESPACE = uuid.UUID("c6e1e1a8-4d8e-4f0e-9a55-0f1f6c2a7d11")


class Device(NamedTuple):
    """What one slot stands for.

    Attributes:
        number: the slot's number.
        brand: the product's name.
        uuid: the GPU's id; made up, but the same at every start, for a CPU slot.
        kind: "cpu" or "cuda".
    """

    number: int
    brand: str
    uuid: str
    kind: str


def detect_slots(wanted: Optional[int]) -> List[Device]:
    """Return the devices of the machine, one for each slot.

    Parameters:
        wanted: how many CPU slots to offer, whatever the machine has; None for its GPUs, or else one slot per core.
    """
    if wanted is not None:
        return [_cpu_device(number, "Artificial") for number in range(wanted)]
    gpus = parse_gpus(_ask_nvidia_smi(), os.environ.get("CUDA_VISIBLE_DEVICES"))
    if gpus:
        return gpus
    brand = _processor_name()
    return [_cpu_device(number, brand) for number in range(_usable_cores())]


def parse_gpus(listing: str, visible: Optional[str]) -> List[Device]:
    """Return the GPUs of a listing of ``nvidia-smi --query-gpu=index,uuid,name --format=csv,noheader``.

    Parameters:
        visible: the value of CUDA_VISIBLE_DEVICES: indices or ids of the GPUs that may be used; None for all.
    """
    found: Dict[str, Tuple[str, str]] = {}
    for line in listing.splitlines():
        index, _, rest = line.partition(",")
        gpu_id, _, brand = rest.partition(",")
        if gpu_id.strip():
            found[index.strip()] = (gpu_id.strip(), brand.strip())
    chosen = list(found.values())
    if visible is not None:
        names = [name.strip() for name in visible.split(",") if name.strip()]
        by_id = {gpu_id: (gpu_id, brand) for gpu_id, brand in found.values()}
        chosen = [known for known in (found.get(name) or by_id.get(name) for name in names) if known is not None]
    return [Device(number, brand, gpu_id, "cuda") for number, (gpu_id, brand) in enumerate(chosen)]


def _ask_nvidia_smi() -> str:
    command = ["nvidia-smi", "--query-gpu=index,uuid,name", "--format=csv,noheader"]
    try:
        answer = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_NVIDIA_SMI_SECONDS
        )
    except FileNotFoundError:
        return ""  # no driver, no GPUs
    except (OSError, subprocess.TimeoutExpired) as error:
        logger.warning("the GPUs cannot be listed, so CPU slots are offered: %s", error)
        return ""
    if answer.returncode:
        logger.warning("the GPUs cannot be listed, so CPU slots are offered: %s", answer.stdout.strip())
        return ""
    return answer.stdout


def _cpu_device(number: int, brand: str) -> Device:
    return Device(number, brand, str(uuid.uuid5(_NAMESPACE, f"{AGENT_ID}/{number}")), "cpu")


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor_name() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            for line in info:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass  # not a Linux machine
    return platform.processor() or platform.machine()
