"""Users and their rights."""

from __future__ import annotations

from typing import Any

from ..walking import Tour


def walk(tour: Tour, client: Any) -> None:
    c, made, step = client, tour.things, tour.step
    step("users: list on a fresh master", lambda: sorted(c.list_users(), key=lambda u: u.user_id))
    step("users: create", lambda: tour.keep("ann", c.create_user("ann", False, "Annpass123")))
    step(
        "users: create an admin",
        lambda: tour.keep("bob", c.create_user(username="bob", admin=True, password="Bobpass123")),
    )
    step("users: create remote", lambda: c.create_user("rem", False, remote=True))
    step("users: get by name", lambda: c.get_user_by_name("ann"))
    step("users: get by id", lambda: c.get_user_by_id(made.ann.user_id))
    step("users: name not found", lambda: c.get_user_by_name("zoe"))
    step("users: id not found", lambda: c.get_user_by_id(999))
    step("users: id 0", lambda: c.get_user_by_id(0))
    step("users: log in as her", lambda: tour.keep("dann", c.Determined(tour.master, "ann", "Annpass123")).whoami())
    step("users: change_display_name", lambda: [made.ann.change_display_name("Ann A."), made.ann][1])
    step("users: rename", lambda: [made.ann.rename("anna"), made.ann.username])
    step("users: old name is gone", lambda: c.get_user_by_name("ann"))
    step("users: rename to a taken name", lambda: made.ann.rename("bob"))
    step("users: change_password", lambda: made.ann.change_password("Newpass456"))
    step("users: new password works", lambda: c.Determined(tour.master, "anna", "Newpass456").whoami().username)
    step("users: old password does not", lambda: c.Determined(tour.master, "anna", "Annpass123"))
    step("users: change_password too weak", lambda: made.ann.change_password("weak"))
    step("users: link_with_agent", lambda: [made.ann.link_with_agent(1001, 1002, "annau", "annag"), made.ann][1])
    step(
        "users: link_with_agent by keywords",
        lambda: [made.ann.link_with_agent(agent_uid=7, agent_gid=8, agent_user="u7", agent_group="g8"), made.ann][1],
    )
    step("users: link_with_agent partly", lambda: [made.ann.link_with_agent(agent_uid=5), made.ann][1])
    step("users: deactivate", lambda: [made.ann.deactivate(), made.ann.active][1])
    step("users: log in when deactivated", lambda: c.Determined(tour.master, "anna", "Newpass456"))
    step("users: list active", lambda: sorted(u.username for u in c.list_users(active=True)))
    step("users: list inactive", lambda: sorted(u.username for u in c.list_users(active=False)))
    step("users: activate", lambda: [made.ann.activate(), made.ann.active][1])
    step(
        "users: reload a hand-made User",
        lambda: (lambda u: [u.username, u.reload(), u])(c.User(made.ann.user_id, made.ann._session)),
    )
    step("users: non-admin lists", lambda: sorted(u.username for u in made.det.list_users()))
    step("users: non-admin creates", lambda: made.det.create_user("eve", False, "Evepass123"))
    step("users: non-admin renames another", lambda: made.det.get_user_by_name("bob").rename("bobby"))
    step(
        "users: non-admin own display name",
        lambda: (lambda u: [u.change_display_name("Det"), u.display_name])(made.det.whoami()),
    )
    step("users: weak: short", lambda: c.create_user("w1", False, "Ab1"))
    step("users: weak: no upper", lambda: c.create_user("w1", False, "abcdefgh1"))
    step("users: weak: no lower", lambda: c.create_user("w1", False, "ABCDEFGH1"))
    step("users: weak: no digit", lambda: c.create_user("w1", False, "Abcdefghi"))
    step("users: weak: none", lambda: c.create_user("w1", False))
    step("users: duplicate", lambda: c.create_user("bob", False, "Bobpass123"))
    step("users: empty name", lambda: c.create_user("", False, "Bobpass123"))
    step("users: all at the end", lambda: sorted((u.username, u.admin, u.active) for u in c.list_users()))
