"""Managed experiments on a master without slots: their whole life but the training."""

from __future__ import annotations

import json
import os
import pathlib
from typing import Any, Dict

from ..files import configuration, members, model_folder
from ..walking import Tour, until

# what is refused, by what is wrong: keys of the configuration that are other ones; None takes a key away
REFUSED: Dict[str, Dict[str, Any]] = {
    "no searcher": {"searcher": None},
    "unknown searcher": {"searcher": {"name": "magic", "metric": "val"}},
    "searcher without metric": {"searcher": {"name": "single"}},
    "no entrypoint": {"entrypoint": None},
    "unknown key": {"nonsense": 1},
    "more slots than there are": {"resources": {"slots_per_trial": 1000}},
    "slots below zero": {"resources": {"slots_per_trial": -1}},
    "unknown pool": {"resources": {"slots_per_trial": 0, "resource_pool": "nope"}},
    "restarts below zero": {"max_restarts": -1},
    "bad hyperparameter": {"hyperparameters": {"lr": {"type": "double", "minval": 2, "maxval": 1}}},
    "bad storage": {"checkpoint_storage": {"type": "nope"}},
    "random without max_trials": {"searcher": {"name": "random", "metric": "val"}},
    "priority out of range": {"resources": {"priority": 1000}},
    "name too odd": {"name": 5},
    "labels of a wrong type": {"labels": "one"},
    "grid over a double without count": {
        "searcher": {"name": "grid", "metric": "val"},
        "hyperparameters": {"lr": {"type": "double", "minval": 0, "maxval": 1}},
    },
}


def walk(tour: Tour, client: Any) -> None:
    c, made, step = client, tour.things, tour.step
    d = model_folder(tour)
    (tour.folder / "exp.json").write_text(json.dumps(configuration(tour, "from-file")))
    (tour.folder / "bad.yaml").write_text("a: [1,\n b: }")
    step(
        "create: from a dict",
        lambda: tour.name_and_keep("q1", c.create_experiment(configuration(tour, "queued-1"), str(d))),
    )
    step("create: the whole config", lambda: made.q1.config)
    step(
        "create: from a path in text",
        lambda: tour.name_and_keep("q2", c.create_experiment(str(tour.folder / "exp.json"), str(d))).name,
    )
    step(
        "create: from a path object",
        lambda: tour.name_and_keep("q3", c.create_experiment(pathlib.Path(tour.folder / "exp.json"), str(d))).name,
    )
    step(
        "create: in a project",
        lambda: (
            tour.name_and_keep(
                "q4", c.create_experiment(configuration(tour, "in-project"), str(d), project_id=made.beta.id)
            ).project_id
        ),
    )
    step(
        "create: workspace and project in the config",
        lambda: (
            tour.name_and_keep(
                "q5", c.create_experiment(configuration(tour, "in-config", workspace="Tour", project="Alpha"), str(d))
            ).project_id
        ),
    )
    step(
        "create: with a template",
        lambda: (lambda e: [tour.name_and_keep("q6", e), e.config.get("labels"), e.config["max_restarts"]][1:])(
            c.create_experiment(configuration(tour, "templated"), str(d), template="tourtpl")
        ),
    )
    step(
        "create: with includes",
        lambda: (lambda e: [tour.name_and_keep("q7", e), e.name][1:])(
            c.create_experiment(
                configuration(tour, "included"), str(d), includes=[str(tour.folder / "extra.txt"), tour.folder / "more"]
            )
        ),
    )
    step(
        "create: an include that is there already",
        lambda: c.create_experiment(configuration(tour, "x"), str(d), includes=[tour.folder / "model" / "lib"]),
    )
    step(
        "create: without model_dir",
        lambda: (
            tour.name_and_keep(
                "q8", c.create_experiment(configuration(tour, "no-model", entrypoint="python3 -c 1"))
            ).name
        ),
    )
    step(
        "create: by Determined",
        lambda: (
            tour.name_and_keep(
                "q9", made.det.create_experiment(configuration(tour, "by-det"), tour.folder / "model")
            ).name
        ),
    )
    step(
        "create: download_code", lambda: (lambda p: [p, members(p)])(made.q1.download_code(str(tour.folder / "code-a")))
    )
    step(
        "create: download_code with includes",
        lambda: (lambda p: [p, members(p)])(made.q7.download_code(str(tour.folder / "code-b"))),
    )
    step("create: download_code here", lambda: (lambda p: [p, len(members(p))])(made.q1.download_code()))
    step(
        "create: download_code without model",
        lambda: (lambda p: [p, os.path.getsize(p)])(made.q8.download_code(str(tour.folder / "code-c"))),
    )
    step("create: unknown project", lambda: c.create_experiment(configuration(tour, "x"), str(d), project_id=999))
    step("create: unknown template", lambda: c.create_experiment(configuration(tour, "x"), str(d), template="nope"))
    step(
        "create: unknown workspace in config",
        lambda: c.create_experiment(configuration(tour, "x", workspace="nope", project="nope"), str(d)),
    )
    step(
        "create: model_dir missing", lambda: c.create_experiment(configuration(tour, "x"), str(tour.folder / "missing"))
    )
    step("create: config file missing", lambda: c.create_experiment(str(tour.folder / "missing.yaml"), str(d)))
    step("create: config not yaml", lambda: c.create_experiment(str(tour.folder / "bad.yaml"), str(d)))
    step("create: config of a wrong type", lambda: c.create_experiment(5, str(d)))
    step(
        "create: config nearly empty",
        lambda: c.create_experiment({"name": "nearly-empty", "resources": {"slots_per_trial": 0}}, str(d)),
    )
    for what, change in REFUSED.items():

        def refused() -> Any:
            config = configuration(tour, **{"name": "refused", **change})
            config = {key: value for key, value in config.items() if value is not None}
            experiment = c.create_experiment(config, str(d))
            tour.name("r_" + what.replace(" ", "_"), experiment.id)
            experiment.kill()
            return [tour.experiment(experiment.id), "accepted"]

        step(f"create refused: {what}", refused)

    def settle(experiment: Any, *names: str) -> Any:
        """The state of an experiment as soon as it is one of these."""
        return tour.plain(until(lambda: [experiment.reload(), experiment.state][1], lambda s: s.name in names, 20))

    alive = ("QUEUED", "ACTIVE", "RUNNING", "PULLING", "STARTING")
    step("life: queued or running", lambda: settle(made.q2, *alive).split(".")[1] in alive)
    step("life: pause", lambda: [made.q2.pause(), settle(made.q2, "PAUSED")][1])
    step("life: pause again", lambda: made.q2.pause())
    step("life: wait on the paused", lambda: made.q2.wait(interval=0.1))
    step("life: archive a paused", lambda: made.q2.archive())
    step("life: delete a paused", lambda: made.q2.delete())
    step(
        "life: activate",
        lambda: [
            made.q2.activate(),
            settle(made.q2, "QUEUED", "ACTIVE", "RUNNING", "PULLING", "STARTING") != "ExperimentState.PAUSED",
        ][1],
    )
    step("life: activate again", lambda: made.q2.activate())
    step("life: cancel", lambda: [made.q2.cancel(), made.q2.wait(interval=0.2)][1])
    step("life: cancel again", lambda: made.q2.cancel())
    step("life: kill", lambda: [made.q3.pause(), made.q3.kill(), made.q3.wait(interval=0.2)][2])
    step("life: kill again", lambda: made.q3.kill())
    step("life: activate the killed", lambda: made.q3.activate())
    step("life: archive the killed", lambda: [made.q3.archive(), made.q3.archived])
    step("life: move the archived", lambda: made.q3.move_to_project("Tour", "Alpha"))
    step("life: rename the archived", lambda: [made.q3.set_name("renamed"), made.q3.name])
    step("life: pause by another user", lambda: made.det.get_experiment(made.q4.id).pause())
    step("life: kill by another user", lambda: [made.det.get_experiment(made.q4.id).kill(), made.q4.wait(interval=0.2)])
    step(
        "life: archived project takes none",
        lambda: [
            made.beta.archive(),
            tour.answer(
                lambda: tour.name_and_keep(
                    "qx", c.create_experiment(configuration(tour, "x"), str(d), project_id=made.beta.id)
                )
            ),
            made.beta.unarchive(),
            made.qx.kill(),
        ],
    )
    step(
        "life: end the others",
        lambda: [[e.kill(), e.wait(interval=0.2)][1] for e in (made.q1, made.q5, made.q6, made.q7, made.q8, made.q9)],
    )
    tour.name_what_is_left()
    step(
        "life: all states",
        lambda: [
            [tour.experiment(e.id), e.state]
            for e in c.list_experiments(sort_by=c.ExperimentSortBy.ID, project_id=1)
            if not e.name.startswith("refused")
        ],
    )
