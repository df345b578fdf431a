"""Rules of projects: who may change them, how they may be named, and which keys they get."""

from __future__ import annotations

import json
import re
import secrets
import string
from typing import Any, Dict, List, Optional, Sequence, Tuple

from determined.common import timestamps
from determined.common.api.wire.projects import Note, PatchProject, PostProjectRequest

from ..auth import Caller
from ..errors import Code, Refusal, forbidden, invalid, not_found, plain
from ..paging import Window, memory_window
from ..store import projects, workspaces
from ..store.database import Connection, Row, Transaction
from ..store.filters import Filters
from . import deletions
from .workspaces import open_workspace

_LONGEST_NAME = 80
_KEY_LENGTH = 5
_MOST_VISITED = 500


def project_by_id(connection: Connection, project_id: int) -> Row:
    """A project.

    Raises:
        Refusal: there is none with that id.
    """
    row = projects.by_id(connection, project_id)
    if row is None:
        raise not_found("project", project_id)
    return row


def project_by_key(connection: Connection, key: str) -> Row:
    """A project by its key, in whatever case.

    Raises:
        Refusal: there is none with that key.
    """
    row = projects.by_key(connection, key.upper())
    if row is None:
        raise not_found("project", key)
    return row


def require_project(connection: Connection, project_id: int) -> None:
    """Make sure that a project is there.

    Raises:
        Refusal: it is not.
    """
    if projects.bare(connection, project_id) is None:
        raise not_found("project", project_id)


def list_projects(
    connection: Connection,
    workspace_id: int,
    *,
    name: str,
    archived: Optional[bool],
    users: Sequence[str],
    user_ids: Sequence[int],
    sort: str,
    descending: bool,
    offset: int,
    limit: int,
) -> Tuple[List[Row], Window]:
    """Projects of a workspace, and the window they were cut to.

    Parameters:
        workspace_id: 0 for all workspaces.
        name: a pattern for the whole name.
        archived: by the project's own mark; that of its workspace does not count.

    Raises:
        Refusal: no such workspace.
    """
    filters = Filters()
    if workspace_id:
        if workspaces.bare(connection, workspace_id) is None:
            raise not_found("workspace", workspace_id)
        filters.add("p.workspace_id = ?", workspace_id)
    if name:
        filters.matches("p.name", name)
    if archived is not None:
        filters.add("p.archived = ?", int(archived))
    filters.among("u.username", users)
    filters.among("p.user_id", user_ids)
    window = memory_window(projects.count(connection, filters), offset, limit)
    rows = projects.page(connection, filters, sort=sort, descending=descending, start=window.start, end=window.end)
    return rows, window


def visited_projects(connection: Connection, caller: Caller, limit: int) -> List[Row]:
    """The projects that the caller has looked at, the latest first.

    Raises:
        Refusal: too many are asked for.
    """
    if not 0 <= limit <= _MOST_VISITED:
        raise invalid(f"Bad request: limit is required and must be <= {_MOST_VISITED}")
    return projects.visited(connection, caller.user_id, limit)


# --- creating -------------------------------------------------------------------------------------------------------


def create_project(tx: Transaction, caller: Caller, workspace_id: int, request: PostProjectRequest) -> Row:
    """Create a project; returns it.

    Raises:
        Refusal: no such workspace, it is immutable or archived, or the name or key is not allowed or taken.
    """
    open_workspace(tx, workspace_id)
    name, key = request.get("name", ""), request.get("key")
    if key is not None:
        key = checked_key(key)
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise _not_created(tx, name, Code.INTERNAL, "internal server error")
    if key is not None and projects.is_key_taken(tx, key):
        raise _not_created(tx, name, Code.ALREADY_EXISTS, _in_use(name, f"project key {key}"))
    if projects.is_name_taken(tx, workspace_id, name):
        raise _not_created(tx, name, Code.ALREADY_EXISTS, _in_use(name, f"project name {name}"))
    project_id = tx.insert(
        "projects",
        name=name,
        description=request.get("description", ""),
        workspace_id=workspace_id,
        user_id=caller.user_id,
        created_at=timestamps.now(),
        key=key or _free_key(tx, name),
    )
    return project_by_id(tx, project_id)


def _in_use(name: str, what: str) -> str:
    return f"error inserting project {name} into database: {what} is already in use: row already exists"


def _not_created(tx: Transaction, name: str, code: Code, reason: str) -> Refusal:
    """What the database of the real master refuses only after it took an id."""
    tx.use_up_id("projects")
    cause = Refusal(code, reason)
    return Refusal(code, f"error creating project {name} in database: {cause.nested()}", keep_writes=True)


def checked_key(key: str) -> str:
    """Return a project's key in capitals.

    Raises:
        Refusal: it is empty, longer than 5 bytes, or has more than letters and digits.
    """
    if len(key.encode()) > _KEY_LENGTH:
        raise invalid(f"project key cannot be longer than {_KEY_LENGTH} characters")
    if not key:
        raise invalid("project key cannot be empty")
    if not re.fullmatch(r"[A-Za-z0-9]+", key):
        raise invalid(f"project key can only contain alphanumeric characters: {key}")
    return key.upper()


def key_stem(name: str) -> str:
    """Return what the key of a project begins with that was given none: the first three letters or digits."""
    return "".join(re.findall(r"[A-Za-z0-9]", name))[:3].upper()


def _free_key(connection: Connection, name: str) -> str:
    stem = key_stem(name)
    while True:
        for _ in range(20):
            ending = (secrets.choice(string.ascii_uppercase + string.digits) for _ in range(_KEY_LENGTH - len(stem)))
            key = stem + "".join(ending)
            if not projects.is_key_taken(connection, key):
                return key
        # hundreds of projects begin alike
        stem = stem[:-1]


# --- changing -------------------------------------------------------------------------------------------------------


def patch_project(tx: Transaction, caller: Caller, project_id: int, patch: PatchProject) -> Row:
    """Change a project; returns it.

    Raises:
        Refusal: no such project, it is archived or immutable, the caller owns neither it nor its workspace and is no
            admin, or the name or key is not allowed or taken.
    """
    project = project_by_id(tx, project_id)
    for state, is_so in (("archived", project["is_archived"]), ("immutable", project["immutable"])):
        if is_so:
            raise plain(f"project ({project_id}) is {state} and cannot have attributes updated")
    if patch and not (caller.admin or project["workspace_owner_id"] == caller.user_id):
        # unlike elsewhere, to own the project alone is not enough
        raise _not_owned("set project name")
    name, description, key = patch.get("name"), patch.get("description"), patch.get("key")
    values: Dict[str, Any] = {}
    if name is not None:
        values["name"] = _changed_name(tx, project, name)
    if description is not None:
        values["description"] = description
    if key is not None:
        key = checked_key(key)
        if projects.is_key_taken(tx, key, by_other_than=project_id):
            raise Refusal(Code.ALREADY_EXISTS, f"project key {key} is already in use")
        projects.set_key(tx, project_id, key)
    tx.update("projects", {"id": project_id}, **values)
    return project_by_id(tx, project_id)


def _changed_name(tx: Transaction, project: Row, name: str) -> str:
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise plain(f"error updating project {name}: a name has 1 to {_LONGEST_NAME} characters")
    if projects.is_name_taken(tx, project["workspace_id"], name, by_other_than=project["id"]):
        raise plain(f"error updating project {name}: row already exists")
    return name


def _require_owner(caller: Caller, project: Row, deed: str) -> None:
    if not caller.admin and caller.user_id not in (project["user_id"], project["workspace_owner_id"]):
        raise _not_owned(deed)


def _not_owned(deed: str) -> Refusal:
    return forbidden(f"can't {deed}: non admin users need to own the project or workspace")


def add_note(tx: Transaction, project_id: int, note: Note) -> List[Note]:
    """Append a note, which anybody may, at any time; returns all notes.

    Raises:
        Refusal: no such project.
    """
    project = projects.bare(tx, project_id)
    if project is None:
        raise not_found("project", project_id)
    return put_notes(tx, project_id, [*json.loads(project["notes"]), note])


def put_notes(tx: Transaction, project_id: int, notes: Sequence[Note]) -> List[Note]:
    """Replace all notes, which anybody may, at any time; returns them.

    Raises:
        Refusal: no such project.
    """
    require_project(tx, project_id)
    whole: List[Note] = [{"name": note.get("name", ""), "contents": note.get("contents", "")} for note in notes]
    projects.set_notes(tx, project_id, whole)
    return whole


def set_archived(tx: Transaction, caller: Caller, project_id: int, *, archived: bool) -> None:
    """Archive a project or take it back; it may be so already.

    Raises:
        Refusal: no such project, its workspace is archived, the caller may not, or it is immutable.
    """
    project = project_by_id(tx, project_id)
    verb = "archive" if archived else "unarchive"
    if project["is_workspace_archived"]:
        raise plain("This project belongs to an archived workspace. To make changes, first unarchive the workspace.")
    _require_owner(caller, project, f"{verb} project")
    if project["immutable"]:
        raise plain(f"error {verb[:-1]}ing project ({project_id}): not found")
    tx.update("projects", {"id": project_id}, archived=int(archived))


def move_project(tx: Transaction, caller: Caller, project_id: int, workspace_id: int) -> None:
    """Move a project into another workspace.

    Raises:
        Refusal: no such project or workspace, the caller may not, the workspace takes no projects or has one of that
            name, or the project is archived or immutable.
    """
    project = project_by_id(tx, project_id)
    open_workspace(tx, workspace_id)
    _require_owner(caller, project, "move project")
    if project["archived"] or project["immutable"]:
        raise plain(f"error moving project ({project_id}): not found")
    if projects.is_name_taken(tx, workspace_id, project["name"], by_other_than=project_id):
        raise plain(f"project with name '{project['name']}' already exists in target workspace")
    tx.update("projects", {"id": project_id}, workspace_id=workspace_id)


def delete_project(tx: Transaction, caller: Caller, project_id: int) -> bool:
    """Delete a project with all its experiments; returns whether that is done, or goes on behind.

    Raises:
        Refusal: no such project, the caller may not, or it is immutable.
    """
    project = project_by_id(tx, project_id)
    _require_owner(caller, project, "delete project")
    if project["immutable"]:
        raise plain(f"project ({project_id}) does not exist or not deletable by this user: not found")
    if not project["num_experiments"]:
        projects.delete(tx, project_id)
        return True
    deletions.begin_project(tx, project_id)
    return False
