"""Models and their versions."""

from __future__ import annotations

from typing import Any, List

from ..walking import Tour
from . import making


def walk(tour: Tour, client: Any) -> None:
    c, made, step = client, tour.things, tour.step
    up, down = c.OrderBy.ASCENDING, c.OrderBy.DESCENDING
    step("model list: empty", lambda: [c.list_models(), c.get_models(), c.get_model_labels()])
    step("model: create", lambda: tour.keep("m1", c.create_model("first-model")))
    step(
        "model: create whole",
        lambda: tour.keep("m2", c.create_model("Second model", "described", {"k": [1, {"z": None}]})),
    )
    step(
        "model: create with labels and workspace",
        lambda: tour.keep(
            "m3",
            made.admin.create_model(
                "third", description="d3", metadata={"a": 1}, labels=["l1", "l2"], workspace_name="Tour"
            ),
        ),
    )
    step("model: create by a non-admin", lambda: tour.keep("m4", made.det.create_model("fourth/with slash", "by det")))
    step("model: repr", lambda: repr(made.m2))
    step("model: get by name", lambda: c.get_model("first-model"))
    step("model: get by id", lambda: c.get_model(made.m2.model_id))
    step("model: get by id in text", lambda: c.get_model(str(made.m2.model_id)))
    step("model: get with a space", lambda: c.get_model("Second model").model_id)
    step("model: get with a slash", lambda: c.get_model("fourth/with slash").model_id)
    step("model: get_model_by_id (old)", lambda: c.get_model_by_id(made.m1.model_id).name, warn=True)
    step("model: not found", lambda: c.get_model("nope"))
    step("model: id not found", lambda: c.get_model(999))
    step("model: times", lambda: [made.m1.creation_time, made.m1.last_updated_time])
    step(
        "model: hand-made and reload",
        lambda: (lambda m: [tour.plain(m), m.reload(), tour.plain(m)])(c.Model(made.m1._session, "third")),
    )
    step("model: add_metadata", lambda: [made.m1.add_metadata({"x": 1, "y": {"z": [1, 2]}}), made.m1.metadata][1])
    step(
        "model: add_metadata over",
        lambda: [made.m1.add_metadata({"x": 2}), made.m1.metadata, made.m1.reload(), made.m1.metadata],
    )
    step(
        "model: remove_metadata",
        lambda: [made.m1.remove_metadata(["y", "none"]), made.m1.metadata, made.m1.reload(), made.m1.metadata],
    )
    step("model: remove_metadata, a string", lambda: [made.m1.remove_metadata("x"), made.m1.metadata])
    step("model: remove_metadata, numbers", lambda: made.m1.remove_metadata([1]))
    step(
        "model: set_labels", lambda: [made.m1.set_labels(["b", "a"]), made.m1.labels, made.m1.reload(), made.m1.labels]
    )
    step("model: set_labels of a tuple", lambda: [made.m1.set_labels(("b", "l1")), made.m1.labels][1])
    step("model: set_labels of a number", lambda: made.m1.set_labels(5))
    step("model: get_model_labels", lambda: (lambda v: [v[:1] if v else v, sorted(v)])(c.get_model_labels()))
    step(
        "model: set_description",
        lambda: [made.m1.set_description("new words"), made.m1.description, made.m1.reload(), made.m1.description],
    )
    step("model: set_description empty", lambda: [made.m2.set_description(""), made.m2.reload(), made.m2.description])
    step(
        "model: move_to_workspace",
        lambda: [made.m2.move_to_workspace("Tour"), made.m2.workspace_id, made.m2.reload(), made.m2.workspace_id],
    )
    step("model: move_to_workspace missing", lambda: made.m2.move_to_workspace("nope"))
    step("model: archive", lambda: [made.m2.archive(), made.m2.archived, made.m2.reload(), made.m2.archived])
    step("model: archive again", lambda: made.m2.archive())
    step("model: change when archived", lambda: made.m2.set_description("no"))
    step("model: register when archived", lambda: made.m2.register_version(made.ck_1_20))
    step("model: unarchive", lambda: [made.m2.unarchive(), made.m2.archived, made.m2.reload(), made.m2.archived])

    def names(models: Any) -> List[str]:
        return [model.name for model in models]

    step("model list: default order", lambda: names(c.list_models()))
    step("model list: whole", lambda: c.list_models())
    for m in [x.name for x in c.ModelSortBy]:
        step(
            "model list: sort by %s" % m,
            lambda: [
                names(c.list_models(sort_by=c.ModelSortBy[m], order_by=o))
                if m not in ("WORKSPACE", "NUM_VERSIONS")
                else [
                    x.workspace_id if m == "WORKSPACE" else 0
                    for x in c.list_models(sort_by=c.ModelSortBy[m], order_by=o)
                ]
                for o in (up, down)
            ],
        )
    step("model list: by name", lambda: names(c.list_models(name="ir")))
    step("model list: by name, other case", lambda: names(c.list_models(name="THIRD")))
    step("model list: by description", lambda: names(c.list_models(description="d3")))
    step("model list: by id", lambda: names(c.list_models(model_id=made.m2.model_id)))
    step("model list: by workspace name", lambda: names(c.list_models(workspace_names=["Tour"])))
    step("model list: by workspace id", lambda: names(c.list_models(workspace_ids=[1])))
    step("model list: by an unknown workspace", lambda: names(c.list_models(workspace_names=["nope"])))
    step("model list: get_models, positional", lambda: names(c.get_models(c.ModelSortBy.NAME, down, "", "")))
    step("model list: old ModelOrderBy", lambda: names(c.get_models(c.ModelSortBy.NAME, c.ModelOrderBy.DESCENDING)))
    step("model list: Determined.get_models", lambda: names(made.admin.get_models(name="first")))

    step("version: none yet", lambda: [made.m1.get_version(), made.m1.list_versions()])
    step("version: register", lambda: tour.keep("v1", made.m1.register_version(made.ck_1_80)))
    step(
        "version: register more",
        lambda: [made.m1.register_version(u).model_version for u in (made.ck_2_3, made.ck_7_1)],
    )
    step("version: register by keyword", lambda: made.m3.register_version(checkpoint_uuid=made.ck_1_20))
    step("version: its checkpoint", lambda: made.v1.checkpoint)
    step("version: get latest", lambda: made.m1.get_version())
    step("version: get one", lambda: made.m1.get_version(2))
    step("version: get by keyword", lambda: made.m1.get_version(version=1).checkpoint.uuid)
    step("version: get missing", lambda: made.m1.get_version(99))
    step("version: get 0", lambda: made.m1.get_version(0))
    step("version: list", lambda: [v.model_version for v in made.m1.list_versions()])
    step("version: list ascending", lambda: [v.model_version for v in made.m1.list_versions(up)])
    step("version: get_versions (old)", lambda: [v.model_version for v in made.m1.get_versions()], warn=True)
    step(
        "version: list by old ModelOrderBy",
        lambda: [v.model_version for v in made.m1.list_versions(c.ModelOrderBy.ASC)],
    )
    step("version: set_name", lambda: [made.v1.set_name("gold"), made.v1.name, made.v1.reload(), made.v1.name])
    step(
        "version: set_notes", lambda: [made.v1.set_notes("notes\nhere"), made.v1.notes, made.v1.reload(), made.v1.notes]
    )
    step(
        "version: hand-made and reload",
        lambda: (lambda v: [tour.plain(v), v.reload(), tour.plain(v)])(
            c.ModelVersion(made.m1._session, 2, "first-model")
        ),
    )
    step("version: reload one that is not there", lambda: c.ModelVersion(made.m1._session, 77, "first-model").reload())
    step("version: register, not a uuid", lambda: made.m1.register_version("nonsense"))
    step(
        "version: register, no such checkpoint",
        lambda: made.m1.register_version("00000000-0000-0000-0000-000000000000"),
    )
    step("version: register twice the same", lambda: made.m3.register_version(made.ck_1_20).model_version)
    step(
        "version: num_versions sorts",
        lambda: names(c.list_models(sort_by=c.ModelSortBy.NUM_VERSIONS, order_by=down))[:2],
    )
    step("version: iter_metrics of none", lambda: list(made.v1.iter_metrics("inference")))
    step("version: an inference task", lambda: making.Unmanaged(tour).inference())
    step("version: iter_metrics", lambda: list(made.m1.get_version(2).iter_metrics("inference")))
    step("version: iter_metrics of all groups", lambda: [m.group for m in made.m1.get_version(2).iter_metrics()])
    step(
        "version: get_metrics (old)",
        lambda: [m.metrics for m in made.m1.get_version(2).get_metrics("inference")],
        warn=True,
    )
    step("version: a registered checkpoint cannot be deleted", lambda: c.get_checkpoint(made.ck_1_80).delete())
    step(
        "version: a registered checkpoint's files cannot be removed",
        lambda: c.get_checkpoint(made.ck_1_80).remove_files(["*"]),
    )
    step("version: its experiment cannot be deleted", lambda: c.get_experiment(made.i_one).delete())
    step("version: delete by another user", lambda: made.det.get_model("first-model").get_version(1).delete())
    step(
        "version: delete", lambda: [made.m1.get_version(3).delete(), [v.model_version for v in made.m1.list_versions()]]
    )
    step("version: delete again", lambda: c.ModelVersion(made.m1._session, 3, "first-model").delete())
    step("version: the next number after a deletion", lambda: made.m1.register_version(made.ck_1_100).model_version)
    step("model: delete by another user", lambda: made.det.get_model("third").delete())
    step("model: delete", lambda: [made.m3.delete(), names(c.list_models())])
    step("model: delete again", lambda: c.Model(made.m1._session, "third").delete())
    step("model: reload a deleted", lambda: made.m3.reload())
    step("model: duplicate", lambda: c.create_model("first-model"))
    step("model: empty name", lambda: c.create_model(""))
    step("model: name of digits", lambda: c.create_model("123"))
    step("model: unknown workspace", lambda: made.admin.create_model("m9", workspace_name="nope"))
    step("model: metadata not json", lambda: c.create_model("m9", metadata={"x": object()}))
