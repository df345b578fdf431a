# Made by scripts/bindings_stub.py from _bindings/facts.json: change that, and run it again.
# ruff: noqa
# fmt: off
import enum as enum
import json as json
import math as math
import os as os
import typing as typing
from typing import Any, Dict, Iterable, Optional, Sequence, Union
from urllib import parse as parse

import requests as requests

from ._bindings.base import DetEnum as DetEnum
from ._bindings.base import Printable as Printable
from ._bindings.base import Unset as Unset
from ._bindings.base import _unset as _unset
from ._bindings.base import dump_float as dump_float
from ._http_errors import APIHttpError as APIHttpError
from ._http_errors import APIHttpStreamError as APIHttpStreamError
from ._bindings.messages import Message as _Message
from ._session import BaseSession

Json = Any

class GetMasterResponseProduct(DetEnum):
    UNSPECIFIED = "PRODUCT_UNSPECIFIED"
    COMMUNITY = "PRODUCT_COMMUNITY"

class GetTrialWorkloadsRequestFilterOption(DetEnum):
    UNSPECIFIED = "FILTER_OPTION_UNSPECIFIED"
    CHECKPOINT = "FILTER_OPTION_CHECKPOINT"
    VALIDATION = "FILTER_OPTION_VALIDATION"
    CHECKPOINT_OR_VALIDATION = "FILTER_OPTION_CHECKPOINT_OR_VALIDATION"

class HealthStatus(DetEnum):
    up = "up"
    down = "down"

class TrialProfilerMetricLabelsProfilerMetricType(DetEnum):
    UNSPECIFIED = "PROFILER_METRIC_TYPE_UNSPECIFIED"
    SYSTEM = "PROFILER_METRIC_TYPE_SYSTEM"
    TIMING = "PROFILER_METRIC_TYPE_TIMING"
    MISC = "PROFILER_METRIC_TYPE_MISC"

class checkpointv1SortBy(DetEnum):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    UUID = "SORT_BY_UUID"
    TRIAL_ID = "SORT_BY_TRIAL_ID"
    BATCH_NUMBER = "SORT_BY_BATCH_NUMBER"
    END_TIME = "SORT_BY_END_TIME"
    STATE = "SORT_BY_STATE"
    SEARCHER_METRIC = "SORT_BY_SEARCHER_METRIC"

class checkpointv1State(DetEnum):
    UNSPECIFIED = "STATE_UNSPECIFIED"
    ACTIVE = "STATE_ACTIVE"
    COMPLETED = "STATE_COMPLETED"
    ERROR = "STATE_ERROR"
    DELETED = "STATE_DELETED"
    PARTIALLY_DELETED = "STATE_PARTIALLY_DELETED"

class containerv1State(DetEnum):
    UNSPECIFIED = "STATE_UNSPECIFIED"
    ASSIGNED = "STATE_ASSIGNED"
    PULLING = "STATE_PULLING"
    STARTING = "STATE_STARTING"
    RUNNING = "STATE_RUNNING"
    TERMINATED = "STATE_TERMINATED"

class devicev1Type(DetEnum):
    UNSPECIFIED = "TYPE_UNSPECIFIED"
    CPU = "TYPE_CPU"
    CUDA = "TYPE_CUDA"
    ROCM = "TYPE_ROCM"

class experimentv1State(DetEnum):
    UNSPECIFIED = "STATE_UNSPECIFIED"
    ACTIVE = "STATE_ACTIVE"
    PAUSED = "STATE_PAUSED"
    STOPPING_COMPLETED = "STATE_STOPPING_COMPLETED"
    STOPPING_CANCELED = "STATE_STOPPING_CANCELED"
    STOPPING_ERROR = "STATE_STOPPING_ERROR"
    COMPLETED = "STATE_COMPLETED"
    CANCELED = "STATE_CANCELED"
    ERROR = "STATE_ERROR"
    DELETED = "STATE_DELETED"
    DELETING = "STATE_DELETING"
    DELETE_FAILED = "STATE_DELETE_FAILED"
    STOPPING_KILLED = "STATE_STOPPING_KILLED"
    QUEUED = "STATE_QUEUED"
    PULLING = "STATE_PULLING"
    STARTING = "STATE_STARTING"
    RUNNING = "STATE_RUNNING"

class jobv1State(DetEnum):
    UNSPECIFIED = "STATE_UNSPECIFIED"
    QUEUED = "STATE_QUEUED"
    SCHEDULED = "STATE_SCHEDULED"
    SCHEDULED_BACKFILLED = "STATE_SCHEDULED_BACKFILLED"

class jobv1Type(DetEnum):
    UNSPECIFIED = "TYPE_UNSPECIFIED"
    EXPERIMENT = "TYPE_EXPERIMENT"
    NOTEBOOK = "TYPE_NOTEBOOK"
    TENSORBOARD = "TYPE_TENSORBOARD"
    SHELL = "TYPE_SHELL"
    COMMAND = "TYPE_COMMAND"
    CHECKPOINT_GC = "TYPE_CHECKPOINT_GC"
    EXTERNAL = "TYPE_EXTERNAL"
    GENERIC = "TYPE_GENERIC"

class protobufNullValue(DetEnum):
    NULL_VALUE = "NULL_VALUE"

class taskv1State(DetEnum):
    UNSPECIFIED = "STATE_UNSPECIFIED"
    PULLING = "STATE_PULLING"
    STARTING = "STATE_STARTING"
    RUNNING = "STATE_RUNNING"
    TERMINATED = "STATE_TERMINATED"
    TERMINATING = "STATE_TERMINATING"
    WAITING = "STATE_WAITING"
    QUEUED = "STATE_QUEUED"

class trialv1State(DetEnum):
    UNSPECIFIED = "STATE_UNSPECIFIED"
    ACTIVE = "STATE_ACTIVE"
    PAUSED = "STATE_PAUSED"
    STOPPING_CANCELED = "STATE_STOPPING_CANCELED"
    STOPPING_KILLED = "STATE_STOPPING_KILLED"
    STOPPING_COMPLETED = "STATE_STOPPING_COMPLETED"
    STOPPING_ERROR = "STATE_STOPPING_ERROR"
    CANCELED = "STATE_CANCELED"
    COMPLETED = "STATE_COMPLETED"
    ERROR = "STATE_ERROR"
    QUEUED = "STATE_QUEUED"
    PULLING = "STATE_PULLING"
    STARTING = "STATE_STARTING"
    RUNNING = "STATE_RUNNING"

class v1ActivityType(DetEnum):
    UNSPECIFIED = "ACTIVITY_TYPE_UNSPECIFIED"
    GET = "ACTIVITY_TYPE_GET"

class v1ColumnType(DetEnum):
    UNSPECIFIED = "COLUMN_TYPE_UNSPECIFIED"
    TEXT = "COLUMN_TYPE_TEXT"
    NUMBER = "COLUMN_TYPE_NUMBER"
    DATE = "COLUMN_TYPE_DATE"
    ARRAY = "COLUMN_TYPE_ARRAY"

class v1EntityType(DetEnum):
    UNSPECIFIED = "ENTITY_TYPE_UNSPECIFIED"
    PROJECT = "ENTITY_TYPE_PROJECT"

class v1FailureType(DetEnum):
    UNSPECIFIED = "FAILURE_TYPE_UNSPECIFIED"
    RESOURCES_FAILED = "FAILURE_TYPE_RESOURCES_FAILED"
    RESOURCES_ABORTED = "FAILURE_TYPE_RESOURCES_ABORTED"
    RESOURCES_MISSING = "FAILURE_TYPE_RESOURCES_MISSING"
    TASK_ABORTED = "FAILURE_TYPE_TASK_ABORTED"
    TASK_ERROR = "FAILURE_TYPE_TASK_ERROR"
    AGENT_FAILED = "FAILURE_TYPE_AGENT_FAILED"
    AGENT_ERROR = "FAILURE_TYPE_AGENT_ERROR"
    RESTORE_ERROR = "FAILURE_TYPE_RESTORE_ERROR"
    UNKNOWN_ERROR = "FAILURE_TYPE_UNKNOWN_ERROR"

class v1FittingPolicy(DetEnum):
    UNSPECIFIED = "FITTING_POLICY_UNSPECIFIED"
    BEST = "FITTING_POLICY_BEST"
    WORST = "FITTING_POLICY_WORST"
    KUBERNETES = "FITTING_POLICY_KUBERNETES"
    SLURM = "FITTING_POLICY_SLURM"
    PBS = "FITTING_POLICY_PBS"

class v1GenericTaskState(DetEnum):
    UNSPECIFIED = "GENERIC_TASK_STATE_UNSPECIFIED"
    ACTIVE = "GENERIC_TASK_STATE_ACTIVE"
    CANCELED = "GENERIC_TASK_STATE_CANCELED"
    COMPLETED = "GENERIC_TASK_STATE_COMPLETED"
    ERROR = "GENERIC_TASK_STATE_ERROR"
    PAUSED = "GENERIC_TASK_STATE_PAUSED"
    STOPPING_PAUSED = "GENERIC_TASK_STATE_STOPPING_PAUSED"
    STOPPING_CANCELED = "GENERIC_TASK_STATE_STOPPING_CANCELED"
    STOPPING_COMPLETED = "GENERIC_TASK_STATE_STOPPING_COMPLETED"
    STOPPING_ERROR = "GENERIC_TASK_STATE_STOPPING_ERROR"

class v1GetAccessTokensRequestSortBy(DetEnum):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    USER_ID = "SORT_BY_USER_ID"
    EXPIRY = "SORT_BY_EXPIRY"
    CREATED_AT = "SORT_BY_CREATED_AT"
    TOKEN_TYPE = "SORT_BY_TOKEN_TYPE"
    REVOKED = "SORT_BY_REVOKED"
    DESCRIPTION = "SORT_BY_DESCRIPTION"

class v1GetAgentsRequestSortBy(DetEnum):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    ID = "SORT_BY_ID"
    TIME = "SORT_BY_TIME"

class v1GetCommandsRequestSortBy(DetEnum):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    ID = "SORT_BY_ID"
    DESCRIPTION = "SORT_BY_DESCRIPTION"
    START_TIME = "SORT_BY_START_TIME"
    WORKSPACE_ID = "SORT_BY_WORKSPACE_ID"

class v1GetExperimentTrialsRequestSortBy(DetEnum):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    ID = "SORT_BY_ID"
    START_TIME = "SORT_BY_START_TIME"
    END_TIME = "SORT_BY_END_TIME"
    STATE = "SORT_BY_STATE"
    BEST_VALIDATION_METRIC = "SORT_BY_BEST_VALIDATION_METRIC"
    LATEST_VALIDATION_METRIC = "SORT_BY_LATEST_VALIDATION_METRIC"
    BATCHES_PROCESSED = "SORT_BY_BATCHES_PROCESSED"
    DURATION = "SORT_BY_DURATION"
    RESTARTS = "SORT_BY_RESTARTS"
    CHECKPOINT_SIZE = "SORT_BY_CHECKPOINT_SIZE"
    LOG_RETENTION_DAYS = "SORT_BY_LOG_RETENTION_DAYS"

class v1GetExperimentsRequestSortBy(DetEnum):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    ID = "SORT_BY_ID"
    DESCRIPTION = "SORT_BY_DESCRIPTION"
    START_TIME = "SORT_BY_START_TIME"
    END_TIME = "SORT_BY_END_TIME"
    STATE = "SORT_BY_STATE"
    NUM_TRIALS = "SORT_BY_NUM_TRIALS"
    PROGRESS = "SORT_BY_PROGRESS"
    USER = "SORT_BY_USER"
    NAME = "SORT_BY_NAME"
    FORKED_FROM = "SORT_BY_FORKED_FROM"
    RESOURCE_POOL = "SORT_BY_RESOURCE_POOL"
    PROJECT_ID = "SORT_BY_PROJECT_ID"
    CHECKPOINT_SIZE = "SORT_BY_CHECKPOINT_SIZE"
    CHECKPOINT_COUNT = "SORT_BY_CHECKPOINT_COUNT"
    SEARCHER_METRIC_VAL = "SORT_BY_SEARCHER_METRIC_VAL"

class v1GetModelVersionsRequestSortBy(DetEnum):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    VERSION = "SORT_BY_VERSION"
    CREATION_TIME = "SORT_BY_CREATION_TIME"

class v1GetModelsRequestSortBy(DetEnum):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    NAME = "SORT_BY_NAME"
    DESCRIPTION = "SORT_BY_DESCRIPTION"
    CREATION_TIME = "SORT_BY_CREATION_TIME"
    LAST_UPDATED_TIME = "SORT_BY_LAST_UPDATED_TIME"
    NUM_VERSIONS = "SORT_BY_NUM_VERSIONS"
    WORKSPACE = "SORT_BY_WORKSPACE"

class v1GetNotebooksRequestSortBy(DetEnum):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    ID = "SORT_BY_ID"
    DESCRIPTION = "SORT_BY_DESCRIPTION"
    START_TIME = "SORT_BY_START_TIME"
    WORKSPACE_ID = "SORT_BY_WORKSPACE_ID"

class v1GetShellsRequestSortBy(DetEnum):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    ID = "SORT_BY_ID"
    DESCRIPTION = "SORT_BY_DESCRIPTION"
    START_TIME = "SORT_BY_START_TIME"
    WORKSPACE_ID = "SORT_BY_WORKSPACE_ID"

class v1GetTemplatesRequestSortBy(DetEnum):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    NAME = "SORT_BY_NAME"

class v1GetTensorboardsRequestSortBy(DetEnum):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    ID = "SORT_BY_ID"
    DESCRIPTION = "SORT_BY_DESCRIPTION"
    START_TIME = "SORT_BY_START_TIME"
    WORKSPACE_ID = "SORT_BY_WORKSPACE_ID"

class v1GetUsersRequestSortBy(DetEnum):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    DISPLAY_NAME = "SORT_BY_DISPLAY_NAME"
    USER_NAME = "SORT_BY_USER_NAME"
    ADMIN = "SORT_BY_ADMIN"
    ACTIVE = "SORT_BY_ACTIVE"
    MODIFIED_TIME = "SORT_BY_MODIFIED_TIME"
    NAME = "SORT_BY_NAME"
    LAST_AUTH_TIME = "SORT_BY_LAST_AUTH_TIME"
    REMOTE = "SORT_BY_REMOTE"

class v1GetWorkspaceProjectsRequestSortBy(DetEnum):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    CREATION_TIME = "SORT_BY_CREATION_TIME"
    LAST_EXPERIMENT_START_TIME = "SORT_BY_LAST_EXPERIMENT_START_TIME"
    NAME = "SORT_BY_NAME"
    DESCRIPTION = "SORT_BY_DESCRIPTION"
    ID = "SORT_BY_ID"

class v1GetWorkspacesRequestSortBy(DetEnum):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    ID = "SORT_BY_ID"
    NAME = "SORT_BY_NAME"

class v1LaunchWarning(DetEnum):
    UNSPECIFIED = "LAUNCH_WARNING_UNSPECIFIED"
    CURRENT_SLOTS_EXCEEDED = "LAUNCH_WARNING_CURRENT_SLOTS_EXCEEDED"

class v1LocationType(DetEnum):
    UNSPECIFIED = "LOCATION_TYPE_UNSPECIFIED"
    EXPERIMENT = "LOCATION_TYPE_EXPERIMENT"
    HYPERPARAMETERS = "LOCATION_TYPE_HYPERPARAMETERS"
    VALIDATIONS = "LOCATION_TYPE_VALIDATIONS"
    TRAINING = "LOCATION_TYPE_TRAINING"
    CUSTOM_METRIC = "LOCATION_TYPE_CUSTOM_METRIC"
    RUN = "LOCATION_TYPE_RUN"
    RUN_HYPERPARAMETERS = "LOCATION_TYPE_RUN_HYPERPARAMETERS"
    RUN_METADATA = "LOCATION_TYPE_RUN_METADATA"

class v1LogLevel(DetEnum):
    UNSPECIFIED = "LOG_LEVEL_UNSPECIFIED"
    TRACE = "LOG_LEVEL_TRACE"
    DEBUG = "LOG_LEVEL_DEBUG"
    INFO = "LOG_LEVEL_INFO"
    WARNING = "LOG_LEVEL_WARNING"
    ERROR = "LOG_LEVEL_ERROR"
    CRITICAL = "LOG_LEVEL_CRITICAL"

class v1MetricType(DetEnum):
    UNSPECIFIED = "METRIC_TYPE_UNSPECIFIED"
    TRAINING = "METRIC_TYPE_TRAINING"
    VALIDATION = "METRIC_TYPE_VALIDATION"
    PROFILING = "METRIC_TYPE_PROFILING"

class v1OrderBy(DetEnum):
    UNSPECIFIED = "ORDER_BY_UNSPECIFIED"
    ASC = "ORDER_BY_ASC"
    DESC = "ORDER_BY_DESC"

class v1PermissionType(DetEnum):
    UNSPECIFIED = "PERMISSION_TYPE_UNSPECIFIED"
    ADMINISTRATE_USER = "PERMISSION_TYPE_ADMINISTRATE_USER"
    ADMINISTRATE_OAUTH = "PERMISSION_TYPE_ADMINISTRATE_OAUTH"
    CREATE_EXPERIMENT = "PERMISSION_TYPE_CREATE_EXPERIMENT"
    VIEW_EXPERIMENT_ARTIFACTS = "PERMISSION_TYPE_VIEW_EXPERIMENT_ARTIFACTS"
    VIEW_EXPERIMENT_METADATA = "PERMISSION_TYPE_VIEW_EXPERIMENT_METADATA"
    UPDATE_EXPERIMENT = "PERMISSION_TYPE_UPDATE_EXPERIMENT"
    UPDATE_EXPERIMENT_METADATA = "PERMISSION_TYPE_UPDATE_EXPERIMENT_METADATA"
    DELETE_EXPERIMENT = "PERMISSION_TYPE_DELETE_EXPERIMENT"
    CREATE_NSC = "PERMISSION_TYPE_CREATE_NSC"
    VIEW_NSC = "PERMISSION_TYPE_VIEW_NSC"
    UPDATE_NSC = "PERMISSION_TYPE_UPDATE_NSC"
    UPDATE_GROUP = "PERMISSION_TYPE_UPDATE_GROUP"
    CREATE_WORKSPACE = "PERMISSION_TYPE_CREATE_WORKSPACE"
    VIEW_WORKSPACE = "PERMISSION_TYPE_VIEW_WORKSPACE"
    UPDATE_WORKSPACE = "PERMISSION_TYPE_UPDATE_WORKSPACE"
    DELETE_WORKSPACE = "PERMISSION_TYPE_DELETE_WORKSPACE"
    SET_WORKSPACE_AGENT_USER_GROUP = "PERMISSION_TYPE_SET_WORKSPACE_AGENT_USER_GROUP"
    SET_WORKSPACE_CHECKPOINT_STORAGE_CONFIG = "PERMISSION_TYPE_SET_WORKSPACE_CHECKPOINT_STORAGE_CONFIG"
    SET_WORKSPACE_DEFAULT_RESOURCE_POOL = "PERMISSION_TYPE_SET_WORKSPACE_DEFAULT_RESOURCE_POOL"
    CREATE_PROJECT = "PERMISSION_TYPE_CREATE_PROJECT"
    VIEW_PROJECT = "PERMISSION_TYPE_VIEW_PROJECT"
    UPDATE_PROJECT = "PERMISSION_TYPE_UPDATE_PROJECT"
    DELETE_PROJECT = "PERMISSION_TYPE_DELETE_PROJECT"
    ASSIGN_ROLES = "PERMISSION_TYPE_ASSIGN_ROLES"
    VIEW_MODEL_REGISTRY = "PERMISSION_TYPE_VIEW_MODEL_REGISTRY"
    EDIT_MODEL_REGISTRY = "PERMISSION_TYPE_EDIT_MODEL_REGISTRY"
    CREATE_MODEL_REGISTRY = "PERMISSION_TYPE_CREATE_MODEL_REGISTRY"
    DELETE_MODEL_REGISTRY = "PERMISSION_TYPE_DELETE_MODEL_REGISTRY"
    DELETE_MODEL_VERSION = "PERMISSION_TYPE_DELETE_MODEL_VERSION"
    DELETE_OTHER_USER_MODEL_REGISTRY = "PERMISSION_TYPE_DELETE_OTHER_USER_MODEL_REGISTRY"
    DELETE_OTHER_USER_MODEL_VERSION = "PERMISSION_TYPE_DELETE_OTHER_USER_MODEL_VERSION"
    VIEW_MASTER_LOGS = "PERMISSION_TYPE_VIEW_MASTER_LOGS"
    VIEW_CLUSTER_USAGE = "PERMISSION_TYPE_VIEW_CLUSTER_USAGE"
    UPDATE_AGENTS = "PERMISSION_TYPE_UPDATE_AGENTS"
    VIEW_SENSITIVE_AGENT_INFO = "PERMISSION_TYPE_VIEW_SENSITIVE_AGENT_INFO"
    VIEW_MASTER_CONFIG = "PERMISSION_TYPE_VIEW_MASTER_CONFIG"
    UPDATE_MASTER_CONFIG = "PERMISSION_TYPE_UPDATE_MASTER_CONFIG"
    VIEW_EXTERNAL_JOBS = "PERMISSION_TYPE_VIEW_EXTERNAL_JOBS"
    CONTROL_STRICT_JOB_QUEUE = "PERMISSION_TYPE_CONTROL_STRICT_JOB_QUEUE"
    VIEW_TEMPLATES = "PERMISSION_TYPE_VIEW_TEMPLATES"
    UPDATE_TEMPLATES = "PERMISSION_TYPE_UPDATE_TEMPLATES"
    CREATE_TEMPLATES = "PERMISSION_TYPE_CREATE_TEMPLATES"
    DELETE_TEMPLATES = "PERMISSION_TYPE_DELETE_TEMPLATES"
    UPDATE_ROLES = "PERMISSION_TYPE_UPDATE_ROLES"
    EDIT_WEBHOOKS = "PERMISSION_TYPE_EDIT_WEBHOOKS"
    VIEW_WEBHOOKS = "PERMISSION_TYPE_VIEW_WEBHOOKS"
    MODIFY_RP_WORKSPACE_BINDINGS = "PERMISSION_TYPE_MODIFY_RP_WORKSPACE_BINDINGS"
    SET_WORKSPACE_NAMESPACE_BINDINGS = "PERMISSION_TYPE_SET_WORKSPACE_NAMESPACE_BINDINGS"
    SET_RESOURCE_QUOTAS = "PERMISSION_TYPE_SET_RESOURCE_QUOTAS"
    VIEW_RESOURCE_QUOTAS = "PERMISSION_TYPE_VIEW_RESOURCE_QUOTAS"
    MODIFY_GLOBAL_CONFIG_POLICIES = "PERMISSION_TYPE_MODIFY_GLOBAL_CONFIG_POLICIES"
    MODIFY_WORKSPACE_CONFIG_POLICIES = "PERMISSION_TYPE_MODIFY_WORKSPACE_CONFIG_POLICIES"
    VIEW_GLOBAL_CONFIG_POLICIES = "PERMISSION_TYPE_VIEW_GLOBAL_CONFIG_POLICIES"
    VIEW_WORKSPACE_CONFIG_POLICIES = "PERMISSION_TYPE_VIEW_WORKSPACE_CONFIG_POLICIES"
    ADMINISTRATE_TOKEN = "PERMISSION_TYPE_ADMINISTRATE_TOKEN"
    UPDATE_TOKEN = "PERMISSION_TYPE_UPDATE_TOKEN"
    CREATE_TOKEN = "PERMISSION_TYPE_CREATE_TOKEN"
    CREATE_OTHER_TOKEN = "PERMISSION_TYPE_CREATE_OTHER_TOKEN"
    VIEW_OTHER_TOKEN = "PERMISSION_TYPE_VIEW_OTHER_TOKEN"
    VIEW_TOKEN = "PERMISSION_TYPE_VIEW_TOKEN"

class v1ResourceAllocationAggregationPeriod(DetEnum):
    UNSPECIFIED = "RESOURCE_ALLOCATION_AGGREGATION_PERIOD_UNSPECIFIED"
    DAILY = "RESOURCE_ALLOCATION_AGGREGATION_PERIOD_DAILY"
    MONTHLY = "RESOURCE_ALLOCATION_AGGREGATION_PERIOD_MONTHLY"

class v1ResourcePoolType(DetEnum):
    UNSPECIFIED = "RESOURCE_POOL_TYPE_UNSPECIFIED"
    AWS = "RESOURCE_POOL_TYPE_AWS"
    GCP = "RESOURCE_POOL_TYPE_GCP"
    STATIC = "RESOURCE_POOL_TYPE_STATIC"
    K8S = "RESOURCE_POOL_TYPE_K8S"

class v1SchedulerType(DetEnum):
    UNSPECIFIED = "SCHEDULER_TYPE_UNSPECIFIED"
    PRIORITY = "SCHEDULER_TYPE_PRIORITY"
    FAIR_SHARE = "SCHEDULER_TYPE_FAIR_SHARE"
    ROUND_ROBIN = "SCHEDULER_TYPE_ROUND_ROBIN"
    KUBERNETES = "SCHEDULER_TYPE_KUBERNETES"
    SLURM = "SCHEDULER_TYPE_SLURM"
    PBS = "SCHEDULER_TYPE_PBS"

class v1TableType(DetEnum):
    UNSPECIFIED = "TABLE_TYPE_UNSPECIFIED"
    EXPERIMENT = "TABLE_TYPE_EXPERIMENT"
    RUN = "TABLE_TYPE_RUN"

class v1TaskType(DetEnum):
    UNSPECIFIED = "TASK_TYPE_UNSPECIFIED"
    TRIAL = "TASK_TYPE_TRIAL"
    NOTEBOOK = "TASK_TYPE_NOTEBOOK"
    SHELL = "TASK_TYPE_SHELL"
    COMMAND = "TASK_TYPE_COMMAND"
    TENSORBOARD = "TASK_TYPE_TENSORBOARD"
    CHECKPOINT_GC = "TASK_TYPE_CHECKPOINT_GC"
    GENERIC = "TASK_TYPE_GENERIC"

class v1TokenType(DetEnum):
    UNSPECIFIED = "TOKEN_TYPE_UNSPECIFIED"
    USER_SESSION = "TOKEN_TYPE_USER_SESSION"
    ACCESS_TOKEN = "TOKEN_TYPE_ACCESS_TOKEN"

class v1TrialEarlyExitExitedReason(DetEnum):
    UNSPECIFIED = "EXITED_REASON_UNSPECIFIED"
    INVALID_HP = "EXITED_REASON_INVALID_HP"
    INIT_INVALID_HP = "EXITED_REASON_INIT_INVALID_HP"

class v1TrialSourceInfoType(DetEnum):
    UNSPECIFIED = "TRIAL_SOURCE_INFO_TYPE_UNSPECIFIED"
    INFERENCE = "TRIAL_SOURCE_INFO_TYPE_INFERENCE"
    FINE_TUNING = "TRIAL_SOURCE_INFO_TYPE_FINE_TUNING"

class v1TriggerType(DetEnum):
    UNSPECIFIED = "TRIGGER_TYPE_UNSPECIFIED"
    EXPERIMENT_STATE_CHANGE = "TRIGGER_TYPE_EXPERIMENT_STATE_CHANGE"
    METRIC_THRESHOLD_EXCEEDED = "TRIGGER_TYPE_METRIC_THRESHOLD_EXCEEDED"
    TASK_LOG = "TRIGGER_TYPE_TASK_LOG"
    CUSTOM = "TRIGGER_TYPE_CUSTOM"

class v1WebhookMode(DetEnum):
    UNSPECIFIED = "WEBHOOK_MODE_UNSPECIFIED"
    WORKSPACE = "WEBHOOK_MODE_WORKSPACE"
    SPECIFIC = "WEBHOOK_MODE_SPECIFIC"

class v1WebhookType(DetEnum):
    UNSPECIFIED = "WEBHOOK_TYPE_UNSPECIFIED"
    DEFAULT = "WEBHOOK_TYPE_DEFAULT"
    SLACK = "WEBHOOK_TYPE_SLACK"

class v1WorkspaceState(DetEnum):
    UNSPECIFIED = "WORKSPACE_STATE_UNSPECIFIED"
    DELETING = "WORKSPACE_STATE_DELETING"
    DELETE_FAILED = "WORKSPACE_STATE_DELETE_FAILED"
    DELETED = "WORKSPACE_STATE_DELETED"

class HealthCheck(_Message):
    database: Optional[HealthStatus]
    resource_managers: Optional[Sequence[ResourceManagerHealth]]
    status: Optional[HealthStatus]
    def __init__(self, *, database: Union[HealthStatus, None, Unset] = ..., resource_managers: Union[Sequence[ResourceManagerHealth], None, Unset] = ..., status: Union[HealthStatus, None, Unset] = ...) -> None: ...

class PatchCheckpointOptionalResources(_Message):
    resources: Optional[Dict[str, str]]
    def __init__(self, *, resources: Union[Dict[str, str], None, Unset] = ...) -> None: ...

class PatchExperimentPatchCheckpointStorage(_Message):
    saveExperimentBest: Optional[int]
    saveTrialBest: Optional[int]
    saveTrialLatest: Optional[int]
    def __init__(self, *, saveExperimentBest: Union[int, None, Unset] = ..., saveTrialBest: Union[int, None, Unset] = ..., saveTrialLatest: Union[int, None, Unset] = ...) -> None: ...

class PatchExperimentPatchResources(_Message):
    maxSlots: Optional[int]
    priority: Optional[int]
    weight: Optional[float]
    def __init__(self, *, maxSlots: Union[int, None, Unset] = ..., priority: Union[int, None, Unset] = ..., weight: Union[float, None, Unset] = ...) -> None: ...

class ResourceManagerHealth(_Message):
    cluster_name: Optional[str]
    status: Optional[HealthStatus]
    def __init__(self, *, cluster_name: Union[str, None, Unset] = ..., status: Union[HealthStatus, None, Unset] = ...) -> None: ...

class ResourcesSummaryDevices(_Message):
    devices: Optional[Sequence[v1Device]]
    def __init__(self, *, devices: Union[Sequence[v1Device], None, Unset] = ...) -> None: ...

class protobufAny(_Message):
    typeUrl: Optional[str]
    value: Optional[str]
    def __init__(self, *, typeUrl: Union[str, None, Unset] = ..., value: Union[str, None, Unset] = ...) -> None: ...

class protobufFieldMask(_Message):
    paths: Optional[Sequence[str]]
    def __init__(self, *, paths: Union[Sequence[str], None, Unset] = ...) -> None: ...

class runtimeError(_Message):
    code: Optional[int]
    details: Optional[Sequence[protobufAny]]
    error: Optional[str]
    message: Optional[str]
    def __init__(self, *, code: Union[int, None, Unset] = ..., details: Union[Sequence[protobufAny], None, Unset] = ..., error: Union[str, None, Unset] = ..., message: Union[str, None, Unset] = ...) -> None: ...

class runtimeStreamError(_Message):
    details: Optional[Sequence[protobufAny]]
    grpcCode: Optional[int]
    httpCode: Optional[int]
    httpStatus: Optional[str]
    message: Optional[str]
    def __init__(self, *, details: Union[Sequence[protobufAny], None, Unset] = ..., grpcCode: Union[int, None, Unset] = ..., httpCode: Union[int, None, Unset] = ..., httpStatus: Union[str, None, Unset] = ..., message: Union[str, None, Unset] = ...) -> None: ...

class trialv1Trial(_Message):
    experimentId: int
    hparams: Dict[str, Any]
    id: int
    restarts: int
    startTime: str
    state: trialv1State
    totalBatchesProcessed: int
    bestCheckpoint: Optional[v1CheckpointWorkload]
    bestValidation: Optional[v1MetricsWorkload]
    checkpointCount: Optional[int]
    endTime: Optional[str]
    latestValidation: Optional[v1MetricsWorkload]
    logPolicyMatched: Optional[str]
    logRetentionDays: Optional[int]
    metadata: Optional[Dict[str, Any]]
    runnerState: Optional[str]
    searcherMetricValue: Optional[float]
    summaryMetrics: Optional[Dict[str, Any]]
    taskId: Optional[str]
    taskIds: Optional[Sequence[str]]
    totalCheckpointSize: Optional[str]
    wallClockTime: Optional[float]
    warmStartCheckpointUuid: Optional[str]
    def __init__(self, *, experimentId: int, hparams: Dict[str, Any], id: int, restarts: int, startTime: str, state: trialv1State, totalBatchesProcessed: int, bestCheckpoint: Union[v1CheckpointWorkload, None, Unset] = ..., bestValidation: Union[v1MetricsWorkload, None, Unset] = ..., checkpointCount: Union[int, None, Unset] = ..., endTime: Union[str, None, Unset] = ..., latestValidation: Union[v1MetricsWorkload, None, Unset] = ..., logPolicyMatched: Union[str, None, Unset] = ..., logRetentionDays: Union[int, None, Unset] = ..., metadata: Union[Dict[str, Any], None, Unset] = ..., runnerState: Union[str, None, Unset] = ..., searcherMetricValue: Union[float, None, Unset] = ..., summaryMetrics: Union[Dict[str, Any], None, Unset] = ..., taskId: Union[str, None, Unset] = ..., taskIds: Union[Sequence[str], None, Unset] = ..., totalCheckpointSize: Union[str, None, Unset] = ..., wallClockTime: Union[float, None, Unset] = ..., warmStartCheckpointUuid: Union[str, None, Unset] = ...) -> None: ...

class v1AcceleratorData(_Message):
    acceleratorType: Optional[str]
    acceleratorUuids: Optional[Sequence[str]]
    allocationId: Optional[str]
    containerId: Optional[str]
    nodeName: Optional[str]
    resourcePool: Optional[str]
    taskId: Optional[str]
    def __init__(self, *, acceleratorType: Union[str, None, Unset] = ..., acceleratorUuids: Union[Sequence[str], None, Unset] = ..., allocationId: Union[str, None, Unset] = ..., containerId: Union[str, None, Unset] = ..., nodeName: Union[str, None, Unset] = ..., resourcePool: Union[str, None, Unset] = ..., taskId: Union[str, None, Unset] = ...) -> None: ...

class v1AckAllocationPreemptionSignalRequest(_Message):
    allocationId: str
    def __init__(self, *, allocationId: str) -> None: ...

class v1ActivateExperimentsRequest(_Message):
    experimentIds: Sequence[int]
    projectId: int
    filters: Optional[v1BulkExperimentFilters]
    def __init__(self, *, experimentIds: Sequence[int], projectId: int, filters: Union[v1BulkExperimentFilters, None, Unset] = ...) -> None: ...

class v1ActivateExperimentsResponse(_Message):
    results: Sequence[v1ExperimentActionResult]
    def __init__(self, *, results: Sequence[v1ExperimentActionResult]) -> None: ...

class v1AddProjectNoteResponse(_Message):
    notes: Sequence[v1Note]
    def __init__(self, *, notes: Sequence[v1Note]) -> None: ...

class v1Address(_Message):
    containerIp: Optional[str]
    containerPort: Optional[int]
    hostIp: Optional[str]
    hostPort: Optional[int]
    def __init__(self, *, containerIp: Union[str, None, Unset] = ..., containerPort: Union[int, None, Unset] = ..., hostIp: Union[str, None, Unset] = ..., hostPort: Union[int, None, Unset] = ...) -> None: ...

class v1Agent(_Message):
    id: str
    slotStats: v1SlotStats
    addresses: Optional[Sequence[str]]
    containers: Optional[Dict[str, v1Container]]
    draining: Optional[bool]
    enabled: Optional[bool]
    registeredTime: Optional[str]
    resourcePools: Optional[Sequence[str]]
    slots: Optional[Dict[str, v1Slot]]
    version: Optional[str]
    def __init__(self, *, id: str, slotStats: v1SlotStats, addresses: Union[Sequence[str], None, Unset] = ..., containers: Union[Dict[str, v1Container], None, Unset] = ..., draining: Union[bool, None, Unset] = ..., enabled: Union[bool, None, Unset] = ..., registeredTime: Union[str, None, Unset] = ..., resourcePools: Union[Sequence[str], None, Unset] = ..., slots: Union[Dict[str, v1Slot], None, Unset] = ..., version: Union[str, None, Unset] = ...) -> None: ...

class v1AgentUserGroup(_Message):
    agentGid: Optional[int]
    agentGroup: Optional[str]
    agentUid: Optional[int]
    agentUser: Optional[str]
    def __init__(self, *, agentGid: Union[int, None, Unset] = ..., agentGroup: Union[str, None, Unset] = ..., agentUid: Union[int, None, Unset] = ..., agentUser: Union[str, None, Unset] = ...) -> None: ...

class v1AggregateQueueStats(_Message):
    periodStart: str
    seconds: float
    def __init__(self, *, periodStart: str, seconds: float) -> None: ...

class v1Allocation(_Message):
    allocationId: str
    slots: int
    state: taskv1State
    taskId: str
    endTime: Optional[str]
    exitReason: Optional[str]
    isReady: Optional[bool]
    startTime: Optional[str]
    statusCode: Optional[int]
    def __init__(self, *, allocationId: str, slots: int, state: taskv1State, taskId: str, endTime: Union[str, None, Unset] = ..., exitReason: Union[str, None, Unset] = ..., isReady: Union[bool, None, Unset] = ..., startTime: Union[str, None, Unset] = ..., statusCode: Union[int, None, Unset] = ...) -> None: ...

class v1AllocationAllGatherRequest(_Message):
    allocationId: str
    data: Dict[str, Any]
    numPeers: Optional[int]
    requestUuid: Optional[str]
    def __init__(self, *, allocationId: str, data: Dict[str, Any], numPeers: Union[int, None, Unset] = ..., requestUuid: Union[str, None, Unset] = ...) -> None: ...

class v1AllocationAllGatherResponse(_Message):
    data: Sequence[Dict[str, Any]]
    def __init__(self, *, data: Sequence[Dict[str, Any]]) -> None: ...

class v1AllocationPendingPreemptionSignalRequest(_Message):
    allocationId: str
    def __init__(self, *, allocationId: str) -> None: ...

class v1AllocationPreemptionSignalResponse(_Message):
    preempt: Optional[bool]
    def __init__(self, *, preempt: Union[bool, None, Unset] = ...) -> None: ...

class v1AllocationReadyRequest(_Message):
    allocationId: Optional[str]
    def __init__(self, *, allocationId: Union[str, None, Unset] = ...) -> None: ...

class v1AllocationRendezvousInfoResponse(_Message):
    rendezvousInfo: v1RendezvousInfo
    def __init__(self, *, rendezvousInfo: v1RendezvousInfo) -> None: ...

class v1AllocationSummary(_Message):
    allocationId: Optional[str]
    name: Optional[str]
    priority: Optional[int]
    proxyPorts: Optional[Sequence[v1ProxyPortConfig]]
    registeredTime: Optional[str]
    resourcePool: Optional[str]
    resources: Optional[Sequence[v1ResourcesSummary]]
    schedulerType: Optional[str]
    slotsNeeded: Optional[int]
    taskId: Optional[str]
    def __init__(self, *, allocationId: Union[str, None, Unset] = ..., name: Union[str, None, Unset] = ..., priority: Union[int, None, Unset] = ..., proxyPorts: Union[Sequence[v1ProxyPortConfig], None, Unset] = ..., registeredTime: Union[str, None, Unset] = ..., resourcePool: Union[str, None, Unset] = ..., resources: Union[Sequence[v1ResourcesSummary], None, Unset] = ..., schedulerType: Union[str, None, Unset] = ..., slotsNeeded: Union[int, None, Unset] = ..., taskId: Union[str, None, Unset] = ...) -> None: ...

class v1AllocationWaitingRequest(_Message):
    allocationId: Optional[str]
    def __init__(self, *, allocationId: Union[str, None, Unset] = ...) -> None: ...

class v1ArchiveExperimentsRequest(_Message):
    experimentIds: Sequence[int]
    projectId: int
    filters: Optional[v1BulkExperimentFilters]
    def __init__(self, *, experimentIds: Sequence[int], projectId: int, filters: Union[v1BulkExperimentFilters, None, Unset] = ...) -> None: ...

class v1ArchiveExperimentsResponse(_Message):
    results: Sequence[v1ExperimentActionResult]
    def __init__(self, *, results: Sequence[v1ExperimentActionResult]) -> None: ...

class v1ArchiveRunsRequest(_Message):
    projectId: int
    runIds: Sequence[int]
    filter: Optional[str]
    def __init__(self, *, projectId: int, runIds: Sequence[int], filter: Union[str, None, Unset] = ...) -> None: ...

class v1ArchiveRunsResponse(_Message):
    results: Sequence[v1RunActionResult]
    def __init__(self, *, results: Sequence[v1RunActionResult]) -> None: ...

class v1AssignMultipleGroupsRequest(_Message):
    addGroups: Sequence[int]
    removeGroups: Sequence[int]
    userIds: Sequence[int]
    def __init__(self, *, addGroups: Sequence[int], removeGroups: Sequence[int], userIds: Sequence[int]) -> None: ...

class v1AssignRolesRequest(_Message):
    groupRoleAssignments: Optional[Sequence[v1GroupRoleAssignment]]
    userRoleAssignments: Optional[Sequence[v1UserRoleAssignment]]
    def __init__(self, *, groupRoleAssignments: Union[Sequence[v1GroupRoleAssignment], None, Unset] = ..., userRoleAssignments: Union[Sequence[v1UserRoleAssignment], None, Unset] = ...) -> None: ...

class v1AwsCustomTag(_Message):
    key: str
    value: str
    def __init__(self, *, key: str, value: str) -> None: ...

class v1BindRPToWorkspaceRequest(_Message):
    resourcePoolName: str
    workspaceIds: Optional[Sequence[int]]
    workspaceNames: Optional[Sequence[str]]
    def __init__(self, *, resourcePoolName: str, workspaceIds: Union[Sequence[int], None, Unset] = ..., workspaceNames: Union[Sequence[str], None, Unset] = ...) -> None: ...

class v1BulkAutoCreateWorkspaceNamespaceBindingsRequest(_Message):
    workspaceIds: Optional[Sequence[int]]
    def __init__(self, *, workspaceIds: Union[Sequence[int], None, Unset] = ...) -> None: ...

class v1BulkExperimentFilters(_Message):
    archived: Optional[bool]
    description: Optional[str]
    excludedExperimentIds: Optional[Sequence[int]]
    labels: Optional[Sequence[str]]
    name: Optional[str]
    projectId: Optional[int]
    states: Optional[Sequence[experimentv1State]]
    userIds: Optional[Sequence[int]]
    def __init__(self, *, archived: Union[bool, None, Unset] = ..., description: Union[str, None, Unset] = ..., excludedExperimentIds: Union[Sequence[int], None, Unset] = ..., labels: Union[Sequence[str], None, Unset] = ..., name: Union[str, None, Unset] = ..., projectId: Union[int, None, Unset] = ..., states: Union[Sequence[experimentv1State], None, Unset] = ..., userIds: Union[Sequence[int], None, Unset] = ...) -> None: ...

class v1CancelExperimentsRequest(_Message):
    experimentIds: Sequence[int]
    projectId: int
    filters: Optional[v1BulkExperimentFilters]
    def __init__(self, *, experimentIds: Sequence[int], projectId: int, filters: Union[v1BulkExperimentFilters, None, Unset] = ...) -> None: ...

class v1CancelExperimentsResponse(_Message):
    results: Sequence[v1ExperimentActionResult]
    def __init__(self, *, results: Sequence[v1ExperimentActionResult]) -> None: ...

class v1Checkpoint(_Message):
    metadata: Dict[str, Any]
    resources: Dict[str, str]
    state: checkpointv1State
    training: v1CheckpointTrainingMetadata
    uuid: str
    allocationId: Optional[str]
    reportTime: Optional[str]
    storageId: Optional[int]
    taskId: Optional[str]
    def __init__(self, *, metadata: Dict[str, Any], resources: Dict[str, str], state: checkpointv1State, training: v1CheckpointTrainingMetadata, uuid: str, allocationId: Union[str, None, Unset] = ..., reportTime: Union[str, None, Unset] = ..., storageId: Union[int, None, Unset] = ..., taskId: Union[str, None, Unset] = ...) -> None: ...

class v1CheckpointTrainingMetadata(_Message):
    experimentConfig: Optional[Dict[str, Any]]
    experimentId: Optional[int]
    hparams: Optional[Dict[str, Any]]
    searcherMetric: Optional[float]
    trainingMetrics: Optional[v1Metrics]
    trialId: Optional[int]
    validationMetrics: Optional[v1Metrics]
    def __init__(self, *, experimentConfig: Union[Dict[str, Any], None, Unset] = ..., experimentId: Union[int, None, Unset] = ..., hparams: Union[Dict[str, Any], None, Unset] = ..., searcherMetric: Union[float, None, Unset] = ..., trainingMetrics: Union[v1Metrics, None, Unset] = ..., trialId: Union[int, None, Unset] = ..., validationMetrics: Union[v1Metrics, None, Unset] = ...) -> None: ...

class v1CheckpointWorkload(_Message):
    state: checkpointv1State
    totalBatches: int
    endTime: Optional[str]
    metadata: Optional[Dict[str, Any]]
    resources: Optional[Dict[str, str]]
    uuid: Optional[str]
    def __init__(self, *, state: checkpointv1State, totalBatches: int, endTime: Union[str, None, Unset] = ..., metadata: Union[Dict[str, Any], None, Unset] = ..., resources: Union[Dict[str, str], None, Unset] = ..., uuid: Union[str, None, Unset] = ...) -> None: ...

class v1CheckpointsRemoveFilesRequest(_Message):
    checkpointGlobs: Sequence[str]
    checkpointUuids: Sequence[str]
    def __init__(self, *, checkpointGlobs: Sequence[str], checkpointUuids: Sequence[str]) -> None: ...

class v1CleanupLogsResponse(_Message):
    removedCount: str
    def __init__(self, *, removedCount: str) -> None: ...

class v1ClusterMessage(_Message):
    message: str
    startTime: str
    createdTime: Optional[str]
    endTime: Optional[str]
    def __init__(self, *, message: str, startTime: str, createdTime: Union[str, None, Unset] = ..., endTime: Union[str, None, Unset] = ...) -> None: ...

class v1Command(_Message):
    description: str
    id: str
    jobId: str
    resourcePool: str
    startTime: str
    state: taskv1State
    username: str
    workspaceId: int
    container: Optional[v1Container]
    displayName: Optional[str]
    exitStatus: Optional[str]
    userId: Optional[int]
    def __init__(self, *, description: str, id: str, jobId: str, resourcePool: str, startTime: str, state: taskv1State, username: str, workspaceId: int, container: Union[v1Container, None, Unset] = ..., displayName: Union[str, None, Unset] = ..., exitStatus: Union[str, None, Unset] = ..., userId: Union[int, None, Unset] = ...) -> None: ...

class v1ComparableTrial(_Message):
    metrics: Sequence[v1DownsampledMetrics]
    trial: trialv1Trial
    def __init__(self, *, metrics: Sequence[v1DownsampledMetrics], trial: trialv1Trial) -> None: ...

class v1CompareTrialsResponse(_Message):
    trials: Sequence[v1ComparableTrial]
    def __init__(self, *, trials: Sequence[v1ComparableTrial]) -> None: ...

class v1Config(_Message):
    log: Optional[v1LogConfig]
    def __init__(self, *, log: Union[v1LogConfig, None, Unset] = ...) -> None: ...

class v1Container(_Message):
    id: str
    state: containerv1State
    devices: Optional[Sequence[v1Device]]
    parent: Optional[str]
    permissionDenied: Optional[bool]
    def __init__(self, *, id: str, state: containerv1State, devices: Union[Sequence[v1Device], None, Unset] = ..., parent: Union[str, None, Unset] = ..., permissionDenied: Union[bool, None, Unset] = ...) -> None: ...

class v1ContinueExperimentRequest(_Message):
    id: int
    overrideConfig: Optional[str]
    def __init__(self, *, id: int, overrideConfig: Union[str, None, Unset] = ...) -> None: ...

class v1ContinueExperimentResponse(_Message):
    experiment: v1Experiment
    warnings: Optional[Sequence[v1LaunchWarning]]
    def __init__(self, *, experiment: v1Experiment, warnings: Union[Sequence[v1LaunchWarning], None, Unset] = ...) -> None: ...

class v1CreateExperimentRequest(_Message):
    activate: Optional[bool]
    config: Optional[str]
    modelDefinition: Optional[Sequence[v1File]]
    parentId: Optional[int]
    projectId: Optional[int]
    template: Optional[str]
    unmanaged: Optional[bool]
    validateOnly: Optional[bool]
    def __init__(self, *, activate: Union[bool, None, Unset] = ..., config: Union[str, None, Unset] = ..., modelDefinition: Union[Sequence[v1File], None, Unset] = ..., parentId: Union[int, None, Unset] = ..., projectId: Union[int, None, Unset] = ..., template: Union[str, None, Unset] = ..., unmanaged: Union[bool, None, Unset] = ..., validateOnly: Union[bool, None, Unset] = ...) -> None: ...

class v1CreateExperimentResponse(_Message):
    config: Dict[str, Any]
    experiment: v1Experiment
    warnings: Optional[Sequence[v1LaunchWarning]]
    def __init__(self, *, config: Dict[str, Any], experiment: v1Experiment, warnings: Union[Sequence[v1LaunchWarning], None, Unset] = ...) -> None: ...

class v1CreateGenericTaskRequest(_Message):
    config: str
    contextDirectory: Sequence[v1File]
    forkedFrom: Optional[str]
    inheritContext: Optional[bool]
    noPause: Optional[bool]
    parentId: Optional[str]
    projectId: Optional[int]
    def __init__(self, *, config: str, contextDirectory: Sequence[v1File], forkedFrom: Union[str, None, Unset] = ..., inheritContext: Union[bool, None, Unset] = ..., noPause: Union[bool, None, Unset] = ..., parentId: Union[str, None, Unset] = ..., projectId: Union[int, None, Unset] = ...) -> None: ...

class v1CreateGenericTaskResponse(_Message):
    taskId: str
    warnings: Optional[Sequence[v1LaunchWarning]]
    def __init__(self, *, taskId: str, warnings: Union[Sequence[v1LaunchWarning], None, Unset] = ...) -> None: ...

class v1CreateGroupRequest(_Message):
    name: str
    addUsers: Optional[Sequence[int]]
    def __init__(self, *, name: str, addUsers: Union[Sequence[int], None, Unset] = ...) -> None: ...

class v1CreateGroupResponse(_Message):
    group: v1GroupDetails
    def __init__(self, *, group: v1GroupDetails) -> None: ...

class v1CreateTrialRequest(_Message):
    experimentId: Optional[int]
    hparams: Optional[Dict[str, Any]]
    unmanaged: Optional[bool]
    def __init__(self, *, experimentId: Union[int, None, Unset] = ..., hparams: Union[Dict[str, Any], None, Unset] = ..., unmanaged: Union[bool, None, Unset] = ...) -> None: ...

class v1CreateTrialResponse(_Message):
    trial: trialv1Trial
    def __init__(self, *, trial: trialv1Trial) -> None: ...

class v1CurrentUserResponse(_Message):
    user: v1User
    def __init__(self, *, user: v1User) -> None: ...

class v1CustomWebhookEventData(_Message):
    description: Optional[str]
    level: Optional[v1LogLevel]
    title: Optional[str]
    def __init__(self, *, description: Union[str, None, Unset] = ..., level: Union[v1LogLevel, None, Unset] = ..., title: Union[str, None, Unset] = ...) -> None: ...

class v1DataPoint(_Message):
    batches: int
    time: str
    epoch: Optional[float]
    values: Optional[Dict[str, Any]]
    def __init__(self, *, batches: int, time: str, epoch: Union[float, None, Unset] = ..., values: Union[Dict[str, Any], None, Unset] = ...) -> None: ...

class v1DeleteCheckpointsRequest(_Message):
    checkpointUuids: Sequence[str]
    def __init__(self, *, checkpointUuids: Sequence[str]) -> None: ...

class v1DeleteExperimentLabelResponse(_Message):
    labels: Sequence[str]
    def __init__(self, *, labels: Sequence[str]) -> None: ...

class v1DeleteExperimentsRequest(_Message):
    experimentIds: Sequence[int]
    projectId: int
    filters: Optional[v1BulkExperimentFilters]
    def __init__(self, *, experimentIds: Sequence[int], projectId: int, filters: Union[v1BulkExperimentFilters, None, Unset] = ...) -> None: ...

class v1DeleteExperimentsResponse(_Message):
    results: Sequence[v1ExperimentActionResult]
    def __init__(self, *, results: Sequence[v1ExperimentActionResult]) -> None: ...

class v1DeleteProjectResponse(_Message):
    completed: bool
    def __init__(self, *, completed: bool) -> None: ...

class v1DeleteRunsRequest(_Message):
    runIds: Sequence[int]
    filter: Optional[str]
    projectId: Optional[int]
    def __init__(self, *, runIds: Sequence[int], filter: Union[str, None, Unset] = ..., projectId: Union[int, None, Unset] = ...) -> None: ...

class v1DeleteRunsResponse(_Message):
    results: Sequence[v1RunActionResult]
    def __init__(self, *, results: Sequence[v1RunActionResult]) -> None: ...

class v1DeleteWorkspaceResponse(_Message):
    completed: bool
    def __init__(self, *, completed: bool) -> None: ...

class v1Device(_Message):
    brand: Optional[str]
    id: Optional[int]
    type: Optional[devicev1Type]
    uuid: Optional[str]
    def __init__(self, *, brand: Union[str, None, Unset] = ..., id: Union[int, None, Unset] = ..., type: Union[devicev1Type, None, Unset] = ..., uuid: Union[str, None, Unset] = ...) -> None: ...

class v1DeviceStats(_Message):
    disabled: int
    draining: int
    total: int
    states: Optional[Dict[str, int]]
    def __init__(self, *, disabled: int, draining: int, total: int, states: Union[Dict[str, int], None, Unset] = ...) -> None: ...

class v1DisableAgentRequest(_Message):
    agentId: Optional[str]
    drain: Optional[bool]
    def __init__(self, *, agentId: Union[str, None, Unset] = ..., drain: Union[bool, None, Unset] = ...) -> None: ...

class v1DisableAgentResponse(_Message):
    agent: Optional[v1Agent]
    def __init__(self, *, agent: Union[v1Agent, None, Unset] = ...) -> None: ...

class v1DisableSlotRequest(_Message):
    agentId: Optional[str]
    drain: Optional[bool]
    slotId: Optional[str]
    def __init__(self, *, agentId: Union[str, None, Unset] = ..., drain: Union[bool, None, Unset] = ..., slotId: Union[str, None, Unset] = ...) -> None: ...

class v1DisableSlotResponse(_Message):
    slot: Optional[v1Slot]
    def __init__(self, *, slot: Union[v1Slot, None, Unset] = ...) -> None: ...

class v1DoubleFieldFilter(_Message):
    gt: Optional[float]
    gte: Optional[float]
    lt: Optional[float]
    lte: Optional[float]
    def __init__(self, *, gt: Union[float, None, Unset] = ..., gte: Union[float, None, Unset] = ..., lt: Union[float, None, Unset] = ..., lte: Union[float, None, Unset] = ...) -> None: ...

class v1DownsampledMetrics(_Message):
    data: Sequence[v1DataPoint]
    group: str
    type: v1MetricType
    def __init__(self, *, data: Sequence[v1DataPoint], group: str, type: v1MetricType) -> None: ...

class v1EnableAgentResponse(_Message):
    agent: Optional[v1Agent]
    def __init__(self, *, agent: Union[v1Agent, None, Unset] = ...) -> None: ...

class v1EnableSlotResponse(_Message):
    slot: Optional[v1Slot]
    def __init__(self, *, slot: Union[v1Slot, None, Unset] = ...) -> None: ...

class v1ExpMetricNamesResponse(_Message):
    metricNames: Optional[Sequence[v1MetricIdentifier]]
    searcherMetrics: Optional[Sequence[str]]
    trainingMetrics: Optional[Sequence[str]]
    validationMetrics: Optional[Sequence[str]]
    def __init__(self, *, metricNames: Union[Sequence[v1MetricIdentifier], None, Unset] = ..., searcherMetrics: Union[Sequence[str], None, Unset] = ..., trainingMetrics: Union[Sequence[str], None, Unset] = ..., validationMetrics: Union[Sequence[str], None, Unset] = ...) -> None: ...

class v1Experiment(_Message):
    archived: bool
    config: Dict[str, Any]
    id: int
    jobId: str
    name: str
    numTrials: int
    originalConfig: str
    projectId: int
    projectOwnerId: int
    searcherType: str
    startTime: str
    state: experimentv1State
    username: str
    bestTrialId: Optional[int]
    bestTrialSearcherMetric: Optional[float]
    checkpointCount: Optional[int]
    checkpointSize: Optional[str]
    description: Optional[str]
    displayName: Optional[str]
    duration: Optional[int]
    endTime: Optional[str]
    externalExperimentId: Optional[str]
    externalTrialId: Optional[str]
    forkedFrom: Optional[int]
    hyperparameters: Optional[Dict[str, Any]]
    labels: Optional[Sequence[str]]
    modelDefinitionSize: Optional[int]
    notes: Optional[str]
    pachydermIntegration: Optional[Dict[str, Any]]
    parentArchived: Optional[bool]
    progress: Optional[float]
    projectName: Optional[str]
    resourcePool: Optional[str]
    searcherMetric: Optional[str]
    trialIds: Optional[Sequence[int]]
    unmanaged: Optional[bool]
    userId: Optional[int]
    workspaceId: Optional[int]
    workspaceName: Optional[str]
    def __init__(self, *, archived: bool, config: Dict[str, Any], id: int, jobId: str, name: str, numTrials: int, originalConfig: str, projectId: int, projectOwnerId: int, searcherType: str, startTime: str, state: experimentv1State, username: str, bestTrialId: Union[int, None, Unset] = ..., bestTrialSearcherMetric: Union[float, None, Unset] = ..., checkpointCount: Union[int, None, Unset] = ..., checkpointSize: Union[str, None, Unset] = ..., description: Union[str, None, Unset] = ..., displayName: Union[str, None, Unset] = ..., duration: Union[int, None, Unset] = ..., endTime: Union[str, None, Unset] = ..., externalExperimentId: Union[str, None, Unset] = ..., externalTrialId: Union[str, None, Unset] = ..., forkedFrom: Union[int, None, Unset] = ..., hyperparameters: Union[Dict[str, Any], None, Unset] = ..., labels: Union[Sequence[str], None, Unset] = ..., modelDefinitionSize: Union[int, None, Unset] = ..., notes: Union[str, None, Unset] = ..., pachydermIntegration: Union[Dict[str, Any], None, Unset] = ..., parentArchived: Union[bool, None, Unset] = ..., progress: Union[float, None, Unset] = ..., projectName: Union[str, None, Unset] = ..., resourcePool: Union[str, None, Unset] = ..., searcherMetric: Union[str, None, Unset] = ..., trialIds: Union[Sequence[int], None, Unset] = ..., unmanaged: Union[bool, None, Unset] = ..., userId: Union[int, None, Unset] = ..., workspaceId: Union[int, None, Unset] = ..., workspaceName: Union[str, None, Unset] = ...) -> None: ...

class v1ExperimentActionResult(_Message):
    error: str
    id: int
    def __init__(self, *, error: str, id: int) -> None: ...

class v1File(_Message):
    content: str
    gid: int
    mode: int
    mtime: str
    path: str
    type: int
    uid: int
    def __init__(self, *, content: str, gid: int, mode: int, mtime: str, path: str, type: int, uid: int) -> None: ...

class v1FileNode(_Message):
    contentLength: Optional[int]
    contentType: Optional[str]
    files: Optional[Sequence[v1FileNode]]
    isDir: Optional[bool]
    modifiedTime: Optional[str]
    name: Optional[str]
    path: Optional[str]
    def __init__(self, *, contentLength: Union[int, None, Unset] = ..., contentType: Union[str, None, Unset] = ..., files: Union[Sequence[v1FileNode], None, Unset] = ..., isDir: Union[bool, None, Unset] = ..., modifiedTime: Union[str, None, Unset] = ..., name: Union[str, None, Unset] = ..., path: Union[str, None, Unset] = ...) -> None: ...

class v1FlatRun(_Message):
    archived: bool
    checkpointCount: int
    checkpointSize: str
    id: int
    parentArchived: bool
    projectId: int
    projectName: str
    startTime: str
    state: trialv1State
    workspaceId: int
    workspaceName: str
    duration: Optional[int]
    endTime: Optional[str]
    experiment: Optional[v1FlatRunExperiment]
    externalRunId: Optional[str]
    hyperparameters: Optional[Dict[str, Any]]
    labels: Optional[Sequence[str]]
    localId: Optional[str]
    logPolicyMatched: Optional[str]
    metadata: Optional[Dict[str, Any]]
    searcherMetricValue: Optional[float]
    summaryMetrics: Optional[Dict[str, Any]]
    userId: Optional[int]
    def __init__(self, *, archived: bool, checkpointCount: int, checkpointSize: str, id: int, parentArchived: bool, projectId: int, projectName: str, startTime: str, state: trialv1State, workspaceId: int, workspaceName: str, duration: Union[int, None, Unset] = ..., endTime: Union[str, None, Unset] = ..., experiment: Union[v1FlatRunExperiment, None, Unset] = ..., externalRunId: Union[str, None, Unset] = ..., hyperparameters: Union[Dict[str, Any], None, Unset] = ..., labels: Union[Sequence[str], None, Unset] = ..., localId: Union[str, None, Unset] = ..., logPolicyMatched: Union[str, None, Unset] = ..., metadata: Union[Dict[str, Any], None, Unset] = ..., searcherMetricValue: Union[float, None, Unset] = ..., summaryMetrics: Union[Dict[str, Any], None, Unset] = ..., userId: Union[int, None, Unset] = ...) -> None: ...

class v1FlatRunExperiment(_Message):
    description: str
    id: int
    isMultitrial: bool
    name: str
    progress: float
    resourcePool: str
    searcherMetric: str
    searcherType: str
    unmanaged: bool
    externalExperimentId: Optional[str]
    forkedFrom: Optional[int]
    pachydermIntegration: Optional[Dict[str, Any]]
    def __init__(self, *, description: str, id: int, isMultitrial: bool, name: str, progress: float, resourcePool: str, searcherMetric: str, searcherType: str, unmanaged: bool, externalExperimentId: Union[str, None, Unset] = ..., forkedFrom: Union[int, None, Unset] = ..., pachydermIntegration: Union[Dict[str, Any], None, Unset] = ...) -> None: ...

class v1GetAccessTokensResponse(_Message):
    tokenInfo: Sequence[v1TokenInfo]
    pagination: Optional[v1Pagination]
    def __init__(self, *, tokenInfo: Sequence[v1TokenInfo], pagination: Union[v1Pagination, None, Unset] = ...) -> None: ...

class v1GetActiveTasksCountResponse(_Message):
    commands: int
    notebooks: int
    shells: int
    tensorboards: int
    def __init__(self, *, commands: int, notebooks: int, shells: int, tensorboards: int) -> None: ...

class v1GetAgentResponse(_Message):
    agent: v1Agent
    def __init__(self, *, agent: v1Agent) -> None: ...

class v1GetAgentsResponse(_Message):
    agents: Sequence[v1Agent]
    pagination: Optional[v1Pagination]
    def __init__(self, *, agents: Sequence[v1Agent], pagination: Union[v1Pagination, None, Unset] = ...) -> None: ...

class v1GetAllocationResponse(_Message):
    allocation: v1Allocation
    def __init__(self, *, allocation: v1Allocation) -> None: ...

class v1GetBestSearcherValidationMetricResponse(_Message):
    metric: Optional[float]
    def __init__(self, *, metric: Union[float, None, Unset] = ...) -> None: ...

class v1GetCheckpointResponse(_Message):
    checkpoint: v1Checkpoint
    def __init__(self, *, checkpoint: v1Checkpoint) -> None: ...

class v1GetClusterMessageResponse(_Message):
    clusterMessage: Optional[v1ClusterMessage]
    def __init__(self, *, clusterMessage: Union[v1ClusterMessage, None, Unset] = ...) -> None: ...

class v1GetCommandResponse(_Message):
    command: v1Command
    config: Dict[str, Any]
    def __init__(self, *, command: v1Command, config: Dict[str, Any]) -> None: ...

class v1GetCommandsResponse(_Message):
    commands: Sequence[v1Command]
    pagination: Optional[v1Pagination]
    def __init__(self, *, commands: Sequence[v1Command], pagination: Union[v1Pagination, None, Unset] = ...) -> None: ...

class v1GetExperimentCheckpointsResponse(_Message):
    checkpoints: Sequence[v1Checkpoint]
    pagination: v1Pagination
    def __init__(self, *, checkpoints: Sequence[v1Checkpoint], pagination: v1Pagination) -> None: ...

class v1GetExperimentLabelsResponse(_Message):
    labels: Optional[Sequence[str]]
    def __init__(self, *, labels: Union[Sequence[str], None, Unset] = ...) -> None: ...

class v1GetExperimentResponse(_Message):
    experiment: v1Experiment
    config: Optional[Dict[str, Any]]
    jobSummary: Optional[v1JobSummary]
    def __init__(self, *, experiment: v1Experiment, config: Union[Dict[str, Any], None, Unset] = ..., jobSummary: Union[v1JobSummary, None, Unset] = ...) -> None: ...

class v1GetExperimentTrialsResponse(_Message):
    pagination: v1Pagination
    trials: Sequence[trialv1Trial]
    def __init__(self, *, pagination: v1Pagination, trials: Sequence[trialv1Trial]) -> None: ...

class v1GetExperimentValidationHistoryResponse(_Message):
    validationHistory: Optional[Sequence[v1ValidationHistoryEntry]]
    def __init__(self, *, validationHistory: Union[Sequence[v1ValidationHistoryEntry], None, Unset] = ...) -> None: ...

class v1GetExperimentsResponse(_Message):
    experiments: Sequence[v1Experiment]
    pagination: v1Pagination
    def __init__(self, *, experiments: Sequence[v1Experiment], pagination: v1Pagination) -> None: ...

class v1GetGenericTaskConfigResponse(_Message):
    config: str
    def __init__(self, *, config: str) -> None: ...

class v1GetGlobalConfigPoliciesResponse(_Message):
    configPolicies: Optional[Dict[str, Any]]
    def __init__(self, *, configPolicies: Union[Dict[str, Any], None, Unset] = ...) -> None: ...

class v1GetGroupResponse(_Message):
    group: v1GroupDetails
    def __init__(self, *, group: v1GroupDetails) -> None: ...

class v1GetGroupsAndUsersAssignedToWorkspaceResponse(_Message):
    assignments: Sequence[v1RoleWithAssignments]
    groups: Sequence[v1GroupDetails]
    usersAssignedDirectly: Sequence[v1User]
    def __init__(self, *, assignments: Sequence[v1RoleWithAssignments], groups: Sequence[v1GroupDetails], usersAssignedDirectly: Sequence[v1User]) -> None: ...

class v1GetGroupsRequest(_Message):
    limit: int
    name: Optional[str]
    offset: Optional[int]
    userId: Optional[int]
    def __init__(self, *, limit: int, name: Union[str, None, Unset] = ..., offset: Union[int, None, Unset] = ..., userId: Union[int, None, Unset] = ...) -> None: ...

class v1GetGroupsResponse(_Message):
    groups: Optional[Sequence[v1GroupSearchResult]]
    pagination: Optional[v1Pagination]
    def __init__(self, *, groups: Union[Sequence[v1GroupSearchResult], None, Unset] = ..., pagination: Union[v1Pagination, None, Unset] = ...) -> None: ...

class v1GetJobQueueStatsResponse(_Message):
    results: Sequence[v1RPQueueStat]
    def __init__(self, *, results: Sequence[v1RPQueueStat]) -> None: ...

class v1GetJobsResponse(_Message):
    jobs: Sequence[v1Job]
    pagination: v1Pagination
    def __init__(self, *, jobs: Sequence[v1Job], pagination: v1Pagination) -> None: ...

class v1GetJobsV2Response(_Message):
    jobs: Sequence[v1RBACJob]
    pagination: v1Pagination
    def __init__(self, *, jobs: Sequence[v1RBACJob], pagination: v1Pagination) -> None: ...

class v1GetKubernetesResourceManagersResponse(_Message):
    resourceManagers: Sequence[str]
    def __init__(self, *, resourceManagers: Sequence[str]) -> None: ...

class v1GetKubernetesResourceQuotasResponse(_Message):
    resourceQuotas: Dict[str, float]
    def __init__(self, *, resourceQuotas: Dict[str, float]) -> None: ...

class v1GetMasterConfigResponse(_Message):
    config: Dict[str, Any]
    def __init__(self, *, config: Dict[str, Any]) -> None: ...

class v1GetMasterResponse(_Message):
    clusterId: str
    clusterName: str
    hasCustomLogo: bool
    masterId: str
    strictJobQueueControl: bool
    version: str
    branding: Optional[str]
    clusterMessage: Optional[v1ClusterMessage]
    externalLoginUri: Optional[str]
    externalLogoutUri: Optional[str]
    featureSwitches: Optional[Sequence[str]]
    product: Optional[GetMasterResponseProduct]
    rbacEnabled: Optional[bool]
    ssoProviders: Optional[Sequence[v1SSOProvider]]
    telemetryEnabled: Optional[bool]
    userManagementEnabled: Optional[bool]
    def __init__(self, *, clusterId: str, clusterName: str, hasCustomLogo: bool, masterId: str, strictJobQueueControl: bool, version: str, branding: Union[str, None, Unset] = ..., clusterMessage: Union[v1ClusterMessage, None, Unset] = ..., externalLoginUri: Union[str, None, Unset] = ..., externalLogoutUri: Union[str, None, Unset] = ..., featureSwitches: Union[Sequence[str], None, Unset] = ..., product: Union[GetMasterResponseProduct, None, Unset] = ..., rbacEnabled: Union[bool, None, Unset] = ..., ssoProviders: Union[Sequence[v1SSOProvider], None, Unset] = ..., telemetryEnabled: Union[bool, None, Unset] = ..., userManagementEnabled: Union[bool, None, Unset] = ...) -> None: ...

class v1GetMeResponse(_Message):
    user: v1User
    def __init__(self, *, user: v1User) -> None: ...

class v1GetMetadataValuesResponse(_Message):
    values: Optional[Sequence[str]]
    def __init__(self, *, values: Union[Sequence[str], None, Unset] = ...) -> None: ...

class v1GetMetricsResponse(_Message):
    metrics: Sequence[v1MetricsReport]
    def __init__(self, *, metrics: Sequence[v1MetricsReport]) -> None: ...

class v1GetModelDefFileRequest(_Message):
    experimentId: Optional[int]
    path: Optional[str]
    def __init__(self, *, experimentId: Union[int, None, Unset] = ..., path: Union[str, None, Unset] = ...) -> None: ...

class v1GetModelDefFileResponse(_Message):
    file: Optional[str]
    def __init__(self, *, file: Union[str, None, Unset] = ...) -> None: ...

class v1GetModelDefResponse(_Message):
    b64Tgz: str
    def __init__(self, *, b64Tgz: str) -> None: ...

class v1GetModelDefTreeResponse(_Message):
    files: Optional[Sequence[v1FileNode]]
    def __init__(self, *, files: Union[Sequence[v1FileNode], None, Unset] = ...) -> None: ...

class v1GetModelLabelsResponse(_Message):
    labels: Sequence[str]
    def __init__(self, *, labels: Sequence[str]) -> None: ...

class v1GetModelResponse(_Message):
    model: v1Model
    def __init__(self, *, model: v1Model) -> None: ...

class v1GetModelVersionResponse(_Message):
    modelVersion: v1ModelVersion
    def __init__(self, *, modelVersion: v1ModelVersion) -> None: ...

class v1GetModelVersionsResponse(_Message):
    model: v1Model
    modelVersions: Sequence[v1ModelVersion]
    pagination: v1Pagination
    def __init__(self, *, model: v1Model, modelVersions: Sequence[v1ModelVersion], pagination: v1Pagination) -> None: ...

class v1GetModelsResponse(_Message):
    models: Sequence[v1Model]
    pagination: v1Pagination
    def __init__(self, *, models: Sequence[v1Model], pagination: v1Pagination) -> None: ...

class v1GetNotebookResponse(_Message):
    config: Dict[str, Any]
    notebook: v1Notebook
    def __init__(self, *, config: Dict[str, Any], notebook: v1Notebook) -> None: ...

class v1GetNotebooksResponse(_Message):
    notebooks: Sequence[v1Notebook]
    pagination: Optional[v1Pagination]
    def __init__(self, *, notebooks: Sequence[v1Notebook], pagination: Union[v1Pagination, None, Unset] = ...) -> None: ...

class v1GetPermissionsSummaryResponse(_Message):
    assignments: Sequence[v1RoleAssignmentSummary]
    roles: Sequence[v1Role]
    def __init__(self, *, assignments: Sequence[v1RoleAssignmentSummary], roles: Sequence[v1Role]) -> None: ...

class v1GetProjectByKeyResponse(_Message):
    project: v1Project
    def __init__(self, *, project: v1Project) -> None: ...

class v1GetProjectColumnsResponse(_Message):
    columns: Sequence[v1ProjectColumn]
    def __init__(self, *, columns: Sequence[v1ProjectColumn]) -> None: ...

class v1GetProjectNumericMetricsRangeResponse(_Message):
    ranges: Optional[Sequence[v1MetricsRange]]
    def __init__(self, *, ranges: Union[Sequence[v1MetricsRange], None, Unset] = ...) -> None: ...

class v1GetProjectResponse(_Message):
    project: v1Project
    def __init__(self, *, project: v1Project) -> None: ...

class v1GetProjectsByUserActivityResponse(_Message):
    projects: Optional[Sequence[v1Project]]
    def __init__(self, *, projects: Union[Sequence[v1Project], None, Unset] = ...) -> None: ...

class v1GetResourcePoolsResponse(_Message):
    pagination: Optional[v1Pagination]
    resourcePools: Optional[Sequence[v1ResourcePool]]
    def __init__(self, *, pagination: Union[v1Pagination, None, Unset] = ..., resourcePools: Union[Sequence[v1ResourcePool], None, Unset] = ...) -> None: ...

class v1GetRolesAssignedToGroupResponse(_Message):
    assignments: Sequence[v1RoleAssignmentSummary]
    roles: Sequence[v1Role]
    def __init__(self, *, assignments: Sequence[v1RoleAssignmentSummary], roles: Sequence[v1Role]) -> None: ...

class v1GetRolesAssignedToUserResponse(_Message):
    roles: Sequence[v1RoleWithAssignments]
    def __init__(self, *, roles: Sequence[v1RoleWithAssignments]) -> None: ...

class v1GetRolesByIDRequest(_Message):
    roleIds: Optional[Sequence[int]]
    def __init__(self, *, roleIds: Union[Sequence[int], None, Unset] = ...) -> None: ...

class v1GetRolesByIDResponse(_Message):
    roles: Optional[Sequence[v1RoleWithAssignments]]
    def __init__(self, *, roles: Union[Sequence[v1RoleWithAssignments], None, Unset] = ...) -> None: ...

class v1GetRunMetadataResponse(_Message):
    metadata: Optional[Dict[str, Any]]
    def __init__(self, *, metadata: Union[Dict[str, Any], None, Unset] = ...) -> None: ...

class v1GetShellResponse(_Message):
    config: Dict[str, Any]
    shell: v1Shell
    def __init__(self, *, config: Dict[str, Any], shell: v1Shell) -> None: ...

class v1GetShellsResponse(_Message):
    shells: Sequence[v1Shell]
    pagination: Optional[v1Pagination]
    def __init__(self, *, shells: Sequence[v1Shell], pagination: Union[v1Pagination, None, Unset] = ...) -> None: ...

class v1GetSlotResponse(_Message):
    slot: Optional[v1Slot]
    def __init__(self, *, slot: Union[v1Slot, None, Unset] = ...) -> None: ...

class v1GetSlotsResponse(_Message):
    slots: Optional[Sequence[v1Slot]]
    def __init__(self, *, slots: Union[Sequence[v1Slot], None, Unset] = ...) -> None: ...

class v1GetTaskAcceleratorDataResponse(_Message):
    acceleratorData: Sequence[v1AcceleratorData]
    def __init__(self, *, acceleratorData: Sequence[v1AcceleratorData]) -> None: ...

class v1GetTaskContextDirectoryResponse(_Message):
    b64Tgz: str
    def __init__(self, *, b64Tgz: str) -> None: ...

class v1GetTaskResponse(_Message):
    task: v1Task
    def __init__(self, *, task: v1Task) -> None: ...

class v1GetTasksResponse(_Message):
    allocationIdToSummary: Optional[Dict[str, v1AllocationSummary]]
    def __init__(self, *, allocationIdToSummary: Union[Dict[str, v1AllocationSummary], None, Unset] = ...) -> None: ...

class v1GetTelemetryResponse(_Message):
    enabled: bool
    segmentKey: Optional[str]
    def __init__(self, *, enabled: bool, segmentKey: Union[str, None, Unset] = ...) -> None: ...

class v1GetTemplateResponse(_Message):
    template: v1Template
    def __init__(self, *, template: v1Template) -> None: ...

class v1GetTemplatesResponse(_Message):
    pagination: v1Pagination
    templates: Sequence[v1Template]
    def __init__(self, *, pagination: v1Pagination, templates: Sequence[v1Template]) -> None: ...

class v1GetTensorboardResponse(_Message):
    config: Dict[str, Any]
    tensorboard: v1Tensorboard
    def __init__(self, *, config: Dict[str, Any], tensorboard: v1Tensorboard) -> None: ...

class v1GetTensorboardsResponse(_Message):
    tensorboards: Sequence[v1Tensorboard]
    pagination: Optional[v1Pagination]
    def __init__(self, *, tensorboards: Sequence[v1Tensorboard], pagination: Union[v1Pagination, None, Unset] = ...) -> None: ...

class v1GetTrainingMetricsResponse(_Message):
    metrics: Sequence[v1MetricsReport]
    def __init__(self, *, metrics: Sequence[v1MetricsReport]) -> None: ...

class v1GetTrialByExternalIDResponse(_Message):
    trial: trialv1Trial
    def __init__(self, *, trial: trialv1Trial) -> None: ...

class v1GetTrialCheckpointsResponse(_Message):
    checkpoints: Sequence[v1Checkpoint]
    pagination: v1Pagination
    def __init__(self, *, checkpoints: Sequence[v1Checkpoint], pagination: v1Pagination) -> None: ...

class v1GetTrialMetricsByCheckpointResponse(_Message):
    metrics: Sequence[v1MetricsReport]
    def __init__(self, *, metrics: Sequence[v1MetricsReport]) -> None: ...

class v1GetTrialMetricsByModelVersionResponse(_Message):
    metrics: Sequence[v1MetricsReport]
    def __init__(self, *, metrics: Sequence[v1MetricsReport]) -> None: ...

class v1GetTrialProfilerAvailableSeriesResponse(_Message):
    labels: Sequence[v1TrialProfilerMetricLabels]
    def __init__(self, *, labels: Sequence[v1TrialProfilerMetricLabels]) -> None: ...

class v1GetTrialProfilerMetricsResponse(_Message):
    batch: v1TrialProfilerMetricsBatch
    def __init__(self, *, batch: v1TrialProfilerMetricsBatch) -> None: ...

class v1GetTrialRemainingLogRetentionDaysResponse(_Message):
    remainingDays: Optional[int]
    def __init__(self, *, remainingDays: Union[int, None, Unset] = ...) -> None: ...

class v1GetTrialResponse(_Message):
    trial: trialv1Trial
    def __init__(self, *, trial: trialv1Trial) -> None: ...

class v1GetTrialWorkloadsResponse(_Message):
    pagination: v1Pagination
    workloads: Sequence[v1WorkloadContainer]
    def __init__(self, *, pagination: v1Pagination, workloads: Sequence[v1WorkloadContainer]) -> None: ...

class v1GetUserByUsernameResponse(_Message):
    user: v1User
    def __init__(self, *, user: v1User) -> None: ...

class v1GetUserResponse(_Message):
    user: v1User
    def __init__(self, *, user: v1User) -> None: ...

class v1GetUserSettingResponse(_Message):
    settings: Sequence[v1UserWebSetting]
    def __init__(self, *, settings: Sequence[v1UserWebSetting]) -> None: ...

class v1GetUsersResponse(_Message):
    pagination: Optional[v1Pagination]
    users: Optional[Sequence[v1User]]
    def __init__(self, *, pagination: Union[v1Pagination, None, Unset] = ..., users: Union[Sequence[v1User], None, Unset] = ...) -> None: ...

class v1GetValidationMetricsResponse(_Message):
    metrics: Sequence[v1MetricsReport]
    def __init__(self, *, metrics: Sequence[v1MetricsReport]) -> None: ...

class v1GetWebhooksResponse(_Message):
    webhooks: Sequence[v1Webhook]
    def __init__(self, *, webhooks: Sequence[v1Webhook]) -> None: ...

class v1GetWorkspaceConfigPoliciesResponse(_Message):
    configPolicies: Optional[Dict[str, Any]]
    def __init__(self, *, configPolicies: Union[Dict[str, Any], None, Unset] = ...) -> None: ...

class v1GetWorkspaceProjectsResponse(_Message):
    pagination: v1Pagination
    projects: Sequence[v1Project]
    def __init__(self, *, pagination: v1Pagination, projects: Sequence[v1Project]) -> None: ...

class v1GetWorkspaceResponse(_Message):
    workspace: v1Workspace
    def __init__(self, *, workspace: v1Workspace) -> None: ...

class v1GetWorkspacesResponse(_Message):
    pagination: v1Pagination
    workspaces: Sequence[v1Workspace]
    def __init__(self, *, pagination: v1Pagination, workspaces: Sequence[v1Workspace]) -> None: ...

class v1GetWorkspacesWithDefaultNamespaceBindingsResponse(_Message):
    workspaceIds: Optional[Sequence[int]]
    def __init__(self, *, workspaceIds: Union[Sequence[int], None, Unset] = ...) -> None: ...

class v1Group(_Message):
    groupId: Optional[int]
    name: Optional[str]
    def __init__(self, *, groupId: Union[int, None, Unset] = ..., name: Union[str, None, Unset] = ...) -> None: ...

class v1GroupDetails(_Message):
    groupId: Optional[int]
    name: Optional[str]
    users: Optional[Sequence[v1User]]
    def __init__(self, *, groupId: Union[int, None, Unset] = ..., name: Union[str, None, Unset] = ..., users: Union[Sequence[v1User], None, Unset] = ...) -> None: ...

class v1GroupRoleAssignment(_Message):
    groupId: int
    roleAssignment: v1RoleAssignment
    def __init__(self, *, groupId: int, roleAssignment: v1RoleAssignment) -> None: ...

class v1GroupSearchResult(_Message):
    group: v1Group
    numMembers: int
    def __init__(self, *, group: v1Group, numMembers: int) -> None: ...

class v1IdleNotebookRequest(_Message):
    idle: Optional[bool]
    notebookId: Optional[str]
    def __init__(self, *, idle: Union[bool, None, Unset] = ..., notebookId: Union[str, None, Unset] = ...) -> None: ...

class v1Int32FieldFilter(_Message):
    gt: Optional[int]
    gte: Optional[int]
    incl: Optional[Sequence[int]]
    lt: Optional[int]
    lte: Optional[int]
    notIn: Optional[Sequence[int]]
    def __init__(self, *, gt: Union[int, None, Unset] = ..., gte: Union[int, None, Unset] = ..., incl: Union[Sequence[int], None, Unset] = ..., lt: Union[int, None, Unset] = ..., lte: Union[int, None, Unset] = ..., notIn: Union[Sequence[int], None, Unset] = ...) -> None: ...

class v1Job(_Message):
    allocatedSlots: int
    entityId: str
    isPreemptible: bool
    jobId: str
    name: str
    requestedSlots: int
    resourcePool: str
    submissionTime: str
    type: jobv1Type
    username: str
    workspaceId: int
    priority: Optional[int]
    progress: Optional[float]
    summary: Optional[v1JobSummary]
    userId: Optional[int]
    weight: Optional[float]
    def __init__(self, *, allocatedSlots: int, entityId: str, isPreemptible: bool, jobId: str, name: str, requestedSlots: int, resourcePool: str, submissionTime: str, type: jobv1Type, username: str, workspaceId: int, priority: Union[int, None, Unset] = ..., progress: Union[float, None, Unset] = ..., summary: Union[v1JobSummary, None, Unset] = ..., userId: Union[int, None, Unset] = ..., weight: Union[float, None, Unset] = ...) -> None: ...

class v1JobSummary(_Message):
    jobsAhead: int
    state: jobv1State
    def __init__(self, *, jobsAhead: int, state: jobv1State) -> None: ...

class v1K8PriorityClass(_Message):
    priorityClass: Optional[str]
    priorityValue: Optional[int]
    def __init__(self, *, priorityClass: Union[str, None, Unset] = ..., priorityValue: Union[int, None, Unset] = ...) -> None: ...

class v1KillCommandResponse(_Message):
    command: Optional[v1Command]
    def __init__(self, *, command: Union[v1Command, None, Unset] = ...) -> None: ...

class v1KillExperimentsRequest(_Message):
    experimentIds: Sequence[int]
    projectId: int
    filters: Optional[v1BulkExperimentFilters]
    def __init__(self, *, experimentIds: Sequence[int], projectId: int, filters: Union[v1BulkExperimentFilters, None, Unset] = ...) -> None: ...

class v1KillExperimentsResponse(_Message):
    results: Sequence[v1ExperimentActionResult]
    def __init__(self, *, results: Sequence[v1ExperimentActionResult]) -> None: ...

class v1KillGenericTaskRequest(_Message):
    taskId: str
    killFromRoot: Optional[bool]
    def __init__(self, *, taskId: str, killFromRoot: Union[bool, None, Unset] = ...) -> None: ...

class v1KillNotebookResponse(_Message):
    notebook: Optional[v1Notebook]
    def __init__(self, *, notebook: Union[v1Notebook, None, Unset] = ...) -> None: ...

class v1KillRunsRequest(_Message):
    runIds: Sequence[int]
    filter: Optional[str]
    projectId: Optional[int]
    def __init__(self, *, runIds: Sequence[int], filter: Union[str, None, Unset] = ..., projectId: Union[int, None, Unset] = ...) -> None: ...

class v1KillRunsResponse(_Message):
    results: Sequence[v1RunActionResult]
    def __init__(self, *, results: Sequence[v1RunActionResult]) -> None: ...

class v1KillShellResponse(_Message):
    shell: Optional[v1Shell]
    def __init__(self, *, shell: Union[v1Shell, None, Unset] = ...) -> None: ...

class v1KillTensorboardResponse(_Message):
    tensorboard: Optional[v1Tensorboard]
    def __init__(self, *, tensorboard: Union[v1Tensorboard, None, Unset] = ...) -> None: ...

class v1LaunchCommandRequest(_Message):
    config: Optional[Dict[str, Any]]
    data: Optional[str]
    files: Optional[Sequence[v1File]]
    templateName: Optional[str]
    workspaceId: Optional[int]
    def __init__(self, *, config: Union[Dict[str, Any], None, Unset] = ..., data: Union[str, None, Unset] = ..., files: Union[Sequence[v1File], None, Unset] = ..., templateName: Union[str, None, Unset] = ..., workspaceId: Union[int, None, Unset] = ...) -> None: ...

class v1LaunchCommandResponse(_Message):
    command: v1Command
    config: Dict[str, Any]
    warnings: Optional[Sequence[v1LaunchWarning]]
    def __init__(self, *, command: v1Command, config: Dict[str, Any], warnings: Union[Sequence[v1LaunchWarning], None, Unset] = ...) -> None: ...

class v1LaunchNotebookRequest(_Message):
    config: Optional[Dict[str, Any]]
    files: Optional[Sequence[v1File]]
    preview: Optional[bool]
    templateName: Optional[str]
    workspaceId: Optional[int]
    def __init__(self, *, config: Union[Dict[str, Any], None, Unset] = ..., files: Union[Sequence[v1File], None, Unset] = ..., preview: Union[bool, None, Unset] = ..., templateName: Union[str, None, Unset] = ..., workspaceId: Union[int, None, Unset] = ...) -> None: ...

class v1LaunchNotebookResponse(_Message):
    config: Dict[str, Any]
    notebook: v1Notebook
    warnings: Optional[Sequence[v1LaunchWarning]]
    def __init__(self, *, config: Dict[str, Any], notebook: v1Notebook, warnings: Union[Sequence[v1LaunchWarning], None, Unset] = ...) -> None: ...

class v1LaunchShellRequest(_Message):
    config: Optional[Dict[str, Any]]
    data: Optional[str]
    files: Optional[Sequence[v1File]]
    templateName: Optional[str]
    workspaceId: Optional[int]
    def __init__(self, *, config: Union[Dict[str, Any], None, Unset] = ..., data: Union[str, None, Unset] = ..., files: Union[Sequence[v1File], None, Unset] = ..., templateName: Union[str, None, Unset] = ..., workspaceId: Union[int, None, Unset] = ...) -> None: ...

class v1LaunchShellResponse(_Message):
    config: Dict[str, Any]
    shell: v1Shell
    warnings: Optional[Sequence[v1LaunchWarning]]
    def __init__(self, *, config: Dict[str, Any], shell: v1Shell, warnings: Union[Sequence[v1LaunchWarning], None, Unset] = ...) -> None: ...

class v1LaunchTensorboardRequest(_Message):
    config: Optional[Dict[str, Any]]
    experimentIds: Optional[Sequence[int]]
    files: Optional[Sequence[v1File]]
    filters: Optional[v1BulkExperimentFilters]
    templateName: Optional[str]
    trialIds: Optional[Sequence[int]]
    workspaceId: Optional[int]
    def __init__(self, *, config: Union[Dict[str, Any], None, Unset] = ..., experimentIds: Union[Sequence[int], None, Unset] = ..., files: Union[Sequence[v1File], None, Unset] = ..., filters: Union[v1BulkExperimentFilters, None, Unset] = ..., templateName: Union[str, None, Unset] = ..., trialIds: Union[Sequence[int], None, Unset] = ..., workspaceId: Union[int, None, Unset] = ...) -> None: ...

class v1LaunchTensorboardResponse(_Message):
    config: Dict[str, Any]
    tensorboard: v1Tensorboard
    warnings: Optional[Sequence[v1LaunchWarning]]
    def __init__(self, *, config: Dict[str, Any], tensorboard: v1Tensorboard, warnings: Union[Sequence[v1LaunchWarning], None, Unset] = ...) -> None: ...

class v1LimitedJob(_Message):
    allocatedSlots: int
    isPreemptible: bool
    jobId: str
    requestedSlots: int
    resourcePool: str
    type: jobv1Type
    workspaceId: int
    priority: Optional[int]
    progress: Optional[float]
    summary: Optional[v1JobSummary]
    weight: Optional[float]
    def __init__(self, *, allocatedSlots: int, isPreemptible: bool, jobId: str, requestedSlots: int, resourcePool: str, type: jobv1Type, workspaceId: int, priority: Union[int, None, Unset] = ..., progress: Union[float, None, Unset] = ..., summary: Union[v1JobSummary, None, Unset] = ..., weight: Union[float, None, Unset] = ...) -> None: ...

class v1ListRPsBoundToWorkspaceResponse(_Message):
    pagination: Optional[v1Pagination]
    resourcePools: Optional[Sequence[str]]
    def __init__(self, *, pagination: Union[v1Pagination, None, Unset] = ..., resourcePools: Union[Sequence[str], None, Unset] = ...) -> None: ...

class v1ListRolesRequest(_Message):
    limit: int
    offset: Optional[int]
    def __init__(self, *, limit: int, offset: Union[int, None, Unset] = ...) -> None: ...

class v1ListRolesResponse(_Message):
    pagination: v1Pagination
    roles: Sequence[v1Role]
    def __init__(self, *, pagination: v1Pagination, roles: Sequence[v1Role]) -> None: ...

class v1ListWorkspaceNamespaceBindingsResponse(_Message):
    namespaceBindings: Dict[str, v1WorkspaceNamespaceBinding]
    def __init__(self, *, namespaceBindings: Dict[str, v1WorkspaceNamespaceBinding]) -> None: ...

class v1ListWorkspacesBoundToRPResponse(_Message):
    pagination: Optional[v1Pagination]
    workspaceIds: Optional[Sequence[int]]
    def __init__(self, *, pagination: Union[v1Pagination, None, Unset] = ..., workspaceIds: Union[Sequence[int], None, Unset] = ...) -> None: ...

class v1LogConfig(_Message):
    color: Optional[bool]
    level: Optional[v1LogLevel]
    def __init__(self, *, color: Union[bool, None, Unset] = ..., level: Union[v1LogLevel, None, Unset] = ...) -> None: ...

class v1LogEntry(_Message):
    id: int
    level: v1LogLevel
    message: str
    timestamp: str
    def __init__(self, *, id: int, level: v1LogLevel, message: str, timestamp: str) -> None: ...

class v1LoginRequest(_Message):
    password: str
    username: str
    isHashed: Optional[bool]
    def __init__(self, *, password: str, username: str, isHashed: Union[bool, None, Unset] = ...) -> None: ...

class v1LoginResponse(_Message):
    token: str
    user: v1User
    def __init__(self, *, token: str, user: v1User) -> None: ...

class v1MarkAllocationResourcesDaemonRequest(_Message):
    allocationId: str
    resourcesId: Optional[str]
    def __init__(self, *, allocationId: str, resourcesId: Union[str, None, Unset] = ...) -> None: ...

class v1MasterLogsResponse(_Message):
    logEntry: v1LogEntry
    def __init__(self, *, logEntry: v1LogEntry) -> None: ...

class v1MetricBatchesResponse(_Message):
    batches: Optional[Sequence[int]]
    def __init__(self, *, batches: Union[Sequence[int], None, Unset] = ...) -> None: ...

class v1MetricIdentifier(_Message):
    group: str
    name: str
    def __init__(self, *, group: str, name: str) -> None: ...

class v1Metrics(_Message):
    avgMetrics: Dict[str, Any]
    batchMetrics: Optional[Sequence[Dict[str, Any]]]
    def __init__(self, *, avgMetrics: Dict[str, Any], batchMetrics: Union[Sequence[Dict[str, Any]], None, Unset] = ...) -> None: ...

class v1MetricsRange(_Message):
    max: float
    metricsName: str
    min: float
    def __init__(self, *, max: float, metricsName: str, min: float) -> None: ...

class v1MetricsReport(_Message):
    archived: bool
    endTime: str
    group: str
    id: int
    metrics: Dict[str, Any]
    totalBatches: int
    trialId: int
    trialRunId: int
    def __init__(self, *, archived: bool, endTime: str, group: str, id: int, metrics: Dict[str, Any], totalBatches: int, trialId: int, trialRunId: int) -> None: ...

class v1MetricsWorkload(_Message):
    metrics: v1Metrics
    numInputs: int
    totalBatches: int
    endTime: Optional[str]
    def __init__(self, *, metrics: v1Metrics, numInputs: int, totalBatches: int, endTime: Union[str, None, Unset] = ...) -> None: ...

class v1Model(_Message):
    archived: bool
    creationTime: str
    id: int
    lastUpdatedTime: str
    metadata: Dict[str, Any]
    name: str
    numVersions: int
    userId: int
    username: str
    workspaceId: int
    description: Optional[str]
    labels: Optional[Sequence[str]]
    notes: Optional[str]
    def __init__(self, *, archived: bool, creationTime: str, id: int, lastUpdatedTime: str, metadata: Dict[str, Any], name: str, numVersions: int, userId: int, username: str, workspaceId: int, description: Union[str, None, Unset] = ..., labels: Union[Sequence[str], None, Unset] = ..., notes: Union[str, None, Unset] = ...) -> None: ...

class v1ModelVersion(_Message):
    checkpoint: v1Checkpoint
    creationTime: str
    id: int
    lastUpdatedTime: str
    model: v1Model
    version: int
    comment: Optional[str]
    labels: Optional[Sequence[str]]
    metadata: Optional[Dict[str, Any]]
    name: Optional[str]
    notes: Optional[str]
    userId: Optional[int]
    username: Optional[str]
    def __init__(self, *, checkpoint: v1Checkpoint, creationTime: str, id: int, lastUpdatedTime: str, model: v1Model, version: int, comment: Union[str, None, Unset] = ..., labels: Union[Sequence[str], None, Unset] = ..., metadata: Union[Dict[str, Any], None, Unset] = ..., name: Union[str, None, Unset] = ..., notes: Union[str, None, Unset] = ..., userId: Union[int, None, Unset] = ..., username: Union[str, None, Unset] = ...) -> None: ...

class v1MoveExperimentRequest(_Message):
    destinationProjectId: int
    experimentId: int
    def __init__(self, *, destinationProjectId: int, experimentId: int) -> None: ...

class v1MoveExperimentsRequest(_Message):
    destinationProjectId: int
    experimentIds: Sequence[int]
    projectId: int
    filters: Optional[v1BulkExperimentFilters]
    def __init__(self, *, destinationProjectId: int, experimentIds: Sequence[int], projectId: int, filters: Union[v1BulkExperimentFilters, None, Unset] = ...) -> None: ...

class v1MoveExperimentsResponse(_Message):
    results: Sequence[v1ExperimentActionResult]
    def __init__(self, *, results: Sequence[v1ExperimentActionResult]) -> None: ...

class v1MoveModelRequest(_Message):
    destinationWorkspaceId: int
    modelName: str
    def __init__(self, *, destinationWorkspaceId: int, modelName: str) -> None: ...

class v1MoveProjectRequest(_Message):
    destinationWorkspaceId: int
    projectId: int
    def __init__(self, *, destinationWorkspaceId: int, projectId: int) -> None: ...

class v1MoveRunsRequest(_Message):
    destinationProjectId: int
    runIds: Sequence[int]
    sourceProjectId: int
    filter: Optional[str]
    skipMultitrial: Optional[bool]
    def __init__(self, *, destinationProjectId: int, runIds: Sequence[int], sourceProjectId: int, filter: Union[str, None, Unset] = ..., skipMultitrial: Union[bool, None, Unset] = ...) -> None: ...

class v1MoveRunsResponse(_Message):
    results: Sequence[v1RunActionResult]
    def __init__(self, *, results: Sequence[v1RunActionResult]) -> None: ...

class v1Note(_Message):
    contents: str
    name: str
    def __init__(self, *, contents: str, name: str) -> None: ...

class v1Notebook(_Message):
    description: str
    id: str
    jobId: str
    resourcePool: str
    startTime: str
    state: taskv1State
    username: str
    workspaceId: int
    container: Optional[v1Container]
    displayName: Optional[str]
    exitStatus: Optional[str]
    serviceAddress: Optional[str]
    userId: Optional[int]
    def __init__(self, *, description: str, id: str, jobId: str, resourcePool: str, startTime: str, state: taskv1State, username: str, workspaceId: int, container: Union[v1Container, None, Unset] = ..., displayName: Union[str, None, Unset] = ..., exitStatus: Union[str, None, Unset] = ..., serviceAddress: Union[str, None, Unset] = ..., userId: Union[int, None, Unset] = ...) -> None: ...

class v1NotifyContainerRunningRequest(_Message):
    allocationId: str
    data: Dict[str, Any]
    nodeName: Optional[str]
    numPeers: Optional[int]
    rank: Optional[int]
    requestUuid: Optional[str]
    def __init__(self, *, allocationId: str, data: Dict[str, Any], nodeName: Union[str, None, Unset] = ..., numPeers: Union[int, None, Unset] = ..., rank: Union[int, None, Unset] = ..., requestUuid: Union[str, None, Unset] = ...) -> None: ...

class v1NotifyContainerRunningResponse(_Message):
    data: Sequence[Dict[str, Any]]
    def __init__(self, *, data: Sequence[Dict[str, Any]]) -> None: ...

class v1OverwriteRPWorkspaceBindingsRequest(_Message):
    resourcePoolName: str
    workspaceIds: Optional[Sequence[int]]
    workspaceNames: Optional[Sequence[str]]
    def __init__(self, *, resourcePoolName: str, workspaceIds: Union[Sequence[int], None, Unset] = ..., workspaceNames: Union[Sequence[str], None, Unset] = ...) -> None: ...

class v1Pagination(_Message):
    endIndex: Optional[int]
    limit: Optional[int]
    offset: Optional[int]
    startIndex: Optional[int]
    total: Optional[int]
    def __init__(self, *, endIndex: Union[int, None, Unset] = ..., limit: Union[int, None, Unset] = ..., offset: Union[int, None, Unset] = ..., startIndex: Union[int, None, Unset] = ..., total: Union[int, None, Unset] = ...) -> None: ...

class v1PatchAccessTokenRequest(_Message):
    tokenId: int
    description: Optional[str]
    setRevoked: Optional[bool]
    def __init__(self, *, tokenId: int, description: Union[str, None, Unset] = ..., setRevoked: Union[bool, None, Unset] = ...) -> None: ...

class v1PatchAccessTokenResponse(_Message):
    tokenInfo: Optional[v1TokenInfo]
    def __init__(self, *, tokenInfo: Union[v1TokenInfo, None, Unset] = ...) -> None: ...

class v1PatchCheckpoint(_Message):
    uuid: str
    resources: Optional[PatchCheckpointOptionalResources]
    def __init__(self, *, uuid: str, resources: Union[PatchCheckpointOptionalResources, None, Unset] = ...) -> None: ...

class v1PatchCheckpointsRequest(_Message):
    checkpoints: Sequence[v1PatchCheckpoint]
    def __init__(self, *, checkpoints: Sequence[v1PatchCheckpoint]) -> None: ...

class v1PatchExperiment(_Message):
    id: int
    checkpointStorage: Optional[PatchExperimentPatchCheckpointStorage]
    description: Optional[str]
    labels: Optional[Sequence[str]]
    name: Optional[str]
    notes: Optional[str]
    resources: Optional[PatchExperimentPatchResources]
    def __init__(self, *, id: int, checkpointStorage: Union[PatchExperimentPatchCheckpointStorage, None, Unset] = ..., description: Union[str, None, Unset] = ..., labels: Union[Sequence[str], None, Unset] = ..., name: Union[str, None, Unset] = ..., notes: Union[str, None, Unset] = ..., resources: Union[PatchExperimentPatchResources, None, Unset] = ...) -> None: ...

class v1PatchExperimentResponse(_Message):
    experiment: Optional[v1Experiment]
    def __init__(self, *, experiment: Union[v1Experiment, None, Unset] = ...) -> None: ...

class v1PatchMasterConfigRequest(_Message):
    config: Optional[v1Config]
    fieldMask: Optional[protobufFieldMask]
    def __init__(self, *, config: Union[v1Config, None, Unset] = ..., fieldMask: Union[protobufFieldMask, None, Unset] = ...) -> None: ...

class v1PatchModel(_Message):
    description: Optional[str]
    labels: Optional[Sequence[str]]
    metadata: Optional[Dict[str, Any]]
    name: Optional[str]
    notes: Optional[str]
    workspaceId: Optional[int]
    workspaceName: Optional[str]
    def __init__(self, *, description: Union[str, None, Unset] = ..., labels: Union[Sequence[str], None, Unset] = ..., metadata: Union[Dict[str, Any], None, Unset] = ..., name: Union[str, None, Unset] = ..., notes: Union[str, None, Unset] = ..., workspaceId: Union[int, None, Unset] = ..., workspaceName: Union[str, None, Unset] = ...) -> None: ...

class v1PatchModelResponse(_Message):
    model: v1Model
    def __init__(self, *, model: v1Model) -> None: ...

class v1PatchModelVersion(_Message):
    checkpoint: Optional[v1Checkpoint]
    comment: Optional[str]
    labels: Optional[Sequence[str]]
    metadata: Optional[Dict[str, Any]]
    name: Optional[str]
    notes: Optional[str]
    def __init__(self, *, checkpoint: Union[v1Checkpoint, None, Unset] = ..., comment: Union[str, None, Unset] = ..., labels: Union[Sequence[str], None, Unset] = ..., metadata: Union[Dict[str, Any], None, Unset] = ..., name: Union[str, None, Unset] = ..., notes: Union[str, None, Unset] = ...) -> None: ...

class v1PatchModelVersionResponse(_Message):
    modelVersion: v1ModelVersion
    def __init__(self, *, modelVersion: v1ModelVersion) -> None: ...

class v1PatchProject(_Message):
    description: Optional[str]
    key: Optional[str]
    name: Optional[str]
    def __init__(self, *, description: Union[str, None, Unset] = ..., key: Union[str, None, Unset] = ..., name: Union[str, None, Unset] = ...) -> None: ...

class v1PatchProjectResponse(_Message):
    project: v1Project
    def __init__(self, *, project: v1Project) -> None: ...

class v1PatchTemplateConfigResponse(_Message):
    template: v1Template
    def __init__(self, *, template: v1Template) -> None: ...

class v1PatchTemplateNameRequest(_Message):
    newName: str
    oldName: str
    def __init__(self, *, newName: str, oldName: str) -> None: ...

class v1PatchTemplateNameResponse(_Message):
    template: v1Template
    def __init__(self, *, template: v1Template) -> None: ...

class v1PatchTrialRequest(_Message):
    trialId: int
    state: Optional[trialv1State]
    def __init__(self, *, trialId: int, state: Union[trialv1State, None, Unset] = ...) -> None: ...

class v1PatchTrialResponse(_Message):
    trial: trialv1Trial
    def __init__(self, *, trial: trialv1Trial) -> None: ...

class v1PatchUser(_Message):
    active: Optional[bool]
    admin: Optional[bool]
    agentUserGroup: Optional[v1AgentUserGroup]
    displayName: Optional[str]
    isHashed: Optional[bool]
    password: Optional[str]
    remote: Optional[bool]
    username: Optional[str]
    def __init__(self, *, active: Union[bool, None, Unset] = ..., admin: Union[bool, None, Unset] = ..., agentUserGroup: Union[v1AgentUserGroup, None, Unset] = ..., displayName: Union[str, None, Unset] = ..., isHashed: Union[bool, None, Unset] = ..., password: Union[str, None, Unset] = ..., remote: Union[bool, None, Unset] = ..., username: Union[str, None, Unset] = ...) -> None: ...

class v1PatchUserResponse(_Message):
    user: v1User
    def __init__(self, *, user: v1User) -> None: ...

class v1PatchUsersRequest(_Message):
    activate: bool
    userIds: Sequence[int]
    filters: Optional[v1UserFilters]
    def __init__(self, *, activate: bool, userIds: Sequence[int], filters: Union[v1UserFilters, None, Unset] = ...) -> None: ...

class v1PatchUsersResponse(_Message):
    results: Sequence[v1UserActionResult]
    def __init__(self, *, results: Sequence[v1UserActionResult]) -> None: ...

class v1PatchWebhook(_Message):
    url: str
    def __init__(self, *, url: str) -> None: ...

class v1PatchWorkspace(_Message):
    agentUserGroup: Optional[v1AgentUserGroup]
    checkpointStorageConfig: Optional[Dict[str, Any]]
    clusterNamespaceMeta: Optional[Dict[str, v1WorkspaceNamespaceMeta]]
    defaultAuxPool: Optional[str]
    defaultAuxResourcePool: Optional[str]
    defaultComputePool: Optional[str]
    defaultComputeResourcePool: Optional[str]
    name: Optional[str]
    def __init__(self, *, agentUserGroup: Union[v1AgentUserGroup, None, Unset] = ..., checkpointStorageConfig: Union[Dict[str, Any], None, Unset] = ..., clusterNamespaceMeta: Union[Dict[str, v1WorkspaceNamespaceMeta], None, Unset] = ..., defaultAuxPool: Union[str, None, Unset] = ..., defaultAuxResourcePool: Union[str, None, Unset] = ..., defaultComputePool: Union[str, None, Unset] = ..., defaultComputeResourcePool: Union[str, None, Unset] = ..., name: Union[str, None, Unset] = ...) -> None: ...

class v1PatchWorkspaceResponse(_Message):
    workspace: v1Workspace
    namespaceBindings: Optional[Dict[str, v1WorkspaceNamespaceBinding]]
    def __init__(self, *, workspace: v1Workspace, namespaceBindings: Union[Dict[str, v1WorkspaceNamespaceBinding], None, Unset] = ...) -> None: ...

class v1PauseExperimentsRequest(_Message):
    experimentIds: Sequence[int]
    projectId: int
    filters: Optional[v1BulkExperimentFilters]
    def __init__(self, *, experimentIds: Sequence[int], projectId: int, filters: Union[v1BulkExperimentFilters, None, Unset] = ...) -> None: ...

class v1PauseExperimentsResponse(_Message):
    results: Sequence[v1ExperimentActionResult]
    def __init__(self, *, results: Sequence[v1ExperimentActionResult]) -> None: ...

class v1PauseRunsRequest(_Message):
    projectId: int
    runIds: Sequence[int]
    filter: Optional[str]
    def __init__(self, *, projectId: int, runIds: Sequence[int], filter: Union[str, None, Unset] = ...) -> None: ...

class v1PauseRunsResponse(_Message):
    results: Sequence[v1RunActionResult]
    def __init__(self, *, results: Sequence[v1RunActionResult]) -> None: ...

class v1Permission(_Message):
    id: v1PermissionType
    name: Optional[str]
    scopeTypeMask: Optional[v1ScopeTypeMask]
    def __init__(self, *, id: v1PermissionType, name: Union[str, None, Unset] = ..., scopeTypeMask: Union[v1ScopeTypeMask, None, Unset] = ...) -> None: ...

class v1PolymorphicFilter(_Message):
    doubleRange: Optional[v1DoubleFieldFilter]
    integerRange: Optional[v1Int32FieldFilter]
    name: Optional[str]
    timeRange: Optional[v1TimestampFieldFilter]
    def __init__(self, *, doubleRange: Union[v1DoubleFieldFilter, None, Unset] = ..., integerRange: Union[v1Int32FieldFilter, None, Unset] = ..., name: Union[str, None, Unset] = ..., timeRange: Union[v1TimestampFieldFilter, None, Unset] = ...) -> None: ...

class v1PostAccessTokenRequest(_Message):
    userId: int
    description: Optional[str]
    lifespan: Optional[str]
    def __init__(self, *, userId: int, description: Union[str, None, Unset] = ..., lifespan: Union[str, None, Unset] = ...) -> None: ...

class v1PostAccessTokenResponse(_Message):
    token: Optional[str]
    tokenId: Optional[int]
    def __init__(self, *, token: Union[str, None, Unset] = ..., tokenId: Union[int, None, Unset] = ...) -> None: ...

class v1PostAllocationAcceleratorDataRequest(_Message):
    acceleratorData: v1AcceleratorData
    allocationId: str
    def __init__(self, *, acceleratorData: v1AcceleratorData, allocationId: str) -> None: ...

class v1PostAllocationProxyAddressRequest(_Message):
    allocationId: Optional[str]
    proxyAddress: Optional[str]
    def __init__(self, *, allocationId: Union[str, None, Unset] = ..., proxyAddress: Union[str, None, Unset] = ...) -> None: ...

class v1PostCheckpointMetadataRequest(_Message):
    checkpoint: Optional[v1Checkpoint]
    def __init__(self, *, checkpoint: Union[v1Checkpoint, None, Unset] = ...) -> None: ...

class v1PostCheckpointMetadataResponse(_Message):
    checkpoint: Optional[v1Checkpoint]
    def __init__(self, *, checkpoint: Union[v1Checkpoint, None, Unset] = ...) -> None: ...

class v1PostModelRequest(_Message):
    name: str
    description: Optional[str]
    labels: Optional[Sequence[str]]
    metadata: Optional[Dict[str, Any]]
    notes: Optional[str]
    workspaceId: Optional[int]
    workspaceName: Optional[str]
    def __init__(self, *, name: str, description: Union[str, None, Unset] = ..., labels: Union[Sequence[str], None, Unset] = ..., metadata: Union[Dict[str, Any], None, Unset] = ..., notes: Union[str, None, Unset] = ..., workspaceId: Union[int, None, Unset] = ..., workspaceName: Union[str, None, Unset] = ...) -> None: ...

class v1PostModelResponse(_Message):
    model: v1Model
    def __init__(self, *, model: v1Model) -> None: ...

class v1PostModelVersionRequest(_Message):
    checkpointUuid: str
    modelName: str
    comment: Optional[str]
    labels: Optional[Sequence[str]]
    metadata: Optional[Dict[str, Any]]
    name: Optional[str]
    notes: Optional[str]
    def __init__(self, *, checkpointUuid: str, modelName: str, comment: Union[str, None, Unset] = ..., labels: Union[Sequence[str], None, Unset] = ..., metadata: Union[Dict[str, Any], None, Unset] = ..., name: Union[str, None, Unset] = ..., notes: Union[str, None, Unset] = ...) -> None: ...

class v1PostModelVersionResponse(_Message):
    modelVersion: v1ModelVersion
    def __init__(self, *, modelVersion: v1ModelVersion) -> None: ...

class v1PostProjectRequest(_Message):
    name: str
    workspaceId: int
    description: Optional[str]
    key: Optional[str]
    def __init__(self, *, name: str, workspaceId: int, description: Union[str, None, Unset] = ..., key: Union[str, None, Unset] = ...) -> None: ...

class v1PostProjectResponse(_Message):
    project: v1Project
    def __init__(self, *, project: v1Project) -> None: ...

class v1PostRunMetadataRequest(_Message):
    metadata: Dict[str, Any]
    runId: Optional[int]
    def __init__(self, *, metadata: Dict[str, Any], runId: Union[int, None, Unset] = ...) -> None: ...

class v1PostRunMetadataResponse(_Message):
    metadata: Optional[Dict[str, Any]]
    def __init__(self, *, metadata: Union[Dict[str, Any], None, Unset] = ...) -> None: ...

class v1PostTaskLogsRequest(_Message):
    logs: Sequence[v1TaskLog]
    def __init__(self, *, logs: Sequence[v1TaskLog]) -> None: ...

class v1PostTemplateResponse(_Message):
    template: v1Template
    def __init__(self, *, template: v1Template) -> None: ...

class v1PostTrialProfilerMetricsBatchRequest(_Message):
    batches: Optional[Sequence[v1TrialProfilerMetricsBatch]]
    def __init__(self, *, batches: Union[Sequence[v1TrialProfilerMetricsBatch], None, Unset] = ...) -> None: ...

class v1PostUserActivityRequest(_Message):
    activityType: v1ActivityType
    entityId: int
    entityType: v1EntityType
    def __init__(self, *, activityType: v1ActivityType, entityId: int, entityType: v1EntityType) -> None: ...

class v1PostUserRequest(_Message):
    isHashed: Optional[bool]
    password: Optional[str]
    user: Optional[v1User]
    def __init__(self, *, isHashed: Union[bool, None, Unset] = ..., password: Union[str, None, Unset] = ..., user: Union[v1User, None, Unset] = ...) -> None: ...

class v1PostUserResponse(_Message):
    user: Optional[v1User]
    def __init__(self, *, user: Union[v1User, None, Unset] = ...) -> None: ...

class v1PostUserSettingRequest(_Message):
    settings: Sequence[v1UserWebSetting]
    def __init__(self, *, settings: Sequence[v1UserWebSetting]) -> None: ...

class v1PostWebhookEventDataRequest(_Message):
    data: v1CustomWebhookEventData
    experimentId: int
    trialId: Optional[int]
    def __init__(self, *, data: v1CustomWebhookEventData, experimentId: int, trialId: Union[int, None, Unset] = ...) -> None: ...

class v1PostWebhookResponse(_Message):
    webhook: v1Webhook
    def __init__(self, *, webhook: v1Webhook) -> None: ...

class v1PostWorkspaceRequest(_Message):
    name: str
    agentUserGroup: Optional[v1AgentUserGroup]
    checkpointStorageConfig: Optional[Dict[str, Any]]
    clusterNamespaceMeta: Optional[Dict[str, v1WorkspaceNamespaceMeta]]
    clusterQuotaPairs: Optional[Dict[str, int]]
    defaultAuxPool: Optional[str]
    defaultComputePool: Optional[str]
    def __init__(self, *, name: str, agentUserGroup: Union[v1AgentUserGroup, None, Unset] = ..., checkpointStorageConfig: Union[Dict[str, Any], None, Unset] = ..., clusterNamespaceMeta: Union[Dict[str, v1WorkspaceNamespaceMeta], None, Unset] = ..., clusterQuotaPairs: Union[Dict[str, int], None, Unset] = ..., defaultAuxPool: Union[str, None, Unset] = ..., defaultComputePool: Union[str, None, Unset] = ...) -> None: ...

class v1PostWorkspaceResponse(_Message):
    workspace: v1Workspace
    namespaceBindings: Optional[Dict[str, v1WorkspaceNamespaceBinding]]
    def __init__(self, *, workspace: v1Workspace, namespaceBindings: Union[Dict[str, v1WorkspaceNamespaceBinding], None, Unset] = ...) -> None: ...

class v1PreviewHPSearchRequest(_Message):
    config: Optional[Dict[str, Any]]
    seed: Optional[int]
    def __init__(self, *, config: Union[Dict[str, Any], None, Unset] = ..., seed: Union[int, None, Unset] = ...) -> None: ...

class v1PreviewHPSearchResponse(_Message):
    summary: Optional[v1SearchSummary]
    def __init__(self, *, summary: Union[v1SearchSummary, None, Unset] = ...) -> None: ...

class v1Project(_Message):
    archived: bool
    errorMessage: str
    id: int
    immutable: bool
    key: str
    name: str
    notes: Sequence[v1Note]
    numActiveExperiments: int
    numExperiments: int
    numRuns: int
    state: v1WorkspaceState
    userId: int
    username: str
    workspaceId: int
    description: Optional[str]
    lastExperimentStartedAt: Optional[str]
    workspaceName: Optional[str]
    def __init__(self, *, archived: bool, errorMessage: str, id: int, immutable: bool, key: str, name: str, notes: Sequence[v1Note], numActiveExperiments: int, numExperiments: int, numRuns: int, state: v1WorkspaceState, userId: int, username: str, workspaceId: int, description: Union[str, None, Unset] = ..., lastExperimentStartedAt: Union[str, None, Unset] = ..., workspaceName: Union[str, None, Unset] = ...) -> None: ...

class v1ProjectColumn(_Message):
    column: str
    location: v1LocationType
    type: v1ColumnType
    displayName: Optional[str]
    def __init__(self, *, column: str, location: v1LocationType, type: v1ColumnType, displayName: Union[str, None, Unset] = ...) -> None: ...

class v1ProxyPortConfig(_Message):
    port: Optional[int]
    proxyTcp: Optional[bool]
    serviceId: Optional[str]
    unauthenticated: Optional[bool]
    def __init__(self, *, port: Union[int, None, Unset] = ..., proxyTcp: Union[bool, None, Unset] = ..., serviceId: Union[str, None, Unset] = ..., unauthenticated: Union[bool, None, Unset] = ...) -> None: ...

class v1PutExperimentLabelResponse(_Message):
    labels: Sequence[str]
    def __init__(self, *, labels: Sequence[str]) -> None: ...

class v1PutExperimentResponse(_Message):
    config: Dict[str, Any]
    experiment: v1Experiment
    def __init__(self, *, config: Dict[str, Any], experiment: v1Experiment) -> None: ...

class v1PutExperimentRetainLogsRequest(_Message):
    experimentId: int
    numDays: int
    def __init__(self, *, experimentId: int, numDays: int) -> None: ...

class v1PutExperimentsRetainLogsRequest(_Message):
    experimentIds: Sequence[int]
    numDays: int
    projectId: int
    filters: Optional[v1BulkExperimentFilters]
    def __init__(self, *, experimentIds: Sequence[int], numDays: int, projectId: int, filters: Union[v1BulkExperimentFilters, None, Unset] = ...) -> None: ...

class v1PutExperimentsRetainLogsResponse(_Message):
    results: Sequence[v1ExperimentActionResult]
    def __init__(self, *, results: Sequence[v1ExperimentActionResult]) -> None: ...

class v1PutGlobalConfigPoliciesRequest(_Message):
    configPolicies: str
    workloadType: str
    def __init__(self, *, configPolicies: str, workloadType: str) -> None: ...

class v1PutGlobalConfigPoliciesResponse(_Message):
    configPolicies: Optional[Dict[str, Any]]
    def __init__(self, *, configPolicies: Union[Dict[str, Any], None, Unset] = ...) -> None: ...

class v1PutProjectNotesRequest(_Message):
    notes: Sequence[v1Note]
    projectId: int
    def __init__(self, *, notes: Sequence[v1Note], projectId: int) -> None: ...

class v1PutProjectNotesResponse(_Message):
    notes: Sequence[v1Note]
    def __init__(self, *, notes: Sequence[v1Note]) -> None: ...

class v1PutTemplateResponse(_Message):
    template: Optional[v1Template]
    def __init__(self, *, template: Union[v1Template, None, Unset] = ...) -> None: ...

class v1PutTrialRequest(_Message):
    createTrialRequest: Optional[v1CreateTrialRequest]
    externalTrialId: Optional[str]
    def __init__(self, *, createTrialRequest: Union[v1CreateTrialRequest, None, Unset] = ..., externalTrialId: Union[str, None, Unset] = ...) -> None: ...

class v1PutTrialResponse(_Message):
    trial: trialv1Trial
    def __init__(self, *, trial: trialv1Trial) -> None: ...

class v1PutTrialRetainLogsRequest(_Message):
    numDays: int
    trialId: Optional[int]
    def __init__(self, *, numDays: int, trialId: Union[int, None, Unset] = ...) -> None: ...

class v1PutWorkspaceConfigPoliciesRequest(_Message):
    configPolicies: str
    workloadType: str
    workspaceId: int
    def __init__(self, *, configPolicies: str, workloadType: str, workspaceId: int) -> None: ...

class v1PutWorkspaceConfigPoliciesResponse(_Message):
    configPolicies: Optional[Dict[str, Any]]
    def __init__(self, *, configPolicies: Union[Dict[str, Any], None, Unset] = ...) -> None: ...

class v1QueueControl(_Message):
    jobId: str
    aheadOf: Optional[str]
    behindOf: Optional[str]
    priority: Optional[int]
    resourcePool: Optional[str]
    weight: Optional[float]
    def __init__(self, *, jobId: str, aheadOf: Union[str, None, Unset] = ..., behindOf: Union[str, None, Unset] = ..., priority: Union[int, None, Unset] = ..., resourcePool: Union[str, None, Unset] = ..., weight: Union[float, None, Unset] = ...) -> None: ...

class v1QueueStats(_Message):
    queuedCount: int
    scheduledCount: int
    def __init__(self, *, queuedCount: int, scheduledCount: int) -> None: ...

class v1RBACJob(_Message):
    full: Optional[v1Job]
    limited: Optional[v1LimitedJob]
    def __init__(self, *, full: Union[v1Job, None, Unset] = ..., limited: Union[v1LimitedJob, None, Unset] = ...) -> None: ...

class v1RPQueueStat(_Message):
    resourcePool: str
    stats: v1QueueStats
    aggregates: Optional[Sequence[v1AggregateQueueStats]]
    def __init__(self, *, resourcePool: str, stats: v1QueueStats, aggregates: Union[Sequence[v1AggregateQueueStats], None, Unset] = ...) -> None: ...

class v1RemoveAssignmentsRequest(_Message):
    groupRoleAssignments: Optional[Sequence[v1GroupRoleAssignment]]
    userRoleAssignments: Optional[Sequence[v1UserRoleAssignment]]
    def __init__(self, *, groupRoleAssignments: Union[Sequence[v1GroupRoleAssignment], None, Unset] = ..., userRoleAssignments: Union[Sequence[v1UserRoleAssignment], None, Unset] = ...) -> None: ...

class v1RendezvousInfo(_Message):
    addresses: Sequence[str]
    rank: int
    slots: Sequence[int]
    def __init__(self, *, addresses: Sequence[str], rank: int, slots: Sequence[int]) -> None: ...

class v1ReportTrialMetricsRequest(_Message):
    group: str
    metrics: v1TrialMetrics
    def __init__(self, *, group: str, metrics: v1TrialMetrics) -> None: ...

class v1ReportTrialProgressRequest(_Message):
    progress: float
    trialId: int
    isRaw: Optional[bool]
    def __init__(self, *, progress: float, trialId: int, isRaw: Union[bool, None, Unset] = ...) -> None: ...

class v1ReportTrialSourceInfoRequest(_Message):
    trialSourceInfo: v1TrialSourceInfo
    def __init__(self, *, trialSourceInfo: v1TrialSourceInfo) -> None: ...

class v1ReportTrialSourceInfoResponse(_Message):
    checkpointUuid: str
    trialId: int
    def __init__(self, *, checkpointUuid: str, trialId: int) -> None: ...

class v1ResourceAllocationAggregatedEntry(_Message):
    byExperimentLabel: Dict[str, float]
    byResourcePool: Dict[str, float]
    byUsername: Dict[str, float]
    period: v1ResourceAllocationAggregationPeriod
    periodStart: str
    seconds: float
    def __init__(self, *, byExperimentLabel: Dict[str, float], byResourcePool: Dict[str, float], byUsername: Dict[str, float], period: v1ResourceAllocationAggregationPeriod, periodStart: str, seconds: float) -> None: ...

class v1ResourceAllocationAggregatedResponse(_Message):
    resourceEntries: Sequence[v1ResourceAllocationAggregatedEntry]
    def __init__(self, *, resourceEntries: Sequence[v1ResourceAllocationAggregatedEntry]) -> None: ...

class v1ResourceAllocationRawEntry(_Message):
    endTime: Optional[str]
    experimentId: Optional[int]
    kind: Optional[str]
    labels: Optional[Sequence[str]]
    seconds: Optional[float]
    slots: Optional[int]
    startTime: Optional[str]
    userId: Optional[int]
    username: Optional[str]
    def __init__(self, *, endTime: Union[str, None, Unset] = ..., experimentId: Union[int, None, Unset] = ..., kind: Union[str, None, Unset] = ..., labels: Union[Sequence[str], None, Unset] = ..., seconds: Union[float, None, Unset] = ..., slots: Union[int, None, Unset] = ..., startTime: Union[str, None, Unset] = ..., userId: Union[int, None, Unset] = ..., username: Union[str, None, Unset] = ...) -> None: ...

class v1ResourceAllocationRawResponse(_Message):
    resourceEntries: Optional[Sequence[v1ResourceAllocationRawEntry]]
    def __init__(self, *, resourceEntries: Union[Sequence[v1ResourceAllocationRawEntry], None, Unset] = ...) -> None: ...

class v1ResourcePool(_Message):
    agentDockerImage: str
    agentDockerNetwork: str
    agentDockerRuntime: str
    agentFluentImage: str
    auxContainerCapacity: int
    auxContainerCapacityPerAgent: int
    auxContainersRunning: int
    clusterName: str
    containerStartupScript: str
    defaultAuxPool: bool
    defaultComputePool: bool
    description: str
    details: v1ResourcePoolDetail
    imageId: str
    instanceType: str
    location: str
    masterCertName: str
    masterUrl: str
    maxAgentStartingPeriod: float
    maxAgents: int
    maxIdleAgentPeriod: float
    minAgents: int
    name: str
    numAgents: int
    preemptible: bool
    resourceManagerMetadata: Dict[str, str]
    schedulerFittingPolicy: v1FittingPolicy
    schedulerType: v1SchedulerType
    slotType: devicev1Type
    slotsAvailable: int
    slotsUsed: int
    startupScript: str
    type: v1ResourcePoolType
    accelerator: Optional[str]
    slotsPerAgent: Optional[int]
    stats: Optional[v1QueueStats]
    def __init__(self, *, agentDockerImage: str, agentDockerNetwork: str, agentDockerRuntime: str, agentFluentImage: str, auxContainerCapacity: int, auxContainerCapacityPerAgent: int, auxContainersRunning: int, clusterName: str, containerStartupScript: str, defaultAuxPool: bool, defaultComputePool: bool, description: str, details: v1ResourcePoolDetail, imageId: str, instanceType: str, location: str, masterCertName: str, masterUrl: str, maxAgentStartingPeriod: float, maxAgents: int, maxIdleAgentPeriod: float, minAgents: int, name: str, numAgents: int, preemptible: bool, resourceManagerMetadata: Dict[str, str], schedulerFittingPolicy: v1FittingPolicy, schedulerType: v1SchedulerType, slotType: devicev1Type, slotsAvailable: int, slotsUsed: int, startupScript: str, type: v1ResourcePoolType, accelerator: Union[str, None, Unset] = ..., slotsPerAgent: Union[int, None, Unset] = ..., stats: Union[v1QueueStats, None, Unset] = ...) -> None: ...

class v1ResourcePoolAwsDetail(_Message):
    iamInstanceProfileArn: str
    imageId: str
    instanceName: str
    publicIp: bool
    region: str
    rootVolumeSize: int
    securityGroupId: str
    spotEnabled: bool
    sshKeyName: str
    tagKey: str
    tagValue: str
    customTags: Optional[Sequence[v1AwsCustomTag]]
    instanceType: Optional[str]
    logGroup: Optional[str]
    logStream: Optional[str]
    spotMaxPrice: Optional[str]
    subnetId: Optional[str]
    def __init__(self, *, iamInstanceProfileArn: str, imageId: str, instanceName: str, publicIp: bool, region: str, rootVolumeSize: int, securityGroupId: str, spotEnabled: bool, sshKeyName: str, tagKey: str, tagValue: str, customTags: Union[Sequence[v1AwsCustomTag], None, Unset] = ..., instanceType: Union[str, None, Unset] = ..., logGroup: Union[str, None, Unset] = ..., logStream: Union[str, None, Unset] = ..., spotMaxPrice: Union[str, None, Unset] = ..., subnetId: Union[str, None, Unset] = ...) -> None: ...

class v1ResourcePoolDetail(_Message):
    aws: Optional[v1ResourcePoolAwsDetail]
    gcp: Optional[v1ResourcePoolGcpDetail]
    priorityScheduler: Optional[v1ResourcePoolPrioritySchedulerDetail]
    def __init__(self, *, aws: Union[v1ResourcePoolAwsDetail, None, Unset] = ..., gcp: Union[v1ResourcePoolGcpDetail, None, Unset] = ..., priorityScheduler: Union[v1ResourcePoolPrioritySchedulerDetail, None, Unset] = ...) -> None: ...

class v1ResourcePoolGcpDetail(_Message):
    bootDiskSize: int
    bootDiskSourceImage: str
    externalIp: bool
    gpuNum: int
    gpuType: str
    labelKey: str
    labelValue: str
    machineType: str
    namePrefix: str
    network: str
    operationTimeoutPeriod: float
    preemptible: bool
    project: str
    serviceAccountEmail: str
    serviceAccountScopes: Sequence[str]
    zone: str
    networkTags: Optional[Sequence[str]]
    subnetwork: Optional[str]
    def __init__(self, *, bootDiskSize: int, bootDiskSourceImage: str, externalIp: bool, gpuNum: int, gpuType: str, labelKey: str, labelValue: str, machineType: str, namePrefix: str, network: str, operationTimeoutPeriod: float, preemptible: bool, project: str, serviceAccountEmail: str, serviceAccountScopes: Sequence[str], zone: str, networkTags: Union[Sequence[str], None, Unset] = ..., subnetwork: Union[str, None, Unset] = ...) -> None: ...

class v1ResourcePoolPrioritySchedulerDetail(_Message):
    defaultPriority: int
    preemption: bool
    k8Priorities: Optional[Sequence[v1K8PriorityClass]]
    def __init__(self, *, defaultPriority: int, preemption: bool, k8Priorities: Union[Sequence[v1K8PriorityClass], None, Unset] = ...) -> None: ...

class v1ResourcesFailure(_Message):
    errMsg: Optional[str]
    exitCode: Optional[int]
    failureType: Optional[v1FailureType]
    def __init__(self, *, errMsg: Union[str, None, Unset] = ..., exitCode: Union[int, None, Unset] = ..., failureType: Union[v1FailureType, None, Unset] = ...) -> None: ...

class v1ResourcesStarted(_Message):
    addresses: Optional[Sequence[v1Address]]
    nativeResourcesId: Optional[str]
    def __init__(self, *, addresses: Union[Sequence[v1Address], None, Unset] = ..., nativeResourcesId: Union[str, None, Unset] = ...) -> None: ...

class v1ResourcesStopped(_Message):
    failure: Optional[v1ResourcesFailure]
    def __init__(self, *, failure: Union[v1ResourcesFailure, None, Unset] = ...) -> None: ...

class v1ResourcesSummary(_Message):
    agentDevices: Optional[Dict[str, ResourcesSummaryDevices]]
    allocationId: Optional[str]
    containerId: Optional[str]
    exited: Optional[v1ResourcesStopped]
    resourcesId: Optional[str]
    resourcesType: Optional[str]
    started: Optional[v1ResourcesStarted]
    def __init__(self, *, agentDevices: Union[Dict[str, ResourcesSummaryDevices], None, Unset] = ..., allocationId: Union[str, None, Unset] = ..., containerId: Union[str, None, Unset] = ..., exited: Union[v1ResourcesStopped, None, Unset] = ..., resourcesId: Union[str, None, Unset] = ..., resourcesType: Union[str, None, Unset] = ..., started: Union[v1ResourcesStarted, None, Unset] = ...) -> None: ...

class v1ResumeRunsRequest(_Message):
    projectId: int
    runIds: Sequence[int]
    filter: Optional[str]
    def __init__(self, *, projectId: int, runIds: Sequence[int], filter: Union[str, None, Unset] = ...) -> None: ...

class v1ResumeRunsResponse(_Message):
    results: Sequence[v1RunActionResult]
    def __init__(self, *, results: Sequence[v1RunActionResult]) -> None: ...

class v1Role(_Message):
    roleId: int
    name: Optional[str]
    permissions: Optional[Sequence[v1Permission]]
    scopeTypeMask: Optional[v1ScopeTypeMask]
    def __init__(self, *, roleId: int, name: Union[str, None, Unset] = ..., permissions: Union[Sequence[v1Permission], None, Unset] = ..., scopeTypeMask: Union[v1ScopeTypeMask, None, Unset] = ...) -> None: ...

class v1RoleAssignment(_Message):
    role: v1Role
    scopeCluster: Optional[bool]
    scopeWorkspaceId: Optional[int]
    def __init__(self, *, role: v1Role, scopeCluster: Union[bool, None, Unset] = ..., scopeWorkspaceId: Union[int, None, Unset] = ...) -> None: ...

class v1RoleAssignmentSummary(_Message):
    roleId: int
    scopeCluster: Optional[bool]
    scopeWorkspaceIds: Optional[Sequence[int]]
    def __init__(self, *, roleId: int, scopeCluster: Union[bool, None, Unset] = ..., scopeWorkspaceIds: Union[Sequence[int], None, Unset] = ...) -> None: ...

class v1RoleWithAssignments(_Message):
    groupRoleAssignments: Optional[Sequence[v1GroupRoleAssignment]]
    role: Optional[v1Role]
    userRoleAssignments: Optional[Sequence[v1UserRoleAssignment]]
    def __init__(self, *, groupRoleAssignments: Union[Sequence[v1GroupRoleAssignment], None, Unset] = ..., role: Union[v1Role, None, Unset] = ..., userRoleAssignments: Union[Sequence[v1UserRoleAssignment], None, Unset] = ...) -> None: ...

class v1RunActionResult(_Message):
    error: str
    id: int
    def __init__(self, *, error: str, id: int) -> None: ...

class v1RunPrepareForReportingRequest(_Message):
    runId: int
    checkpointStorage: Optional[Dict[str, Any]]
    def __init__(self, *, runId: int, checkpointStorage: Union[Dict[str, Any], None, Unset] = ...) -> None: ...

class v1RunPrepareForReportingResponse(_Message):
    storageId: Optional[int]
    def __init__(self, *, storageId: Union[int, None, Unset] = ...) -> None: ...

class v1SSOProvider(_Message):
    name: str
    ssoUrl: str
    type: str
    alwaysRedirect: Optional[bool]
    def __init__(self, *, name: str, ssoUrl: str, type: str, alwaysRedirect: Union[bool, None, Unset] = ...) -> None: ...

class v1ScopeTypeMask(_Message):
    cluster: Optional[bool]
    workspace: Optional[bool]
    def __init__(self, *, cluster: Union[bool, None, Unset] = ..., workspace: Union[bool, None, Unset] = ...) -> None: ...

class v1SearchExperimentExperiment(_Message):
    experiment: v1Experiment
    bestTrial: Optional[trialv1Trial]
    def __init__(self, *, experiment: v1Experiment, bestTrial: Union[trialv1Trial, None, Unset] = ...) -> None: ...

class v1SearchExperimentsRequest(_Message):
    filter: Optional[str]
    limit: Optional[int]
    offset: Optional[int]
    projectId: Optional[int]
    sort: Optional[str]
    def __init__(self, *, filter: Union[str, None, Unset] = ..., limit: Union[int, None, Unset] = ..., offset: Union[int, None, Unset] = ..., projectId: Union[int, None, Unset] = ..., sort: Union[str, None, Unset] = ...) -> None: ...

class v1SearchExperimentsResponse(_Message):
    experiments: Sequence[v1SearchExperimentExperiment]
    pagination: v1Pagination
    def __init__(self, *, experiments: Sequence[v1SearchExperimentExperiment], pagination: v1Pagination) -> None: ...

class v1SearchRolesAssignableToScopeRequest(_Message):
    limit: int
    offset: Optional[int]
    workspaceId: Optional[int]
    def __init__(self, *, limit: int, offset: Union[int, None, Unset] = ..., workspaceId: Union[int, None, Unset] = ...) -> None: ...

class v1SearchRolesAssignableToScopeResponse(_Message):
    pagination: Optional[v1Pagination]
    roles: Optional[Sequence[v1Role]]
    def __init__(self, *, pagination: Union[v1Pagination, None, Unset] = ..., roles: Union[Sequence[v1Role], None, Unset] = ...) -> None: ...

class v1SearchRunsRequest(_Message):
    filter: Optional[str]
    limit: Optional[int]
    offset: Optional[int]
    projectId: Optional[int]
    sort: Optional[str]
    def __init__(self, *, filter: Union[str, None, Unset] = ..., limit: Union[int, None, Unset] = ..., offset: Union[int, None, Unset] = ..., projectId: Union[int, None, Unset] = ..., sort: Union[str, None, Unset] = ...) -> None: ...

class v1SearchRunsResponse(_Message):
    pagination: v1Pagination
    runs: Sequence[v1FlatRun]
    def __init__(self, *, pagination: v1Pagination, runs: Sequence[v1FlatRun]) -> None: ...

class v1SearchSummary(_Message):
    config: Dict[str, Any]
    trials: Optional[Sequence[v1TrialSummary]]
    def __init__(self, *, config: Dict[str, Any], trials: Union[Sequence[v1TrialSummary], None, Unset] = ...) -> None: ...

class v1SearchUnit(_Message):
    maxLength: bool
    name: Optional[str]
    value: Optional[int]
    def __init__(self, *, maxLength: bool, name: Union[str, None, Unset] = ..., value: Union[int, None, Unset] = ...) -> None: ...

class v1SetClusterMessageRequest(_Message):
    message: str
    startTime: str
    duration: Optional[str]
    endTime: Optional[str]
    def __init__(self, *, message: str, startTime: str, duration: Union[str, None, Unset] = ..., endTime: Union[str, None, Unset] = ...) -> None: ...

class v1SetCommandPriorityRequest(_Message):
    commandId: Optional[str]
    priority: Optional[int]
    def __init__(self, *, commandId: Union[str, None, Unset] = ..., priority: Union[int, None, Unset] = ...) -> None: ...

class v1SetCommandPriorityResponse(_Message):
    command: Optional[v1Command]
    def __init__(self, *, command: Union[v1Command, None, Unset] = ...) -> None: ...

class v1SetNotebookPriorityRequest(_Message):
    notebookId: Optional[str]
    priority: Optional[int]
    def __init__(self, *, notebookId: Union[str, None, Unset] = ..., priority: Union[int, None, Unset] = ...) -> None: ...

class v1SetNotebookPriorityResponse(_Message):
    notebook: Optional[v1Notebook]
    def __init__(self, *, notebook: Union[v1Notebook, None, Unset] = ...) -> None: ...

class v1SetResourceQuotasRequest(_Message):
    id: int
    clusterQuotaPairs: Optional[Dict[str, int]]
    def __init__(self, *, id: int, clusterQuotaPairs: Union[Dict[str, int], None, Unset] = ...) -> None: ...

class v1SetShellPriorityRequest(_Message):
    priority: Optional[int]
    shellId: Optional[str]
    def __init__(self, *, priority: Union[int, None, Unset] = ..., shellId: Union[str, None, Unset] = ...) -> None: ...

class v1SetShellPriorityResponse(_Message):
    shell: Optional[v1Shell]
    def __init__(self, *, shell: Union[v1Shell, None, Unset] = ...) -> None: ...

class v1SetTensorboardPriorityRequest(_Message):
    priority: Optional[int]
    tensorboardId: Optional[str]
    def __init__(self, *, priority: Union[int, None, Unset] = ..., tensorboardId: Union[str, None, Unset] = ...) -> None: ...

class v1SetTensorboardPriorityResponse(_Message):
    tensorboard: Optional[v1Tensorboard]
    def __init__(self, *, tensorboard: Union[v1Tensorboard, None, Unset] = ...) -> None: ...

class v1SetUserPasswordResponse(_Message):
    user: Optional[v1User]
    def __init__(self, *, user: Union[v1User, None, Unset] = ...) -> None: ...

class v1SetWorkspaceNamespaceBindingsRequest(_Message):
    workspaceId: int
    clusterNamespaceMeta: Optional[Dict[str, v1WorkspaceNamespaceMeta]]
    def __init__(self, *, workspaceId: int, clusterNamespaceMeta: Union[Dict[str, v1WorkspaceNamespaceMeta], None, Unset] = ...) -> None: ...

class v1SetWorkspaceNamespaceBindingsResponse(_Message):
    namespaceBindings: Dict[str, v1WorkspaceNamespaceBinding]
    def __init__(self, *, namespaceBindings: Dict[str, v1WorkspaceNamespaceBinding]) -> None: ...

class v1Shell(_Message):
    description: str
    id: str
    jobId: str
    resourcePool: str
    startTime: str
    state: taskv1State
    username: str
    workspaceId: int
    addresses: Optional[Sequence[Dict[str, Any]]]
    agentUserGroup: Optional[Dict[str, Any]]
    container: Optional[v1Container]
    displayName: Optional[str]
    exitStatus: Optional[str]
    privateKey: Optional[str]
    publicKey: Optional[str]
    userId: Optional[int]
    def __init__(self, *, description: str, id: str, jobId: str, resourcePool: str, startTime: str, state: taskv1State, username: str, workspaceId: int, addresses: Union[Sequence[Dict[str, Any]], None, Unset] = ..., agentUserGroup: Union[Dict[str, Any], None, Unset] = ..., container: Union[v1Container, None, Unset] = ..., displayName: Union[str, None, Unset] = ..., exitStatus: Union[str, None, Unset] = ..., privateKey: Union[str, None, Unset] = ..., publicKey: Union[str, None, Unset] = ..., userId: Union[int, None, Unset] = ...) -> None: ...

class v1Slot(_Message):
    container: Optional[v1Container]
    device: Optional[v1Device]
    draining: Optional[bool]
    enabled: Optional[bool]
    id: Optional[str]
    def __init__(self, *, container: Union[v1Container, None, Unset] = ..., device: Union[v1Device, None, Unset] = ..., draining: Union[bool, None, Unset] = ..., enabled: Union[bool, None, Unset] = ..., id: Union[str, None, Unset] = ...) -> None: ...

class v1SlotStats(_Message):
    brandStats: Dict[str, v1DeviceStats]
    typeStats: Dict[str, v1DeviceStats]
    def __init__(self, *, brandStats: Dict[str, v1DeviceStats], typeStats: Dict[str, v1DeviceStats]) -> None: ...

class v1StartTrialRequest(_Message):
    trialId: int
    resume: Optional[bool]
    def __init__(self, *, trialId: int, resume: Union[bool, None, Unset] = ...) -> None: ...

class v1StartTrialResponse(_Message):
    stepsCompleted: int
    trialRunId: int
    latestCheckpoint: Optional[str]
    def __init__(self, *, stepsCompleted: int, trialRunId: int, latestCheckpoint: Union[str, None, Unset] = ...) -> None: ...

class v1Task(_Message):
    allocations: Sequence[v1Allocation]
    startTime: str
    taskId: str
    taskType: v1TaskType
    config: Optional[str]
    endTime: Optional[str]
    forkedFrom: Optional[str]
    noPause: Optional[bool]
    parentId: Optional[str]
    taskState: Optional[v1GenericTaskState]
    def __init__(self, *, allocations: Sequence[v1Allocation], startTime: str, taskId: str, taskType: v1TaskType, config: Union[str, None, Unset] = ..., endTime: Union[str, None, Unset] = ..., forkedFrom: Union[str, None, Unset] = ..., noPause: Union[bool, None, Unset] = ..., parentId: Union[str, None, Unset] = ..., taskState: Union[v1GenericTaskState, None, Unset] = ...) -> None: ...

class v1TaskLog(_Message):
    log: str
    taskId: str
    agentId: Optional[str]
    allocationId: Optional[str]
    containerId: Optional[str]
    id: Optional[int]
    level: Optional[v1LogLevel]
    rankId: Optional[int]
    source: Optional[str]
    stdtype: Optional[str]
    timestamp: Optional[str]
    def __init__(self, *, log: str, taskId: str, agentId: Union[str, None, Unset] = ..., allocationId: Union[str, None, Unset] = ..., containerId: Union[str, None, Unset] = ..., id: Union[int, None, Unset] = ..., level: Union[v1LogLevel, None, Unset] = ..., rankId: Union[int, None, Unset] = ..., source: Union[str, None, Unset] = ..., stdtype: Union[str, None, Unset] = ..., timestamp: Union[str, None, Unset] = ...) -> None: ...

class v1TaskLogsFieldsResponse(_Message):
    agentIds: Optional[Sequence[str]]
    allocationIds: Optional[Sequence[str]]
    containerIds: Optional[Sequence[str]]
    rankIds: Optional[Sequence[int]]
    sources: Optional[Sequence[str]]
    stdtypes: Optional[Sequence[str]]
    def __init__(self, *, agentIds: Union[Sequence[str], None, Unset] = ..., allocationIds: Union[Sequence[str], None, Unset] = ..., containerIds: Union[Sequence[str], None, Unset] = ..., rankIds: Union[Sequence[int], None, Unset] = ..., sources: Union[Sequence[str], None, Unset] = ..., stdtypes: Union[Sequence[str], None, Unset] = ...) -> None: ...

class v1TaskLogsResponse(_Message):
    id: str
    level: v1LogLevel
    log: str
    message: str
    taskId: str
    timestamp: str
    agentId: Optional[str]
    allocationId: Optional[str]
    containerId: Optional[str]
    rankId: Optional[int]
    source: Optional[str]
    stdtype: Optional[str]
    def __init__(self, *, id: str, level: v1LogLevel, log: str, message: str, taskId: str, timestamp: str, agentId: Union[str, None, Unset] = ..., allocationId: Union[str, None, Unset] = ..., containerId: Union[str, None, Unset] = ..., rankId: Union[int, None, Unset] = ..., source: Union[str, None, Unset] = ..., stdtype: Union[str, None, Unset] = ...) -> None: ...

class v1Template(_Message):
    config: Dict[str, Any]
    name: str
    workspaceId: int
    def __init__(self, *, config: Dict[str, Any], name: str, workspaceId: int) -> None: ...

class v1Tensorboard(_Message):
    description: str
    id: str
    jobId: str
    resourcePool: str
    startTime: str
    state: taskv1State
    username: str
    workspaceId: int
    container: Optional[v1Container]
    displayName: Optional[str]
    exitStatus: Optional[str]
    experimentIds: Optional[Sequence[int]]
    serviceAddress: Optional[str]
    trialIds: Optional[Sequence[int]]
    userId: Optional[int]
    def __init__(self, *, description: str, id: str, jobId: str, resourcePool: str, startTime: str, state: taskv1State, username: str, workspaceId: int, container: Union[v1Container, None, Unset] = ..., displayName: Union[str, None, Unset] = ..., exitStatus: Union[str, None, Unset] = ..., experimentIds: Union[Sequence[int], None, Unset] = ..., serviceAddress: Union[str, None, Unset] = ..., trialIds: Union[Sequence[int], None, Unset] = ..., userId: Union[int, None, Unset] = ...) -> None: ...

class v1TestWebhookResponse(_Message):
    completed: bool
    def __init__(self, *, completed: bool) -> None: ...

class v1TimestampFieldFilter(_Message):
    gt: Optional[str]
    gte: Optional[str]
    lt: Optional[str]
    lte: Optional[str]
    def __init__(self, *, gt: Union[str, None, Unset] = ..., gte: Union[str, None, Unset] = ..., lt: Union[str, None, Unset] = ..., lte: Union[str, None, Unset] = ...) -> None: ...

class v1TokenInfo(_Message):
    id: int
    userId: int
    createdAt: Optional[str]
    description: Optional[str]
    expiry: Optional[str]
    revoked: Optional[bool]
    tokenType: Optional[v1TokenType]
    def __init__(self, *, id: int, userId: int, createdAt: Union[str, None, Unset] = ..., description: Union[str, None, Unset] = ..., expiry: Union[str, None, Unset] = ..., revoked: Union[bool, None, Unset] = ..., tokenType: Union[v1TokenType, None, Unset] = ...) -> None: ...

class v1TrialEarlyExit(_Message):
    reason: v1TrialEarlyExitExitedReason
    def __init__(self, *, reason: v1TrialEarlyExitExitedReason) -> None: ...

class v1TrialLogsFieldsResponse(_Message):
    agentIds: Optional[Sequence[str]]
    containerIds: Optional[Sequence[str]]
    rankIds: Optional[Sequence[int]]
    sources: Optional[Sequence[str]]
    stdtypes: Optional[Sequence[str]]
    def __init__(self, *, agentIds: Union[Sequence[str], None, Unset] = ..., containerIds: Union[Sequence[str], None, Unset] = ..., rankIds: Union[Sequence[int], None, Unset] = ..., sources: Union[Sequence[str], None, Unset] = ..., stdtypes: Union[Sequence[str], None, Unset] = ...) -> None: ...

class v1TrialLogsResponse(_Message):
    id: str
    level: v1LogLevel
    message: str
    timestamp: str
    trialId: int
    agentId: Optional[str]
    containerId: Optional[str]
    log: Optional[str]
    rankId: Optional[int]
    source: Optional[str]
    stdtype: Optional[str]
    def __init__(self, *, id: str, level: v1LogLevel, message: str, timestamp: str, trialId: int, agentId: Union[str, None, Unset] = ..., containerId: Union[str, None, Unset] = ..., log: Union[str, None, Unset] = ..., rankId: Union[int, None, Unset] = ..., source: Union[str, None, Unset] = ..., stdtype: Union[str, None, Unset] = ...) -> None: ...

class v1TrialMetrics(_Message):
    metrics: v1Metrics
    trialId: int
    trialRunId: int
    reportTime: Optional[str]
    stepsCompleted: Optional[int]
    def __init__(self, *, metrics: v1Metrics, trialId: int, trialRunId: int, reportTime: Union[str, None, Unset] = ..., stepsCompleted: Union[int, None, Unset] = ...) -> None: ...

class v1TrialProfilerMetricLabels(_Message):
    name: str
    trialId: int
    agentId: Optional[str]
    gpuUuid: Optional[str]
    metricType: Optional[TrialProfilerMetricLabelsProfilerMetricType]
    def __init__(self, *, name: str, trialId: int, agentId: Union[str, None, Unset] = ..., gpuUuid: Union[str, None, Unset] = ..., metricType: Union[TrialProfilerMetricLabelsProfilerMetricType, None, Unset] = ...) -> None: ...

class v1TrialProfilerMetricsBatch(_Message):
    batches: Sequence[int]
    labels: v1TrialProfilerMetricLabels
    timestamps: Sequence[str]
    values: Sequence[float]
    def __init__(self, *, batches: Sequence[int], labels: v1TrialProfilerMetricLabels, timestamps: Sequence[str], values: Sequence[float]) -> None: ...

class v1TrialRunnerMetadata(_Message):
    state: str
    def __init__(self, *, state: str) -> None: ...

class v1TrialSourceInfo(_Message):
    checkpointUuid: str
    trialId: int
    trialSourceInfoType: v1TrialSourceInfoType
    modelId: Optional[int]
    modelVersion: Optional[int]
    def __init__(self, *, checkpointUuid: str, trialId: int, trialSourceInfoType: v1TrialSourceInfoType, modelId: Union[int, None, Unset] = ..., modelVersion: Union[int, None, Unset] = ...) -> None: ...

class v1TrialSummary(_Message):
    count: int
    unit: v1SearchUnit
    def __init__(self, *, count: int, unit: v1SearchUnit) -> None: ...

class v1TrialsSampleResponse(_Message):
    demotedTrials: Sequence[int]
    promotedTrials: Sequence[int]
    trials: Sequence[v1TrialsSampleResponseTrial]
    def __init__(self, *, demotedTrials: Sequence[int], promotedTrials: Sequence[int], trials: Sequence[v1TrialsSampleResponseTrial]) -> None: ...

class v1TrialsSampleResponseTrial(_Message):
    data: Sequence[v1DataPoint]
    hparams: Dict[str, Any]
    trialId: int
    def __init__(self, *, data: Sequence[v1DataPoint], hparams: Dict[str, Any], trialId: int) -> None: ...

class v1TrialsSnapshotResponse(_Message):
    trials: Sequence[v1TrialsSnapshotResponseTrial]
    def __init__(self, *, trials: Sequence[v1TrialsSnapshotResponseTrial]) -> None: ...

class v1TrialsSnapshotResponseTrial(_Message):
    batchesProcessed: int
    hparams: Dict[str, Any]
    metric: float
    trialId: int
    def __init__(self, *, batchesProcessed: int, hparams: Dict[str, Any], metric: float, trialId: int) -> None: ...

class v1Trigger(_Message):
    condition: Optional[Dict[str, Any]]
    id: Optional[int]
    triggerType: Optional[v1TriggerType]
    webhookId: Optional[int]
    def __init__(self, *, condition: Union[Dict[str, Any], None, Unset] = ..., id: Union[int, None, Unset] = ..., triggerType: Union[v1TriggerType, None, Unset] = ..., webhookId: Union[int, None, Unset] = ...) -> None: ...

class v1UnarchiveExperimentsRequest(_Message):
    experimentIds: Sequence[int]
    projectId: int
    filters: Optional[v1BulkExperimentFilters]
    def __init__(self, *, experimentIds: Sequence[int], projectId: int, filters: Union[v1BulkExperimentFilters, None, Unset] = ...) -> None: ...

class v1UnarchiveExperimentsResponse(_Message):
    results: Sequence[v1ExperimentActionResult]
    def __init__(self, *, results: Sequence[v1ExperimentActionResult]) -> None: ...

class v1UnarchiveRunsRequest(_Message):
    projectId: int
    runIds: Sequence[int]
    filter: Optional[str]
    def __init__(self, *, projectId: int, runIds: Sequence[int], filter: Union[str, None, Unset] = ...) -> None: ...

class v1UnarchiveRunsResponse(_Message):
    results: Sequence[v1RunActionResult]
    def __init__(self, *, results: Sequence[v1RunActionResult]) -> None: ...

class v1UnbindRPFromWorkspaceRequest(_Message):
    resourcePoolName: str
    workspaceIds: Optional[Sequence[int]]
    workspaceNames: Optional[Sequence[str]]
    def __init__(self, *, resourcePoolName: str, workspaceIds: Union[Sequence[int], None, Unset] = ..., workspaceNames: Union[Sequence[str], None, Unset] = ...) -> None: ...

class v1UpdateGroupRequest(_Message):
    groupId: int
    addUsers: Optional[Sequence[int]]
    name: Optional[str]
    removeUsers: Optional[Sequence[int]]
    def __init__(self, *, groupId: int, addUsers: Union[Sequence[int], None, Unset] = ..., name: Union[str, None, Unset] = ..., removeUsers: Union[Sequence[int], None, Unset] = ...) -> None: ...

class v1UpdateGroupResponse(_Message):
    group: v1GroupDetails
    def __init__(self, *, group: v1GroupDetails) -> None: ...

class v1UpdateJobQueueRequest(_Message):
    updates: Sequence[v1QueueControl]
    def __init__(self, *, updates: Sequence[v1QueueControl]) -> None: ...

class v1User(_Message):
    active: bool
    admin: bool
    username: str
    agentUserGroup: Optional[v1AgentUserGroup]
    displayName: Optional[str]
    id: Optional[int]
    lastAuthAt: Optional[str]
    modifiedAt: Optional[str]
    remote: Optional[bool]
    def __init__(self, *, active: bool, admin: bool, username: str, agentUserGroup: Union[v1AgentUserGroup, None, Unset] = ..., displayName: Union[str, None, Unset] = ..., id: Union[int, None, Unset] = ..., lastAuthAt: Union[str, None, Unset] = ..., modifiedAt: Union[str, None, Unset] = ..., remote: Union[bool, None, Unset] = ...) -> None: ...

class v1UserActionResult(_Message):
    error: str
    id: int
    def __init__(self, *, error: str, id: int) -> None: ...

class v1UserFilters(_Message):
    admin: Optional[bool]
    name: Optional[str]
    def __init__(self, *, admin: Union[bool, None, Unset] = ..., name: Union[str, None, Unset] = ...) -> None: ...

class v1UserRoleAssignment(_Message):
    roleAssignment: v1RoleAssignment
    userId: int
    def __init__(self, *, roleAssignment: v1RoleAssignment, userId: int) -> None: ...

class v1UserWebSetting(_Message):
    key: str
    storagePath: Optional[str]
    value: Optional[str]
    def __init__(self, *, key: str, storagePath: Union[str, None, Unset] = ..., value: Union[str, None, Unset] = ...) -> None: ...

class v1ValidationHistoryEntry(_Message):
    endTime: str
    searcherMetric: float
    trialId: int
    def __init__(self, *, endTime: str, searcherMetric: float, trialId: int) -> None: ...

class v1Webhook(_Message):
    mode: v1WebhookMode
    name: str
    url: str
    webhookType: v1WebhookType
    id: Optional[int]
    triggers: Optional[Sequence[v1Trigger]]
    workspaceId: Optional[int]
    def __init__(self, *, mode: v1WebhookMode, name: str, url: str, webhookType: v1WebhookType, id: Union[int, None, Unset] = ..., triggers: Union[Sequence[v1Trigger], None, Unset] = ..., workspaceId: Union[int, None, Unset] = ...) -> None: ...

class v1WorkloadContainer(_Message):
    checkpoint: Optional[v1CheckpointWorkload]
    training: Optional[v1MetricsWorkload]
    validation: Optional[v1MetricsWorkload]
    def __init__(self, *, checkpoint: Union[v1CheckpointWorkload, None, Unset] = ..., training: Union[v1MetricsWorkload, None, Unset] = ..., validation: Union[v1MetricsWorkload, None, Unset] = ...) -> None: ...

class v1Workspace(_Message):
    archived: bool
    errorMessage: str
    id: int
    immutable: bool
    name: str
    numExperiments: int
    numProjects: int
    pinned: bool
    state: v1WorkspaceState
    userId: int
    username: str
    agentUserGroup: Optional[v1AgentUserGroup]
    autoCreatedNamespace: Optional[str]
    checkpointStorageConfig: Optional[Dict[str, Any]]
    defaultAuxPool: Optional[str]
    defaultComputePool: Optional[str]
    pinnedAt: Optional[str]
    def __init__(self, *, archived: bool, errorMessage: str, id: int, immutable: bool, name: str, numExperiments: int, numProjects: int, pinned: bool, state: v1WorkspaceState, userId: int, username: str, agentUserGroup: Union[v1AgentUserGroup, None, Unset] = ..., autoCreatedNamespace: Union[str, None, Unset] = ..., checkpointStorageConfig: Union[Dict[str, Any], None, Unset] = ..., defaultAuxPool: Union[str, None, Unset] = ..., defaultComputePool: Union[str, None, Unset] = ..., pinnedAt: Union[str, None, Unset] = ...) -> None: ...

class v1WorkspaceNamespaceBinding(_Message):
    autoCreateNamespace: Optional[bool]
    clusterName: Optional[str]
    namespace: Optional[str]
    workspaceId: Optional[int]
    def __init__(self, *, autoCreateNamespace: Union[bool, None, Unset] = ..., clusterName: Union[str, None, Unset] = ..., namespace: Union[str, None, Unset] = ..., workspaceId: Union[int, None, Unset] = ...) -> None: ...

class v1WorkspaceNamespaceMeta(_Message):
    autoCreateNamespace: Optional[bool]
    autoCreateNamespaceAllClusters: Optional[bool]
    clusterName: Optional[str]
    namespace: Optional[str]
    resourceQuota: Optional[int]
    def __init__(self, *, autoCreateNamespace: Union[bool, None, Unset] = ..., autoCreateNamespaceAllClusters: Union[bool, None, Unset] = ..., clusterName: Union[str, None, Unset] = ..., namespace: Union[str, None, Unset] = ..., resourceQuota: Union[int, None, Unset] = ...) -> None: ...

def delete_DeleteCheckpoints(session: BaseSession, *, body: v1DeleteCheckpointsRequest) -> None: ...

def delete_DeleteClusterMessage(session: BaseSession) -> None: ...

def delete_DeleteExperiment(session: BaseSession, *, experimentId: int) -> None: ...

def delete_DeleteExperimentLabel(session: BaseSession, *, experimentId: int, label: str) -> v1DeleteExperimentLabelResponse: ...

def delete_DeleteExperiments(session: BaseSession, *, body: v1DeleteExperimentsRequest, projectId: int) -> v1DeleteExperimentsResponse: ...

def delete_DeleteGlobalConfigPolicies(session: BaseSession, *, workloadType: str) -> None: ...

def delete_DeleteGroup(session: BaseSession, *, groupId: int) -> None: ...

def delete_DeleteModel(session: BaseSession, *, modelName: str) -> None: ...

def delete_DeleteModelVersion(session: BaseSession, *, modelName: str, modelVersionNum: int) -> None: ...

def delete_DeleteProject(session: BaseSession, *, id: int) -> v1DeleteProjectResponse: ...

def delete_DeleteTemplate(session: BaseSession, *, templateName: str) -> None: ...

def delete_DeleteTensorboardFiles(session: BaseSession, *, experimentId: int) -> None: ...

def delete_DeleteWebhook(session: BaseSession, *, id: int) -> None: ...

def delete_DeleteWorkspace(session: BaseSession, *, id: int) -> v1DeleteWorkspaceResponse: ...

def delete_DeleteWorkspaceConfigPolicies(session: BaseSession, *, workloadType: str, workspaceId: int) -> None: ...

def delete_DeleteWorkspaceNamespaceBindings(session: BaseSession, *, workspaceId: int, clusterNames: Optional[Sequence[str]] = ...) -> None: ...

def delete_UnbindRPFromWorkspace(session: BaseSession, *, body: v1UnbindRPFromWorkspaceRequest, resourcePoolName: str) -> None: ...

def get_AllocationPreemptionSignal(session: BaseSession, *, allocationId: str, timeoutSeconds: Optional[int] = ...) -> v1AllocationPreemptionSignalResponse: ...

def get_AllocationRendezvousInfo(session: BaseSession, *, allocationId: str, resourcesId: str) -> v1AllocationRendezvousInfoResponse: ...

def get_CompareTrials(session: BaseSession, *, endBatches: Optional[int] = ..., group: Optional[str] = ..., maxDatapoints: Optional[int] = ..., metricIds: Optional[Sequence[str]] = ..., metricNames: Optional[Sequence[str]] = ..., metricType: Optional[v1MetricType] = ..., startBatches: Optional[int] = ..., timeSeriesFilter_doubleRange_gt: Optional[float] = ..., timeSeriesFilter_doubleRange_gte: Optional[float] = ..., timeSeriesFilter_doubleRange_lt: Optional[float] = ..., timeSeriesFilter_doubleRange_lte: Optional[float] = ..., timeSeriesFilter_integerRange_gt: Optional[int] = ..., timeSeriesFilter_integerRange_gte: Optional[int] = ..., timeSeriesFilter_integerRange_incl: Optional[Sequence[int]] = ..., timeSeriesFilter_integerRange_lt: Optional[int] = ..., timeSeriesFilter_integerRange_lte: Optional[int] = ..., timeSeriesFilter_integerRange_notIn: Optional[Sequence[int]] = ..., timeSeriesFilter_name: Optional[str] = ..., timeSeriesFilter_timeRange_gt: Optional[str] = ..., timeSeriesFilter_timeRange_gte: Optional[str] = ..., timeSeriesFilter_timeRange_lt: Optional[str] = ..., timeSeriesFilter_timeRange_lte: Optional[str] = ..., trialIds: Optional[Sequence[int]] = ...) -> v1CompareTrialsResponse: ...

def get_CurrentUser(session: BaseSession) -> v1CurrentUserResponse: ...

def get_ExpMetricNames(session: BaseSession, *, ids: Sequence[int], periodSeconds: Optional[int] = ...) -> Iterable[v1ExpMetricNamesResponse]: ...

def get_GetAccessTokens(session: BaseSession, *, limit: Optional[int] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., showInactive: Optional[bool] = ..., sortBy: Optional[v1GetAccessTokensRequestSortBy] = ..., tokenIds: Optional[Sequence[int]] = ..., username: Optional[str] = ...) -> v1GetAccessTokensResponse: ...

def get_GetActiveTasksCount(session: BaseSession) -> v1GetActiveTasksCountResponse: ...

def get_GetAgent(session: BaseSession, *, agentId: str) -> v1GetAgentResponse: ...

def get_GetAgents(session: BaseSession, *, excludeContainers: Optional[bool] = ..., excludeSlots: Optional[bool] = ..., limit: Optional[int] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., sortBy: Optional[v1GetAgentsRequestSortBy] = ...) -> v1GetAgentsResponse: ...

def get_GetAllocation(session: BaseSession, *, allocationId: str) -> v1GetAllocationResponse: ...

def get_GetBestSearcherValidationMetric(session: BaseSession, *, experimentId: int) -> v1GetBestSearcherValidationMetricResponse: ...

def get_GetCheckpoint(session: BaseSession, *, checkpointUuid: str) -> v1GetCheckpointResponse: ...

def get_GetClusterMessage(session: BaseSession) -> v1GetClusterMessageResponse: ...

def get_GetCommand(session: BaseSession, *, commandId: str) -> v1GetCommandResponse: ...

def get_GetCommands(session: BaseSession, *, limit: Optional[int] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., sortBy: Optional[v1GetTensorboardsRequestSortBy] = ..., userIds: Optional[Sequence[int]] = ..., users: Optional[Sequence[str]] = ..., workspaceId: Optional[int] = ...) -> v1GetCommandsResponse: ...

def get_GetExperiment(session: BaseSession, *, experimentId: int) -> v1GetExperimentResponse: ...

def get_GetExperimentCheckpoints(session: BaseSession, *, id: int, limit: Optional[int] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., sortByAttr: Optional[checkpointv1SortBy] = ..., sortByMetric: Optional[str] = ..., states: Optional[Sequence[checkpointv1State]] = ...) -> v1GetExperimentCheckpointsResponse: ...

def get_GetExperimentLabels(session: BaseSession, *, projectId: Optional[int] = ...) -> v1GetExperimentLabelsResponse: ...

def get_GetExperimentTrials(session: BaseSession, *, experimentId: int, limit: Optional[int] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., sortBy: Optional[v1GetExperimentTrialsRequestSortBy] = ..., states: Optional[Sequence[experimentv1State]] = ...) -> v1GetExperimentTrialsResponse: ...

def get_GetExperimentValidationHistory(session: BaseSession, *, experimentId: int) -> v1GetExperimentValidationHistoryResponse: ...

def get_GetExperiments(session: BaseSession, *, archived: Optional[bool] = ..., description: Optional[str] = ..., experimentIdFilter_gt: Optional[int] = ..., experimentIdFilter_gte: Optional[int] = ..., experimentIdFilter_incl: Optional[Sequence[int]] = ..., experimentIdFilter_lt: Optional[int] = ..., experimentIdFilter_lte: Optional[int] = ..., experimentIdFilter_notIn: Optional[Sequence[int]] = ..., labels: Optional[Sequence[str]] = ..., limit: Optional[int] = ..., name: Optional[str] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., projectId: Optional[int] = ..., showTrialData: Optional[bool] = ..., sortBy: Optional[v1GetExperimentsRequestSortBy] = ..., states: Optional[Sequence[experimentv1State]] = ..., userIds: Optional[Sequence[int]] = ..., users: Optional[Sequence[str]] = ...) -> v1GetExperimentsResponse: ...

def get_GetGenericTaskConfig(session: BaseSession, *, taskId: str) -> v1GetGenericTaskConfigResponse: ...

def get_GetGlobalConfigPolicies(session: BaseSession, *, workloadType: str) -> v1GetGlobalConfigPoliciesResponse: ...

def get_GetGroup(session: BaseSession, *, groupId: int) -> v1GetGroupResponse: ...

def get_GetGroupsAndUsersAssignedToWorkspace(session: BaseSession, *, workspaceId: int, name: Optional[str] = ...) -> v1GetGroupsAndUsersAssignedToWorkspaceResponse: ...

def get_GetJobQueueStats(session: BaseSession, *, resourcePools: Optional[Sequence[str]] = ...) -> v1GetJobQueueStatsResponse: ...

def get_GetJobs(session: BaseSession, *, limit: Optional[int] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., resourcePool: Optional[str] = ..., states: Optional[Sequence[jobv1State]] = ...) -> v1GetJobsResponse: ...

def get_GetJobsV2(session: BaseSession, *, limit: Optional[int] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., resourcePool: Optional[str] = ..., states: Optional[Sequence[jobv1State]] = ...) -> v1GetJobsV2Response: ...

def get_GetKubernetesResourceManagers(session: BaseSession) -> v1GetKubernetesResourceManagersResponse: ...

def get_GetKubernetesResourceQuotas(session: BaseSession, *, id: int) -> v1GetKubernetesResourceQuotasResponse: ...

def get_GetMaster(session: BaseSession) -> v1GetMasterResponse: ...

def get_GetMasterConfig(session: BaseSession) -> v1GetMasterConfigResponse: ...

def get_GetMe(session: BaseSession) -> v1GetMeResponse: ...

def get_GetMetadataValues(session: BaseSession, *, key: str, projectId: int) -> v1GetMetadataValuesResponse: ...

def get_GetMetrics(session: BaseSession, *, group: str, trialIds: Sequence[int]) -> Iterable[v1GetMetricsResponse]: ...

def get_GetModel(session: BaseSession, *, modelName: str) -> v1GetModelResponse: ...

def get_GetModelDef(session: BaseSession, *, experimentId: int) -> v1GetModelDefResponse: ...

def get_GetModelDefTree(session: BaseSession, *, experimentId: int) -> v1GetModelDefTreeResponse: ...

def get_GetModelLabels(session: BaseSession, *, workspaceId: Optional[int] = ...) -> v1GetModelLabelsResponse: ...

def get_GetModelVersion(session: BaseSession, *, modelName: str, modelVersionNum: int) -> v1GetModelVersionResponse: ...

def get_GetModelVersions(session: BaseSession, *, modelName: str, limit: Optional[int] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., sortBy: Optional[v1GetModelVersionsRequestSortBy] = ...) -> v1GetModelVersionsResponse: ...

def get_GetModels(session: BaseSession, *, archived: Optional[bool] = ..., description: Optional[str] = ..., id: Optional[int] = ..., labels: Optional[Sequence[str]] = ..., limit: Optional[int] = ..., name: Optional[str] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., sortBy: Optional[v1GetModelsRequestSortBy] = ..., userIds: Optional[Sequence[int]] = ..., users: Optional[Sequence[str]] = ..., workspaceIds: Optional[Sequence[int]] = ..., workspaceNames: Optional[Sequence[str]] = ...) -> v1GetModelsResponse: ...

def get_GetNotebook(session: BaseSession, *, notebookId: str) -> v1GetNotebookResponse: ...

def get_GetNotebooks(session: BaseSession, *, limit: Optional[int] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., sortBy: Optional[v1GetTensorboardsRequestSortBy] = ..., userIds: Optional[Sequence[int]] = ..., users: Optional[Sequence[str]] = ..., workspaceId: Optional[int] = ...) -> v1GetNotebooksResponse: ...

def get_GetPermissionsSummary(session: BaseSession) -> v1GetPermissionsSummaryResponse: ...

def get_GetProject(session: BaseSession, *, id: int) -> v1GetProjectResponse: ...

def get_GetProjectByKey(session: BaseSession, *, key: str) -> v1GetProjectByKeyResponse: ...

def get_GetProjectColumns(session: BaseSession, *, id: int, tableType: Optional[v1TableType] = ...) -> v1GetProjectColumnsResponse: ...

def get_GetProjectNumericMetricsRange(session: BaseSession, *, id: int) -> v1GetProjectNumericMetricsRangeResponse: ...

def get_GetProjectsByUserActivity(session: BaseSession, *, limit: Optional[int] = ...) -> v1GetProjectsByUserActivityResponse: ...

def get_GetResourcePools(session: BaseSession, *, limit: Optional[int] = ..., offset: Optional[int] = ..., unbound: Optional[bool] = ...) -> v1GetResourcePoolsResponse: ...

def get_GetRolesAssignedToGroup(session: BaseSession, *, groupId: int) -> v1GetRolesAssignedToGroupResponse: ...

def get_GetRolesAssignedToUser(session: BaseSession, *, userId: int) -> v1GetRolesAssignedToUserResponse: ...

def get_GetRunMetadata(session: BaseSession, *, runId: int) -> v1GetRunMetadataResponse: ...

def get_GetShell(session: BaseSession, *, shellId: str) -> v1GetShellResponse: ...

def get_GetShells(session: BaseSession, *, limit: Optional[int] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., sortBy: Optional[v1GetTensorboardsRequestSortBy] = ..., userIds: Optional[Sequence[int]] = ..., users: Optional[Sequence[str]] = ..., workspaceId: Optional[int] = ...) -> v1GetShellsResponse: ...

def get_GetSlot(session: BaseSession, *, agentId: str, slotId: str) -> v1GetSlotResponse: ...

def get_GetSlots(session: BaseSession, *, agentId: str) -> v1GetSlotsResponse: ...

def get_GetTask(session: BaseSession, *, taskId: str) -> v1GetTaskResponse: ...

def get_GetTaskAcceleratorData(session: BaseSession, *, taskId: str) -> v1GetTaskAcceleratorDataResponse: ...

def get_GetTaskContextDirectory(session: BaseSession, *, taskId: str) -> v1GetTaskContextDirectoryResponse: ...

def get_GetTasks(session: BaseSession) -> v1GetTasksResponse: ...

def get_GetTelemetry(session: BaseSession) -> v1GetTelemetryResponse: ...

def get_GetTemplate(session: BaseSession, *, templateName: str) -> v1GetTemplateResponse: ...

def get_GetTemplates(session: BaseSession, *, limit: Optional[int] = ..., name: Optional[str] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., sortBy: Optional[v1GetTemplatesRequestSortBy] = ..., workspaceIds: Optional[Sequence[int]] = ...) -> v1GetTemplatesResponse: ...

def get_GetTensorboard(session: BaseSession, *, tensorboardId: str) -> v1GetTensorboardResponse: ...

def get_GetTensorboards(session: BaseSession, *, limit: Optional[int] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., sortBy: Optional[v1GetTensorboardsRequestSortBy] = ..., userIds: Optional[Sequence[int]] = ..., users: Optional[Sequence[str]] = ..., workspaceId: Optional[int] = ...) -> v1GetTensorboardsResponse: ...

def get_GetTrainingMetrics(session: BaseSession, *, trialIds: Optional[Sequence[int]] = ...) -> Iterable[v1GetTrainingMetricsResponse]: ...

def get_GetTrial(session: BaseSession, *, trialId: int) -> v1GetTrialResponse: ...

def get_GetTrialByExternalID(session: BaseSession, *, externalExperimentId: str, externalTrialId: str) -> v1GetTrialByExternalIDResponse: ...

def get_GetTrialCheckpoints(session: BaseSession, *, id: int, limit: Optional[int] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., sortByAttr: Optional[checkpointv1SortBy] = ..., sortByMetric: Optional[str] = ..., states: Optional[Sequence[checkpointv1State]] = ...) -> v1GetTrialCheckpointsResponse: ...

def get_GetTrialMetricsByCheckpoint(session: BaseSession, *, checkpointUuid: str, metricGroup: Optional[str] = ..., trialSourceInfoType: Optional[v1TrialSourceInfoType] = ...) -> v1GetTrialMetricsByCheckpointResponse: ...

def get_GetTrialMetricsByModelVersion(session: BaseSession, *, modelName: str, modelVersionNum: int, metricGroup: Optional[str] = ..., trialSourceInfoType: Optional[v1TrialSourceInfoType] = ...) -> v1GetTrialMetricsByModelVersionResponse: ...

def get_GetTrialProfilerAvailableSeries(session: BaseSession, *, trialId: int, follow: Optional[bool] = ...) -> Iterable[v1GetTrialProfilerAvailableSeriesResponse]: ...

def get_GetTrialProfilerMetrics(session: BaseSession, *, labels_trialId: int, follow: Optional[bool] = ..., labels_agentId: Optional[str] = ..., labels_gpuUuid: Optional[str] = ..., labels_metricType: Optional[TrialProfilerMetricLabelsProfilerMetricType] = ..., labels_name: Optional[str] = ...) -> Iterable[v1GetTrialProfilerMetricsResponse]: ...

def get_GetTrialRemainingLogRetentionDays(session: BaseSession, *, id: int) -> v1GetTrialRemainingLogRetentionDaysResponse: ...

def get_GetTrialWorkloads(session: BaseSession, *, trialId: int, filter: Optional[GetTrialWorkloadsRequestFilterOption] = ..., group: Optional[str] = ..., includeBatchMetrics: Optional[bool] = ..., limit: Optional[int] = ..., metricType: Optional[v1MetricType] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., removeDeletedCheckpoints: Optional[bool] = ..., sortKey: Optional[str] = ...) -> v1GetTrialWorkloadsResponse: ...

def get_GetUser(session: BaseSession, *, userId: int) -> v1GetUserResponse: ...

def get_GetUserByUsername(session: BaseSession, *, username: str) -> v1GetUserByUsernameResponse: ...

def get_GetUserSetting(session: BaseSession) -> v1GetUserSettingResponse: ...

def get_GetUsers(session: BaseSession, *, active: Optional[bool] = ..., admin: Optional[bool] = ..., limit: Optional[int] = ..., name: Optional[str] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., roleIdAssignedDirectlyToUser: Optional[Sequence[int]] = ..., sortBy: Optional[v1GetUsersRequestSortBy] = ...) -> v1GetUsersResponse: ...

def get_GetValidationMetrics(session: BaseSession, *, trialIds: Optional[Sequence[int]] = ...) -> Iterable[v1GetValidationMetricsResponse]: ...

def get_GetWebhooks(session: BaseSession) -> v1GetWebhooksResponse: ...

def get_GetWorkspace(session: BaseSession, *, id: int) -> v1GetWorkspaceResponse: ...

def get_GetWorkspaceConfigPolicies(session: BaseSession, *, workloadType: str, workspaceId: int) -> v1GetWorkspaceConfigPoliciesResponse: ...

def get_GetWorkspaceProjects(session: BaseSession, *, id: int, archived: Optional[bool] = ..., limit: Optional[int] = ..., name: Optional[str] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., sortBy: Optional[v1GetWorkspaceProjectsRequestSortBy] = ..., userIds: Optional[Sequence[int]] = ..., users: Optional[Sequence[str]] = ...) -> v1GetWorkspaceProjectsResponse: ...

def get_GetWorkspaces(session: BaseSession, *, archived: Optional[bool] = ..., limit: Optional[int] = ..., name: Optional[str] = ..., nameCaseSensitive: Optional[str] = ..., offset: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., pinned: Optional[bool] = ..., sortBy: Optional[v1GetWorkspacesRequestSortBy] = ..., userIds: Optional[Sequence[int]] = ..., users: Optional[Sequence[str]] = ...) -> v1GetWorkspacesResponse: ...

def get_GetWorkspacesWithDefaultNamespaceBindings(session: BaseSession) -> v1GetWorkspacesWithDefaultNamespaceBindingsResponse: ...

def get_ListRPsBoundToWorkspace(session: BaseSession, *, workspaceId: int, limit: Optional[int] = ..., offset: Optional[int] = ...) -> v1ListRPsBoundToWorkspaceResponse: ...

def get_ListWorkspaceNamespaceBindings(session: BaseSession, *, id: int) -> v1ListWorkspaceNamespaceBindingsResponse: ...

def get_ListWorkspacesBoundToRP(session: BaseSession, *, resourcePoolName: str, limit: Optional[int] = ..., offset: Optional[int] = ...) -> v1ListWorkspacesBoundToRPResponse: ...

def get_MasterLogs(session: BaseSession, *, follow: Optional[bool] = ..., limit: Optional[int] = ..., offset: Optional[int] = ...) -> Iterable[v1MasterLogsResponse]: ...

def get_MetricBatches(session: BaseSession, *, experimentId: int, metricName: str, group: Optional[str] = ..., metricType: Optional[v1MetricType] = ..., periodSeconds: Optional[int] = ...) -> Iterable[v1MetricBatchesResponse]: ...

def get_ResourceAllocationAggregated(session: BaseSession, *, endDate: str, period: v1ResourceAllocationAggregationPeriod, startDate: str) -> v1ResourceAllocationAggregatedResponse: ...

def get_ResourceAllocationRaw(session: BaseSession, *, timestampAfter: str, timestampBefore: str) -> v1ResourceAllocationRawResponse: ...

def get_TaskLogs(session: BaseSession, *, taskId: str, agentIds: Optional[Sequence[str]] = ..., allocationIds: Optional[Sequence[str]] = ..., containerIds: Optional[Sequence[str]] = ..., enableRegex: Optional[bool] = ..., follow: Optional[bool] = ..., levels: Optional[Sequence[v1LogLevel]] = ..., limit: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., rankIds: Optional[Sequence[int]] = ..., searchText: Optional[str] = ..., sources: Optional[Sequence[str]] = ..., stdtypes: Optional[Sequence[str]] = ..., timestampAfter: Optional[str] = ..., timestampBefore: Optional[str] = ...) -> Iterable[v1TaskLogsResponse]: ...

def get_TaskLogsFields(session: BaseSession, *, taskId: str, follow: Optional[bool] = ...) -> Iterable[v1TaskLogsFieldsResponse]: ...

def get_TrialLogs(session: BaseSession, *, trialId: int, agentIds: Optional[Sequence[str]] = ..., containerIds: Optional[Sequence[str]] = ..., enableRegex: Optional[bool] = ..., follow: Optional[bool] = ..., levels: Optional[Sequence[v1LogLevel]] = ..., limit: Optional[int] = ..., orderBy: Optional[v1OrderBy] = ..., rankIds: Optional[Sequence[int]] = ..., searchText: Optional[str] = ..., sources: Optional[Sequence[str]] = ..., stdtypes: Optional[Sequence[str]] = ..., timestampAfter: Optional[str] = ..., timestampBefore: Optional[str] = ...) -> Iterable[v1TrialLogsResponse]: ...

def get_TrialLogsFields(session: BaseSession, *, trialId: int, follow: Optional[bool] = ...) -> Iterable[v1TrialLogsFieldsResponse]: ...

def get_TrialsSample(session: BaseSession, *, experimentId: int, metricName: str, endBatches: Optional[int] = ..., group: Optional[str] = ..., maxDatapoints: Optional[int] = ..., maxTrials: Optional[int] = ..., metricType: Optional[v1MetricType] = ..., periodSeconds: Optional[int] = ..., startBatches: Optional[int] = ...) -> Iterable[v1TrialsSampleResponse]: ...

def get_TrialsSnapshot(session: BaseSession, *, batchesProcessed: int, experimentId: int, metricName: str, batchesMargin: Optional[int] = ..., group: Optional[str] = ..., metricType: Optional[v1MetricType] = ..., periodSeconds: Optional[int] = ...) -> Iterable[v1TrialsSnapshotResponse]: ...

def get_health(session: BaseSession) -> HealthCheck: ...

def patch_AssignMultipleGroups(session: BaseSession, *, body: v1AssignMultipleGroupsRequest) -> None: ...

def patch_PatchAccessToken(session: BaseSession, *, body: v1PatchAccessTokenRequest, tokenId: int) -> v1PatchAccessTokenResponse: ...

def patch_PatchCheckpoints(session: BaseSession, *, body: v1PatchCheckpointsRequest) -> None: ...

def patch_PatchExperiment(session: BaseSession, *, body: v1PatchExperiment, experiment_id: int) -> v1PatchExperimentResponse: ...

def patch_PatchMasterConfig(session: BaseSession, *, body: v1PatchMasterConfigRequest) -> None: ...

def patch_PatchModel(session: BaseSession, *, body: v1PatchModel, modelName: str) -> v1PatchModelResponse: ...

def patch_PatchModelVersion(session: BaseSession, *, body: v1PatchModelVersion, modelName: str, modelVersionNum: int) -> v1PatchModelVersionResponse: ...

def patch_PatchProject(session: BaseSession, *, body: v1PatchProject, id: int) -> v1PatchProjectResponse: ...

def patch_PatchTemplateConfig(session: BaseSession, *, body: Dict[str, Any], templateName: str) -> v1PatchTemplateConfigResponse: ...

def patch_PatchTemplateName(session: BaseSession, *, body: v1PatchTemplateNameRequest) -> v1PatchTemplateNameResponse: ...

def patch_PatchTrial(session: BaseSession, *, body: v1PatchTrialRequest, trialId: int) -> v1PatchTrialResponse: ...

def patch_PatchUser(session: BaseSession, *, body: v1PatchUser, userId: int) -> v1PatchUserResponse: ...

def patch_PatchUsers(session: BaseSession, *, body: v1PatchUsersRequest) -> v1PatchUsersResponse: ...

def patch_PatchWebhook(session: BaseSession, *, body: v1PatchWebhook, id: int) -> None: ...

def patch_PatchWorkspace(session: BaseSession, *, body: v1PatchWorkspace, id: int) -> v1PatchWorkspaceResponse: ...

def post_AckAllocationPreemptionSignal(session: BaseSession, *, allocationId: str, body: v1AckAllocationPreemptionSignalRequest) -> None: ...

def post_ActivateExperiment(session: BaseSession, *, id: int) -> None: ...

def post_ActivateExperiments(session: BaseSession, *, body: v1ActivateExperimentsRequest, projectId: int) -> v1ActivateExperimentsResponse: ...

def post_AddProjectNote(session: BaseSession, *, body: v1Note, projectId: int) -> v1AddProjectNoteResponse: ...

def post_AllocationAllGather(session: BaseSession, *, allocationId: str, body: v1AllocationAllGatherRequest) -> v1AllocationAllGatherResponse: ...

def post_AllocationPendingPreemptionSignal(session: BaseSession, *, allocationId: str, body: v1AllocationPendingPreemptionSignalRequest) -> None: ...

def post_AllocationReady(session: BaseSession, *, allocationId: str, body: v1AllocationReadyRequest) -> None: ...

def post_AllocationWaiting(session: BaseSession, *, allocationId: str, body: v1AllocationWaitingRequest) -> None: ...

def post_ArchiveExperiment(session: BaseSession, *, id: int) -> None: ...

def post_ArchiveExperiments(session: BaseSession, *, body: v1ArchiveExperimentsRequest, projectId: int) -> v1ArchiveExperimentsResponse: ...

def post_ArchiveModel(session: BaseSession, *, modelName: str) -> None: ...

def post_ArchiveProject(session: BaseSession, *, id: int) -> None: ...

def post_ArchiveRuns(session: BaseSession, *, body: v1ArchiveRunsRequest) -> v1ArchiveRunsResponse: ...

def post_ArchiveWorkspace(session: BaseSession, *, id: int) -> None: ...

def post_AssignRoles(session: BaseSession, *, body: v1AssignRolesRequest) -> None: ...

def post_BindRPToWorkspace(session: BaseSession, *, body: v1BindRPToWorkspaceRequest, resourcePoolName: str) -> None: ...

def post_BulkAutoCreateWorkspaceNamespaceBindings(session: BaseSession, *, body: v1BulkAutoCreateWorkspaceNamespaceBindingsRequest) -> None: ...

def post_CancelExperiment(session: BaseSession, *, id: int) -> None: ...

def post_CancelExperiments(session: BaseSession, *, body: v1CancelExperimentsRequest, projectId: int) -> v1CancelExperimentsResponse: ...

def post_CheckpointsRemoveFiles(session: BaseSession, *, body: v1CheckpointsRemoveFilesRequest) -> None: ...

def post_CleanupLogs(session: BaseSession) -> v1CleanupLogsResponse: ...

def post_ContinueExperiment(session: BaseSession, *, body: v1ContinueExperimentRequest) -> v1ContinueExperimentResponse: ...

def post_CreateExperiment(session: BaseSession, *, body: v1CreateExperimentRequest) -> v1CreateExperimentResponse: ...

def post_CreateGenericTask(session: BaseSession, *, body: v1CreateGenericTaskRequest) -> v1CreateGenericTaskResponse: ...

def post_CreateGroup(session: BaseSession, *, body: v1CreateGroupRequest) -> v1CreateGroupResponse: ...

def post_CreateTrial(session: BaseSession, *, body: v1CreateTrialRequest) -> v1CreateTrialResponse: ...

def post_DeleteRuns(session: BaseSession, *, body: v1DeleteRunsRequest) -> v1DeleteRunsResponse: ...

def post_DisableAgent(session: BaseSession, *, agentId: str, body: v1DisableAgentRequest) -> v1DisableAgentResponse: ...

def post_DisableSlot(session: BaseSession, *, agentId: str, body: v1DisableSlotRequest, slotId: str) -> v1DisableSlotResponse: ...

def post_EnableAgent(session: BaseSession, *, agentId: str) -> v1EnableAgentResponse: ...

def post_EnableSlot(session: BaseSession, *, agentId: str, slotId: str) -> v1EnableSlotResponse: ...

def post_GetGroups(session: BaseSession, *, body: v1GetGroupsRequest) -> v1GetGroupsResponse: ...

def post_GetModelDefFile(session: BaseSession, *, body: v1GetModelDefFileRequest, experimentId: int) -> v1GetModelDefFileResponse: ...

def post_GetRolesByID(session: BaseSession, *, body: v1GetRolesByIDRequest) -> v1GetRolesByIDResponse: ...

def post_KillCommand(session: BaseSession, *, commandId: str) -> v1KillCommandResponse: ...

def post_KillExperiment(session: BaseSession, *, id: int) -> None: ...

def post_KillExperiments(session: BaseSession, *, body: v1KillExperimentsRequest, projectId: int) -> v1KillExperimentsResponse: ...

def post_KillGenericTask(session: BaseSession, *, body: v1KillGenericTaskRequest, taskId: str) -> None: ...

def post_KillNotebook(session: BaseSession, *, notebookId: str) -> v1KillNotebookResponse: ...

def post_KillRuns(session: BaseSession, *, body: v1KillRunsRequest) -> v1KillRunsResponse: ...

def post_KillShell(session: BaseSession, *, shellId: str) -> v1KillShellResponse: ...

def post_KillTensorboard(session: BaseSession, *, tensorboardId: str) -> v1KillTensorboardResponse: ...

def post_KillTrial(session: BaseSession, *, id: int) -> None: ...

def post_LaunchCommand(session: BaseSession, *, body: v1LaunchCommandRequest) -> v1LaunchCommandResponse: ...

def post_LaunchNotebook(session: BaseSession, *, body: v1LaunchNotebookRequest) -> v1LaunchNotebookResponse: ...

def post_LaunchShell(session: BaseSession, *, body: v1LaunchShellRequest) -> v1LaunchShellResponse: ...

def post_LaunchTensorboard(session: BaseSession, *, body: v1LaunchTensorboardRequest) -> v1LaunchTensorboardResponse: ...

def post_ListRoles(session: BaseSession, *, body: v1ListRolesRequest) -> v1ListRolesResponse: ...

def post_Login(session: BaseSession, *, body: v1LoginRequest) -> v1LoginResponse: ...

def post_Logout(session: BaseSession) -> None: ...

def post_MarkAllocationResourcesDaemon(session: BaseSession, *, allocationId: str, body: v1MarkAllocationResourcesDaemonRequest, resourcesId: str) -> None: ...

def post_MoveExperiment(session: BaseSession, *, body: v1MoveExperimentRequest, experimentId: int) -> None: ...

def post_MoveExperiments(session: BaseSession, *, body: v1MoveExperimentsRequest, projectId: int) -> v1MoveExperimentsResponse: ...

def post_MoveModel(session: BaseSession, *, body: v1MoveModelRequest, modelName: str) -> None: ...

def post_MoveProject(session: BaseSession, *, body: v1MoveProjectRequest, projectId: int) -> None: ...

def post_MoveRuns(session: BaseSession, *, body: v1MoveRunsRequest) -> v1MoveRunsResponse: ...

def post_NotifyContainerRunning(session: BaseSession, *, allocationId: str, body: v1NotifyContainerRunningRequest) -> v1NotifyContainerRunningResponse: ...

def post_PauseExperiment(session: BaseSession, *, id: int) -> None: ...

def post_PauseExperiments(session: BaseSession, *, body: v1PauseExperimentsRequest, projectId: int) -> v1PauseExperimentsResponse: ...

def post_PauseGenericTask(session: BaseSession, *, taskId: str) -> None: ...

def post_PauseRuns(session: BaseSession, *, body: v1PauseRunsRequest) -> v1PauseRunsResponse: ...

def post_PinWorkspace(session: BaseSession, *, id: int) -> None: ...

def post_PostAccessToken(session: BaseSession, *, body: v1PostAccessTokenRequest) -> v1PostAccessTokenResponse: ...

def post_PostAllocationAcceleratorData(session: BaseSession, *, allocationId: str, body: v1PostAllocationAcceleratorDataRequest) -> None: ...

def post_PostAllocationProxyAddress(session: BaseSession, *, allocationId: str, body: v1PostAllocationProxyAddressRequest) -> None: ...

def post_PostCheckpointMetadata(session: BaseSession, *, body: v1PostCheckpointMetadataRequest, checkpoint_uuid: str) -> v1PostCheckpointMetadataResponse: ...

def post_PostModel(session: BaseSession, *, body: v1PostModelRequest) -> v1PostModelResponse: ...

def post_PostModelVersion(session: BaseSession, *, body: v1PostModelVersionRequest, modelName: str) -> v1PostModelVersionResponse: ...

def post_PostProject(session: BaseSession, *, body: v1PostProjectRequest, workspaceId: int) -> v1PostProjectResponse: ...

def post_PostRunMetadata(session: BaseSession, *, body: v1PostRunMetadataRequest, runId: int) -> v1PostRunMetadataResponse: ...

def post_PostTaskLogs(session: BaseSession, *, body: v1PostTaskLogsRequest) -> None: ...

def post_PostTemplate(session: BaseSession, *, body: v1Template, template_name: str) -> v1PostTemplateResponse: ...

def post_PostTrialProfilerMetricsBatch(session: BaseSession, *, body: v1PostTrialProfilerMetricsBatchRequest) -> None: ...

def post_PostTrialRunnerMetadata(session: BaseSession, *, body: v1TrialRunnerMetadata, trialId: int) -> None: ...

def post_PostUser(session: BaseSession, *, body: v1PostUserRequest) -> v1PostUserResponse: ...

def post_PostUserActivity(session: BaseSession, *, body: v1PostUserActivityRequest) -> None: ...

def post_PostUserSetting(session: BaseSession, *, body: v1PostUserSettingRequest) -> None: ...

def post_PostWebhook(session: BaseSession, *, body: v1Webhook) -> v1PostWebhookResponse: ...

def post_PostWebhookEventData(session: BaseSession, *, body: v1PostWebhookEventDataRequest) -> None: ...

def post_PostWorkspace(session: BaseSession, *, body: v1PostWorkspaceRequest) -> v1PostWorkspaceResponse: ...

def post_PreviewHPSearch(session: BaseSession, *, body: v1PreviewHPSearchRequest) -> v1PreviewHPSearchResponse: ...

def post_RemoveAssignments(session: BaseSession, *, body: v1RemoveAssignmentsRequest) -> None: ...

def post_ReportCheckpoint(session: BaseSession, *, body: v1Checkpoint) -> None: ...

def post_ReportTrialMetrics(session: BaseSession, *, body: v1ReportTrialMetricsRequest, metrics_trialId: int) -> None: ...

def post_ReportTrialProgress(session: BaseSession, *, body: v1ReportTrialProgressRequest, trialId: int) -> None: ...

def post_ReportTrialSearcherEarlyExit(session: BaseSession, *, body: v1TrialEarlyExit, trialId: int) -> None: ...

def post_ReportTrialSourceInfo(session: BaseSession, *, body: v1ReportTrialSourceInfoRequest) -> v1ReportTrialSourceInfoResponse: ...

def post_ReportTrialTrainingMetrics(session: BaseSession, *, body: v1TrialMetrics, trainingMetrics_trialId: int) -> None: ...

def post_ReportTrialValidationMetrics(session: BaseSession, *, body: v1TrialMetrics, validationMetrics_trialId: int) -> None: ...

def post_ResetUserSetting(session: BaseSession) -> None: ...

def post_ResumeRuns(session: BaseSession, *, body: v1ResumeRunsRequest) -> v1ResumeRunsResponse: ...

def post_RunPrepareForReporting(session: BaseSession, *, body: v1RunPrepareForReportingRequest) -> v1RunPrepareForReportingResponse: ...

def post_SearchExperiments(session: BaseSession, *, body: v1SearchExperimentsRequest) -> v1SearchExperimentsResponse: ...

def post_SearchRolesAssignableToScope(session: BaseSession, *, body: v1SearchRolesAssignableToScopeRequest) -> v1SearchRolesAssignableToScopeResponse: ...

def post_SearchRuns(session: BaseSession, *, body: v1SearchRunsRequest) -> v1SearchRunsResponse: ...

def post_SetCommandPriority(session: BaseSession, *, body: v1SetCommandPriorityRequest, commandId: str) -> v1SetCommandPriorityResponse: ...

def post_SetNotebookPriority(session: BaseSession, *, body: v1SetNotebookPriorityRequest, notebookId: str) -> v1SetNotebookPriorityResponse: ...

def post_SetResourceQuotas(session: BaseSession, *, body: v1SetResourceQuotasRequest, id: int) -> None: ...

def post_SetShellPriority(session: BaseSession, *, body: v1SetShellPriorityRequest, shellId: str) -> v1SetShellPriorityResponse: ...

def post_SetTensorboardPriority(session: BaseSession, *, body: v1SetTensorboardPriorityRequest, tensorboardId: str) -> v1SetTensorboardPriorityResponse: ...

def post_SetUserPassword(session: BaseSession, *, body: str, userId: int) -> v1SetUserPasswordResponse: ...

def post_SetWorkspaceNamespaceBindings(session: BaseSession, *, body: v1SetWorkspaceNamespaceBindingsRequest, workspaceId: int) -> v1SetWorkspaceNamespaceBindingsResponse: ...

def post_StartTrial(session: BaseSession, *, body: v1StartTrialRequest, trialId: int) -> v1StartTrialResponse: ...

def post_TestWebhook(session: BaseSession, *, id: int) -> v1TestWebhookResponse: ...

def post_UnarchiveExperiment(session: BaseSession, *, id: int) -> None: ...

def post_UnarchiveExperiments(session: BaseSession, *, body: v1UnarchiveExperimentsRequest, projectId: int) -> v1UnarchiveExperimentsResponse: ...

def post_UnarchiveModel(session: BaseSession, *, modelName: str) -> None: ...

def post_UnarchiveProject(session: BaseSession, *, id: int) -> None: ...

def post_UnarchiveRuns(session: BaseSession, *, body: v1UnarchiveRunsRequest) -> v1UnarchiveRunsResponse: ...

def post_UnarchiveWorkspace(session: BaseSession, *, id: int) -> None: ...

def post_UnpauseGenericTask(session: BaseSession, *, taskId: str) -> None: ...

def post_UnpinWorkspace(session: BaseSession, *, id: int) -> None: ...

def post_UpdateJobQueue(session: BaseSession, *, body: v1UpdateJobQueueRequest) -> None: ...

def put_IdleNotebook(session: BaseSession, *, body: v1IdleNotebookRequest, notebookId: str) -> None: ...

def put_OverwriteRPWorkspaceBindings(session: BaseSession, *, body: v1OverwriteRPWorkspaceBindingsRequest, resourcePoolName: str) -> None: ...

def put_PutExperiment(session: BaseSession, *, body: v1CreateExperimentRequest, externalExperimentId: str) -> v1PutExperimentResponse: ...

def put_PutExperimentLabel(session: BaseSession, *, experimentId: int, label: str) -> v1PutExperimentLabelResponse: ...

def put_PutExperimentRetainLogs(session: BaseSession, *, body: v1PutExperimentRetainLogsRequest, experimentId: int) -> None: ...

def put_PutExperimentsRetainLogs(session: BaseSession, *, body: v1PutExperimentsRetainLogsRequest, projectId: int) -> v1PutExperimentsRetainLogsResponse: ...

def put_PutGlobalConfigPolicies(session: BaseSession, *, body: v1PutGlobalConfigPoliciesRequest, workloadType: str) -> v1PutGlobalConfigPoliciesResponse: ...

def put_PutProjectNotes(session: BaseSession, *, body: v1PutProjectNotesRequest, projectId: int) -> v1PutProjectNotesResponse: ...

def put_PutTemplate(session: BaseSession, *, body: v1Template, template_name: str) -> v1PutTemplateResponse: ...

def put_PutTrial(session: BaseSession, *, body: v1PutTrialRequest) -> v1PutTrialResponse: ...

def put_PutTrialRetainLogs(session: BaseSession, *, body: v1PutTrialRetainLogsRequest, trialId: int) -> None: ...

def put_PutWorkspaceConfigPolicies(session: BaseSession, *, body: v1PutWorkspaceConfigPoliciesRequest, workloadType: str, workspaceId: int) -> v1PutWorkspaceConfigPoliciesResponse: ...

def put_SetClusterMessage(session: BaseSession, *, body: v1SetClusterMessageRequest) -> None: ...

def put_UpdateGroup(session: BaseSession, *, body: v1UpdateGroupRequest, groupId: int) -> v1UpdateGroupResponse: ...

Paginated = Union[v1GetAccessTokensResponse, v1GetAgentsResponse, v1GetCommandsResponse, v1GetExperimentCheckpointsResponse, v1GetExperimentTrialsResponse, v1GetExperimentsResponse, v1GetGroupsResponse, v1GetJobsResponse, v1GetJobsV2Response, v1GetModelVersionsResponse, v1GetModelsResponse, v1GetNotebooksResponse, v1GetResourcePoolsResponse, v1GetShellsResponse, v1GetTemplatesResponse, v1GetTensorboardsResponse, v1GetTrialCheckpointsResponse, v1GetTrialWorkloadsResponse, v1GetUsersResponse, v1GetWorkspaceProjectsResponse, v1GetWorkspacesResponse, v1ListRPsBoundToWorkspaceResponse, v1ListRolesResponse, v1ListWorkspacesBoundToRPResponse, v1SearchExperimentsResponse, v1SearchRolesAssignableToScopeResponse, v1SearchRunsResponse]
