"""The experiment configuration, version 0: every field with its type, bounds, default, and where it may be missing."""

from __future__ import annotations

import posixpath
import re
from typing import Any, Dict, List, Optional

from .nodes import Anything, Choice, Field, Keep, ListOf, Lists, MapOf, Node, OneOf, Problem, Record, Scalar, Tagged

GIVEN, NEVER = Keep.GIVEN, Keep.NEVER

TEXT = Scalar(("string",))
FLAG = Scalar(("boolean",))
INTEGER = Scalar(("integer",))
NUMBER = Scalar(("number",))
COUNT = Scalar(("integer",), minimum=0)
FROM_ONE = Scalar(("integer",), minimum=1)
TEXTS = ListOf(TEXT)
ANY = Anything()
FREE_MAP = Anything(("object",))


# --- lengths --------------------------------------------------------------------------------------------------------

_LENGTHS: Dict[str, Node] = {
    unit: Record("Length", {unit: Field(COUNT, is_nullable=False)}) for unit in ("batches", "records", "epochs")
}
_LENGTH_MESSAGE = 'a length object must have one attribute named "batches", "records", or "epochs"'


def _length_of(value: Any) -> Optional[Node]:
    return _LENGTHS.get(next(iter(value))) if isinstance(value, dict) and len(value) == 1 else None


LENGTH = OneOf(_length_of, _LENGTH_MESSAGE, ("object",))

_POSITIVE_LENGTHS: Dict[str, Node] = {
    unit: Record("Length", {unit: Field(FROM_ONE, is_nullable=False)}) for unit in _LENGTHS
}


def _positive_length_of(value: Any) -> Optional[Node]:
    return _POSITIVE_LENGTHS.get(next(iter(value))) if isinstance(value, dict) and len(value) == 1 else None


POSITIVE_LENGTH = OneOf(_positive_length_of, _LENGTH_MESSAGE, ("object",))
SEARCH_LENGTH = OneOf(
    lambda value: COUNT if isinstance(value, int) else POSITIVE_LENGTH, _LENGTH_MESSAGE, ("object", "integer")
)


# --- hyperparameters ------------------------------------------------------------------------------------------------


def _min_below_max(value: Dict[str, Any]) -> List[Problem]:
    low, high = value.get("minval"), value.get("maxval")
    is_wrong = isinstance(low, (int, float)) and isinstance(high, (int, float)) and low >= high
    return [("", "minval must be less than maxval")] if is_wrong else []


def _range(name: str, bound: Scalar, **more: Field) -> Record:
    fields = {
        "type": Field(TEXT),
        "minval": Field(bound, is_nullable=False),
        "maxval": Field(bound, is_nullable=False),
        **more,
        "count": Field(FROM_ONE, keep=GIVEN),
    }
    required = tuple(key for key in fields if key != "count")
    return Record(name, fields, required, rules=(_min_below_max,))


_HYPERPARAMETERS: Dict[str, Node] = {
    "int": _range("IntHyperparameterV0", INTEGER),
    "double": _range("DoubleHyperparameterV0", NUMBER),
    "log": _range("LogHyperparameterV0", NUMBER, base=Field(Scalar(("number",), above=0), is_nullable=False)),
    "const": Record("ConstHyperparameterV0", {"type": Field(TEXT), "val": Field(ANY)}, ("type", "val")),
    "categorical": Record(
        "CategoricalHyperparameterV0",
        {"type": Field(TEXT), "vals": Field(ListOf(ANY), is_nullable=False)},
        ("type", "vals"),
    ),
}


def _hyperparameter_of(value: Any) -> Optional[Node]:
    if not isinstance(value, dict):
        return ANY
    if "type" not in value:
        return HYPERPARAMETERS
    return _HYPERPARAMETERS.get(value["type"]) if isinstance(value["type"], str) else None


HYPERPARAMETER = OneOf(
    _hyperparameter_of,
    'if a hyperparameter object\'s ["type"] is set, it must be one of "int", "double", "log", const", or "categorical"',
    expand=lambda value: value if isinstance(value, dict) else {"type": "const", "val": value},
)
HYPERPARAMETERS = MapOf(HYPERPARAMETER)


def _grid_counts(config: Dict[str, Any]) -> List[Problem]:
    searcher, hyperparameters = config.get("searcher"), config.get("hyperparameters")
    if not isinstance(searcher, dict) or searcher.get("name") != "grid" or not isinstance(hyperparameters, dict):
        return []
    return _uncounted(hyperparameters, ".hyperparameters")


def _uncounted(value: Any, path: str) -> List[Problem]:
    if isinstance(value, list):
        return [problem for i, item in enumerate(value) for problem in _uncounted(item, f"{path}[{i}]")]
    if not isinstance(value, dict):
        return []
    if "type" not in value:
        return [problem for key, item in value.items() for problem in _uncounted(item, f"{path}.{key}")]
    if value["type"] in ("int", "double", "log") and value.get("count") is None:
        return [(path, "grid search is in use but count was not provided")]
    return []


# --- searchers ------------------------------------------------------------------------------------------------------

_SEARCHER_COMMON = {
    "name": Field(ANY),
    "metric": Field(TEXT),
    "smaller_is_better": Field(FLAG, True),
    "source_trial_id": Field(INTEGER),
    "source_checkpoint_uuid": Field(TEXT),
}
_DIVISOR = Field(Scalar(("number",), above=1), 4)
_AT_ONCE = Field(COUNT, 16)
_TIMES = {"time_metric": Field(TEXT), "max_time": Field(INTEGER)}
_MODE = Field(Choice((None, "aggressive", "standard", "conservative")), "standard")
_OLD_LENGTH = Field(SEARCH_LENGTH, keep=GIVEN)
_OLD_POSITIVE_LENGTH = Field(POSITIVE_LENGTH, keep=GIVEN)
_STOP_ONCE = Field(FLAG, keep=GIVEN)


def _searcher(*eventually: str, **fields: Field) -> Record:
    return Record("SearcherConfigV0", {**fields, **_SEARCHER_COMMON}, ("name",), (*eventually, "metric"))


_SEARCHERS = {
    "single": _searcher(max_length=_OLD_LENGTH),
    "random": _searcher(
        "max_trials", max_trials=Field(FROM_ONE), max_concurrent_trials=_AT_ONCE, max_length=_OLD_LENGTH
    ),
    "grid": _searcher(max_concurrent_trials=_AT_ONCE, max_length=_OLD_LENGTH),
    "adaptive_asha": _searcher(
        "max_trials",
        bracket_rungs=Field(ListOf(INTEGER), []),
        max_trials=Field(FROM_ONE),
        mode=_MODE,
        divisor=_DIVISOR,
        max_rungs=Field(FROM_ONE, 5),
        max_concurrent_trials=_AT_ONCE,
        max_length=_OLD_LENGTH,
        stop_once=_STOP_ONCE,
        **_TIMES,
    ),
    "async_halving": _searcher(
        "num_rungs",
        "max_trials",
        num_rungs=Field(FROM_ONE),
        max_trials=Field(FROM_ONE),
        divisor=_DIVISOR,
        max_concurrent_trials=_AT_ONCE,
        max_length=_OLD_POSITIVE_LENGTH,
        stop_once=_STOP_ONCE,
        **_TIMES,
    ),
}
REMOVED_SEARCHERS = {
    "custom": _searcher(unit=Field(Choice(("batches", "records", "epochs", None)))),
    "adaptive": _searcher(
        "budget",
        budget=Field(LENGTH),
        bracket_rungs=Field(ListOf(INTEGER), []),
        mode=_MODE,
        divisor=_DIVISOR,
        max_rungs=Field(FROM_ONE, 5),
        max_length=_OLD_POSITIVE_LENGTH,
        train_stragglers=Field(FLAG, True),
    ),
    "adaptive_simple": _searcher(
        "max_trials",
        max_trials=Field(Scalar(("integer",), minimum=1, maximum=2000)),
        mode=_MODE,
        divisor=_DIVISOR,
        max_rungs=Field(FROM_ONE, 5),
        max_length=_OLD_POSITIVE_LENGTH,
    ),
    "sync_halving": _searcher(
        "num_rungs",
        "budget",
        budget=Field(POSITIVE_LENGTH),
        num_rungs=Field(FROM_ONE),
        max_length=_OLD_POSITIVE_LENGTH,
        divisor=_DIVISOR,
        train_stragglers=Field(FLAG, True),
    ),
}
_ALL_SEARCHERS = {**_SEARCHERS, **REMOVED_SEARCHERS}

SEARCHER = Tagged(
    tag="name",
    kinds=_ALL_SEARCHERS,
    common=Record(
        "SearcherConfigV0",
        {**{key: Field(ANY) for kind in _ALL_SEARCHERS.values() for key in kind.fields}, **_SEARCHER_COMMON},
        eventually=("name", "metric"),
    ),
    message='is not an object where object["name"] is one of '
    "'single', 'random', 'grid', 'custom', or 'adaptive_asha'",
    shared=tuple(_SEARCHER_COMMON),
    crosses_kinds=True,
)


# --- storage --------------------------------------------------------------------------------------------------------


def _inside_host_path(value: Dict[str, Any]) -> List[Problem]:
    host, storage = value.get("host_path"), value.get("storage_path")
    if not isinstance(host, str) or not isinstance(storage, str):
        return []
    host = posixpath.normpath(host)
    inside = posixpath.normpath(posixpath.join(host, storage))
    if inside == host or inside.startswith(host.rstrip("/") + "/"):
        return []
    return [("", "storage_path must either be a relative directory or a subdirectory of host_path")]


def _no_dots(prefix: Any) -> List[Problem]:
    has_dots = isinstance(prefix, str) and ".." in prefix.split("/")
    return [("", "prefix cannot contain /../")] if has_dots else []


def _one_azure_login(value: Dict[str, Any]) -> List[Problem]:
    if (value.get("connection_string") is None) != (value.get("account_url") is None):
        return []
    return [("", "Exactly one of connection_string or account_url must be set")]


_PREFIX = Field(Scalar(("string",), rule=_no_dots))
_STORAGES: Dict[str, Dict[str, Field]] = {
    "shared_fs": {
        "host_path": Field(TEXT),
        "storage_path": Field(TEXT),
        "propagation": Field(TEXT, "rprivate"),
        "container_path": Field(TEXT, keep=NEVER),
        "checkpoint_path": Field(TEXT, keep=NEVER),
        "tensorboard_path": Field(TEXT, keep=NEVER),
    },
    "directory": {"container_path": Field(TEXT)},
    "s3": {
        "bucket": Field(TEXT),
        "access_key": Field(TEXT),
        "secret_key": Field(TEXT),
        "endpoint_url": Field(TEXT),
        "prefix": _PREFIX,
    },
    "gcs": {"bucket": Field(TEXT), "prefix": _PREFIX},
    "azure": {
        "container": Field(TEXT, keep=GIVEN),
        "connection_string": Field(TEXT, keep=GIVEN),
        "account_url": Field(TEXT, keep=GIVEN),
        "credential": Field(TEXT, keep=GIVEN),
    },
}
_SAVED = {
    "save_experiment_best": Field(COUNT, 0),
    "save_trial_best": Field(COUNT, 1),
    "save_trial_latest": Field(COUNT, 1),
}
_NO_STORAGE = "is not an object where object[\"type\"] is one of 'shared_fs', 'directory', 's3', 'gcs', or 'azure'"


def _storage(kind: str, saved: Dict[str, Field]) -> Record:
    fields = _STORAGES[kind]
    return Record(
        "CheckpointStorageConfigV0",
        {**fields, "type": Field(TEXT, is_nullable=False), **saved},
        required=("type",),
        eventually=tuple(key for key in ("host_path", "container_path", "bucket", "container") if key in fields)[:1],
        rules=(_inside_host_path,),
        eventual_rules=(_one_azure_login,) if kind == "azure" else (),
    )


CHECKPOINT_STORAGE = Tagged(
    tag="type",
    kinds={kind: _storage(kind, _SAVED) for kind in _STORAGES},
    common=Record(
        "CheckpointStorageConfigV0",
        {
            "type": Field(ANY),
            "user": Field(ANY),
            **{key: Field(ANY) for fields in _STORAGES.values() for key in fields},
            **_SAVED,
        },
        eventually=("type",),
    ),
    message=_NO_STORAGE,
    shared=("type", *_SAVED),
    crosses_kinds=False,
)

_TENSORBOARD_STORAGES: Dict[str, Node] = {
    kind: _storage(kind, {key: Field(COUNT, keep=NEVER) for key in _SAVED}) for kind in ("shared_fs", "s3", "gcs")
}
TENSORBOARD_STORAGE = OneOf(lambda value: _TENSORBOARD_STORAGES.get(str(value.get("type"))), _NO_STORAGE, ("object",))


# --- where a trial runs ---------------------------------------------------------------------------------------------


def _absolute(path: str) -> List[Problem]:
    return [] if not isinstance(path, str) or path.startswith("/") else [("", "host_path must be an absolute path")]


def _not_here(path: str) -> List[Problem]:
    return [("", 'container_path must not be "."')] if path == "." else []


BIND_MOUNT = Record(
    "BindMountV0",
    {
        "host_path": Field(Scalar(("string",), rule=_absolute), is_nullable=False),
        "container_path": Field(Scalar(("string",), rule=_not_here), is_nullable=False),
        "read_only": Field(FLAG, False),
        "propagation": Field(TEXT, "rprivate"),
    },
    required=("host_path", "container_path"),
)
BIND_MOUNTS = ListOf(BIND_MOUNT, Lists.APPEND_NEW, lambda mount: mount["container_path"])

DEVICE = Record(
    "DeviceV0",
    {
        "host_path": Field(TEXT, is_nullable=False),
        "container_path": Field(TEXT, is_nullable=False),
        "mode": Field(TEXT, "mrw"),
    },
    required=("host_path", "container_path"),
)
_DEVICE_TEXT = re.compile(r"/[^:]*:/[^:]*(:[rwm]*)?")


def _device_of(value: Any) -> Optional[Node]:
    if isinstance(value, str):
        return ANY if _DEVICE_TEXT.match(value) else None
    return DEVICE


def _device(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    host, container, *mode = value.split(":")
    return {"host_path": host, "container_path": container, **({"mode": mode[0]} if mode else {})}


DEVICES = ListOf(
    OneOf(
        _device_of,
        "is neither a list of --device strings nor a map containing host_path, container_path, and mode",
        is_opaque=True,
        expand=_device,
    ),
    Lists.APPEND_NEW,
    lambda device: device["container_path"],
)

RESOURCES = Record(
    "ResourcesConfigV0",
    {
        "agent_label": Field(TEXT, keep=NEVER),
        "devices": Field(DEVICES, []),
        "is_single_node": Field(FLAG),
        "max_slots": Field(INTEGER),
        "native_parallel": Field(FLAG, False),
        "priority": Field(Scalar(("integer",), minimum=1, maximum=99)),
        "resource_pool": Field(TEXT, ""),
        "shm_size": Field(Scalar(("integer", "string"), unreadable=("string",))),
        "slots": Field(INTEGER, keep=NEVER),
        "slots_per_trial": Field(COUNT, 1),
        "weight": Field(NUMBER, 1),
    },
)

_BY_DEVICE = ("cpu", "cuda", "rocm")


def _rename_gpu(value: Dict[str, Any]) -> Dict[str, Any]:
    renamed = {key: item for key, item in value.items() if key != "gpu"}
    if value.get("gpu") is not None and renamed.get("cuda") is None:
        renamed["cuda"] = value["gpu"]
    return renamed


def each_device(value: Any) -> Any:
    """Write out a value for each kind of device."""
    return _rename_gpu(value) if isinstance(value, dict) else dict.fromkeys(_BY_DEVICE, value)


IMAGES = Record(
    "EnvironmentImageV0",
    {**{device: Field(TEXT) for device in _BY_DEVICE}, "gpu": Field(TEXT, keep=NEVER)},
    eventually=_BY_DEVICE,
)
VARIABLE_LIST = ListOf(TEXT, Lists.LOWER_FIRST)
VARIABLES = Record(
    "EnvironmentVariablesV0",
    {**{device: Field(VARIABLE_LIST, []) for device in _BY_DEVICE}, "gpu": Field(VARIABLE_LIST, keep=NEVER)},
)
PROXY_PORT = Record(
    "ProxyPortV0",
    {
        "proxy_port": Field(NUMBER, is_nullable=False),
        "proxy_tcp": Field(FLAG, False),
        "unauthenticated": Field(FLAG, False),
        "default_service_id": Field(FLAG, False),
    },
    required=("proxy_port",),
)
_REGISTRY_KEYS = ("username", "password", "auth", "email", "serveraddress", "identitytoken", "registrytoken")
POD_SPEC = Record(
    "PodSpec",
    {
        "spec": Field(
            Record("PodSpec", {"containers": Field(ListOf(FREE_MAP), keep=GIVEN)}, is_closed=False), keep=GIVEN
        )
    },
    is_closed=False,
)
ENVIRONMENT = Record(
    "EnvironmentConfigV0",
    {
        "image": Field(
            OneOf(
                lambda value: TEXT if isinstance(value, str) else IMAGES,
                "is neither a string nor a map of cpu, cuda, or rocm to strings",
                ("object", "string"),
                is_opaque=True,
                expand=each_device,
            ),
            {},
        ),
        "environment_variables": Field(
            OneOf(
                lambda value: TEXTS if isinstance(value, list) else VARIABLES,
                "is neither a list of strings nor a map of cpu, cuda, or rocm to lists of strings",
                ("object", "array"),
                is_opaque=True,
                expand=each_device,
            ),
            [],
        ),
        "proxy_ports": Field(ListOf(PROXY_PORT), []),
        "ports": Field(MapOf(INTEGER), {}),
        "force_pull_image": Field(FLAG, False),
        "registry_auth": Field(Record("AuthConfig", {key: Field(TEXT, keep=GIVEN) for key in _REGISTRY_KEYS})),
        "add_capabilities": Field(TEXTS, []),
        "drop_capabilities": Field(TEXTS, []),
        "pod_spec": Field(POD_SPEC),
    },
    eventually=("image",),
)


# --- the other sections ---------------------------------------------------------------------------------------------

_ACTIONS = ("cancel_retries", "exclude_node")
_ACTION = Choice(_ACTIONS)
_ACTION_MAP = Record("LogActionV0", {"type": Field(_ACTION, is_nullable=False)}, required=("type",))
LOG_POLICIES = ListOf(
    Record(
        "LogPolicyV0",
        {
            "name": Field(TEXT, keep=GIVEN),
            "pattern": Field(TEXT, keep=GIVEN),
            "action": Field(
                OneOf(
                    lambda value: _ACTION if isinstance(value, str) else _ACTION_MAP,
                    'must be one of "cancel_retries" or "exclude_node"',
                    ("string", "object"),
                    is_opaque=True,
                    expand=lambda value: value["type"] if isinstance(value, dict) else value,
                ),
                keep=GIVEN,
            ),
        },
    ),
    Lists.APPEND_NEW,
    lambda policy: policy.get("name") or policy,
)

INTEGRATIONS = Record(
    "IntegrationsConfigV0",
    {
        "pachyderm": Field(FREE_MAP, keep=GIVEN),
        "webhooks": Field(
            Record(
                "WebhooksConfigV0",
                {
                    "webhook_id": Field(ListOf(INTEGER)),
                    "webhook_name": Field(TEXTS),
                    "exclude": Field(FLAG, False),
                },
            ),
            keep=GIVEN,
        ),
    },
)

OPTIMIZATIONS = Record(
    "OptimizationsConfigV0",
    {
        "aggregation_frequency": Field(FROM_ONE, 1),
        "auto_tune_tensor_fusion": Field(FLAG, False),
        "average_aggregated_gradients": Field(FLAG, True),
        "average_training_metrics": Field(FLAG, True),
        "gradient_compression": Field(FLAG, False),
        "grad_updates_size_file": Field(TEXT),
        "mixed_precision": Field(Choice((None, "O0", "O1", "O2", "O3")), "O0"),
        "tensor_fusion_cycle_time": Field(COUNT, 1),
        "tensor_fusion_threshold": Field(COUNT, 64),
    },
)


def _begin_below_end(value: Dict[str, Any]) -> List[Problem]:
    begin, end = value.get("begin_on_batch"), value.get("end_after_batch")
    is_wrong = isinstance(begin, int) and isinstance(end, int) and begin > end
    return [("", "begin_on_batch must be less than end_after_batch")] if is_wrong else []


PROFILING = Record(
    "ProfilingConfigV0",
    {
        "enabled": Field(FLAG, False),
        "begin_on_batch": Field(COUNT, 0),
        "end_after_batch": Field(COUNT),
        "sync_timings": Field(FLAG, True),
    },
    rules=(_begin_below_end,),
)

RETENTION_POLICY = Record(
    "LogRetentionPolicyV0",
    {"log_retention_days": Field(Scalar(("integer",), minimum=-1, maximum=32767))},
    eventually=("log_retention_days",),
)

REPRODUCIBILITY = Record(
    "ReproducibilityConfigV0",
    {"experiment_seed": Field(Scalar(("integer",), minimum=0, largest=(2**32 - 1, "uint32")))},
    eventually=("experiment_seed",),
)

SLURM = Record(
    "SlurmConfigV0",
    {
        "slots_per_node": Field(INTEGER, keep=GIVEN),
        "gpu_type": Field(TEXT, keep=GIVEN),
        "sbatch_args": Field(TEXTS, keep=GIVEN),
    },
)
PBS = Record(
    "PbsConfigV0",
    {"slots_per_node": Field(INTEGER, keep=GIVEN), "pbsbatch_args": Field(TEXTS, keep=GIVEN)},
)


# --- the whole ------------------------------------------------------------------------------------------------------


ENTRYPOINT = OneOf(lambda value: TEXTS if isinstance(value, list) else TEXT, "", ("string", "array"))

EXPERIMENT = Record(
    "ExperimentConfigV0",
    {
        "bind_mounts": Field(BIND_MOUNTS, []),
        "checkpoint_policy": Field(Choice((None, "best", "all", "none")), "best"),
        "checkpoint_storage": Field(CHECKPOINT_STORAGE),
        "data": Field(FREE_MAP, {}),
        "data_layer": Field(FREE_MAP, keep=NEVER),
        "debug": Field(FLAG, False),
        "description": Field(TEXT),
        "entrypoint": Field(ENTRYPOINT),
        "environment": Field(ENVIRONMENT, {}),
        "hyperparameters": Field(HYPERPARAMETERS, {}),
        "integrations": Field(INTEGRATIONS),
        "internal": Field(Scalar(("null",)), keep=NEVER, is_nullable=False),
        "labels": Field(ListOf(TEXT, Lists.UNITE), []),
        "log_policies": Field(LOG_POLICIES, []),
        "max_restarts": Field(COUNT, 5),
        "min_checkpoint_period": Field(LENGTH, {"batches": 0}),
        "min_validation_period": Field(LENGTH, {"batches": 0}),
        "name": Field(TEXT),
        "optimizations": Field(OPTIMIZATIONS, {}),
        "pbs": Field(PBS, {}),
        "perform_initial_validation": Field(FLAG, False),
        "preemption_timeout": Field(INTEGER),
        "profiling": Field(PROFILING, {}),
        "project": Field(TEXT, ""),
        "records_per_epoch": Field(INTEGER, 0),
        "reproducibility": Field(REPRODUCIBILITY, {}),
        "resources": Field(RESOURCES, {}),
        "retention_policy": Field(RETENTION_POLICY, keep=GIVEN),
        "scheduling_unit": Field(FROM_ONE, 100),
        "searcher": Field(SEARCHER),
        "security": Field(FREE_MAP, keep=GIVEN),
        "slurm": Field(SLURM, {}),
        "tensorboard_storage": Field(TENSORBOARD_STORAGE, keep=GIVEN),
        "workspace": Field(TEXT, ""),
    },
    eventually=("checkpoint_storage", "name", "hyperparameters", "reproducibility", "searcher"),
    rules=(_grid_counts,),
)

_PYTORCH_IMAGE = "determinedai/pytorch-ngc-dev:0736b6d"

MASTER_DEFAULTS: Dict[str, Any] = {
    "environment": {
        "image": {
            "cpu": _PYTORCH_IMAGE,
            "cuda": _PYTORCH_IMAGE,
            "rocm": "determinedai/environments:rocm-5.6-pytorch-1.3-tf-2.10-rocm-mpich-0736b6d",
        }
    },
    "log_policies": [
        {"name": "CUDA OOM", "pattern": ".*CUDA out of memory.*"},
        {"name": "ECC Error", "pattern": ".*uncorrectable ECC error encountered.*"},
    ],
    "preemption_timeout": 3600,
    "resources": {"priority": 42},
}
"""What an embedded master adds below all other layers."""
