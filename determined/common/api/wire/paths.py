"""Every call of the master's REST API that this package makes or answers: one row each.

The annotation of a row names its request and its answer. They are not evaluated here, so that a client that only
needs the paths never builds the message types; the embedded master resolves them with `schema.messages_of`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .endpoint import DELETE, GET, PATCH, POST, PUT, Endpoint

if TYPE_CHECKING:
    from .auth import CurrentUserResponse, LoginRequest, LoginResponse
    from .checkpoints import (
        Checkpoint,
        CheckpointsRemoveFilesRequest,
        DeleteCheckpointsRequest,
        GetCheckpointResponse,
        PatchCheckpointsRequest,
        PostCheckpointMetadataRequest,
        PostCheckpointMetadataResponse,
    )
    from .cluster import (
        BindRPToWorkspaceRequest,
        DisableAgentRequest,
        DisableAgentResponse,
        DisableSlotRequest,
        DisableSlotResponse,
        EnableAgentResponse,
        EnableSlotResponse,
        GetAgentResponse,
        GetAgentsQuery,
        GetAgentsResponse,
        GetClusterMessageResponse,
        GetMasterConfigResponse,
        GetMasterResponse,
        GetResourcePoolsQuery,
        GetResourcePoolsResponse,
        GetSlotResponse,
        GetSlotsResponse,
        GetTelemetryResponse,
        ListWorkspacesBoundToRPQuery,
        ListWorkspacesBoundToRPResponse,
        MasterLogsQuery,
        MasterLogsResponse,
        OverwriteRPWorkspaceBindingsRequest,
        PatchMasterConfigRequest,
        ResourceAllocationAggregatedQuery,
        ResourceAllocationAggregatedResponse,
        ResourceAllocationRawQuery,
        ResourceAllocationRawResponse,
        SetClusterMessageRequest,
        UnbindRPFromWorkspaceRequest,
    )
    from .common import Empty
    from .config_policies import (
        GetGlobalConfigPoliciesResponse,
        GetWorkspaceConfigPoliciesResponse,
        PutGlobalConfigPoliciesRequest,
        PutGlobalConfigPoliciesResponse,
        PutWorkspaceConfigPoliciesRequest,
        PutWorkspaceConfigPoliciesResponse,
    )
    from .experiments import (
        ActivateExperimentsRequest,
        ActivateExperimentsResponse,
        ArchiveExperimentsRequest,
        ArchiveExperimentsResponse,
        CancelExperimentsRequest,
        CancelExperimentsResponse,
        ContinueExperimentRequest,
        ContinueExperimentResponse,
        CreateExperimentRequest,
        CreateExperimentResponse,
        DeleteExperimentLabelResponse,
        DeleteExperimentsRequest,
        DeleteExperimentsResponse,
        GetBestSearcherValidationMetricResponse,
        GetExperimentCheckpointsQuery,
        GetExperimentCheckpointsResponse,
        GetExperimentLabelsQuery,
        GetExperimentLabelsResponse,
        GetExperimentResponse,
        GetExperimentsQuery,
        GetExperimentsResponse,
        GetExperimentTrialsQuery,
        GetExperimentTrialsResponse,
        GetExperimentValidationHistoryResponse,
        GetModelDefFileRequest,
        GetModelDefFileResponse,
        GetModelDefResponse,
        GetModelDefTreeResponse,
        KillExperimentsRequest,
        KillExperimentsResponse,
        MoveExperimentRequest,
        MoveExperimentsRequest,
        MoveExperimentsResponse,
        PatchExperiment,
        PatchExperimentResponse,
        PauseExperimentsRequest,
        PauseExperimentsResponse,
        PreviewHPSearchRequest,
        PreviewHPSearchResponse,
        PutExperimentLabelResponse,
        PutExperimentResponse,
        PutExperimentRetainLogsRequest,
        PutExperimentsRetainLogsRequest,
        PutExperimentsRetainLogsResponse,
        SearchExperimentsRequest,
        SearchExperimentsResponse,
        UnarchiveExperimentsRequest,
        UnarchiveExperimentsResponse,
    )
    from .jobs import (
        GetJobQueueStatsQuery,
        GetJobQueueStatsResponse,
        GetJobsQuery,
        GetJobsResponse,
        GetJobsV2Query,
        GetJobsV2Response,
        UpdateJobQueueRequest,
    )
    from .logs import (
        CleanupLogsResponse,
        PostTaskLogsRequest,
        TaskLogsFieldsQuery,
        TaskLogsFieldsResponse,
        TaskLogsQuery,
        TaskLogsResponse,
        TrialLogsFieldsQuery,
        TrialLogsFieldsResponse,
        TrialLogsQuery,
        TrialLogsResponse,
    )
    from .metrics import (
        CompareTrialsQuery,
        CompareTrialsResponse,
        ExpMetricNamesQuery,
        ExpMetricNamesResponse,
        GetMetricsQuery,
        GetMetricsResponse,
        GetTrainingMetricsQuery,
        GetTrainingMetricsResponse,
        GetTrialMetricsByCheckpointQuery,
        GetTrialMetricsByCheckpointResponse,
        GetTrialMetricsByModelVersionQuery,
        GetTrialMetricsByModelVersionResponse,
        GetValidationMetricsQuery,
        GetValidationMetricsResponse,
        MetricBatchesQuery,
        MetricBatchesResponse,
        ReportTrialMetricsRequest,
        TrialsSampleQuery,
        TrialsSampleResponse,
        TrialsSnapshotQuery,
        TrialsSnapshotResponse,
    )
    from .models import (
        GetModelLabelsQuery,
        GetModelLabelsResponse,
        GetModelResponse,
        GetModelsQuery,
        GetModelsResponse,
        GetModelVersionResponse,
        GetModelVersionsQuery,
        GetModelVersionsResponse,
        MoveModelRequest,
        PatchModel,
        PatchModelResponse,
        PatchModelVersion,
        PatchModelVersionResponse,
        PostModelRequest,
        PostModelResponse,
        PostModelVersionRequest,
        PostModelVersionResponse,
    )
    from .projects import (
        AddProjectNoteResponse,
        DeleteProjectResponse,
        GetMetadataValuesResponse,
        GetProjectByKeyResponse,
        GetProjectColumnsQuery,
        GetProjectColumnsResponse,
        GetProjectNumericMetricsRangeResponse,
        GetProjectResponse,
        GetWorkspaceProjectsQuery,
        GetWorkspaceProjectsResponse,
        MoveProjectRequest,
        Note,
        PatchProject,
        PatchProjectResponse,
        PostProjectRequest,
        PostProjectResponse,
        PutProjectNotesRequest,
        PutProjectNotesResponse,
    )
    from .runs import (
        ArchiveRunsRequest,
        ArchiveRunsResponse,
        DeleteRunsRequest,
        DeleteRunsResponse,
        GetRunMetadataResponse,
        KillRunsRequest,
        KillRunsResponse,
        MoveRunsRequest,
        MoveRunsResponse,
        PauseRunsRequest,
        PauseRunsResponse,
        PostRunMetadataRequest,
        PostRunMetadataResponse,
        ResumeRunsRequest,
        ResumeRunsResponse,
        RunPrepareForReportingRequest,
        RunPrepareForReportingResponse,
        SearchRunsRequest,
        SearchRunsResponse,
        UnarchiveRunsRequest,
        UnarchiveRunsResponse,
    )
    from .scalars import Struct
    from .tasks import (
        AckAllocationPreemptionSignalRequest,
        AllocationAllGatherRequest,
        AllocationAllGatherResponse,
        AllocationPendingPreemptionSignalRequest,
        AllocationPreemptionSignalQuery,
        AllocationPreemptionSignalResponse,
        AllocationReadyRequest,
        AllocationRendezvousInfoResponse,
        AllocationWaitingRequest,
        GetActiveTasksCountResponse,
        GetAllocationResponse,
        GetCommandResponse,
        GetCommandsQuery,
        GetCommandsResponse,
        GetNotebooksQuery,
        GetNotebooksResponse,
        GetShellsQuery,
        GetShellsResponse,
        GetTaskContextDirectoryResponse,
        GetTaskResponse,
        GetTasksResponse,
        GetTensorboardsQuery,
        GetTensorboardsResponse,
        KillCommandResponse,
        LaunchCommandRequest,
        LaunchCommandResponse,
        MarkAllocationResourcesDaemonRequest,
        NotifyContainerRunningRequest,
        NotifyContainerRunningResponse,
        PostAllocationAcceleratorDataRequest,
        PostAllocationProxyAddressRequest,
    )
    from .templates import (
        GetTemplateResponse,
        GetTemplatesQuery,
        GetTemplatesResponse,
        PatchTemplateConfigResponse,
        PostTemplateResponse,
        PutTemplateResponse,
        Template,
    )
    from .trials import (
        CreateTrialRequest,
        CreateTrialResponse,
        GetTrialByExternalIDResponse,
        GetTrialCheckpointsQuery,
        GetTrialCheckpointsResponse,
        GetTrialRemainingLogRetentionDaysResponse,
        GetTrialResponse,
        GetTrialWorkloadsQuery,
        GetTrialWorkloadsResponse,
        PatchTrialRequest,
        PatchTrialResponse,
        PutTrialRequest,
        PutTrialResponse,
        PutTrialRetainLogsRequest,
        ReportTrialProgressRequest,
        ReportTrialSourceInfoRequest,
        ReportTrialSourceInfoResponse,
        StartTrialRequest,
        StartTrialResponse,
        TrialEarlyExit,
        TrialMetrics,
        TrialRunnerMetadata,
    )
    from .users import (
        GetAccessTokensQuery,
        GetAccessTokensResponse,
        GetMeResponse,
        GetProjectsByUserActivityQuery,
        GetProjectsByUserActivityResponse,
        GetUserByUsernameResponse,
        GetUserResponse,
        GetUserSettingResponse,
        GetUsersQuery,
        GetUsersResponse,
        PatchAccessTokenRequest,
        PatchAccessTokenResponse,
        PatchUser,
        PatchUserResponse,
        PatchUsersRequest,
        PatchUsersResponse,
        PostAccessTokenRequest,
        PostAccessTokenResponse,
        PostUserActivityRequest,
        PostUserRequest,
        PostUserResponse,
        PostUserSettingRequest,
        SetUserPasswordResponse,
    )
    from .webhooks import (
        GetWebhooksResponse,
        PatchWebhook,
        PostWebhookEventDataRequest,
        PostWebhookResponse,
        TestWebhookResponse,
        Webhook,
    )
    from .workspaces import (
        DeleteWorkspaceResponse,
        GetWorkspaceResponse,
        GetWorkspacesQuery,
        GetWorkspacesResponse,
        ListRPsBoundToWorkspaceQuery,
        ListRPsBoundToWorkspaceResponse,
        PatchWorkspace,
        PatchWorkspaceResponse,
        PostWorkspaceRequest,
        PostWorkspaceResponse,
        SetResourceQuotasRequest,
    )

# login and logout
LOGIN: Endpoint[LoginRequest, LoginResponse] = Endpoint("Login", POST, "/api/v1/auth/login", public=True)
LOGOUT: Endpoint[Empty, Empty] = Endpoint("Logout", POST, "/api/v1/auth/logout")
CURRENT_USER: Endpoint[Empty, CurrentUserResponse] = Endpoint("CurrentUser", GET, "/api/v1/auth/user")

# users, their settings and tokens
GET_ME: Endpoint[Empty, GetMeResponse] = Endpoint("GetMe", GET, "/api/v1/me")
POST_ACCESS_TOKEN: Endpoint[PostAccessTokenRequest, PostAccessTokenResponse] = Endpoint("PostAccessToken", POST, "/api/v1/tokens")
GET_ACCESS_TOKENS: Endpoint[GetAccessTokensQuery, GetAccessTokensResponse] = Endpoint("GetAccessTokens", GET, "/api/v1/tokens")
PATCH_ACCESS_TOKEN: Endpoint[PatchAccessTokenRequest, PatchAccessTokenResponse] = Endpoint("PatchAccessToken", PATCH, "/api/v1/tokens/{token_id:int}")
GET_PROJECTS_BY_USER_ACTIVITY: Endpoint[GetProjectsByUserActivityQuery, GetProjectsByUserActivityResponse] = Endpoint("GetProjectsByUserActivity", GET, "/api/v1/user/projects/activity")
GET_USERS: Endpoint[GetUsersQuery, GetUsersResponse] = Endpoint("GetUsers", GET, "/api/v1/users")
POST_USER: Endpoint[PostUserRequest, PostUserResponse] = Endpoint("PostUser", POST, "/api/v1/users")
PATCH_USERS: Endpoint[PatchUsersRequest, PatchUsersResponse] = Endpoint("PatchUsers", PATCH, "/api/v1/users")
POST_USER_ACTIVITY: Endpoint[PostUserActivityRequest, Empty] = Endpoint("PostUserActivity", POST, "/api/v1/users/activity")
GET_USER_SETTING: Endpoint[Empty, GetUserSettingResponse] = Endpoint("GetUserSetting", GET, "/api/v1/users/setting")
POST_USER_SETTING: Endpoint[PostUserSettingRequest, Empty] = Endpoint("PostUserSetting", POST, "/api/v1/users/setting")
RESET_USER_SETTING: Endpoint[Empty, Empty] = Endpoint("ResetUserSetting", POST, "/api/v1/users/setting/reset")
GET_USER: Endpoint[Empty, GetUserResponse] = Endpoint("GetUser", GET, "/api/v1/users/{user_id:int}")
PATCH_USER: Endpoint[PatchUser, PatchUserResponse] = Endpoint("PatchUser", PATCH, "/api/v1/users/{user_id:int}")
SET_USER_PASSWORD: Endpoint[str, SetUserPasswordResponse] = Endpoint("SetUserPassword", POST, "/api/v1/users/{user_id:int}/password")
GET_USER_BY_USERNAME: Endpoint[Empty, GetUserByUsernameResponse] = Endpoint("GetUserByUsername", GET, "/api/v1/users/{username}/by-username")

# experiments
GET_EXPERIMENT_LABELS: Endpoint[GetExperimentLabelsQuery, GetExperimentLabelsResponse] = Endpoint("GetExperimentLabels", GET, "/api/v1/experiment/labels")
CREATE_EXPERIMENT: Endpoint[CreateExperimentRequest, CreateExperimentResponse] = Endpoint("CreateExperiment", POST, "/api/v1/experiments")
GET_EXPERIMENTS: Endpoint[GetExperimentsQuery, GetExperimentsResponse] = Endpoint("GetExperiments", GET, "/api/v1/experiments")
SEARCH_EXPERIMENTS: Endpoint[SearchExperimentsRequest, SearchExperimentsResponse] = Endpoint("SearchExperiments", POST, "/api/v1/experiments-search")
PUT_EXPERIMENT: Endpoint[CreateExperimentRequest, PutExperimentResponse] = Endpoint("PutExperiment", PUT, "/api/v1/experiments/by-external-id/{external_experiment_id}")
CONTINUE_EXPERIMENT: Endpoint[ContinueExperimentRequest, ContinueExperimentResponse] = Endpoint("ContinueExperiment", POST, "/api/v1/experiments/continue")
PATCH_EXPERIMENT: Endpoint[PatchExperiment, PatchExperimentResponse] = Endpoint("PatchExperiment", PATCH, "/api/v1/experiments/{experiment.id:int}")
GET_EXPERIMENT: Endpoint[Empty, GetExperimentResponse] = Endpoint("GetExperiment", GET, "/api/v1/experiments/{experiment_id:int}")
DELETE_EXPERIMENT: Endpoint[Empty, Empty] = Endpoint("DeleteExperiment", DELETE, "/api/v1/experiments/{experiment_id:int}")
GET_MODEL_DEF_FILE: Endpoint[GetModelDefFileRequest, GetModelDefFileResponse] = Endpoint("GetModelDefFile", POST, "/api/v1/experiments/{experiment_id:int}/file")
GET_MODEL_DEF_TREE: Endpoint[Empty, GetModelDefTreeResponse] = Endpoint("GetModelDefTree", GET, "/api/v1/experiments/{experiment_id:int}/file_tree")
PUT_EXPERIMENT_LABEL: Endpoint[Empty, PutExperimentLabelResponse] = Endpoint("PutExperimentLabel", PUT, "/api/v1/experiments/{experiment_id:int}/labels/{label}")
DELETE_EXPERIMENT_LABEL: Endpoint[Empty, DeleteExperimentLabelResponse] = Endpoint("DeleteExperimentLabel", DELETE, "/api/v1/experiments/{experiment_id:int}/labels/{label}")
GET_MODEL_DEF: Endpoint[Empty, GetModelDefResponse] = Endpoint("GetModelDef", GET, "/api/v1/experiments/{experiment_id:int}/model_def")
MOVE_EXPERIMENT: Endpoint[MoveExperimentRequest, Empty] = Endpoint("MoveExperiment", POST, "/api/v1/experiments/{experiment_id:int}/move")
PUT_EXPERIMENT_RETAIN_LOGS: Endpoint[PutExperimentRetainLogsRequest, Empty] = Endpoint("PutExperimentRetainLogs", PUT, "/api/v1/experiments/{experiment_id:int}/retain_logs")
GET_BEST_SEARCHER_VALIDATION_METRIC: Endpoint[Empty, GetBestSearcherValidationMetricResponse] = Endpoint("GetBestSearcherValidationMetric", GET, "/api/v1/experiments/{experiment_id:int}/searcher/best_searcher_validation_metric")
DELETE_TENSORBOARD_FILES: Endpoint[Empty, Empty] = Endpoint("DeleteTensorboardFiles", DELETE, "/api/v1/experiments/{experiment_id:int}/tensorboard-files")
GET_EXPERIMENT_TRIALS: Endpoint[GetExperimentTrialsQuery, GetExperimentTrialsResponse] = Endpoint("GetExperimentTrials", GET, "/api/v1/experiments/{experiment_id:int}/trials")
GET_EXPERIMENT_VALIDATION_HISTORY: Endpoint[Empty, GetExperimentValidationHistoryResponse] = Endpoint("GetExperimentValidationHistory", GET, "/api/v1/experiments/{experiment_id:int}/validation-history")
ACTIVATE_EXPERIMENT: Endpoint[Empty, Empty] = Endpoint("ActivateExperiment", POST, "/api/v1/experiments/{id:int}/activate")
ARCHIVE_EXPERIMENT: Endpoint[Empty, Empty] = Endpoint("ArchiveExperiment", POST, "/api/v1/experiments/{id:int}/archive")
CANCEL_EXPERIMENT: Endpoint[Empty, Empty] = Endpoint("CancelExperiment", POST, "/api/v1/experiments/{id:int}/cancel")
GET_EXPERIMENT_CHECKPOINTS: Endpoint[GetExperimentCheckpointsQuery, GetExperimentCheckpointsResponse] = Endpoint("GetExperimentCheckpoints", GET, "/api/v1/experiments/{id:int}/checkpoints")
KILL_EXPERIMENT: Endpoint[Empty, Empty] = Endpoint("KillExperiment", POST, "/api/v1/experiments/{id:int}/kill")
PAUSE_EXPERIMENT: Endpoint[Empty, Empty] = Endpoint("PauseExperiment", POST, "/api/v1/experiments/{id:int}/pause")
UNARCHIVE_EXPERIMENT: Endpoint[Empty, Empty] = Endpoint("UnarchiveExperiment", POST, "/api/v1/experiments/{id:int}/unarchive")
PREVIEW_HP_SEARCH: Endpoint[PreviewHPSearchRequest, PreviewHPSearchResponse] = Endpoint("PreviewHPSearch", POST, "/api/v1/preview-hp-search")
ACTIVATE_EXPERIMENTS: Endpoint[ActivateExperimentsRequest, ActivateExperimentsResponse] = Endpoint("ActivateExperiments", POST, "/api/v1/projects/{project_id:int}/experiments/activate")
ARCHIVE_EXPERIMENTS: Endpoint[ArchiveExperimentsRequest, ArchiveExperimentsResponse] = Endpoint("ArchiveExperiments", POST, "/api/v1/projects/{project_id:int}/experiments/archive")
CANCEL_EXPERIMENTS: Endpoint[CancelExperimentsRequest, CancelExperimentsResponse] = Endpoint("CancelExperiments", POST, "/api/v1/projects/{project_id:int}/experiments/cancel")
DELETE_EXPERIMENTS: Endpoint[DeleteExperimentsRequest, DeleteExperimentsResponse] = Endpoint("DeleteExperiments", DELETE, "/api/v1/projects/{project_id:int}/experiments/delete")
KILL_EXPERIMENTS: Endpoint[KillExperimentsRequest, KillExperimentsResponse] = Endpoint("KillExperiments", POST, "/api/v1/projects/{project_id:int}/experiments/kill")
MOVE_EXPERIMENTS: Endpoint[MoveExperimentsRequest, MoveExperimentsResponse] = Endpoint("MoveExperiments", POST, "/api/v1/projects/{project_id:int}/experiments/move")
PAUSE_EXPERIMENTS: Endpoint[PauseExperimentsRequest, PauseExperimentsResponse] = Endpoint("PauseExperiments", POST, "/api/v1/projects/{project_id:int}/experiments/pause")
PUT_EXPERIMENTS_RETAIN_LOGS: Endpoint[PutExperimentsRetainLogsRequest, PutExperimentsRetainLogsResponse] = Endpoint("PutExperimentsRetainLogs", PUT, "/api/v1/projects/{project_id:int}/experiments/retain_logs")
UNARCHIVE_EXPERIMENTS: Endpoint[UnarchiveExperimentsRequest, UnarchiveExperimentsResponse] = Endpoint("UnarchiveExperiments", POST, "/api/v1/projects/{project_id:int}/experiments/unarchive")

# trials
REPORT_TRIAL_SOURCE_INFO: Endpoint[ReportTrialSourceInfoRequest, ReportTrialSourceInfoResponse] = Endpoint("ReportTrialSourceInfo", POST, "/api/v1/trial-source-info")
CREATE_TRIAL: Endpoint[CreateTrialRequest, CreateTrialResponse] = Endpoint("CreateTrial", POST, "/api/v1/trials")
PUT_TRIAL: Endpoint[PutTrialRequest, PutTrialResponse] = Endpoint("PutTrial", PUT, "/api/v1/trials")
GET_TRIAL_BY_EXTERNAL_ID: Endpoint[Empty, GetTrialByExternalIDResponse] = Endpoint("GetTrialByExternalID", GET, "/api/v1/trials/by-external-id/{external_experiment_id}/{external_trial_id}")
GET_TRIAL_CHECKPOINTS: Endpoint[GetTrialCheckpointsQuery, GetTrialCheckpointsResponse] = Endpoint("GetTrialCheckpoints", GET, "/api/v1/trials/{id:int}/checkpoints")
KILL_TRIAL: Endpoint[Empty, Empty] = Endpoint("KillTrial", POST, "/api/v1/trials/{id:int}/kill")
GET_TRIAL_REMAINING_LOG_RETENTION_DAYS: Endpoint[Empty, GetTrialRemainingLogRetentionDaysResponse] = Endpoint("GetTrialRemainingLogRetentionDays", GET, "/api/v1/trials/{id:int}/remaining_log_retention_days")
PATCH_TRIAL: Endpoint[PatchTrialRequest, PatchTrialResponse] = Endpoint("PatchTrial", PATCH, "/api/v1/trials/{trial_id:int}")
GET_TRIAL: Endpoint[Empty, GetTrialResponse] = Endpoint("GetTrial", GET, "/api/v1/trials/{trial_id:int}")
REPORT_TRIAL_SEARCHER_EARLY_EXIT: Endpoint[TrialEarlyExit, Empty] = Endpoint("ReportTrialSearcherEarlyExit", POST, "/api/v1/trials/{trial_id:int}/early_exit")
REPORT_TRIAL_PROGRESS: Endpoint[ReportTrialProgressRequest, Empty] = Endpoint("ReportTrialProgress", POST, "/api/v1/trials/{trial_id:int}/progress")
PUT_TRIAL_RETAIN_LOGS: Endpoint[PutTrialRetainLogsRequest, Empty] = Endpoint("PutTrialRetainLogs", PUT, "/api/v1/trials/{trial_id:int}/retain_logs")
POST_TRIAL_RUNNER_METADATA: Endpoint[TrialRunnerMetadata, Empty] = Endpoint("PostTrialRunnerMetadata", POST, "/api/v1/trials/{trial_id:int}/runner/metadata")
START_TRIAL: Endpoint[StartTrialRequest, StartTrialResponse] = Endpoint("StartTrial", POST, "/api/v1/trials/{trial_id:int}/start")
GET_TRIAL_WORKLOADS: Endpoint[GetTrialWorkloadsQuery, GetTrialWorkloadsResponse] = Endpoint("GetTrialWorkloads", GET, "/api/v1/trials/{trial_id:int}/workloads")

# metrics
GET_TRIAL_METRICS_BY_CHECKPOINT: Endpoint[GetTrialMetricsByCheckpointQuery, GetTrialMetricsByCheckpointResponse] = Endpoint("GetTrialMetricsByCheckpoint", GET, "/api/v1/checkpoints/{checkpoint_uuid}/metrics")
EXP_METRIC_NAMES: Endpoint[ExpMetricNamesQuery, ExpMetricNamesResponse] = Endpoint("ExpMetricNames", GET, "/api/v1/experiments/metrics-stream/metric-names", stream=True)
METRIC_BATCHES: Endpoint[MetricBatchesQuery, MetricBatchesResponse] = Endpoint("MetricBatches", GET, "/api/v1/experiments/{experiment_id:int}/metrics-stream/batches", stream=True)
TRIALS_SAMPLE: Endpoint[TrialsSampleQuery, TrialsSampleResponse] = Endpoint("TrialsSample", GET, "/api/v1/experiments/{experiment_id:int}/metrics-stream/trials-sample", stream=True)
TRIALS_SNAPSHOT: Endpoint[TrialsSnapshotQuery, TrialsSnapshotResponse] = Endpoint("TrialsSnapshot", GET, "/api/v1/experiments/{experiment_id:int}/metrics-stream/trials-snapshot", stream=True)
GET_TRIAL_METRICS_BY_MODEL_VERSION: Endpoint[GetTrialMetricsByModelVersionQuery, GetTrialMetricsByModelVersionResponse] = Endpoint("GetTrialMetricsByModelVersion", GET, "/api/v1/models/{model_name}/versions/{model_version_num:int}/metrics")
GET_TRAINING_METRICS: Endpoint[GetTrainingMetricsQuery, GetTrainingMetricsResponse] = Endpoint("GetTrainingMetrics", GET, "/api/v1/trials/metrics/training_metrics", stream=True)
GET_METRICS: Endpoint[GetMetricsQuery, GetMetricsResponse] = Endpoint("GetMetrics", GET, "/api/v1/trials/metrics/trial_metrics", stream=True)
GET_VALIDATION_METRICS: Endpoint[GetValidationMetricsQuery, GetValidationMetricsResponse] = Endpoint("GetValidationMetrics", GET, "/api/v1/trials/metrics/validation_metrics", stream=True)
COMPARE_TRIALS: Endpoint[CompareTrialsQuery, CompareTrialsResponse] = Endpoint("CompareTrials", GET, "/api/v1/trials/time-series")
REPORT_TRIAL_METRICS: Endpoint[ReportTrialMetricsRequest, Empty] = Endpoint("ReportTrialMetrics", POST, "/api/v1/trials/{metrics.trial_id:int}/metrics")
REPORT_TRIAL_TRAINING_METRICS: Endpoint[TrialMetrics, Empty] = Endpoint("ReportTrialTrainingMetrics", POST, "/api/v1/trials/{training_metrics.trial_id:int}/training_metrics")
REPORT_TRIAL_VALIDATION_METRICS: Endpoint[TrialMetrics, Empty] = Endpoint("ReportTrialValidationMetrics", POST, "/api/v1/trials/{validation_metrics.trial_id:int}/validation_metrics")

# logs
CLEANUP_LOGS: Endpoint[Empty, CleanupLogsResponse] = Endpoint("CleanupLogs", POST, "/api/v1/cleanup_logs")
POST_TASK_LOGS: Endpoint[PostTaskLogsRequest, Empty] = Endpoint("PostTaskLogs", POST, "/api/v1/task/logs")
TASK_LOGS: Endpoint[TaskLogsQuery, TaskLogsResponse] = Endpoint("TaskLogs", GET, "/api/v1/tasks/{task_id}/logs", stream=True)
TASK_LOGS_FIELDS: Endpoint[TaskLogsFieldsQuery, TaskLogsFieldsResponse] = Endpoint("TaskLogsFields", GET, "/api/v1/tasks/{task_id}/logs/fields", stream=True)
TRIAL_LOGS: Endpoint[TrialLogsQuery, TrialLogsResponse] = Endpoint("TrialLogs", GET, "/api/v1/trials/{trial_id:int}/logs", stream=True)
TRIAL_LOGS_FIELDS: Endpoint[TrialLogsFieldsQuery, TrialLogsFieldsResponse] = Endpoint("TrialLogsFields", GET, "/api/v1/trials/{trial_id:int}/logs/fields", stream=True)

# checkpoints
REPORT_CHECKPOINT: Endpoint[Checkpoint, Empty] = Endpoint("ReportCheckpoint", POST, "/api/v1/checkpoints")
PATCH_CHECKPOINTS: Endpoint[PatchCheckpointsRequest, Empty] = Endpoint("PatchCheckpoints", PATCH, "/api/v1/checkpoints")
DELETE_CHECKPOINTS: Endpoint[DeleteCheckpointsRequest, Empty] = Endpoint("DeleteCheckpoints", DELETE, "/api/v1/checkpoints")
CHECKPOINTS_REMOVE_FILES: Endpoint[CheckpointsRemoveFilesRequest, Empty] = Endpoint("CheckpointsRemoveFiles", POST, "/api/v1/checkpoints/rm")
POST_CHECKPOINT_METADATA: Endpoint[PostCheckpointMetadataRequest, PostCheckpointMetadataResponse] = Endpoint("PostCheckpointMetadata", POST, "/api/v1/checkpoints/{checkpoint.uuid}/metadata")
GET_CHECKPOINT: Endpoint[Empty, GetCheckpointResponse] = Endpoint("GetCheckpoint", GET, "/api/v1/checkpoints/{checkpoint_uuid}")

# the model registry
GET_MODEL_LABELS: Endpoint[GetModelLabelsQuery, GetModelLabelsResponse] = Endpoint("GetModelLabels", GET, "/api/v1/model/labels")
POST_MODEL: Endpoint[PostModelRequest, PostModelResponse] = Endpoint("PostModel", POST, "/api/v1/models")
GET_MODELS: Endpoint[GetModelsQuery, GetModelsResponse] = Endpoint("GetModels", GET, "/api/v1/models")
GET_MODEL: Endpoint[Empty, GetModelResponse] = Endpoint("GetModel", GET, "/api/v1/models/{model_name}")
PATCH_MODEL: Endpoint[PatchModel, PatchModelResponse] = Endpoint("PatchModel", PATCH, "/api/v1/models/{model_name}")
DELETE_MODEL: Endpoint[Empty, Empty] = Endpoint("DeleteModel", DELETE, "/api/v1/models/{model_name}")
ARCHIVE_MODEL: Endpoint[Empty, Empty] = Endpoint("ArchiveModel", POST, "/api/v1/models/{model_name}/archive")
MOVE_MODEL: Endpoint[MoveModelRequest, Empty] = Endpoint("MoveModel", POST, "/api/v1/models/{model_name}/move")
UNARCHIVE_MODEL: Endpoint[Empty, Empty] = Endpoint("UnarchiveModel", POST, "/api/v1/models/{model_name}/unarchive")
GET_MODEL_VERSIONS: Endpoint[GetModelVersionsQuery, GetModelVersionsResponse] = Endpoint("GetModelVersions", GET, "/api/v1/models/{model_name}/versions")
POST_MODEL_VERSION: Endpoint[PostModelVersionRequest, PostModelVersionResponse] = Endpoint("PostModelVersion", POST, "/api/v1/models/{model_name}/versions")
GET_MODEL_VERSION: Endpoint[Empty, GetModelVersionResponse] = Endpoint("GetModelVersion", GET, "/api/v1/models/{model_name}/versions/{model_version_num:int}")
PATCH_MODEL_VERSION: Endpoint[PatchModelVersion, PatchModelVersionResponse] = Endpoint("PatchModelVersion", PATCH, "/api/v1/models/{model_name}/versions/{model_version_num:int}")
DELETE_MODEL_VERSION: Endpoint[Empty, Empty] = Endpoint("DeleteModelVersion", DELETE, "/api/v1/models/{model_name}/versions/{model_version_num:int}")

# workspaces
GET_WORKSPACES: Endpoint[GetWorkspacesQuery, GetWorkspacesResponse] = Endpoint("GetWorkspaces", GET, "/api/v1/workspaces")
POST_WORKSPACE: Endpoint[PostWorkspaceRequest, PostWorkspaceResponse] = Endpoint("PostWorkspace", POST, "/api/v1/workspaces")
GET_WORKSPACE: Endpoint[Empty, GetWorkspaceResponse] = Endpoint("GetWorkspace", GET, "/api/v1/workspaces/{id:int}")
PATCH_WORKSPACE: Endpoint[PatchWorkspace, PatchWorkspaceResponse] = Endpoint("PatchWorkspace", PATCH, "/api/v1/workspaces/{id:int}")
DELETE_WORKSPACE: Endpoint[Empty, DeleteWorkspaceResponse] = Endpoint("DeleteWorkspace", DELETE, "/api/v1/workspaces/{id:int}")
ARCHIVE_WORKSPACE: Endpoint[Empty, Empty] = Endpoint("ArchiveWorkspace", POST, "/api/v1/workspaces/{id:int}/archive")
PIN_WORKSPACE: Endpoint[Empty, Empty] = Endpoint("PinWorkspace", POST, "/api/v1/workspaces/{id:int}/pin")
SET_RESOURCE_QUOTAS: Endpoint[SetResourceQuotasRequest, Empty] = Endpoint("SetResourceQuotas", POST, "/api/v1/workspaces/{id:int}/set-resource-quota")
UNARCHIVE_WORKSPACE: Endpoint[Empty, Empty] = Endpoint("UnarchiveWorkspace", POST, "/api/v1/workspaces/{id:int}/unarchive")
UNPIN_WORKSPACE: Endpoint[Empty, Empty] = Endpoint("UnpinWorkspace", POST, "/api/v1/workspaces/{id:int}/unpin")
LIST_R_PS_BOUND_TO_WORKSPACE: Endpoint[ListRPsBoundToWorkspaceQuery, ListRPsBoundToWorkspaceResponse] = Endpoint("ListRPsBoundToWorkspace", GET, "/api/v1/workspaces/{workspace_id:int}/available-resource-pools")

# projects
GET_PROJECT_BY_KEY: Endpoint[Empty, GetProjectByKeyResponse] = Endpoint("GetProjectByKey", GET, "/api/v1/projects/key/{key}")
GET_PROJECT: Endpoint[Empty, GetProjectResponse] = Endpoint("GetProject", GET, "/api/v1/projects/{id:int}")
PATCH_PROJECT: Endpoint[PatchProject, PatchProjectResponse] = Endpoint("PatchProject", PATCH, "/api/v1/projects/{id:int}")
DELETE_PROJECT: Endpoint[Empty, DeleteProjectResponse] = Endpoint("DeleteProject", DELETE, "/api/v1/projects/{id:int}")
ARCHIVE_PROJECT: Endpoint[Empty, Empty] = Endpoint("ArchiveProject", POST, "/api/v1/projects/{id:int}/archive")
GET_PROJECT_COLUMNS: Endpoint[GetProjectColumnsQuery, GetProjectColumnsResponse] = Endpoint("GetProjectColumns", GET, "/api/v1/projects/{id:int}/columns")
GET_PROJECT_NUMERIC_METRICS_RANGE: Endpoint[Empty, GetProjectNumericMetricsRangeResponse] = Endpoint("GetProjectNumericMetricsRange", GET, "/api/v1/projects/{id:int}/experiments/metric-ranges")
UNARCHIVE_PROJECT: Endpoint[Empty, Empty] = Endpoint("UnarchiveProject", POST, "/api/v1/projects/{id:int}/unarchive")
GET_METADATA_VALUES: Endpoint[Empty, GetMetadataValuesResponse] = Endpoint("GetMetadataValues", GET, "/api/v1/projects/{project_id:int}/metadata/{key}")
MOVE_PROJECT: Endpoint[MoveProjectRequest, Empty] = Endpoint("MoveProject", POST, "/api/v1/projects/{project_id:int}/move")
ADD_PROJECT_NOTE: Endpoint[Note, AddProjectNoteResponse] = Endpoint("AddProjectNote", POST, "/api/v1/projects/{project_id:int}/notes")
PUT_PROJECT_NOTES: Endpoint[PutProjectNotesRequest, PutProjectNotesResponse] = Endpoint("PutProjectNotes", PUT, "/api/v1/projects/{project_id:int}/notes")
GET_WORKSPACE_PROJECTS: Endpoint[GetWorkspaceProjectsQuery, GetWorkspaceProjectsResponse] = Endpoint("GetWorkspaceProjects", GET, "/api/v1/workspaces/{id:int}/projects")
POST_PROJECT: Endpoint[PostProjectRequest, PostProjectResponse] = Endpoint("PostProject", POST, "/api/v1/workspaces/{workspace_id:int}/projects")

# runs
SEARCH_RUNS: Endpoint[SearchRunsRequest, SearchRunsResponse] = Endpoint("SearchRuns", POST, "/api/v1/runs")
ARCHIVE_RUNS: Endpoint[ArchiveRunsRequest, ArchiveRunsResponse] = Endpoint("ArchiveRuns", POST, "/api/v1/runs/archive")
DELETE_RUNS: Endpoint[DeleteRunsRequest, DeleteRunsResponse] = Endpoint("DeleteRuns", POST, "/api/v1/runs/delete")
KILL_RUNS: Endpoint[KillRunsRequest, KillRunsResponse] = Endpoint("KillRuns", POST, "/api/v1/runs/kill")
MOVE_RUNS: Endpoint[MoveRunsRequest, MoveRunsResponse] = Endpoint("MoveRuns", POST, "/api/v1/runs/move")
PAUSE_RUNS: Endpoint[PauseRunsRequest, PauseRunsResponse] = Endpoint("PauseRuns", POST, "/api/v1/runs/pause")
RESUME_RUNS: Endpoint[ResumeRunsRequest, ResumeRunsResponse] = Endpoint("ResumeRuns", POST, "/api/v1/runs/resume")
RUN_PREPARE_FOR_REPORTING: Endpoint[RunPrepareForReportingRequest, RunPrepareForReportingResponse] = Endpoint("RunPrepareForReporting", POST, "/api/v1/runs/start")
UNARCHIVE_RUNS: Endpoint[UnarchiveRunsRequest, UnarchiveRunsResponse] = Endpoint("UnarchiveRuns", POST, "/api/v1/runs/unarchive")
GET_RUN_METADATA: Endpoint[Empty, GetRunMetadataResponse] = Endpoint("GetRunMetadata", GET, "/api/v1/runs/{run_id:int}/metadata")
POST_RUN_METADATA: Endpoint[PostRunMetadataRequest, PostRunMetadataResponse] = Endpoint("PostRunMetadata", POST, "/api/v1/runs/{run_id:int}/metadata")

# tasks, allocations and commands
GET_ALLOCATION: Endpoint[Empty, GetAllocationResponse] = Endpoint("GetAllocation", GET, "/api/v1/allocations/{allocation_id}")
POST_ALLOCATION_ACCELERATOR_DATA: Endpoint[PostAllocationAcceleratorDataRequest, Empty] = Endpoint("PostAllocationAcceleratorData", POST, "/api/v1/allocations/{allocation_id}/acceleratorData")
ALLOCATION_ALL_GATHER: Endpoint[AllocationAllGatherRequest, AllocationAllGatherResponse] = Endpoint("AllocationAllGather", POST, "/api/v1/allocations/{allocation_id}/all_gather")
NOTIFY_CONTAINER_RUNNING: Endpoint[NotifyContainerRunningRequest, NotifyContainerRunningResponse] = Endpoint("NotifyContainerRunning", POST, "/api/v1/allocations/{allocation_id}/notify_container_running")
POST_ALLOCATION_PROXY_ADDRESS: Endpoint[PostAllocationProxyAddressRequest, Empty] = Endpoint("PostAllocationProxyAddress", POST, "/api/v1/allocations/{allocation_id}/proxy_address")
ALLOCATION_READY: Endpoint[AllocationReadyRequest, Empty] = Endpoint("AllocationReady", POST, "/api/v1/allocations/{allocation_id}/ready")
MARK_ALLOCATION_RESOURCES_DAEMON: Endpoint[MarkAllocationResourcesDaemonRequest, Empty] = Endpoint("MarkAllocationResourcesDaemon", POST, "/api/v1/allocations/{allocation_id}/resources/{resources_id}/daemon")
ALLOCATION_RENDEZVOUS_INFO: Endpoint[Empty, AllocationRendezvousInfoResponse] = Endpoint("AllocationRendezvousInfo", GET, "/api/v1/allocations/{allocation_id}/resources/{resources_id}/rendezvous")
ACK_ALLOCATION_PREEMPTION_SIGNAL: Endpoint[AckAllocationPreemptionSignalRequest, Empty] = Endpoint("AckAllocationPreemptionSignal", POST, "/api/v1/allocations/{allocation_id}/signals/ack_preemption")
ALLOCATION_PENDING_PREEMPTION_SIGNAL: Endpoint[AllocationPendingPreemptionSignalRequest, Empty] = Endpoint("AllocationPendingPreemptionSignal", POST, "/api/v1/allocations/{allocation_id}/signals/pending_preemption")
ALLOCATION_PREEMPTION_SIGNAL: Endpoint[AllocationPreemptionSignalQuery, AllocationPreemptionSignalResponse] = Endpoint("AllocationPreemptionSignal", GET, "/api/v1/allocations/{allocation_id}/signals/preemption")
ALLOCATION_WAITING: Endpoint[AllocationWaitingRequest, Empty] = Endpoint("AllocationWaiting", POST, "/api/v1/allocations/{allocation_id}/waiting")
GET_COMMANDS: Endpoint[GetCommandsQuery, GetCommandsResponse] = Endpoint("GetCommands", GET, "/api/v1/commands")
LAUNCH_COMMAND: Endpoint[LaunchCommandRequest, LaunchCommandResponse] = Endpoint("LaunchCommand", POST, "/api/v1/commands")
GET_COMMAND: Endpoint[Empty, GetCommandResponse] = Endpoint("GetCommand", GET, "/api/v1/commands/{command_id}")
KILL_COMMAND: Endpoint[Empty, KillCommandResponse] = Endpoint("KillCommand", POST, "/api/v1/commands/{command_id}/kill")
GET_NOTEBOOKS: Endpoint[GetNotebooksQuery, GetNotebooksResponse] = Endpoint("GetNotebooks", GET, "/api/v1/notebooks")
GET_SHELLS: Endpoint[GetShellsQuery, GetShellsResponse] = Endpoint("GetShells", GET, "/api/v1/shells")
GET_TASKS: Endpoint[Empty, GetTasksResponse] = Endpoint("GetTasks", GET, "/api/v1/tasks")
GET_ACTIVE_TASKS_COUNT: Endpoint[Empty, GetActiveTasksCountResponse] = Endpoint("GetActiveTasksCount", GET, "/api/v1/tasks/count")
GET_TASK: Endpoint[Empty, GetTaskResponse] = Endpoint("GetTask", GET, "/api/v1/tasks/{task_id}")
GET_TASK_CONTEXT_DIRECTORY: Endpoint[Empty, GetTaskContextDirectoryResponse] = Endpoint("GetTaskContextDirectory", GET, "/api/v1/tasks/{task_id}/context_directory")
GET_TENSORBOARDS: Endpoint[GetTensorboardsQuery, GetTensorboardsResponse] = Endpoint("GetTensorboards", GET, "/api/v1/tensorboards")

# the job queue
GET_JOBS: Endpoint[GetJobsQuery, GetJobsResponse] = Endpoint("GetJobs", GET, "/api/v1/job-queues")
UPDATE_JOB_QUEUE: Endpoint[UpdateJobQueueRequest, Empty] = Endpoint("UpdateJobQueue", POST, "/api/v1/job-queues")
GET_JOBS_V2: Endpoint[GetJobsV2Query, GetJobsV2Response] = Endpoint("GetJobsV2", GET, "/api/v1/job-queues-v2")
GET_JOB_QUEUE_STATS: Endpoint[GetJobQueueStatsQuery, GetJobQueueStatsResponse] = Endpoint("GetJobQueueStats", GET, "/api/v1/job-queues/stats")

# the master, its agents, slots and resource pools
GET_AGENTS: Endpoint[GetAgentsQuery, GetAgentsResponse] = Endpoint("GetAgents", GET, "/api/v1/agents")
GET_AGENT: Endpoint[Empty, GetAgentResponse] = Endpoint("GetAgent", GET, "/api/v1/agents/{agent_id}")
DISABLE_AGENT: Endpoint[DisableAgentRequest, DisableAgentResponse] = Endpoint("DisableAgent", POST, "/api/v1/agents/{agent_id}/disable")
ENABLE_AGENT: Endpoint[Empty, EnableAgentResponse] = Endpoint("EnableAgent", POST, "/api/v1/agents/{agent_id}/enable")
GET_SLOTS: Endpoint[Empty, GetSlotsResponse] = Endpoint("GetSlots", GET, "/api/v1/agents/{agent_id}/slots")
GET_SLOT: Endpoint[Empty, GetSlotResponse] = Endpoint("GetSlot", GET, "/api/v1/agents/{agent_id}/slots/{slot_id}")
DISABLE_SLOT: Endpoint[DisableSlotRequest, DisableSlotResponse] = Endpoint("DisableSlot", POST, "/api/v1/agents/{agent_id}/slots/{slot_id}/disable")
ENABLE_SLOT: Endpoint[Empty, EnableSlotResponse] = Endpoint("EnableSlot", POST, "/api/v1/agents/{agent_id}/slots/{slot_id}/enable")
GET_MASTER: Endpoint[Empty, GetMasterResponse] = Endpoint("GetMaster", GET, "/api/v1/master", public=True)
GET_CLUSTER_MESSAGE: Endpoint[Empty, GetClusterMessageResponse] = Endpoint("GetClusterMessage", GET, "/api/v1/master/cluster_message")
SET_CLUSTER_MESSAGE: Endpoint[SetClusterMessageRequest, Empty] = Endpoint("SetClusterMessage", PUT, "/api/v1/master/cluster_message")
DELETE_CLUSTER_MESSAGE: Endpoint[Empty, Empty] = Endpoint("DeleteClusterMessage", DELETE, "/api/v1/master/cluster_message")
GET_MASTER_CONFIG: Endpoint[Empty, GetMasterConfigResponse] = Endpoint("GetMasterConfig", GET, "/api/v1/master/config")
PATCH_MASTER_CONFIG: Endpoint[PatchMasterConfigRequest, Empty] = Endpoint("PatchMasterConfig", PATCH, "/api/v1/master/config")
MASTER_LOGS: Endpoint[MasterLogsQuery, MasterLogsResponse] = Endpoint("MasterLogs", GET, "/api/v1/master/logs", stream=True)
GET_TELEMETRY: Endpoint[Empty, GetTelemetryResponse] = Endpoint("GetTelemetry", GET, "/api/v1/master/telemetry", public=True)
GET_RESOURCE_POOLS: Endpoint[GetResourcePoolsQuery, GetResourcePoolsResponse] = Endpoint("GetResourcePools", GET, "/api/v1/resource-pools")
BIND_RP_TO_WORKSPACE: Endpoint[BindRPToWorkspaceRequest, Empty] = Endpoint("BindRPToWorkspace", POST, "/api/v1/resource-pools/{resource_pool_name}/workspace-bindings")
UNBIND_RP_FROM_WORKSPACE: Endpoint[UnbindRPFromWorkspaceRequest, Empty] = Endpoint("UnbindRPFromWorkspace", DELETE, "/api/v1/resource-pools/{resource_pool_name}/workspace-bindings")
OVERWRITE_RP_WORKSPACE_BINDINGS: Endpoint[OverwriteRPWorkspaceBindingsRequest, Empty] = Endpoint("OverwriteRPWorkspaceBindings", PUT, "/api/v1/resource-pools/{resource_pool_name}/workspace-bindings")
LIST_WORKSPACES_BOUND_TO_RP: Endpoint[ListWorkspacesBoundToRPQuery, ListWorkspacesBoundToRPResponse] = Endpoint("ListWorkspacesBoundToRP", GET, "/api/v1/resource-pools/{resource_pool_name}/workspace-bindings")
RESOURCE_ALLOCATION_AGGREGATED: Endpoint[ResourceAllocationAggregatedQuery, ResourceAllocationAggregatedResponse] = Endpoint("ResourceAllocationAggregated", GET, "/api/v1/resources/allocation/aggregated")
RESOURCE_ALLOCATION_RAW: Endpoint[ResourceAllocationRawQuery, ResourceAllocationRawResponse] = Endpoint("ResourceAllocationRaw", GET, "/api/v1/resources/allocation/raw")

# configuration templates
GET_TEMPLATES: Endpoint[GetTemplatesQuery, GetTemplatesResponse] = Endpoint("GetTemplates", GET, "/api/v1/templates")
PUT_TEMPLATE: Endpoint[Template, PutTemplateResponse] = Endpoint("PutTemplate", PUT, "/api/v1/templates/{template.name}")
POST_TEMPLATE: Endpoint[Template, PostTemplateResponse] = Endpoint("PostTemplate", POST, "/api/v1/templates/{template.name}")
GET_TEMPLATE: Endpoint[Empty, GetTemplateResponse] = Endpoint("GetTemplate", GET, "/api/v1/templates/{template_name}")
PATCH_TEMPLATE_CONFIG: Endpoint[Struct, PatchTemplateConfigResponse] = Endpoint("PatchTemplateConfig", PATCH, "/api/v1/templates/{template_name}")
DELETE_TEMPLATE: Endpoint[Empty, Empty] = Endpoint("DeleteTemplate", DELETE, "/api/v1/templates/{template_name}")

# configuration policies
GET_GLOBAL_CONFIG_POLICIES: Endpoint[Empty, GetGlobalConfigPoliciesResponse] = Endpoint("GetGlobalConfigPolicies", GET, "/api/v1/config-policies/global/{workload_type}")
PUT_GLOBAL_CONFIG_POLICIES: Endpoint[PutGlobalConfigPoliciesRequest, PutGlobalConfigPoliciesResponse] = Endpoint("PutGlobalConfigPolicies", PUT, "/api/v1/config-policies/global/{workload_type}")
DELETE_GLOBAL_CONFIG_POLICIES: Endpoint[Empty, Empty] = Endpoint("DeleteGlobalConfigPolicies", DELETE, "/api/v1/config-policies/global/{workload_type}")
GET_WORKSPACE_CONFIG_POLICIES: Endpoint[Empty, GetWorkspaceConfigPoliciesResponse] = Endpoint("GetWorkspaceConfigPolicies", GET, "/api/v1/config-policies/workspaces/{workspace_id:int}/{workload_type}")
PUT_WORKSPACE_CONFIG_POLICIES: Endpoint[PutWorkspaceConfigPoliciesRequest, PutWorkspaceConfigPoliciesResponse] = Endpoint("PutWorkspaceConfigPolicies", PUT, "/api/v1/config-policies/workspaces/{workspace_id:int}/{workload_type}")
DELETE_WORKSPACE_CONFIG_POLICIES: Endpoint[Empty, Empty] = Endpoint("DeleteWorkspaceConfigPolicies", DELETE, "/api/v1/config-policies/workspaces/{workspace_id:int}/{workload_type}")

# webhooks
GET_WEBHOOKS: Endpoint[Empty, GetWebhooksResponse] = Endpoint("GetWebhooks", GET, "/api/v1/webhooks")
POST_WEBHOOK: Endpoint[Webhook, PostWebhookResponse] = Endpoint("PostWebhook", POST, "/api/v1/webhooks")
POST_WEBHOOK_EVENT_DATA: Endpoint[PostWebhookEventDataRequest, Empty] = Endpoint("PostWebhookEventData", POST, "/api/v1/webhooks/custom")
PATCH_WEBHOOK: Endpoint[PatchWebhook, Empty] = Endpoint("PatchWebhook", PATCH, "/api/v1/webhooks/{id:int}")
DELETE_WEBHOOK: Endpoint[Empty, Empty] = Endpoint("DeleteWebhook", DELETE, "/api/v1/webhooks/{id:int}")
TEST_WEBHOOK: Endpoint[Empty, TestWebhookResponse] = Endpoint("TestWebhook", POST, "/api/v1/webhooks/{id:int}/test")
