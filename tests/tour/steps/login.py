"""Logging in, in every way."""

from __future__ import annotations

from typing import Any, Dict, Optional

from ..walking import Tour


def walk(tour: Tour, client: Any) -> None:
    made, step = tour.things, tour.step
    connect = client.Determined

    def no_home(name: str) -> Dict[str, Optional[str]]:
        return {"HOME": str(tour.folder / ("home-" + name)), "DET_MASTER": None}

    step("login: wrong password", lambda: connect(tour.master, "admin", "wrong"))
    step("login: unknown user", lambda: connect(tour.master, "nobody-here", tour.password))
    step("login: empty password", lambda: connect(tour.master, "admin", ""))
    step(
        "login: Determined(master, user, password)",
        lambda: tour.keep("admin", connect(tour.master, "admin", tour.password)).get_session_username(),
    )
    step("login: wrong password while a token is kept", lambda: connect(tour.master, "admin", "wrong"))
    step(
        "login: Determined by keywords",
        lambda: connect(master=tour.master, user="admin", password=tour.password).get_session_username(),
    )
    step(
        "login: second user",
        lambda: tour.keep("det", connect(tour.master, "determined", tour.password)).get_session_username(),
    )
    step("login: no master there", lambda: connect("http://127.0.0.1:9", "admin", tour.password))
    step(
        "login: https to a plain port",
        lambda: "raises" in tour.answer(lambda: connect("https://" + tour.address, "admin", tour.password)),
    )
    step("login: bad url", lambda: connect("ftp://" + tour.address, "admin", tour.password))
    step("login: host:port without scheme", lambda: connect(tour.address, "admin", tour.password).whoami().username)
    step("login: trailing slash", lambda: connect(tour.master + "/", "admin", tour.password).whoami().username)
    step(
        "login: user=None takes the last active or the default",
        lambda: tour.in_fresh_interpreter(
            "print(client.Determined().whoami().username)",
            dict(no_home("env1"), DET_MASTER=tour.master, DET_USER="admin", DET_PASS=tour.password),
        ),
    )
    step(
        "login: DET_USER without DET_PASS",
        lambda: tour.in_fresh_interpreter(
            "print(client.Determined().whoami().username)",
            dict(no_home("env2"), DET_MASTER=tour.master, DET_USER="admin"),
        ),
    )
    step(
        "login: DET_PASS alone",
        lambda: tour.in_fresh_interpreter(
            "print(client.Determined().whoami().username)",
            dict(no_home("env3"), DET_MASTER=tour.master, DET_PASS=tour.password),
        ),
    )
    step(
        "login: DET_MASTER_ADDR and PORT",
        lambda: tour.in_fresh_interpreter(
            "print(client.Determined(user='admin', password=%r).whoami().username)" % tour.password,
            dict(
                no_home("env4"), DET_MASTER_ADDR=tour.address.split(":")[0], DET_MASTER_PORT=tour.address.split(":")[1]
            ),
        ),
    )
    step(
        "login: explicit user beats DET_USER",
        lambda: tour.in_fresh_interpreter(
            "print(client.Determined(user='determined', password=%r).whoami().username)" % tour.password,
            dict(no_home("env5"), DET_MASTER=tour.master, DET_USER="admin", DET_PASS="zzz"),
        ),
    )
    step(
        "login: token file is reused",
        lambda: tour.in_fresh_interpreter(
            "client.Determined(user='admin', password=%r); print(client.Determined(user='admin').whoami().username)"
            % tour.password,
            dict(no_home("env6"), DET_MASTER=tour.master),
        ),
    )
    step(
        "login: DET_USER_TOKEN",
        lambda: tour.in_fresh_interpreter(
            "print(client.Determined().whoami().username)",
            dict(no_home("env7"), DET_MASTER=tour.master, DET_USER="admin", DET_USER_TOKEN=tour.token("admin")),
        ),
    )
    step(
        "login: bad DET_USER_TOKEN",
        lambda: tour.in_fresh_interpreter(
            "print(client.Determined().whoami().username)",
            dict(no_home("env8"), DET_MASTER=tour.master, DET_USER="admin", DET_USER_TOKEN="junk"),
        ),
    )
    step(
        "login: DET_SESSION_TOKEN is for tasks",
        lambda: tour.in_fresh_interpreter(
            "print(client.Determined().whoami().username)",
            dict(no_home("env9"), DET_MASTER=tour.master, DET_USER="admin", DET_SESSION_TOKEN=tour.token("admin")),
        ),
    )
    step(
        "login: the lazy singleton",
        lambda: tour.in_fresh_interpreter(
            "print(client.whoami().username, client.get_session_username())",
            dict(no_home("env10"), DET_MASTER=tour.master, DET_USER="admin", DET_PASS=tour.password),
        ),
    )
    step("client.login", lambda: client.login(tour.master, "admin", tour.password))
    step("client.login twice", lambda: client.login(tour.master, "admin", tour.password))
    step("client.get_session_username", lambda: client.get_session_username())
    step("client.whoami", lambda: client.whoami())
    step("client.logout", lambda: client.logout())
    step("client.logout again", lambda: client.logout())
    step(
        "client.login after logout, keywords",
        lambda: client.login(master=tour.master, user="admin", password=tour.password),
    )
    step("client: still in after login", lambda: client.whoami().username)

    def dead_session() -> Any:
        d = connect(tour.master, "determined", tour.password)
        d.logout()
        return d.whoami()

    step("Determined: use after logout", dead_session)
    step("Determined: logout twice", lambda: [made.det.logout(), made.det.logout()])
    made.det = connect(tour.master, "determined", tour.password)
    made.admin = connect(tour.master, "admin", tour.password)
    step("Determined: in again", lambda: [made.det.whoami(), made.admin.whoami().username])
