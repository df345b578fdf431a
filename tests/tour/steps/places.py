"""Workspaces, projects, resource pools."""

from __future__ import annotations

from typing import Any

from ..walking import Tour, until


def walk(tour: Tour, client: Any) -> None:
    c, made, step = client, tour.things, tour.step
    step("ws: list on a fresh master", lambda: c.list_workspaces())
    step("ws: create", lambda: tour.keep("ws", c.create_workspace("Tour")))
    step("ws: create another", lambda: tour.keep("ws2", c.create_workspace("Other place")))
    step("ws: get", lambda: c.get_workspace("Tour"))
    step("ws: get Uncategorized", lambda: c.get_workspace("Uncategorized"))
    step("ws: not found", lambda: c.get_workspace("nope"))
    step("ws: case matters?", lambda: c.get_workspace("tour"))
    step("ws: list", lambda: sorted((w.id, w.name) for w in c.list_workspaces()))
    step("ws: construct by name", lambda: c.Workspace(made.ws._session, workspace_name="Tour"))
    step(
        "ws: construct by id and reload",
        lambda: (lambda w: [w.name, w.reload(), w])(c.Workspace(made.ws._session, workspace_id=made.ws.id)),
    )
    step("ws: construct with both", lambda: c.Workspace(made.ws._session, 2, "Tour"))
    step("ws: construct with neither", lambda: c.Workspace(made.ws._session))
    step("ws: reload one that is not there", lambda: c.Workspace(made.ws._session, workspace_id=99).reload())
    step("ws: list_pools", lambda: made.ws.list_pools())
    step("project: list in Uncategorized", lambda: c.get_workspace("Uncategorized").list_projects())
    step("project: list when empty", lambda: made.ws.list_projects())
    step("project: create", lambda: tour.keep("alpha", made.ws.create_project("Alpha")))
    step(
        "project: create with description",
        lambda: tour.keep("beta", made.ws.create_project(name="Beta", description="second")),
    )
    step("project: create elsewhere", lambda: tour.keep("gamma", made.ws2.create_project("Gamma")))
    step("project: list", lambda: sorted((p.id, p.name) for p in made.ws.list_projects()))
    step("project: get", lambda: made.ws.get_project("Alpha"))
    step("project: get, wrong workspace", lambda: made.ws2.get_project("Alpha"))
    step("project: get, missing", lambda: made.ws.get_project("nope"))
    step("project: set_name", lambda: [made.alpha.set_name("Alpha 1"), made.alpha.name][1])
    step("project: set_name back", lambda: [made.alpha.set_name("Alpha"), made.alpha.name][1])
    step("project: set_description", lambda: [made.alpha.set_description("first one"), made.alpha.description][1])
    step("project: empty description", lambda: [made.beta.set_description(""), made.beta.description][1])
    step("project: set_key", lambda: [made.alpha.set_key("TOURA"), made.alpha.key][1])
    step("project: set_key lower case", lambda: [made.beta.set_key("tourb"), made.beta.key][1])
    step("project: set_key taken", lambda: made.gamma.set_key("TOURA"))
    step("project: set_key bad", lambda: made.gamma.set_key("no good!"))
    step("project: set_key too long", lambda: made.gamma.set_key("ABCDEFGHIJKLMNOPQ"))
    step("project: archive", lambda: [made.beta.archive(), made.beta.archived, made.beta.reload(), made.beta.archived])
    step("project: archive again", lambda: made.beta.archive())
    step("project: rename when archived", lambda: made.beta.set_name("Beta 2"))
    step(
        "project: unarchive",
        lambda: [made.beta.unarchive(), made.beta.archived, made.beta.reload(), made.beta.archived],
    )
    step("project: unarchive again", lambda: made.beta.unarchive())
    step("project: add_note", lambda: [made.alpha.add_note("one", "first words"), made.alpha.notes][1])
    step(
        "project: add_note second",
        lambda: [made.alpha.add_note(name="two", contents="more\nlines"), made.alpha.notes][1],
    )
    step("project: add_note same name", lambda: [made.alpha.add_note("two", "again"), made.alpha.notes][1])
    step("project: remove_note", lambda: [made.alpha.remove_note("one"), made.alpha.notes][1])
    step("project: remove_note missing", lambda: made.alpha.remove_note("zero"))
    step("project: remove_note double", lambda: made.alpha.remove_note("two"))
    step(
        "project: reload a hand-made Project",
        lambda: (lambda p: [p.name, p.reload(), p])(c.Project(made.ws._session, made.alpha.id)),
    )
    step("project: reload one that is not there", lambda: c.Project(made.ws._session, 999).reload())
    step("project: Uncategorized cannot be archived", lambda: c.Project(made.ws._session, 1).archive())
    step(
        "project: delete",
        lambda: [made.ws2.delete_project("Gamma"), until(lambda: made.ws2.list_projects(), lambda v: not v)],
    )
    step("project: delete missing", lambda: made.ws2.delete_project("Gamma"))
    step("project: list_experiments when empty", lambda: made.alpha.list_experiments())
    step("pool: list_workspaces", lambda: made.ws.list_pools()[0].list_workspaces())
    step(
        "pool: add_bindings to the default pool",
        lambda: c.ResourcePool(made.ws._session, "default").add_bindings(["Tour"]),
    )
    step(
        "pool: replace_bindings of the default pool",
        lambda: c.ResourcePool(made.ws._session, "default").replace_bindings(["Tour"]),
    )
    step("pool: remove_bindings", lambda: c.ResourcePool(made.ws._session, "default").remove_bindings(["Tour"]))
    step(
        "pool: remove_bindings, no such workspace",
        lambda: c.ResourcePool(made.ws._session, "default").remove_bindings(["nope"]),
    )
    step("pool: bindings of an unknown pool", lambda: c.ResourcePool(made.ws._session, "nope").add_bindings(["Tour"]))
    step("pool: list_workspaces of an unknown pool", lambda: c.ResourcePool(made.ws._session, "nope").list_workspaces())
    step("ws: non-admin creates", lambda: tour.keep("ws3", made.det.create_workspace("Det place")).name)
    step("ws: non-admin deletes another's", lambda: made.det.delete_workspace("Other place"))
    step(
        "ws: delete",
        lambda: [
            c.delete_workspace("Other place"),
            until(lambda: sorted(w.name for w in c.list_workspaces()), lambda v: "Other place" not in v),
        ],
    )
    step("ws: delete missing", lambda: c.delete_workspace("Other place"))
    step("ws: delete Uncategorized", lambda: c.delete_workspace("Uncategorized"))
    step("ws: duplicate", lambda: c.create_workspace("Tour"))
    step("ws: empty name", lambda: c.create_workspace(""))
    step("ws: blank name", lambda: c.create_workspace("   "))
    step("ws: name of 81 letters", lambda: c.create_workspace("x" * 81))
    step("project: duplicate", lambda: made.ws.create_project("Alpha"))
    step("project: empty name", lambda: made.ws.create_project(""))
