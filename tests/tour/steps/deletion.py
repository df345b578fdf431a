"""What is taken away, at the end."""

from __future__ import annotations

from typing import Any

from ..walking import Tour, until


def walk(tour: Tour, client: Any) -> None:
    c, made, step = client, tour.things, tour.step
    step(
        "delete: an unmanaged experiment",
        lambda: [
            made.e4.delete(),
            until(lambda: tour.answer(lambda: c.get_experiment(made.i_bare).state), lambda v: isinstance(v, dict), 15),
        ][1],
    )
    step("delete: again", lambda: made.e4.delete())
    step("delete: one that is not there", lambda: c.Experiment(999, made.e1._session).delete())
    step(
        "delete: tensorboard files of one that is not there",
        lambda: c.Experiment(999, made.e1._session).delete_tensorboard_files(),
    )
    step("delete: a killed managed experiment", lambda: made.q1.delete())
    step("delete: a project with experiments", lambda: made.ws.delete_project("Beta"))
    step(
        "delete: user has been made inactive and is refused",
        lambda: [made.bob.deactivate(), tour.answer(lambda: c.Determined(tour.master, "bob", "Bobpass123"))][1],
    )
    step(
        "end: experiments left",
        lambda: [
            [tour.experiment(e.id), e.name, e.state]
            for e in c.list_experiments(sort_by=c.ExperimentSortBy.ID)
            if e.name != "refused"
        ],
    )
    step("end: log out", lambda: [c.logout(), made.admin.logout(), made.det.logout()])
