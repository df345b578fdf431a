"""Trials: one, its checkpoints, metrics and logs."""

from __future__ import annotations

from typing import Any, List

from ..walking import Tour, uuids


def walk(tour: Tour, client: Any) -> None:
    c, made, step = client, tour.things, tour.step
    up, down = c.OrderBy.ASCENDING, c.OrderBy.DESCENDING
    step("trial: get", lambda: tour.keep("t1", c.get_trial(made.j_one)))
    step("trial: states", lambda: [[n, c.get_trial(i).state] for i, n in sorted(tour.names.trials.items())])
    step("trial: summary_metrics", lambda: made.t1.summary_metrics)
    step("trial: summary_metrics of the search", lambda: c.get_trial(made.j_s1).summary_metrics)
    step("trial: not found", lambda: c.get_trial(999))
    step("trial: id 0", lambda: c.get_trial(0))
    step("trial: nonsense id", lambda: c.get_trial("abc"))
    step(
        "trial: hand-made, before and after reload",
        lambda: (lambda t: [tour.plain(t), t.reload(), tour.plain(t)])(c.Trial(made.j_s1, made.t1._session)),
    )
    step("trial: get_experiment", lambda: tour.experiment(made.t1.get_experiment().id))
    step(
        "trial: get_experiment of a hand-made",
        lambda: tour.experiment(c.Trial(made.j_s2, made.t1._session).get_experiment().id),
    )
    step("trial: kill a completed", lambda: made.t1.kill())
    step("trial: kill one that is not there", lambda: c.Trial(999, made.t1._session).kill())
    step("trial ck: list", lambda: uuids(made.t1.list_checkpoints()))
    step("trial ck: list whole", lambda: made.t1.list_checkpoints()[0])
    for m in ("TRIAL_ID", "BATCH_NUMBER", "END_TIME", "STATE", "SEARCHER_METRIC"):
        step(
            "trial ck: sort by %s" % m,
            lambda: [
                uuids(made.t1.list_checkpoints(c.CheckpointSortBy[m], o))
                if m not in ("TRIAL_ID", "STATE")
                else len(made.t1.list_checkpoints(c.CheckpointSortBy[m], o))
                for o in (up, down)
            ],
        )
    step("trial ck: sort by a metric", lambda: [uuids(made.t1.list_checkpoints("val_acc", o)) for o in (up, down)])
    step("trial ck: max_results", lambda: uuids(made.t1.list_checkpoints(max_results=2)))
    step("trial ck: sort without order", lambda: made.t1.list_checkpoints(sort_by="val_acc"))
    step("trial ck: sort by a wrong type", lambda: made.t1.list_checkpoints(sort_by=5, order_by=up))
    step("trial ck: get_checkpoints (old)", lambda: uuids(made.t1.get_checkpoints()), warn=True)
    step("trial ck: get_checkpoints by metric", lambda: uuids(made.t1.get_checkpoints("val_acc", down)), warn=True)
    step(
        "trial ck: get_checkpoints by field",
        lambda: uuids(made.t1.get_checkpoints(c.CheckpointSortBy.BATCH_NUMBER, down)),
        warn=True,
    )
    step("trial ck: get_checkpoints sort alone", lambda: made.t1.get_checkpoints(sort_by="val_acc"))
    step("trial ck: top_checkpoint", lambda: made.t1.top_checkpoint().uuid, warn=True)
    step(
        "trial ck: top_checkpoint by metric",
        lambda: [made.t1.top_checkpoint(sort_by="val_acc", smaller_is_better=s).uuid for s in (True, False)],
        warn=True,
    )
    step("trial ck: top_checkpoint of none", lambda: c.get_trial(made.j_bare).top_checkpoint())
    step("trial ck: select best", lambda: made.t1.select_checkpoint(best=True).uuid, warn=True)
    step("trial ck: select latest", lambda: made.t1.select_checkpoint(latest=True).uuid, warn=True)
    step("trial ck: select uuid", lambda: made.t1.select_checkpoint(uuid=made.ck_1_40).uuid, warn=True)
    step(
        "trial ck: select best by metric",
        lambda: made.t1.select_checkpoint(best=True, sort_by="val_acc", smaller_is_better=True).uuid,
        warn=True,
    )
    step("trial ck: select nothing", lambda: made.t1.select_checkpoint())
    step("trial ck: select two ways", lambda: made.t1.select_checkpoint(latest=True, best=True))
    step("trial ck: select sort without way", lambda: made.t1.select_checkpoint(best=True, sort_by="val_acc"))
    step(
        "trial ck: select sort with latest",
        lambda: made.t1.select_checkpoint(latest=True, sort_by="val_acc", smaller_is_better=True),
    )
    step("trial ck: select of none", lambda: c.get_trial(made.j_bare).select_checkpoint(best=True))

    step("metrics: validation", lambda: list(made.t1.iter_metrics("validation")))
    step("metrics: training", lambda: list(made.t1.iter_metrics("training")))
    step("metrics: custom group", lambda: list(made.t1.iter_metrics("custom")))
    step("metrics: by keyword", lambda: len(list(made.t1.iter_metrics(group="training"))))
    step("metrics: unknown group", lambda: list(made.t1.iter_metrics("nope")))
    step("metrics: empty group", lambda: len(list(made.t1.iter_metrics(""))))
    step(
        "metrics: stream_metrics (old)",
        lambda: [m.steps_completed for m in made.t1.stream_metrics("validation")],
        warn=True,
    )
    step("metrics: stream_training_metrics (old)", lambda: list(made.t1.stream_training_metrics())[:1], warn=True)
    step("metrics: stream_validation_metrics (old)", lambda: list(made.t1.stream_validation_metrics())[:1], warn=True)
    step(
        "metrics: client.iter_trials_metrics",
        lambda: [
            (tour.trial(m.trial_id), m.steps_completed)
            for m in c.iter_trials_metrics([made.j_s1, made.j_s2, made.j_s3], "validation")
        ],
    )
    step(
        "metrics: client.iter_trials_metrics, other order",
        lambda: [
            (tour.trial(m.trial_id), m.steps_completed)
            for m in c.iter_trials_metrics([made.j_s3, made.j_s1], group="training")
        ],
    )
    step(
        "metrics: client.stream_trials_metrics (old)",
        lambda: len(list(c.stream_trials_metrics([made.j_s1, made.j_s2], "validation"))),
        warn=True,
    )
    step(
        "metrics: client.stream_trials_training_metrics (old)",
        lambda: len(list(c.stream_trials_training_metrics([made.j_s1, made.j_s2]))),
        warn=True,
    )
    step(
        "metrics: client.stream_trials_validation_metrics (old)",
        lambda: len(list(c.stream_trials_validation_metrics([made.j_s1, made.j_s2]))),
        warn=True,
    )
    step(
        "metrics: Determined's own", lambda: len(list(made.admin.iter_trials_metrics([made.j_one], group="validation")))
    )
    step("metrics: of no trial", lambda: list(c.iter_trials_metrics([], "validation")))
    step("metrics: of one that is not there", lambda: list(c.iter_trials_metrics([999], "validation")))
    step("metrics: one there, one not", lambda: list(c.iter_trials_metrics([made.j_one, 999], "validation")))
    step("metrics: a trial without", lambda: list(c.get_trial(made.j_bare).iter_metrics("validation")))
    step("metrics: a metric is lazy", lambda: [hasattr(made.t1.iter_metrics("training"), "__next__")])

    def lines(**kw: Any) -> List[str]:
        return [x.rstrip("\n") for x in made.t1.iter_logs(**kw)]

    def needle(**kw: Any) -> List[str]:
        return [x for x in lines(**kw) if "line " in x]

    step("logs: the posted ones", lambda: needle())
    step("logs: printed ones were shipped", lambda: [x for x in lines() if "tour:" in x])
    step("logs: search_text", lambda: lines(search_text="needle"))
    step("logs: head", lambda: [len(lines(head=3)), len(lines(head=1))])
    step("logs: tail", lambda: lines(tail=3))
    step("logs: head 0", lambda: len(lines(head=0)) == len(lines()))
    step("logs: tail 0", lambda: len(lines(tail=0)) == len(lines()))
    step("logs: head and tail", lambda: lines(head=1, tail=1))
    step("logs: head below zero", lambda: lines(head=-1))
    step("logs: tail below zero", lambda: lines(tail=-1))
    step("logs: follow on an ended unmanaged trial", lambda: needle(follow=True)[-2:], 6)
    step("logs: follow with head", lambda: lines(follow=True, head=1))
    step("logs: follow with tail", lambda: lines(follow=True, tail=2))
    step("logs: container_ids", lambda: lines(container_ids=["c1"]))
    step("logs: rank_ids", lambda: lines(rank_ids=[2, 3]))
    step("logs: rank 0", lambda: needle(rank_ids=[0]))
    step("logs: stdtypes", lambda: needle(stdtypes=["stderr"]))
    step("logs: sources", lambda: lines(sources=["src1"]))
    from determined.common.experimental.trial import LogLevel

    for level in ("TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        step("logs: min_level %s" % level, lambda: needle(min_level=LogLevel[level]))
    step("logs: timestamp_after", lambda: lines(timestamp_after="2030-01-01T00:00:09Z"))
    step("logs: timestamp_before", lambda: needle(timestamp_before="2030-01-01T00:00:02Z"))
    step(
        "logs: timestamp both",
        lambda: lines(timestamp_after="2030-01-01T00:00:03Z", timestamp_before="2030-01-01T00:00:06Z"),
    )
    step("logs: timestamp as seconds", lambda: lines(timestamp_after=1893456009))
    step("logs: timestamp malformed", lambda: lines(timestamp_after="yesterday"))
    step("logs: timestamp of a wrong type", lambda: lines(timestamp_after=1.5))
    step(
        "logs: filters together", lambda: lines(search_text="line", stdtypes=["stdout"], sources=["src0"], rank_ids=[0])
    )
    step("logs: logs() (old)", lambda: len(list(made.t1.logs(head=2))), warn=True)
    step("logs: of one that is not there", lambda: list(c.Trial(999, made.t1._session).iter_logs()))
    step("logs: lines end with a newline", lambda: list(made.t1.iter_logs(search_text="needle")))
