"""Experiments: one, lists, their trials and checkpoints."""

from __future__ import annotations

from typing import Any, Iterable, List

from ..walking import Id, Tour, uuids


def ordered(names: Iterable[Id]) -> List[Id]:
    return sorted(names, key=str)


def walk(tour: Tour, client: Any) -> None:
    c, made, step = client, tour.things, tour.step
    up, down = c.OrderBy.ASCENDING, c.OrderBy.DESCENDING
    step("exp: get", lambda: tour.keep("e1", c.get_experiment(made.i_one)))
    step("exp: get the search", lambda: tour.keep("e2", c.get_experiment(made.i_search)))
    step("exp: get the failed", lambda: tour.keep("e3", c.get_experiment(made.i_fails)))
    step("exp: get the bare", lambda: tour.keep("e4", c.get_experiment(made.i_bare)))
    step("exp: get the singleton's", lambda: tour.keep("e5", c.get_experiment(made.i_singleton)))
    step("exp: config", lambda: made.e1.config)
    step("exp: config of the bare", lambda: made.e4.config)
    step(
        "exp: repr",
        lambda: [repr(made.e1), repr(c.get_trial(made.j_one)), repr(c.get_checkpoint(made.ck_1_20)).split("(")[0]],
    )
    step("exp: not found", lambda: c.get_experiment(999))
    step("exp: id 0", lambda: c.get_experiment(0))
    step("exp: id -1", lambda: c.get_experiment(-1))
    step("exp: id as text", lambda: c.get_experiment(str(made.i_one)).name)
    step("exp: id nonsense", lambda: c.get_experiment("abc"))
    step("exp: hand-made, before reload", lambda: c.Experiment(made.i_one, made.e1._session))
    step("exp: hand-made, reload", lambda: (lambda e: [e.reload(), e])(c.Experiment(made.i_one, made.e1._session)))
    step("exp: reload one that is not there", lambda: c.Experiment(999, made.e1._session).reload())
    step("exp: wait on the completed", lambda: made.e1.wait(interval=0.1))
    step("exp: wait on the failed", lambda: made.e3.wait(interval=0.1))
    step("exp: wait on the bare", lambda: made.e4.wait(interval=0.1))
    step("exp: await_first_trial", lambda: made.e2.await_first_trial())
    step("exp: set_name", lambda: [made.e1.set_name("tour-one-b"), made.e1.name, made.e1.reload(), made.e1.name])
    step("exp: set_name empty", lambda: [made.e1.set_name(""), made.e1.name])
    step("exp: set_description", lambda: [made.e1.set_description("changed"), made.e1.description][1])
    step("exp: set_description empty", lambda: [made.e2.set_description(""), made.e2.description][1])
    step(
        "exp: set_notes", lambda: [made.e1.set_notes("# title\nwords"), made.e1.notes, made.e1.reload(), made.e1.notes]
    )
    step("exp: notes too long for a list", lambda: [e.notes for e in c.list_experiments(experiment_ids=[made.i_one])])
    step("exp: add_label", lambda: [made.e1.add_label("cherry"), made.e1.labels][1])
    step("exp: add_label again", lambda: [made.e1.add_label("cherry"), made.e1.labels][1])
    step("exp: add_label with odd letters", lambda: [made.e1.add_label("a b/c?d"), made.e1.labels][1])
    step("exp: remove_label", lambda: [made.e1.remove_label("cherry"), made.e1.labels][1])
    step("exp: remove_label odd", lambda: [made.e1.remove_label("a b/c?d"), made.e1.labels][1])
    step("exp: remove_label missing", lambda: [made.e1.remove_label("none"), made.e1.labels][1])
    step("exp: set_labels", lambda: [made.e2.set_labels({"x", "y"}), made.e2.labels][1])
    step("exp: set_labels none", lambda: [made.e2.set_labels(set()), made.e2.labels, made.e2.reload(), made.e2.labels])
    step("exp: set_labels back", lambda: [made.e2.set_labels({"blue"}), made.e2.labels][1])
    step("exp: archive", lambda: [made.e5.archive(), made.e5.archived, made.e5.reload(), made.e5.archived])
    step("exp: archive again", lambda: made.e5.archive())
    step("exp: list hides no archived", lambda: tour.ids(c.list_experiments()))
    step("exp: unarchive", lambda: [made.e5.unarchive(), made.e5.archived, made.e5.reload(), made.e5.archived])
    step("exp: unarchive again", lambda: made.e5.unarchive())
    step(
        "exp: move_to_project",
        lambda: [
            made.e5.move_to_project("Tour", "Beta"),
            made.e5.project_id,
            made.e5.workspace_id,
            made.e5.reload(),
            made.e5.project_id,
        ],
    )
    step("exp: move_to_project, no such workspace", lambda: made.e5.move_to_project("nope", "Beta"))
    step("exp: move_to_project, no such project", lambda: made.e5.move_to_project("Tour", "nope"))
    step("exp: move_to_project, where it is", lambda: made.e5.move_to_project("Tour", "Beta"))
    step("exp: pause a completed", lambda: made.e1.pause())
    step("exp: activate a completed", lambda: made.e1.activate())
    step("exp: cancel a completed", lambda: made.e1.cancel())
    step("exp: kill a completed", lambda: made.e1.kill())
    step("exp: pause one that is not there", lambda: c.Experiment(999, made.e1._session).pause())
    step("exp: archive one that is not there", lambda: c.Experiment(999, made.e1._session).archive())
    step("exp: download_code of the unmanaged", lambda: made.e1.download_code(str(tour.folder / "code1")))
    step("exp: get_pachyderm_config", lambda: made.e1.get_pachyderm_config())
    step("exp: non-admin deletes another's", lambda: made.det.get_experiment(made.i_one).delete())
    step(
        "exp: non-admin renames another's",
        lambda: [
            (lambda e: [e.set_name("by-det"), e.name])(made.det.get_experiment(made.i_one)),
            made.e1.set_name("tour-one"),
        ],
    )

    step("exp list: all", lambda: tour.ids(c.list_experiments()))
    step("exp list: all, whole", lambda: c.list_experiments(sort_by=c.ExperimentSortBy.ID))
    for m in (
        "ID",
        "DESCRIPTION",
        "START_TIME",
        "END_TIME",
        "STATE",
        "NUM_TRIALS",
        "PROGRESS",
        "USER",
        "NAME",
        "FORKED_FROM",
        "RESOURCE_POOL",
        "PROJECT_ID",
        "CHECKPOINT_SIZE",
        "CHECKPOINT_COUNT",
        "SEARCHER_METRIC_VAL",
    ):
        step(
            "exp list: sort by %s" % m,
            lambda: [tour.ids(c.list_experiments(sort_by=c.ExperimentSortBy[m], order_by=o)) for o in (up, down)],
        )
    step("exp list: order without sort", lambda: tour.ids(c.list_experiments(order_by=down)))
    step(
        "exp list: the old ExperimentOrderBy",
        lambda: tour.ids(c.list_experiments(sort_by=c.ExperimentSortBy.ID, order_by=c.ExperimentOrderBy.DESCENDING)),
    )
    step(
        "exp list: by ids",
        lambda: tour.ids(
            c.list_experiments(experiment_ids=[made.i_search, made.i_bare, 777], sort_by=c.ExperimentSortBy.ID)
        ),
    )
    step("exp list: by label", lambda: ordered(tour.ids(c.list_experiments(labels=["blue"]))))
    step("exp list: by two labels", lambda: ordered(tour.ids(c.list_experiments(labels=["blue", "apple"]))))
    step("exp list: by a label that is not there", lambda: tour.ids(c.list_experiments(labels=["zzz"])))
    step("exp list: by user", lambda: ordered(tour.ids(c.list_experiments(users=["determined"]))))
    step("exp list: by an unknown user", lambda: tour.ids(c.list_experiments(users=["nobody"])))
    step("exp list: by state", lambda: ordered(tour.ids(c.list_experiments(states=[c.ExperimentState.COMPLETED]))))
    step(
        "exp list: by two states",
        lambda: ordered(tour.ids(c.list_experiments(states=[c.ExperimentState.ERROR, c.ExperimentState.ACTIVE]))),
    )
    step("exp list: by name", lambda: ordered(tour.ids(c.list_experiments(name="tour"))))
    step("exp list: by exact name", lambda: tour.ids(c.list_experiments(name="tour-search")))
    step("exp list: by name in capitals", lambda: tour.ids(c.list_experiments(name="TOUR-SEARCH")))
    step(
        "exp list: by project",
        lambda: [ordered(tour.ids(c.list_experiments(project_id=p))) for p in (1, made.alpha.id, made.beta.id, 99)],
    )
    step("exp list: of a project object", lambda: ordered(tour.ids(made.alpha.list_experiments())))
    step("exp list: project counts", lambda: [made.alpha.reload(), made.alpha])
    step(
        "exp list: Determined's own",
        lambda: tour.ids(made.admin.list_experiments(sort_by=c.ExperimentSortBy.ID, order_by=down)),
    )

    step("exp trials: list", lambda: made.e2.list_trials())
    for m in [x.name for x in c.TrialSortBy]:
        if m != "DURATION":
            step(
                "exp trials: sort by %s" % m,
                lambda: [tour.ids(made.e2.list_trials(c.TrialSortBy[m], o)) for o in (up, down)],
            )
    step("exp trials: iter with a page of one", lambda: tour.ids(made.e2.iter_trials(limit=1)))
    step(
        "exp trials: iter sorted, keywords",
        lambda: tour.ids(made.e2.iter_trials(sort_by=c.TrialSortBy.ID, order_by=down, limit=2)),
    )
    step("exp trials: get_trials (old)", lambda: tour.ids(made.e2.get_trials()), warn=True)
    step(
        "exp trials: old TrialOrderBy",
        lambda: tour.ids(
            made.e2.list_trials(
                c.TrialSortBy.ID,
                c.TrialOrderBy.DESC if "DESC" in c.TrialOrderBy.__members__ else c.TrialOrderBy.DESCENDING,
            )
        ),
    )
    step("exp trials: of one that is not there", lambda: c.Experiment(999, made.e1._session).list_trials())

    step("exp ck: list", lambda: uuids(made.e1.list_checkpoints()))
    step("exp ck: list of the search", lambda: uuids(made.e2.list_checkpoints()))
    for m in ("TRIAL_ID", "BATCH_NUMBER", "END_TIME", "STATE", "SEARCHER_METRIC"):
        step(
            "exp ck: sort by %s" % m,
            lambda: (
                [
                    [
                        (tour.trial(k.training.trial_id), k.metadata.get("steps_completed"))
                        for k in made.e1.list_checkpoints(c.CheckpointSortBy[m], o)
                    ]
                    for o in (up, down)
                ]
                if m in ("BATCH_NUMBER", "END_TIME", "SEARCHER_METRIC")
                else [
                    [
                        tour.trial(k.training.trial_id) if m == "TRIAL_ID" else k.state
                        for k in made.e2.list_checkpoints(c.CheckpointSortBy[m], o)
                    ]
                    for o in (up, down)
                ]
            ),
        )
    step(
        "exp ck: sort by UUID",
        lambda: (lambda v: [len(v), v == sorted(v)])(uuids(made.e1.list_checkpoints(c.CheckpointSortBy.UUID, up))),
    )
    step("exp ck: sort by a metric", lambda: [uuids(made.e1.list_checkpoints("val_acc", o)) for o in (up, down)])
    step(
        "exp ck: sort by a metric of the search",
        lambda: [uuids(made.e2.list_checkpoints("loss2", o)) for o in (up, down)],
    )
    step("exp ck: sort by an unknown metric", lambda: len(made.e1.list_checkpoints("nope", up)))
    step("exp ck: max_results", lambda: uuids(made.e1.list_checkpoints(max_results=2)))
    step("exp ck: max_results with metric", lambda: uuids(made.e1.list_checkpoints("val_acc", down, 1)))
    step("exp ck: sort without order", lambda: made.e1.list_checkpoints(sort_by="val_acc"))
    step("exp ck: order without sort", lambda: made.e1.list_checkpoints(order_by=up))
    step("exp ck: sort by a wrong type", lambda: made.e1.list_checkpoints(sort_by=5, order_by=up))
    step("exp ck: old CheckpointOrderBy", lambda: uuids(made.e1.list_checkpoints("val_acc", c.CheckpointOrderBy.DESC)))
    step("exp ck: none", lambda: made.e4.list_checkpoints())
    step("exp ck: top_checkpoint", lambda: made.e1.top_checkpoint().uuid, warn=True)
    step(
        "exp ck: top_checkpoint by metric",
        lambda: [made.e1.top_checkpoint("val_acc", s).uuid for s in (True, False)],
        warn=True,
    )
    step(
        "exp ck: top_checkpoint by metric, way unset",
        lambda: made.e1.top_checkpoint(sort_by="val_loss").uuid,
        warn=True,
    )
    step("exp ck: top_checkpoint of none", lambda: made.e4.top_checkpoint())
    step("exp ck: top_n_checkpoints", lambda: uuids(made.e2.top_n_checkpoints(2)), warn=True)
    step(
        "exp ck: top_n_checkpoints by metric",
        lambda: [uuids(made.e2.top_n_checkpoints(5, sort_by="loss2", smaller_is_better=s)) for s in (True, False)],
        warn=True,
    )
    step("exp ck: top_n_checkpoints of none", lambda: made.e4.top_n_checkpoints(1))
