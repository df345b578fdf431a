"""The way into a cluster: `Determined`."""

from __future__ import annotations

import os
import pathlib
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Union

from ... import errors
from .. import context
from ..api import authentication, certs
from ..api import errors as api_errors
from ..api._pages import LAZY_PAGE
from ..api.endpoints import experiments as experiments_api
from ..api.endpoints import models as models_api
from ..api.endpoints import plain
from ..api.endpoints import users as users_api
from ..api.endpoints import workspaces as workspaces_api
from ..api.wire import enums as wire
from ._enums import ExperimentSortBy, ExperimentState, ModelSortBy, OrderBy, to_wire
from ._lookup import find_workspace
from ._old_names import old_name
from ._progress import wait_progress
from ._resource import ResourceList, as_list
from ._waiting import DEFAULT_PATIENCE, Watch, wait_until
from ._waiting import logger as waiting_logger
from .checkpoint import Checkpoint
from .experiment import Experiment
from .metrics import TrainingMetrics, TrialMetrics, ValidationMetrics, iter_old_metrics, iter_trials_metrics
from .model import Model, find_model
from .oauth2_scim_client import Oauth2ScimClient
from .trial import Trial
from .user import User
from .workspace import Workspace

if TYPE_CHECKING:
    from ..api._session import BaseSession

Config = Union[str, "pathlib.Path", Dict[str, Any]]

# States that the master shows for active experiments, but does not store and so cannot filter by.
_SHOWN_FOR_ACTIVE = frozenset(
    {ExperimentState.QUEUED, ExperimentState.PULLING, ExperimentState.STARTING, ExperimentState.RUNNING}
)


class Determined:
    """A connection to a cluster.

    Parameters:
        master: the master's address; by default ``DET_MASTER``, then ``DET_MASTER_ADDR``, then ``localhost:8080``.
        user: the user to log in; by default ``DET_USER`` with ``DET_PASS``, then whoever ``det user login`` logged
            in, then ``determined``.
        password: the user's password; not needed where a login is stored, or where ``DET_USER_TOKEN`` holds a token.
        cert_path: a file with the certificates to trust, in PEM.
        cert_name: the name to expect in the master's certificate, where it differs from the address.
        noverify: do not verify the master's certificate at all.
        token: a token of the user, in place of `user` and `password`. It is neither stored nor, by `logout`, revoked.

    Nobody is asked for a password unless standard input is a terminal.

    This object, and every object of the cluster that comes from it, can be copied, pickled, and sent to processes that
    are forked or spawned; each process makes connections of its own. The token of the login goes along: who can read
    such a pickle can act as the user.

    Raises:
        ValueError: the address makes no sense, or `token` is given beside `user` or `password`.
        UnauthenticatedException: a password is needed, or, as InvalidCredentialsException, the login is refused.
        MasterNotFoundException: the master does not answer.

    Example:
        >>> determined = Determined("https://cluster.example.com", "ada")
        >>> experiment = determined.create_experiment("config.yaml", "model/")
        >>> experiment.wait()
    """

    _session: BaseSession
    _has_given_token = False

    def __init__(
        self,
        master: Optional[str] = None,
        user: Optional[str] = None,
        password: Optional[str] = None,
        cert_path: Optional[str] = None,
        cert_name: Optional[str] = None,
        noverify: bool = False,
        *,
        token: Optional[str] = None,
    ) -> None:
        if token is not None and (user is not None or password is not None):
            raise errors.ArgumentError("pass either token or user and password, not both")
        address = authentication.master_address(master)
        cert = certs.default_load(address, cert_path, cert_name, noverify)
        self._has_given_token = token is not None
        if token is not None:
            self._session = authentication.login_with_token(address, token, cert)
        else:
            self._session = authentication.login_with_cache(address, user, password, cert=cert)

    @classmethod
    def _from_session(cls, session: BaseSession) -> Determined:
        """Return a connection that uses a session which is there already."""
        new = cls.__new__(cls)
        new._session = session
        return new

    def __repr__(self) -> str:
        return f"{type(self).__name__}(master={self._session.master!r}, user={self._session.username!r})"

    # Experiments, trials, checkpoints

    def create_experiment(
        self,
        config: Config,
        model_dir: Optional[Union[str, pathlib.Path]] = None,
        includes: Optional[Iterable[Union[str, pathlib.Path]]] = None,
        project_id: Optional[int] = None,
        template: Optional[str] = None,
        *,
        parent_id: Optional[int] = None,
        activate: bool = True,
    ) -> Experiment:
        """Create an experiment.

        Parameters:
            config: the configuration: a dictionary, or the path of a YAML file.
            model_dir: a directory with the code; all files that its ``.detignore`` does not name are sent. By default
                no code is sent.
            includes: further files and directories to send, side by side with the contents of `model_dir`; by default
                none.
            project_id: the number of the project to put it in; by default the one the configuration names, else
                ``Uncategorized``.
            template: the name of a configuration template to fill the configuration up with; by default none.
            parent_id: the number of an experiment to fork: its code is used, and `model_dir` must be left out. By
                default it is no fork.
            activate: start it, which is the default; otherwise it stays paused.

        Returns:
            The experiment, as it was created; `Experiment.wait` waits for its end.

        Raises:
            ArgumentError: `config` is neither a dictionary nor a path, code is given for a fork, or the model directory
                is not there.
            ValueError: the file holds no configuration.
            APIException: the master refuses the configuration.
            NotFoundException: there is no such project, template or parent.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        if parent_id is not None and (model_dir is not None or includes is not None):
            raise errors.ArgumentError("a fork uses the code of its parent: leave out model_dir and includes")
        if model_dir is not None and not isinstance(model_dir, (str, os.PathLike)):
            raise errors.ArgumentError(f"model_dir must be the path of a directory, not {model_dir!r}")
        request: Any = {
            "config": _config_text(config),
            "modelDefinition": context.read_context(model_dir, includes or ()),
            "activate": activate,
            "projectId": project_id,
            "template": template,
            "parentId": parent_id,
        }
        answer = experiments_api.create_experiment(self._session, request)
        experiment = Experiment._from_wire(self._session, answer["experiment"])
        if experiment.config is None:
            experiment.config = answer.get("config")
        return experiment

    def get_experiment(self, experiment_id: int) -> Experiment:
        """Return an experiment by number.

        Parameters:
            experiment_id: its number.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        experiment = Experiment(experiment_id, self._session)
        experiment.reload()
        return experiment

    def list_experiments(
        self,
        sort_by: Optional[ExperimentSortBy] = None,
        order_by: Optional[OrderBy] = None,
        experiment_ids: Optional[List[int]] = None,
        labels: Optional[List[str]] = None,
        users: Optional[List[str]] = None,
        states: Optional[List[ExperimentState]] = None,
        name: Optional[str] = None,
        project_id: Optional[int] = None,
    ) -> List[Experiment]:
        """Return the experiments that meet all of the conditions; an empty list is no condition.

        Parameters:
            sort_by: what to sort by; by default the number.
            order_by: the direction; by default ascending.
            experiment_ids: only these numbers.
            labels: only those with all of these labels.
            users: only those of users of these names.
            states: only those in one of these states; ``ACTIVE`` stands for queued and running ones as well.
            name: only those whose name contains this text, case-insensitive.
            project_id: only those of the project of this number.

        Raises:
            ArgumentError: a state, or what to sort by, is none that there is.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return ResourceList(
            self.iter_experiments(sort_by, order_by, experiment_ids, labels, users, states, name, project_id)
        )

    def iter_experiments(
        self,
        sort_by: Optional[ExperimentSortBy] = None,
        order_by: Optional[OrderBy] = None,
        experiment_ids: Optional[List[int]] = None,
        labels: Optional[List[str]] = None,
        users: Optional[List[str]] = None,
        states: Optional[List[ExperimentState]] = None,
        name: Optional[str] = None,
        project_id: Optional[int] = None,
    ) -> Iterator[Experiment]:
        """Iterate over the experiments that `list_experiments` returns, fetching them as they are needed.

        Parameters:
            sort_by: what to sort by; by default the number.
            order_by: the direction; by default ascending.
            experiment_ids: only these numbers.
            labels: only those with all of these labels.
            users: only those of users of these names.
            states: only those in one of these states; ``ACTIVE`` stands for queued and running ones as well.
            name: only those whose name contains this text, case-insensitive.
            project_id: only those of the project of this number.

        Raises:
            ArgumentError: a state, or what to sort by, is none that there is.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        experiment_ids, labels, users, states = map(as_list, (experiment_ids, labels, users, states))
        shown = {ExperimentState(to_wire(wire.ExperimentState, state, "states")) for state in states or ()}
        # the master takes a comma for the end of a label
        odd_labels = {label for label in labels or () if "," in label}
        wanted = set(experiment_ids or ())
        query: Any = {
            "sortBy": to_wire(wire.GetExperimentsSortBy, sort_by, "sort_by"),
            "orderBy": to_wire(wire.OrderBy, order_by, "order_by"),
            "experimentIdFilter": {"incl": experiment_ids} if experiment_ids else None,
            "labels": [label for label in labels if label not in odd_labels] if labels is not None else None,
            "users": users,
            "states": _stored_states(shown) if shown else None,
            "name": name,
            "projectId": project_id,
        }
        for data in experiments_api.list_experiments(self._session, query):
            if wanted and data["id"] not in wanted:
                continue  # an old master, which does not know the filter
            if (not shown or _is_shown(data["state"], shown)) and odd_labels.issubset(data.get("labels") or ()):
                yield Experiment._from_list(self._session, data)

    def wait_all(
        self,
        experiments: Iterable[Union[Experiment, int]],
        interval: float = 5.0,
        timeout: Optional[float] = None,
        *,
        show_progress: bool = False,
        patience: Optional[float] = DEFAULT_PATIENCE,
        through_pause: bool = False,
    ) -> List[ExperimentState]:
        """Wait until all of the experiments have ended and return their last states, in the order given.

        The master is asked for all of them at once. The states of `Experiment` objects are kept up to date.

        Parameters:
            experiments: the experiments, or their numbers.
            interval: seconds between two looks; by default 5.
            timeout: seconds to wait at most; by default without limit.
            show_progress: draw one progress bar for all, on a terminal or in a notebook; elsewhere, write to standard
                error how far they are, at once, every minute and at the end. By default only the log gets that.
            patience: seconds for which a master that does not answer is waited for; by default 900, None for no limit.
            through_pause: wait on where an experiment is paused; somebody else has to activate it. By default that is
                an error.

        Returns:
            The states; one that only a newer master knows is a member with its name and value, too.

        Raises:
            ExperimentTimeout: not all have ended in time; its `experiment_ids` are those that run on.
            ValueError: one is paused, so that it would be waited for in vain, or one is of another master.
            NotFoundException: there is no such experiment, or no more.
            MasterNotFoundException: the master has been away for longer than `patience`.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        given = list(experiments)
        ids = [self._number_of(one) for one in given]
        watch = Watch(self._session, ids, through_pause=through_pause)
        objects = [one for one in given if isinstance(one, Experiment)]
        with wait_progress(f"{len(watch.states)} experiments", waiting_logger, show_progress) as progress:

            def look() -> Optional[List[ExperimentState]]:
                seen = {data["id"]: data for data in watch.look()}
                for one in objects:
                    state = watch.states[one.id]
                    if one.id in seen and state is not None:
                        one.state, one.progress = state, seen[one.id].get("progress")
                count = len(watch.states)
                if progress.is_due(not watch.running) and count:
                    ended = f"{len(watch.ends)}/{count} ended"
                    progress.tell("experiments", ended, watch.progress / count, "", is_end=not watch.running)
                return None if watch.running else [watch.ends[number] for number in ids]

            return wait_until(
                look, interval=interval, timeout=timeout, patience=patience, late=lambda: watch.late(timeout)
            )

    def _number_of(self, experiment: Union[Experiment, int]) -> int:
        if not isinstance(experiment, Experiment):
            if not isinstance(experiment, int) or isinstance(experiment, bool):
                raise errors.ArgumentError(f"an experiment or its number is needed, not {type(experiment).__name__}")
            return experiment
        if experiment._session.master != self._session.master:
            raise errors.ArgumentError(
                f"experiment {experiment.id} is one of {experiment._session.master}, not of this master"
            )
        return experiment.id

    def get_trial(self, trial_id: int) -> Trial:
        """Return a trial by number.

        Parameters:
            trial_id: its number.

        Raises:
            NotFoundException: there is no such trial, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        trial = Trial(trial_id, self._session)
        trial.reload()
        return trial

    def get_checkpoint(self, uuid: str) -> Checkpoint:
        """Return a checkpoint by UUID.

        Parameters:
            uuid: its UUID.

        Raises:
            NotFoundException: there is no such checkpoint, or the user may not see it.
            ValueError: the UUID is empty or holds a slash.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        checkpoint = Checkpoint(self._session, uuid)
        checkpoint.reload()
        return checkpoint

    def iter_trials_metrics(self, trial_ids: List[int], group: str) -> Iterable[TrialMetrics]:
        """Iterate over the reports of several trials, by trial, then run, then step.

        Parameters:
            trial_ids: the trials.
            group: the metric group, such as ``training`` or ``validation``.

        Returns:
            An iterator of the reports, which are read from the master as they are needed.

        Raises:
            ArgumentError: no trial or no group is given.
            NotFoundException: there is no such trial, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return iter_trials_metrics(self._session, trial_ids, group)

    # The model registry

    def create_model(
        self,
        name: str,
        description: Optional[str] = "",
        metadata: Optional[Dict[str, Any]] = None,
        labels: Optional[List[str]] = None,
        workspace_name: Optional[str] = None,
    ) -> Model:
        """Create a model in the registry and return it.

        Parameters:
            name: its name, unique in the cluster; neither empty, nor a number, nor with a slash.
            description: what it is; by default an empty text.
            metadata: what to store about it, as JSON knows it; by default nothing.
            labels: its labels, by default none; the master splits one with commas into several.
            workspace_name: the workspace to put it in; by default ``Uncategorized``.

        Raises:
            APIException: there is a model of that name already, or the name will not do.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        request = {
            "name": name,
            "description": description,
            "metadata": metadata,
            "labels": labels,
            "workspaceName": workspace_name,
        }
        sent: Any = {key: value for key, value in request.items() if value}
        return Model._from_wire(self._session, models_api.create_model(self._session, sent))

    def get_model(self, identifier: Union[str, int, None] = None, *, name: Optional[str] = None) -> Model:
        """Return a model of the registry by name or number.

        Parameters:
            identifier: the model's name, or its number; by default `name` is used.
            name: what `identifier` was called before release 0.17; by default None.

        Raises:
            NotFoundException: there is no such model.
            ArgumentError: neither is given.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        key = name if identifier is None else identifier
        if key is None or key == "":
            raise errors.ArgumentError("give the model's name or number")
        return Model._from_wire(self._session, find_model(self._session, key))

    def list_models(
        self,
        sort_by: ModelSortBy = ModelSortBy.NAME,
        order_by: OrderBy = OrderBy.ASCENDING,
        name: Optional[str] = None,
        description: Optional[str] = None,
        model_id: Optional[int] = None,
        workspace_names: Optional[List[str]] = None,
        workspace_ids: Optional[List[int]] = None,
    ) -> List[Model]:
        """Return the models of the registry that meet all of the conditions.

        Parameters:
            sort_by: what to sort by; by default the name.
            order_by: the direction; by default ascending.
            name: only those whose name contains this text, case-insensitive.
            description: only those whose description contains this text.
            model_id: only the one of this number.
            workspace_names: only those in workspaces of these names.
            workspace_ids: only those in workspaces of these numbers; united with `workspace_names`.

        Raises:
            NotFoundException: there is no workspace of one of the names.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return ResourceList(
            self._read_models(sort_by, order_by, name, description, model_id, workspace_names, workspace_ids)
        )

    def iter_models(
        self,
        sort_by: ModelSortBy = ModelSortBy.NAME,
        order_by: OrderBy = OrderBy.ASCENDING,
        name: Optional[str] = None,
        description: Optional[str] = None,
        model_id: Optional[int] = None,
        workspace_names: Optional[List[str]] = None,
        workspace_ids: Optional[List[int]] = None,
    ) -> Iterator[Model]:
        """Iterate over the models that `list_models` returns, fetching them as they are needed.

        Parameters:
            sort_by: what to sort by; by default the name.
            order_by: the direction; by default ascending.
            name: only those whose name contains this text, case-insensitive.
            description: only those whose description contains this text.
            model_id: only the one of this number.
            workspace_names: only those in workspaces of these names.
            workspace_ids: only those in workspaces of these numbers; united with `workspace_names`.

        Raises:
            NotFoundException: there is no workspace of one of the names.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return self._read_models(
            sort_by, order_by, name, description, model_id, workspace_names, workspace_ids, page_size=LAZY_PAGE
        )

    def _read_models(
        self,
        sort_by: ModelSortBy,
        order_by: OrderBy,
        name: Optional[str],
        description: Optional[str],
        model_id: Optional[int],
        workspace_names: Optional[List[str]],
        workspace_ids: Optional[List[int]],
        page_size: int = 0,
    ) -> Iterator[Model]:
        # The master answers all models where it does not know a workspace's name.
        names = as_list(workspace_names) or ()
        named = [find_workspace(self._session, workspace)["id"] for workspace in names]
        query = {
            "sortBy": to_wire(wire.GetModelsSortBy, sort_by, "sort_by"),
            "orderBy": to_wire(wire.OrderBy, order_by, "order_by"),
            "name": name,
            "description": description,
            "id": model_id,
            "workspaceIds": [*(as_list(workspace_ids) or ()), *named],
        }
        sent: Any = {key: value for key, value in query.items() if value}
        for data in models_api.list_models(self._session, sent, page_size=page_size):
            yield Model._from_wire(self._session, data)

    def get_model_labels(self) -> List[str]:
        """Return the labels of all models, the most used first.

        Raises:
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return models_api.list_model_labels(self._session)

    # Workspaces

    def create_workspace(self, name: str) -> Workspace:
        """Create a workspace and return it.

        Parameters:
            name: its name, unique in the cluster and not longer than 80 characters.

        Raises:
            APIException: there is a workspace of that name already.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return Workspace._from_wire(self._session, workspaces_api.create_workspace(self._session, {"name": name}))

    def get_workspace(self, name: str) -> Workspace:
        """Return a workspace by name.

        Parameters:
            name: its name; one that differs in capitals only will do, if it is the only one.

        Raises:
            NotFoundException: there is no workspace of that name.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return Workspace._from_wire(self._session, find_workspace(self._session, name))

    def list_workspaces(self) -> List[Workspace]:
        """Return all workspaces, by number.

        Raises:
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return ResourceList(self._read_workspaces())

    def iter_workspaces(self) -> Iterator[Workspace]:
        """Iterate over all workspaces, by number, fetching them as they are needed.

        Raises:
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return self._read_workspaces(LAZY_PAGE)

    def _read_workspaces(self, page_size: int = 0) -> Iterator[Workspace]:
        found = workspaces_api.list_workspaces(self._session, page_size=page_size)
        return (Workspace._from_wire(self._session, data) for data in found)

    def delete_workspace(self, name: str) -> None:
        """Delete a workspace with its projects and experiments.

        Parameters:
            name: its name.

        Raises:
            NotFoundException: there is no workspace of that name.
            ForbiddenException: the user may not change it.
            APIException: it is one that cannot be deleted, such as ``Uncategorized``.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        workspaces_api.delete_workspace(self._session, find_workspace(self._session, name)["id"])

    # Users

    def create_user(self, username: str, admin: bool, password: Optional[str] = None, remote: bool = False) -> User:
        """Create a user and return it; only administrators may.

        Parameters:
            username: the name to log in with.
            admin: whether the user will be an administrator.
            password: the password: 8 characters or more, among them a capital letter, a small one and a digit. A remote
                user has none; by default None.
            remote: whether the user logs in through another service; by default not.

        Raises:
            ArgumentError: the password is missing or too weak, or is given for a remote user.
            ForbiddenException: the caller is no administrator.
            APIException: there is a user of that name already.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        if remote and password:
            raise errors.ArgumentError("a remote user has no password: leave it out")
        request: Dict[str, Any] = {
            "user": {"username": username, "admin": admin, "active": True, "remote": remote},
        }
        if not remote:
            password = password or ""
            authentication.check_password_complexity(password)
            request.update(password=authentication.salt_and_hash(password), isHashed=True)
        sent: Any = request
        created: Mapping[str, Any] = users_api.create_user(self._session, sent) or {}
        return User._from_wire(self._session, created)

    def get_user_by_id(self, user_id: int) -> User:
        """Return a user by number.

        Parameters:
            user_id: the number.

        Raises:
            NotFoundException: there is no such user, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return User._from_wire(self._session, users_api.get_user(self._session, user_id))

    def get_user_by_name(self, user_name: str) -> User:
        """Return a user by name.

        Parameters:
            user_name: the name to log in with.

        Raises:
            NotFoundException: there is no such user, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return User._from_wire(self._session, users_api.get_user_by_username(self._session, user_name))

    def list_users(self, active: Optional[bool] = None) -> List[User]:
        """Return the users, by number.

        Parameters:
            active: only those that may, or may not, log in; by default all.

        Raises:
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return ResourceList(self._read_users(active))

    def iter_users(self, active: Optional[bool] = None) -> Iterator[User]:
        """Iterate over the users that `list_users` returns, fetching them as they are needed.

        Parameters:
            active: only those that may, or may not, log in; by default all.

        Raises:
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return self._read_users(active, LAZY_PAGE)

    def _read_users(self, active: Optional[bool], page_size: int = 0) -> Iterator[User]:
        found = users_api.list_users(self._session, {} if active is None else {"active": active}, page_size=page_size)
        return (User._from_wire(self._session, data) for data in found)

    def whoami(self) -> User:
        """Return the user who is logged in.

        Raises:
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return User._from_wire(self._session, users_api.get_me(self._session))

    def get_session_username(self) -> str:
        """Return the name of the user who is logged in, without asking the master."""
        return self._session.username

    def logout(self) -> None:
        """Log out: the session ends, and a stored login is forgotten. A token that was given stays valid.

        A master that does not answer is no error.

        Raises:
            OSError: the file of stored logins cannot be written.
        """
        if not self._has_given_token:
            authentication.logout(self._session.master, self._session.username, self._session.cert)

    # Clients of the OAuth service

    def list_oauth_clients(self) -> Sequence[Oauth2ScimClient]:
        """Return the clients of the OAuth service.

        Raises:
            EnterpriseOnlyError: the master is no enterprise edition.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        try:
            return ResourceList(map(Oauth2ScimClient._from_wire, plain.list_oauth_clients(self._session)))
        except api_errors.NotFoundException:
            raise _enterprise_only() from None

    def iter_oauth_clients(self) -> Iterator[Oauth2ScimClient]:
        """Iterate over the clients that `list_oauth_clients` returns; the master is asked when the first is needed.

        Raises:
            EnterpriseOnlyError: the master is no enterprise edition.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        yield from self.list_oauth_clients()

    def add_oauth_client(self, domain: str, name: str) -> Oauth2ScimClient:
        """Add a client to the OAuth service and return it with its secret.

        Parameters:
            domain: the address that it calls from.
            name: its name.

        Raises:
            EnterpriseOnlyError: the master is no enterprise edition.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        try:
            added = plain.add_oauth_client(self._session, domain, name)
        except api_errors.NotFoundException:
            raise _enterprise_only() from None
        return Oauth2ScimClient._from_wire({"name": name, "domain": domain, **added})

    def remove_oauth_client(self, client_id: str) -> None:
        """Remove a client from the OAuth service.

        Parameters:
            client_id: its number, as `Oauth2ScimClient.id` has it.

        Raises:
            EnterpriseOnlyError: the master is no enterprise edition.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        try:
            plain.remove_oauth_client(self._session, client_id)
        except api_errors.NotFoundException:
            raise _enterprise_only() from None

    # Names of earlier releases.

    @old_name("Determined.list_models", "0.26")
    def get_models(
        self,
        sort_by: ModelSortBy = ModelSortBy.NAME,
        order_by: OrderBy = OrderBy.ASCENDING,
        name: Optional[str] = None,
        description: Optional[str] = None,
        model_id: Optional[int] = None,
        workspace_names: Optional[List[str]] = None,
        workspace_ids: Optional[List[int]] = None,
        *,
        workspace_name: Optional[str] = None,
        workspaceId: Optional[int] = None,  # noqa: N803 - its name in release 0.19
    ) -> List[Model]:
        names = [*(workspace_names or ()), *([workspace_name] if workspace_name else ())]
        ids = [*(workspace_ids or ()), *([workspaceId] if workspaceId else ())]
        return self.list_models(sort_by, order_by, name, description, model_id, names, ids)

    @old_name("Determined.get_model", "0.26")
    def get_model_by_id(self, model_id: int) -> Model:
        return self.get_model(model_id)

    @old_name("Determined.iter_trials_metrics", "0.26")
    def stream_trials_metrics(self, trial_ids: List[int], group: str) -> Iterable[TrialMetrics]:
        return self.iter_trials_metrics(trial_ids, group)

    @old_name("Determined.iter_trials_metrics", "0.26")
    def stream_trials_training_metrics(self, trial_ids: List[int]) -> Iterable[TrainingMetrics]:
        return iter_old_metrics(self._session, trial_ids, TrainingMetrics)

    @old_name("Determined.iter_trials_metrics", "0.26")
    def stream_trials_validation_metrics(self, trial_ids: List[int]) -> Iterable[ValidationMetrics]:
        return iter_old_metrics(self._session, trial_ids, ValidationMetrics)


def _config_text(config: Config) -> str:
    """Return a configuration as the text that is sent: a file's as it is, so that its comments are kept."""
    from .. import yaml

    if isinstance(config, dict):
        return yaml.dump(config, sort_keys=False)
    if not isinstance(config, (str, pathlib.Path)):
        raise errors.ArgumentError(f"config must be a dictionary or the path of a file, not {type(config).__name__}")
    yaml.load_file(config)
    return pathlib.Path(config).read_text(encoding="utf-8")


def _stored_states(shown: "set[ExperimentState]") -> List[wire.ExperimentState]:
    """Return the stored states that hold all experiments in the states that are shown."""
    stored = shown - _SHOWN_FOR_ACTIVE
    if shown & _SHOWN_FOR_ACTIVE:
        stored.add(ExperimentState.ACTIVE)
    if ExperimentState.RUNNING in shown:
        stored.add(ExperimentState.RUNNING)  # stored for unmanaged experiments
    return sorted(wire.ExperimentState(state.value) for state in stored)


def _is_shown(state: str, shown: "set[ExperimentState]") -> bool:
    return state in shown or (state in _SHOWN_FOR_ACTIVE and ExperimentState.ACTIVE in shown)


def _enterprise_only() -> errors.EnterpriseOnlyError:
    return errors.EnterpriseOnlyError("only the enterprise edition of the master has an OAuth service")
