"""Projects: groups of experiments in a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping

from ..api.endpoints import experiments as experiments_api
from ..api.endpoints import projects as projects_api
from . import experiment
from ._resource import Resource, ResourceList, field

if TYPE_CHECKING:
    from ..api._session import BaseSession
    from ..api.wire.projects import Note, PatchProject


class Project(Resource):
    """A project, usually obtained from `Workspace.get_project` or `Workspace.list_projects`.

    Parameters:
        session: the session to call the master with.
        project_id: the project's number.
    """

    id: int
    """The project's number."""
    name: str = field("name")
    """The project's name, unique in its workspace."""
    key: str = field("key")
    """Up to five letters and digits that begin the names of the project's runs."""
    description: str = field("description")
    """What the project is about."""
    notes: List[Dict[str, str]] = field("notes")
    """The project's notes: ``name`` and ``contents`` of each."""
    archived: bool = field("archived")
    """Whether it, or its workspace, is archived."""
    n_experiments: int = field("numExperiments")
    """How many experiments it has."""
    n_active_experiments: int = field("numActiveExperiments")
    """How many of them are active."""
    workspace_id: int = field("workspaceId")
    """The workspace that it belongs to."""
    username: str = field("username")
    """Who owns it."""

    def __init__(self, session: BaseSession, project_id: int) -> None:
        super().__init__(session)
        self.id = project_id

    @classmethod
    def _from_wire(cls, session: BaseSession, data: Mapping[str, Any]) -> Project:
        project = cls(session, data.get("id", 0))
        project._hydrate(data)
        return project

    def reload(self) -> None:
        """Refresh all fields from the master.

        Raises:
            NotFoundException: there is no such project, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._hydrate(projects_api.get_project(self._session, self.id))

    def archive(self) -> None:
        """Archive the project.

        Raises:
            NotFoundException: there is no such project, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: it is one that cannot be archived, such as ``Uncategorized``.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        projects_api.archive_project(self._session, self.id)
        self.archived = True

    def unarchive(self) -> None:
        """Take the project out of the archive.

        Raises:
            NotFoundException: there is no such project, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: its workspace is archived.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        projects_api.unarchive_project(self._session, self.id)
        self.archived = False

    def set_name(self, name: str) -> None:
        """Rename the project.

        Parameters:
            name: the new name, unique in the workspace.

        Raises:
            NotFoundException: there is no such project, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: the name is taken, or the project is archived.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"name": name})

    def set_description(self, description: str) -> None:
        """Replace the project's description.

        Parameters:
            description: the new text; an empty one clears it.

        Raises:
            NotFoundException: there is no such project, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: the project is archived.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"description": description})

    def set_key(self, key: str) -> None:
        """Give the project another key, which begins the names of its runs and was not used before in the cluster.

        Parameters:
            key: one to five letters and digits.

        Raises:
            NotFoundException: there is no such project, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: the key will not do or was used before, or the project is archived.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"key": key})

    def add_note(self, name: str, contents: str) -> None:
        """Add a note.

        Parameters:
            name: the note's title.
            contents: its text, in Markdown.

        Raises:
            NotFoundException: there is no such project, or the user may not see it.
            ForbiddenException: the user may not change it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._take_notes(projects_api.add_project_note(self._session, self.id, name, contents))

    def remove_note(self, name: str) -> None:
        """Remove the note of a title.

        Parameters:
            name: the note's title.

        Raises:
            ValueError: the project has no note of that title, or several.
            NotFoundException: there is no such project, or the user may not see it.
            ForbiddenException: the user may not change it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self.reload()  # all notes are written at once: start from the newest
        notes: Any = self.notes or []
        kept = [note for note in notes if note.get("name") != name]
        if len(kept) == len(notes):
            raise ValueError(f"project {self.id} has no note named {name!r}")
        if len(kept) < len(notes) - 1:
            raise ValueError(
                f"project {self.id} has several notes named {name!r}: remove the right one in the web page"
            )
        self._take_notes(projects_api.set_project_notes(self._session, self.id, kept))

    def list_experiments(self) -> List[experiment.Experiment]:
        """Return the project's experiments, by number.

        Raises:
            NotFoundException: there is no such project, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return ResourceList(self.iter_experiments())

    def iter_experiments(self) -> Iterator[experiment.Experiment]:
        """Iterate over the project's experiments, by number, fetching them as they are needed.

        Raises:
            NotFoundException: there is no such project, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        found = experiments_api.list_experiments(self._session, {"projectId": self.id})
        return (experiment.Experiment._from_list(self._session, data) for data in found)

    def _take_notes(self, notes: List[Note]) -> None:
        self.notes = [{"name": note.get("name", ""), "contents": note.get("contents", "")} for note in notes]

    def _patch(self, changes: PatchProject) -> None:
        self._take(changes, projects_api.patch_project(self._session, self.id, changes))
