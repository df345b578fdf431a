"""A master made of constants, for `sdk.py`: it answers the calls that are measured as fast as Python can.

Every answer is made before the first request; a connection is a thread that looks up bytes and sends them, so that what
is measured is the client.
"""

from __future__ import annotations

import io
import json
import os
import socket
import ssl
import tarfile
import threading
import urllib.parse
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

EXPERIMENTS = 20_000
REPORTS = 100_000
LOG_LINES = 100_000
_REPORTS_IN_A_MESSAGE = 1000
_DEFAULT_PAGE = 100

_USER = {"id": 1, "username": "admin", "admin": True, "active": True, "displayName": "", "remote": False}


def _config(number: int) -> Dict[str, Any]:
    """A configuration with its defaults, as a master completes it."""
    image = "determinedai/pytorch-ngc:0.38.1"
    return {
        "bind_mounts": [], "checkpoint_policy": "best",
        "checkpoint_storage": {
            "host_path": "/data/checkpoints", "propagation": "rprivate", "save_experiment_best": 0,
            "save_trial_best": 1, "save_trial_latest": 1, "storage_path": None, "type": "shared_fs",
        },
        "data": {}, "debug": False, "description": f"run {number} of many", "entrypoint": "python3 train.py",
        "environment": {
            "add_capabilities": [], "drop_capabilities": [],
            "environment_variables": {"cpu": [], "cuda": [], "rocm": []}, "force_pull_image": False,
            "image": {"cpu": image, "cuda": image, "rocm": image}, "pod_spec": None, "ports": {}, "proxy_ports": [],
            "registry_auth": None,
        },
        "hyperparameters": _hyperparameters(number), "integrations": None,
        "labels": ["baseline", f"batch-{number % 50}"],
        "log_policies": [
            {"name": "CUDA OOM", "pattern": ".*CUDA out of memory.*"},
            {"name": "ECC Error", "pattern": ".*uncorrectable ECC error encountered.*"},
        ],
        "max_restarts": 5, "min_checkpoint_period": {"batches": 0}, "min_validation_period": {"batches": 0},
        "name": f"digits {number}",
        "optimizations": {
            "aggregation_frequency": 1, "auto_tune_tensor_fusion": False, "average_aggregated_gradients": True,
            "average_training_metrics": True, "grad_updates_size_file": None, "gradient_compression": False,
            "mixed_precision": "O0", "tensor_fusion_cycle_time": 1, "tensor_fusion_threshold": 64,
        },
        "pbs": {}, "perform_initial_validation": False, "preemption_timeout": 3600,
        "profiling": {"begin_on_batch": 0, "enabled": False, "end_after_batch": None, "sync_timings": True},
        "project": "", "records_per_epoch": 0, "reproducibility": {"experiment_seed": 1700000000 + number},
        "resources": {
            "devices": [], "is_single_node": None, "max_slots": None, "native_parallel": False, "priority": 42,
            "resource_pool": "default", "shm_size": None, "slots_per_trial": 1, "weight": 1,
        },
        "scheduling_unit": 100,
        "searcher": {
            "metric": "validation_loss", "name": "adaptive_asha", "smaller_is_better": True, "max_trials": 100,
            "time_metric": "batches", "max_time": 1000, "mode": "standard", "divisor": 4, "max_rungs": 5,
            "max_concurrent_trials": 16, "bracket_rungs": [], "source_trial_id": None, "source_checkpoint_uuid": None,
        },
        "slurm": {}, "workspace": "",
    }  # fmt: skip


def _hyperparameters(number: int) -> Dict[str, Any]:
    return {
        "learning_rate": {"type": "log", "base": 10, "minval": -4, "maxval": -1, "count": None},
        "hidden": {"type": "int", "minval": 16, "maxval": 256 + number, "count": None},
        "dropout": {"type": "double", "minval": 0.1, "maxval": 0.5, "count": None},
    }  # fmt: skip


def _experiment(number: int) -> Dict[str, Any]:
    """An experiment as it stands in a list: with its configuration, without the text that it was made of."""
    return {
        "id": number, "description": f"run {number} of many", "labels": ["baseline", f"batch-{number % 50}"],
        "startTime": "2026-01-01T00:00:00.123456Z", "endTime": "2026-01-01T01:00:00.654321Z",
        "state": "STATE_COMPLETED", "archived": False, "numTrials": 100, "trialIds": [], "displayName": "admin",
        "userId": 1, "username": "admin", "resourcePool": "default", "searcherType": "adaptive_asha",
        "searcherMetric": "validation_loss", "hyperparameters": _hyperparameters(number), "name": f"digits {number}",
        "notes": "", "jobId": f"7b0ec0a3-b1d5-4b1c-9ac4-{number:012d}", "forkedFrom": None, "progress": 1,
        "projectId": 1, "projectName": "Uncategorized", "workspaceId": 1, "workspaceName": "Uncategorized",
        "parentArchived": False, "config": _config(number), "originalConfig": "", "projectOwnerId": 1,
        "checkpointSize": "123456789", "checkpointCount": 12, "unmanaged": False, "duration": 3600,
    }  # fmt: skip


def _trial(number: int) -> Dict[str, Any]:
    return {
        "id": number, "experimentId": 1, "startTime": "2026-01-01T00:00:00Z", "endTime": "2026-01-01T01:00:00Z",
        "state": "STATE_COMPLETED", "restarts": 0, "hparams": {"learning_rate": 0.01, "hidden": 64},
        "totalBatchesProcessed": REPORTS, "checkpointCount": 1, "taskId": "1.trial", "taskIds": ["1.trial"],
        "summaryMetrics": {}, "wallClockTime": 3600.0,
    }  # fmt: skip


def _report(step: int) -> Dict[str, Any]:
    return {
        "trialId": 1, "endTime": "2026-01-01T00:00:00.123456Z", "totalBatches": step, "archived": False, "id": step,
        "trialRunId": 0, "group": "training",
        "metrics": {"avg_metrics": {"loss": 1.0 / step, "accuracy": 0.912345, "rate": 0.001}, "batch_metrics": None},
    }  # fmt: skip


def _line(number: int) -> Dict[str, Any]:
    text = f"[2026-01-01T00:00:00.123456Z] 3f1c2b7a [rank=0] || INFO: step {number}: loss 0.123456, accuracy 0.912345\n"
    return {
        "id": str(number), "timestamp": "2026-01-01T00:00:00.123456Z", "message": text, "level": "LOG_LEVEL_INFO",
        "trialId": 1, "agentId": "agent", "containerId": "3f1c2b7a", "rankId": 0, "log": text, "source": "task",
        "stdtype": "stdout",
    }  # fmt: skip


class Checkpoint:
    """The files of a checkpoint, on disk as shared storage holds them, and as the archive that a master sends."""

    def __init__(self, uuid: str, storage: Path, files: int, size: int) -> None:
        """Write the files: so many of equal size, of numbers that do not compress."""
        self.uuid, self.storage = uuid, storage
        self.resources: Dict[str, int] = {"weights/": 0}
        folder = storage / uuid / "weights"
        folder.mkdir(parents=True)
        noise = os.urandom(1 << 20)
        for number in range(files):
            path = folder / f"part-{number:05d}.bin"
            with open(path, "wb") as f:
                for start in range(0, size // files, len(noise)):
                    f.write(noise[: min(len(noise), size // files - start)])
            self.resources[f"weights/{path.name}"] = path.stat().st_size
        metadata = storage / uuid / "metadata.json"
        metadata.write_text(json.dumps({"steps_completed": 100}))
        self.resources["metadata.json"] = metadata.stat().st_size
        self.archives = {"x-tar": storage / f"{uuid}.tar", "gzip": storage / f"{uuid}.tgz"}
        for kind, path in self.archives.items():
            # A master gives its files one folder: the root of the archive.
            with tarfile.open(path, "w" if kind == "x-tar" else "w:gz", **({} if kind == "x-tar" else _FAST)) as tar:
                for name in sorted(self.resources):
                    tar.add(storage / uuid / name, arcname=name, recursive=False)

    def message(self) -> Dict[str, Any]:
        """The checkpoint as a master describes it."""
        config = _config(1)
        config["checkpoint_storage"]["host_path"] = str(self.storage)
        return {
            "uuid": self.uuid, "taskId": "1.trial", "allocationId": "1.trial.1", "state": "STATE_COMPLETED",
            "reportTime": "2026-01-01T00:00:00Z", "metadata": {"steps_completed": 100},
            "resources": {name: str(size) for name, size in self.resources.items()},
            "training": {
                "trialId": 1, "experimentId": 1, "experimentConfig": config,
                "hparams": {}, "trainingMetrics": {"avgMetrics": {}, "batchMetrics": []},
                "validationMetrics": {"avgMetrics": {}, "batchMetrics": []}, "searcherMetric": 0.1,
            },
        }  # fmt: skip


_FAST: Dict[str, Any] = {"compresslevel": 1}


class Answers:
    """What the stub says, by path."""

    def __init__(self, checkpoints: List[Checkpoint]) -> None:
        self._checkpoints = {c.uuid: c for c in checkpoints}
        self._experiments = [json.dumps(_experiment(n + 1)) for n in range(EXPERIMENTS)]
        messages = []
        for first in range(1, REPORTS + 1, _REPORTS_IN_A_MESSAGE):
            reports = [_report(step) for step in range(first, first + _REPORTS_IN_A_MESSAGE)]
            messages.append(json.dumps({"result": {"metrics": reports}}) + "\n")
        self._constants = {
            "/info": {
                "version": "0.38.1", "master_id": "m", "cluster_id": "c", "cluster_name": "", "telemetry": {},
                "isTelemetryEnabled": False, "branding": "determined", "external_login_uri": "",
                "externalLoginUri": "", "ssoProviders": [], "userManagementEnabled": True, "featureSwitches": [],
                "product": "PRODUCT_COMMUNITY", "rbacEnabled": False, "hasCustomLogo": False,
                "strictJobQueueControl": False, "clusterId": "c", "masterId": "m", "maintenanceMessage": None,
                "clusterName": "",
            },
            "/api/v1/auth/login": {"token": "a-token", "user": _USER},
            "/api/v1/auth/user": {"user": _USER},
            "/api/v1/me": {"user": _USER},
            "/api/v1/master": {"version": "0.38.1", "masterId": "m", "clusterId": "c", "clusterName": ""},
            "/api/v1/experiments/1": {"experiment": _experiment(1), "jobSummary": None, "config": _config(1)},
            "/api/v1/trials/1": {"trial": _trial(1)},
        }  # fmt: skip
        self._bytes = {path: json.dumps(answer).encode() for path, answer in self._constants.items()}
        lines = [json.dumps({"result": _line(n + 1)}) + "\n" for n in range(LOG_LINES)]
        self._streams = {
            "/api/v1/trials/metrics/trial_metrics": _chunked(messages),
            "/api/v1/trials/1/logs": _chunked(lines),
        }
        for checkpoint in checkpoints:
            self._bytes[f"/api/v1/checkpoints/{checkpoint.uuid}"] = json.dumps(
                {"checkpoint": checkpoint.message()}
            ).encode()

    def find(self, method: str, target: str) -> Optional[bytes]:
        """The body that answers a request; None for what a stub does not know."""
        path, _, query = target.partition("?")
        if path == "/api/v1/experiments":
            return self._created() if method == "POST" else self._page(dict(urllib.parse.parse_qsl(query)))
        return self._bytes.get(path)

    def stream(self, target: str) -> Optional[bytes]:
        """The body, in chunks, that answers a request for a stream."""
        return self._streams.get(target.partition("?")[0])

    def file(self, target: str, accept: str) -> Optional[Tuple[str, Path]]:
        """The media type and the archive that answer a download."""
        parts = target.strip("/").split("/")
        if len(parts) != 2 or parts[0] != "checkpoints" or parts[1] not in self._checkpoints:
            return None
        kind = "gzip" if "gzip" in accept else "x-tar"
        return f"application/{kind}", self._checkpoints[parts[1]].archives[kind]

    def _created(self) -> bytes:
        return self._bytes["/api/v1/experiments/1"]

    def _page(self, query: Dict[str, str]) -> bytes:
        offset, limit = int(query.get("offset", 0)), int(query.get("limit", 0))
        end = EXPERIMENTS if limit < 0 else min(EXPERIMENTS, offset + (limit or _DEFAULT_PAGE))
        where = {"offset": offset, "limit": limit, "startIndex": offset, "endIndex": end, "total": EXPERIMENTS}
        rows = ",".join(self._experiments[offset:end])
        return f'{{"experiments":[{rows}],"pagination":{json.dumps(where)}}}'.encode()


def _chunked(lines: List[str]) -> bytes:
    """A body in chunks of a line each, as a master flushes its streams."""
    return b"".join(b"%x\r\n%s\r\n" % (len(line), line.encode()) for line in lines) + b"0\r\n\r\n"


class Stub:
    """A server of `Answers` on a free port, in threads of this process."""

    def __init__(self, answers: Answers, certificate: Optional[Tuple[Path, Path]] = None) -> None:
        """Begin to listen; with a certificate and its key, over TLS."""
        self._answers = answers
        self._tls: Optional[ssl.SSLContext] = None
        if certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*map(str, certificate))
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening; connections end with their callers."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as requests:
                while self._answer(connection, requests):
                    pass
        except OSError:
            pass  # the caller went away, which ends the conversation

    def _answer(self, connection: socket.socket, requests: io.BufferedIOBase) -> bool:
        method, _, rest = requests.readline().decode("latin-1").partition(" ")
        if not method.strip():
            return False
        target = rest.split(" ")[0]
        headers: Dict[str, str] = {}
        for line in iter(requests.readline, b"\r\n"):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        requests.read(int(headers.get("content-length", 0)))
        archive = self._answers.file(target, headers.get("accept", ""))
        if archive is not None:
            _send(connection, 200, archive[0], None, archive[1].stat().st_size)
            with open(archive[1], "rb") as f:
                connection.sendfile(f)
            return True
        stream = self._answers.stream(target)
        if stream is not None:
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            connection.sendall(stream)
            return True
        body = self._answers.find(method, target)
        if body is None:
            message = json.dumps({"error": {"code": 5, "reason": "not found", "error": f"no {method} {target} here"}})
            _send(connection, 404, "application/json", message.encode())
        else:
            _send(connection, 200, "application/json", body)
        return True


def _send(
    connection: socket.socket, status: int, media_type: str, body: Optional[bytes], length: Optional[int] = None
) -> None:
    length = len(body or b"") if length is None else length
    head = f"HTTP/1.1 {status} OK\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n".encode()
    connection.sendall(head + (body or b""))
