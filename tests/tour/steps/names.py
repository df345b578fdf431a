"""Names that scripts import."""

from __future__ import annotations

from typing import Any, List

from ..walking import Tour


def walk(tour: Tour, client: Any) -> None:
    step = tour.step
    want = (
        "Checkpoint",
        "CheckpointOrderBy",
        "CheckpointSortBy",
        "CheckpointState",
        "Determined",
        "DownloadMode",
        "Experiment",
        "ExperimentOrderBy",
        "ExperimentSortBy",
        "ExperimentState",
        "Model",
        "ModelOrderBy",
        "ModelSortBy",
        "ModelVersion",
        "Oauth2ScimClient",
        "OrderBy",
        "Project",
        "ResourcePool",
        "TrainingMetrics",
        "Trial",
        "TrialMetrics",
        "TrialOrderBy",
        "TrialSortBy",
        "TrialState",
        "User",
        "ValidationMetrics",
        "Workspace",
        "add_oauth_client",
        "create_experiment",
        "create_model",
        "create_user",
        "create_workspace",
        "delete_workspace",
        "get_checkpoint",
        "get_experiment",
        "get_model",
        "get_model_by_id",
        "get_model_labels",
        "get_models",
        "get_session_username",
        "get_trial",
        "get_user_by_id",
        "get_user_by_name",
        "get_workspace",
        "iter_trials_metrics",
        "list_experiments",
        "list_models",
        "list_oauth_clients",
        "list_users",
        "list_workspaces",
        "login",
        "logout",
        "remove_oauth_client",
        "stream_trials_metrics",
        "stream_trials_training_metrics",
        "stream_trials_validation_metrics",
        "whoami",
    )
    step("names: missing from client", lambda: [name for name in want if not hasattr(client, name)])
    for cls in (
        "CheckpointSortBy",
        "CheckpointState",
        "DownloadMode",
        "ExperimentSortBy",
        "ExperimentState",
        "ModelSortBy",
        "OrderBy",
        "TrialSortBy",
        "TrialState",
    ):
        step(
            "names: members of " + cls,
            lambda: {m.name: getattr(m.value, "value", m.value) for m in getattr(client, cls)},
        )
    for cls in ("CheckpointOrderBy", "ExperimentOrderBy", "ModelOrderBy", "TrialOrderBy"):
        step(
            "names: old " + cls,
            lambda: [n for n in ("ASC", "DESC", "ASCENDING", "DESCENDING") if n in getattr(client, cls).__members__],
        )

    def package() -> List[str]:
        import determined.experimental as x

        return [
            n
            for n in (
                "Checkpoint",
                "Determined",
                "Experiment",
                "ExperimentReference",
                "Model",
                "ModelOrderBy",
                "ModelSortBy",
                "OrderBy",
                "Trial",
                "TrialReference",
                "client",
                "create",
                "core_v2",
            )
            if hasattr(x, n)
        ]

    step("names: determined.experimental", package)
