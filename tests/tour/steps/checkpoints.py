"""Checkpoints: one, downloads, metadata."""

from __future__ import annotations

import json
import shutil
from typing import Any

from ..files import tree
from ..walking import Tour


def walk(tour: Tour, client: Any) -> None:
    c, made, step = client, tour.things, tour.step
    modes = c.DownloadMode
    step("ck: get", lambda: tour.keep("k1", c.get_checkpoint(made.ck_1_80)))
    step("ck: training", lambda: made.k1.training)
    step(
        "ck: training.experiment_config name and storage",
        lambda: [made.k1.training.experiment_config["name"], made.k1.training.experiment_config["checkpoint_storage"]],
    )
    step(
        "ck: task and allocation",
        lambda: [
            made.k1.task_id == made.task1,
            type(made.k1.allocation_id).__name__,
            made.k1.report_time if not isinstance(made.k1.report_time, str) else "<time str>",
        ],
    )
    step("ck: not found", lambda: c.get_checkpoint("00000000-0000-0000-0000-000000000000"))
    step("ck: not a uuid", lambda: c.get_checkpoint("nonsense"))
    step("ck: empty uuid", lambda: c.get_checkpoint(""))
    step(
        "ck: hand-made, before and after reload",
        lambda: (lambda k: [tour.plain(k), k.reload(), tour.plain(k)])(c.Checkpoint(made.k1._session, made.ck_1_20)),
    )
    step(
        "ck: hand-made, download before reload",
        lambda: c.Checkpoint(made.k1._session, made.ck_1_20).download(str(tour.folder / "dl0")),
    )
    step("ck download: auto", lambda: [made.k1.download(str(tour.folder / "dl1")), tree(tour.folder / "dl1")])
    step(
        "ck download: direct",
        lambda: [made.k1.download(str(tour.folder / "dl2"), mode=modes.DIRECT), tree(tour.folder / "dl2")],
    )
    step(
        "ck download: default place",
        lambda: [made.k1.download(), sorted(tree(tour.folder / "checkpoints" / made.ck_1_80))],
    )
    step(
        "ck download: again into the same place",
        lambda: [made.k1.download(str(tour.folder / "dl1")), sorted(tree(tour.folder / "dl1"))],
    )
    step(
        "ck download: nested new place",
        lambda: [made.k1.download(str(tour.folder / "dl4" / "a" / "b")), sorted(tree(tour.folder / "dl4"))],
    )
    step("ck download: a path object", lambda: made.k1.download(tour.folder / "dl5"))
    step("ck: shared_fs, get", lambda: tour.keep("kr", c.get_checkpoint(made.ck_r_2)))
    step(
        "ck download: shared_fs, auto", lambda: [made.kr.download(str(tour.folder / "dr1")), tree(tour.folder / "dr1")]
    )
    step(
        "ck download: shared_fs, direct",
        lambda: [made.kr.download(str(tour.folder / "dr2"), modes.DIRECT), tree(tour.folder / "dr2")],
    )
    step(
        "ck download: shared_fs, through the master",
        lambda: [made.kr.download(str(tour.folder / "dr3"), modes.MASTER), tree(tour.folder / "dr3")],
    )
    step(
        "ck download: shared_fs, by another user",
        lambda: [
            made.det.get_checkpoint(made.ck_r_2).download(str(tour.folder / "dr4"), modes.MASTER),
            sorted(tree(tour.folder / "dr4")),
        ],
    )
    step(
        "ck download: directory storage, auto",
        lambda: [c.get_checkpoint(made.ck_2_1).download(str(tour.folder / "dl6")), tree(tour.folder / "dl6")],
    )
    step(
        "ck download: directory storage, direct",
        lambda: [
            c.get_checkpoint(made.ck_2_1).download(str(tour.folder / "dl7"), modes.DIRECT),
            sorted(tree(tour.folder / "dl7")),
        ],
    )
    step(
        "ck download: directory storage, through the master",
        lambda: c.get_checkpoint(made.ck_2_1).download(str(tour.folder / "dl8"), modes.MASTER),
    )
    step("ck download: bad mode", lambda: made.k1.download(str(tour.folder / "dl9"), mode="direct"))

    def lost(mode: Any) -> Any:
        u = made.ck_4_1
        src = tour.folder / "folder" / u
        if src.exists():
            shutil.rmtree(src)
        return c.get_checkpoint(u).download(str(tour.folder / ("lost-" + mode.name)), mode=mode)

    step("ck download: files are gone, direct", lambda: lost(modes.DIRECT))
    step("ck download: files are gone, auto", lambda: lost(modes.AUTO))

    def lost_shared(mode: Any) -> Any:
        u = made.ck_r_1
        src = tour.folder / "shared" / u
        if src.exists():
            shutil.rmtree(src)
        return c.get_checkpoint(u).download(str(tour.folder / ("lost2-" + mode.name)), mode=mode)

    step("ck download: shared files are gone, direct", lambda: lost_shared(modes.DIRECT))
    step("ck download: shared files are gone, through the master", lambda: lost_shared(modes.MASTER))
    step("ck meta: add", lambda: [made.k1.add_metadata({"rating": 5, "nested": {"a": [1, None]}}), made.k1.metadata][1])
    step(
        "ck meta: add over",
        lambda: [made.k1.add_metadata({"rating": 6}), made.k1.metadata, made.k1.reload(), made.k1.metadata],
    )
    step(
        "ck meta: remove",
        lambda: [
            made.k1.remove_metadata(["nested", "not there"]),
            made.k1.metadata,
            made.k1.reload(),
            made.k1.metadata,
        ],
    )
    step(
        "ck meta: remove all",
        lambda: (lambda k: [k.remove_metadata(list(k.metadata)), k.metadata, k.reload(), k.metadata])(
            c.get_checkpoint(made.ck_1_40)
        ),
    )
    step("ck meta: not json", lambda: made.k1.add_metadata({"x": object()}))
    step(
        "ck meta: on one that is not there",
        lambda: c.Checkpoint(made.k1._session, "00000000-0000-0000-0000-000000000000").add_metadata({"a": 1}),
    )
    step(
        "ck meta: write_metadata_file",
        lambda: [
            made.k1.write_metadata_file(str(tour.folder / "meta.json")),
            json.loads((tour.folder / "meta.json").read_text()),
        ],
    )
    step(
        "ck meta: by another user",
        lambda: (lambda k: [k.add_metadata({"det": True}), k.metadata])(made.det.get_checkpoint(made.ck_1_20)),
    )
    step("ck: get_metrics", lambda: list(c.get_checkpoint(made.ck_1_80).get_metrics("inference")))
    step("ck: get_metrics of all groups", lambda: list(c.get_checkpoint(made.ck_1_80).get_metrics()))
    step("ck: get_metrics of none", lambda: list(c.get_checkpoint(made.ck_1_20).get_metrics("inference")))
    step("ck: get_pachyderm_commit", lambda: made.k1.get_pachyderm_commit())
    step(
        "ck: delete one that is not there",
        lambda: c.Checkpoint(made.k1._session, "00000000-0000-0000-0000-000000000000").delete(),
    )
    step("ck: delete by a non-owner", lambda: made.det.get_checkpoint(made.ck_4_3).delete())
    step(
        "ck: remove_files of one that is not there",
        lambda: c.Checkpoint(made.k1._session, "00000000-0000-0000-0000-000000000000").remove_files(["*"]),
    )
