"""The SDK as plain functions, on one connection that is made when it is first needed.

The connection uses the environment and the logins of ``det user login``; call `login` to choose otherwise. To talk to
several clusters at once, make a `Determined` for each instead.

Example:
    >>> from determined.experimental import client
    >>> experiment = client.create_experiment("config.yaml", "model/")
    >>> experiment.wait()
    >>> checkpoint = experiment.list_checkpoints()[0]
    >>> path = checkpoint.download()
"""

from __future__ import annotations

import os
import pathlib
import threading
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence, TypeVar, Union

from ..common.experimental._enums import OrderBy
from ..common.experimental._old_names import old_name, old_names
from ..common.experimental._waiting import DEFAULT_PATIENCE
from ..common.experimental.checkpoint import Checkpoint, CheckpointSortBy, CheckpointState, DownloadMode
from ..common.experimental.determined import Determined
from ..common.experimental.experiment import Experiment, ExperimentSortBy, ExperimentState
from ..common.experimental.metrics import TrainingMetrics, TrialMetrics, ValidationMetrics, iter_old_metrics
from ..common.experimental.model import Model, ModelSortBy, ModelVersion
from ..common.experimental.oauth2_scim_client import Oauth2ScimClient
from ..common.experimental.project import Project
from ..common.experimental.resource_pool import ResourcePool
from ..common.experimental.trial import LogLevel, Trial, TrialSortBy, TrialState
from ..common.experimental.user import User
from ..common.experimental.workspace import Workspace

__all__ = [
    "Checkpoint",
    "CheckpointSortBy",
    "CheckpointState",
    "Determined",
    "DownloadMode",
    "Experiment",
    "ExperimentSortBy",
    "ExperimentState",
    "LogLevel",
    "Model",
    "ModelSortBy",
    "ModelVersion",
    "Oauth2ScimClient",
    "OrderBy",
    "Project",
    "ResourcePool",
    "TrainingMetrics",
    "Trial",
    "TrialMetrics",
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
    "get_model_labels",
    "get_session_username",
    "get_trial",
    "get_user_by_id",
    "get_user_by_name",
    "get_workspace",
    "iter_experiments",
    "iter_models",
    "iter_oauth_clients",
    "iter_trials_metrics",
    "iter_users",
    "iter_workspaces",
    "list_experiments",
    "list_models",
    "list_oauth_clients",
    "list_users",
    "list_workspaces",
    "login",
    "logout",
    "remove_oauth_client",
    "wait_all",
    "whoami",
]

_determined: Optional[Determined] = None
_lock = threading.Lock()


def _renew_lock() -> None:
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    # in a forked process nobody would ever give back what another thread held
    os.register_at_fork(after_in_child=_renew_lock)


F = TypeVar("F", bound=Callable[..., Any])


def _documented_by(method: Callable[..., Any]) -> Callable[[F], F]:
    """Return a decorator that gives a function the docstring of the method that it calls."""

    def decorate(function: F) -> F:
        function.__doc__ = method.__doc__
        return function

    return decorate


def _get_singleton() -> Determined:
    """Return the connection of this module, making it if it is not there yet."""
    global _determined
    connected = _determined
    if connected is not None:
        return connected  # also while another thread is logging in anew
    with _lock:
        if _determined is None:
            _determined = Determined()
        return _determined


def login(
    master: Optional[str] = None,
    user: Optional[str] = None,
    password: Optional[str] = None,
    cert_path: Optional[str] = None,
    cert_name: Optional[str] = None,
    noverify: bool = False,
    *,
    token: Optional[str] = None,
) -> None:
    """Make the connection that this module uses.

    It is not needed where the ``det`` command works without options. Keep passwords out of code: after
    ``det user login``, `user` alone is enough.

    It may be called again, with other arguments or the same: from then on, all functions of this module use the new
    connection, in every thread. Objects made before keep the connection they were made with. A login that fails leaves
    everything as it was.

    Parameters:
        master: the master's address; by default ``DET_MASTER``, then ``DET_MASTER_ADDR``, then ``localhost:8080``.
        user: the user to log in; by default ``DET_USER`` with ``DET_PASS``, then whoever ``det user login`` logged in,
            then ``determined``.
        password: the user's password; by default a stored login is used, else the password is asked for on a terminal.
        cert_path: a file with the certificates to trust, in PEM; by default ``DET_MASTER_CERT_FILE``, else those stored
            for this master, else the public authorities.
        cert_name: the name to expect in the master's certificate; by default that of the address.
        noverify: do not verify the master's certificate at all; by default it is verified.
        token: a token of the user, in place of `user` and `password`; by default, without them, ``DET_USER_TOKEN``.

    Raises:
        ValueError: the address makes no sense, or `token` is given beside `user` or `password`.
        UnauthenticatedException: a password is needed and there is no terminal to ask on, or, as
            InvalidCredentialsException, the login is refused.
        MasterNotFoundException: the master does not answer.
    """
    global _determined
    with _lock:
        _determined = Determined(master, user, password, cert_path, cert_name, noverify, token=token)


def logout() -> None:
    """Log out and give up the connection of this module; the next use makes another.

    Raises:
        UnauthenticatedException: there was no connection, and none can be made.
        MasterNotFoundException: there was no connection, and the master does not answer.
    """
    global _determined
    left = _get_singleton()
    left.logout()
    with _lock:
        if _determined is left:
            _determined = None


@_documented_by(Determined.create_experiment)
def create_experiment(
    config: Union[str, pathlib.Path, Dict[str, Any]],
    model_dir: Optional[Union[str, pathlib.Path]] = None,
    includes: Optional[Iterable[Union[str, pathlib.Path]]] = None,
    project_id: Optional[int] = None,
    template: Optional[str] = None,
    *,
    parent_id: Optional[int] = None,
    activate: bool = True,
) -> Experiment:
    return _get_singleton().create_experiment(
        config, model_dir, includes, project_id, template, parent_id=parent_id, activate=activate
    )


@_documented_by(Determined.get_experiment)
def get_experiment(experiment_id: int) -> Experiment:
    return _get_singleton().get_experiment(experiment_id)


@_documented_by(Determined.list_experiments)
def list_experiments(
    sort_by: Optional[ExperimentSortBy] = None,
    order_by: Optional[OrderBy] = None,
    experiment_ids: Optional[List[int]] = None,
    labels: Optional[List[str]] = None,
    users: Optional[List[str]] = None,
    states: Optional[List[ExperimentState]] = None,
    name: Optional[str] = None,
    project_id: Optional[int] = None,
) -> List[Experiment]:
    return _get_singleton().list_experiments(sort_by, order_by, experiment_ids, labels, users, states, name, project_id)


@_documented_by(Determined.iter_experiments)
def iter_experiments(
    sort_by: Optional[ExperimentSortBy] = None,
    order_by: Optional[OrderBy] = None,
    experiment_ids: Optional[List[int]] = None,
    labels: Optional[List[str]] = None,
    users: Optional[List[str]] = None,
    states: Optional[List[ExperimentState]] = None,
    name: Optional[str] = None,
    project_id: Optional[int] = None,
) -> Iterator[Experiment]:
    return _get_singleton().iter_experiments(sort_by, order_by, experiment_ids, labels, users, states, name, project_id)


@_documented_by(Determined.wait_all)
def wait_all(
    experiments: Iterable[Union[Experiment, int]],
    interval: float = 5.0,
    timeout: Optional[float] = None,
    *,
    show_progress: bool = False,
    patience: Optional[float] = DEFAULT_PATIENCE,
    through_pause: bool = False,
) -> List[ExperimentState]:
    return _get_singleton().wait_all(
        experiments, interval, timeout, show_progress=show_progress, patience=patience, through_pause=through_pause
    )


@_documented_by(Determined.get_trial)
def get_trial(trial_id: int) -> Trial:
    return _get_singleton().get_trial(trial_id)


@_documented_by(Determined.get_checkpoint)
def get_checkpoint(uuid: str) -> Checkpoint:
    return _get_singleton().get_checkpoint(uuid)


@_documented_by(Determined.iter_trials_metrics)
def iter_trials_metrics(trial_ids: List[int], group: str) -> Iterable[TrialMetrics]:
    return _get_singleton().iter_trials_metrics(trial_ids, group)


@_documented_by(Determined.create_model)
def create_model(
    name: str,
    description: Optional[str] = "",
    metadata: Optional[Dict[str, Any]] = None,
    labels: Optional[List[str]] = None,
    workspace_name: Optional[str] = None,
) -> Model:
    return _get_singleton().create_model(name, description, metadata, labels, workspace_name)


@_documented_by(Determined.get_model)
def get_model(identifier: Union[str, int, None] = None, *, name: Optional[str] = None) -> Model:
    return _get_singleton().get_model(identifier, name=name)


@_documented_by(Determined.list_models)
def list_models(
    sort_by: ModelSortBy = ModelSortBy.NAME,
    order_by: OrderBy = OrderBy.ASCENDING,
    name: Optional[str] = None,
    description: Optional[str] = None,
    model_id: Optional[int] = None,
    workspace_names: Optional[List[str]] = None,
    workspace_ids: Optional[List[int]] = None,
) -> List[Model]:
    return _get_singleton().list_models(sort_by, order_by, name, description, model_id, workspace_names, workspace_ids)


@_documented_by(Determined.iter_models)
def iter_models(
    sort_by: ModelSortBy = ModelSortBy.NAME,
    order_by: OrderBy = OrderBy.ASCENDING,
    name: Optional[str] = None,
    description: Optional[str] = None,
    model_id: Optional[int] = None,
    workspace_names: Optional[List[str]] = None,
    workspace_ids: Optional[List[int]] = None,
) -> Iterator[Model]:
    return _get_singleton().iter_models(sort_by, order_by, name, description, model_id, workspace_names, workspace_ids)


@_documented_by(Determined.get_model_labels)
def get_model_labels() -> List[str]:
    return _get_singleton().get_model_labels()


@_documented_by(Determined.create_workspace)
def create_workspace(name: str) -> Workspace:
    return _get_singleton().create_workspace(name)


@_documented_by(Determined.get_workspace)
def get_workspace(name: str) -> Workspace:
    return _get_singleton().get_workspace(name)


@_documented_by(Determined.list_workspaces)
def list_workspaces() -> List[Workspace]:
    return _get_singleton().list_workspaces()


@_documented_by(Determined.iter_workspaces)
def iter_workspaces() -> Iterator[Workspace]:
    return _get_singleton().iter_workspaces()


@_documented_by(Determined.delete_workspace)
def delete_workspace(name: str) -> None:
    return _get_singleton().delete_workspace(name)


@_documented_by(Determined.create_user)
def create_user(username: str, admin: bool, password: Optional[str] = None, remote: bool = False) -> User:
    return _get_singleton().create_user(username, admin, password, remote)


@_documented_by(Determined.get_user_by_id)
def get_user_by_id(user_id: int) -> User:
    return _get_singleton().get_user_by_id(user_id)


@_documented_by(Determined.get_user_by_name)
def get_user_by_name(user_name: str) -> User:
    return _get_singleton().get_user_by_name(user_name)


@_documented_by(Determined.list_users)
def list_users(active: Optional[bool] = None) -> List[User]:
    return _get_singleton().list_users(active)


@_documented_by(Determined.iter_users)
def iter_users(active: Optional[bool] = None) -> Iterator[User]:
    return _get_singleton().iter_users(active)


@_documented_by(Determined.whoami)
def whoami() -> User:
    return _get_singleton().whoami()


@_documented_by(Determined.get_session_username)
def get_session_username() -> str:
    return _get_singleton().get_session_username()


@_documented_by(Determined.list_oauth_clients)
def list_oauth_clients() -> Sequence[Oauth2ScimClient]:
    return _get_singleton().list_oauth_clients()


@_documented_by(Determined.iter_oauth_clients)
def iter_oauth_clients() -> Iterator[Oauth2ScimClient]:
    return _get_singleton().iter_oauth_clients()


@_documented_by(Determined.add_oauth_client)
def add_oauth_client(domain: str, name: str) -> Oauth2ScimClient:
    return _get_singleton().add_oauth_client(domain, name)


@_documented_by(Determined.remove_oauth_client)
def remove_oauth_client(client_id: str) -> None:
    return _get_singleton().remove_oauth_client(client_id)


# Names of earlier releases.


@old_name("client.list_models", "0.26")
def get_models(
    sort_by: ModelSortBy = ModelSortBy.NAME,
    order_by: OrderBy = OrderBy.ASCENDING,
    name: str = "",
    description: str = "",
) -> List[Model]:
    return list_models(sort_by, order_by, name, description)


@old_name("client.get_model", "0.26")
def get_model_by_id(model_id: int) -> Model:
    return get_model(model_id)


@old_name("client.iter_trials_metrics", "0.26")
def stream_trials_metrics(trial_ids: List[int], group: str) -> Iterable[TrialMetrics]:
    return iter_trials_metrics(trial_ids, group)


@old_name("client.iter_trials_metrics", "0.26")
def stream_trials_training_metrics(trial_ids: List[int]) -> Iterable[TrainingMetrics]:
    return iter_old_metrics(_get_singleton()._session, trial_ids, TrainingMetrics)


@old_name("client.iter_trials_metrics", "0.26")
def stream_trials_validation_metrics(trial_ids: List[int]) -> Iterable[ValidationMetrics]:
    return iter_old_metrics(_get_singleton()._session, trial_ids, ValidationMetrics)


__getattr__, __dir__ = old_names(
    __name__,
    "CheckpointOrderBy",
    "ExperimentOrderBy",
    "ExperimentReference",
    "ModelOrderBy",
    "TrialOrderBy",
    "TrialReference",
)
