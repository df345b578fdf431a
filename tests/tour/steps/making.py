"""Unmanaged trials: the data of everything that follows."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from ..files import store_checkpoint
from ..walking import Tour
from . import core_corners, posted

VALIDATED = {20: 0.5, 40: 0.2, 60: 0.4, 80: 0.1, 100: 0.3}


class Unmanaged:
    """Trials of ``core_v2``, which run in this process."""

    def __init__(self, tour: Tour) -> None:
        from determined import core
        from determined.experimental import core_v2

        self.tour = tour
        self.core_v2: Any = core_v2
        self.folder = str(tour.folder / "folder")
        # its automatic mode wants torch or tensorflow beside the released client
        self.quiet: Dict[str, Any] = {"tensorboard_mode": core.TensorboardMode.MANUAL}

    def trial(self, client: Any, **config: Any) -> Any:
        """A trial whose configuration names the storage."""
        config.setdefault("checkpoint_storage", self.folder)
        return self.core_v2.init_context(config=self.core_v2.Config(**config), client=client, **self.quiet)

    def stored_trial(self, client: Any, **config: Any) -> Any:
        """A trial that is given the storage beside its configuration."""
        storage = {"checkpoint_storage": self.folder}
        return self.core_v2.init_context(config=self.core_v2.Config(**config), client=client, **storage, **self.quiet)

    def name(self, key: str, context: Any) -> List[Optional[str]]:
        return self.tour.name(key, context.info.trial.experiment_id, context.info.trial.trial_id)

    # --- trials with data -------------------------------------------------------------------------------------------

    def one(self) -> Any:
        trial = self.trial(
            self.tour.things.admin,
            name="tour-one",
            hparams={"lr": 0.1, "layers": 3, "opt": {"kind": "sgd", "momentum": 0.9}},
            data={"set": "digits"},
            description="one trial",
            labels=["blue", "apple"],
            workspace="Tour",
            project="Alpha",
            searcher={"name": "single", "metric": "val_loss", "smaller_is_better": True},
            external_experiment_id="tour-ext-1",
            external_trial_id="tour-ext-1-a",
        )
        with trial as context:
            train, info = context.train, context.info
            for done in range(10, 101, 10):
                batches = [{"loss": 1.0 / done + 0.001}] if done == 10 else None
                train.report_training_metrics(done, {"loss": 1.0 / done, "lr": 0.1}, batches)
                if done in VALIDATED:
                    train.report_validation_metrics(done, {"val_loss": VALIDATED[done], "val_acc": done / 200.0})
                    store_checkpoint(self.tour, context, "1", done, {"epoch": done // 20})
            train.report_metrics("custom", 50, {"f1": 0.25, "note": "text", "ok": True, "vec": [1, 2, 3]})
            train.report_metrics("custom", 60, {"f1": float("nan"), "auc": float("inf")})
            train.report_progress(0.5)
            train.set_status("resting")
            print("tour: a printed line")
            ids = [info.trial.experiment_id, info.trial.trial_id]
            names = self.name("one", context)
            return {"ids": ids, "names": names, "hparams": info.trial.hparams, "type": info.task_type}

    def again(self) -> Any:
        trial = self.trial(
            self.tour.things.admin,
            name="tour-one",
            workspace="Tour",
            project="Alpha",
            hparams={"lr": 0.1},
            searcher={"name": "single", "metric": "val_loss"},
            external_experiment_id="tour-ext-1",
            external_trial_id="tour-ext-1-a",
        )
        with trial as context:
            info = context.info
            return {
                "best": context.train.get_experiment_best_validation(),
                "latest": info.latest_checkpoint,
                "steps": getattr(info.trial, "_steps_completed", None),
                "run": getattr(info.trial, "_trial_run_id", None),
                "ids": [self.tour.experiment(info.trial.experiment_id), self.tour.trial(info.trial.trial_id)],
            }

    def many(self) -> Any:
        names = []
        for number, rate in enumerate([0.3, 0.1, 0.2], 1):
            trial = self.trial(
                self.tour.things.admin,
                name="tour-search",
                hparams={"lr": rate},
                workspace="Tour",
                project="Alpha",
                labels=["blue"],
                searcher={"name": "random", "metric": "acc", "smaller_is_better": False, "max_trials": 3},
                external_experiment_id="tour-ext-2",
            )
            with trial as context:
                for done in (1, 2, 3):
                    context.train.report_training_metrics(done, {"loss": rate * done})
                    reported = {"acc": round(1 - rate / done, 6), "loss2": rate + done}
                    context.train.report_validation_metrics(done, reported)
                    if done != 2:
                        store_checkpoint(self.tour, context, str(number + 1), done)
                names.append(self.tour.name("search", context.info.trial.experiment_id))
                self.tour.names.trials[context.info.trial.trial_id] = f"T:s{number}"
                self.tour.keep(f"j_s{number}", context.info.trial.trial_id)
        return names

    def fails(self) -> None:
        with self.trial(self.tour.things.det, name="tour-fails", workspace="Tour", project="Beta") as context:
            self.name("fails", context)
            context.train.report_training_metrics(1, {"loss": 3.0})
            raise ZeroDivisionError("meant")

    def bare(self) -> Any:
        with self.stored_trial(self.tour.things.det) as context:
            return self.name("bare", context)

    def singleton(self) -> Any:
        core_v2 = self.core_v2
        config = core_v2.Config(name="tour-singleton", labels=["green"])
        core_v2.init(config=config, client=self.tour.things.admin, checkpoint_storage=self.folder, **self.quiet)
        try:
            core_v2.train.report_training_metrics(1, {"loss": 0.5})
            core_v2.train.report_validation_metrics(1, {"unmanaged": 0.25})
            names = self.name("singleton", core_v2)
            url = core_v2.url_reverse_webui_exp_view()
            return [names, url, core_v2.distributed.get_rank(), core_v2.preempt.should_preempt()]
        finally:
            core_v2.close()

    def not_json(self) -> None:
        with self.stored_trial(self.tour.things.admin, name="tour-not-json") as context:
            self.name("not_json", context)
            context.train.report_training_metrics(1, {"x": object()})

    def inference(self) -> None:
        with self.trial(self.tour.things.admin, name="tour-inference") as context:
            self.name("inference", context)
            context.experimental.report_task_using_model_version(self.tour.things.m1.get_version(2))
            context.train.report_metrics("inference", 1, {"score": 0.75})
            context.train.report_validation_metrics(1, {"unmanaged": 0.5})


def walk(tour: Tour, client: Any) -> None:
    unmanaged, step, admin = Unmanaged(tour), tour.step, tour.things.admin
    (tour.folder / "shared").mkdir()
    (tour.folder / "folder").mkdir()
    shared = {"type": "shared_fs", "host_path": str(tour.folder / "shared")}
    refused = unmanaged.stored_trial
    custom = {"name": "custom", "metric": "m"}
    step("make: a trial with metrics and checkpoints", unmanaged.one)
    step("make: the same external ids resume it", unmanaged.again)
    step("make: three trials of one search", unmanaged.many)
    step("make: a trial that fails", unmanaged.fails)
    step("make: a trial with nothing in it", unmanaged.bare)
    step("make: the singleton form", unmanaged.singleton)
    step("make: no config", lambda: unmanaged.core_v2.init_context(client=admin, **unmanaged.quiet))
    step("make: an unknown workspace", lambda: refused(admin, name="x", workspace="nope", project="nope"))
    step("make: a project without a workspace", lambda: refused(admin, name="x", project="Alpha"))
    step("make: an external trial without its experiment", lambda: refused(admin, name="x", external_trial_id="t"))
    step("make: the Core API's corners", lambda: core_corners.answers(unmanaged), limit=90)
    step("make: a metric that is not json", unmanaged.not_json)
    step("make: shared_fs as a dict", lambda: unmanaged.trial(admin, name="x", checkpoint_storage=shared))
    step("make: the custom searcher is gone", lambda: refused(admin, name="x", searcher=custom))
    posted.walk(tour, shared)
