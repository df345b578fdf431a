"""A pipeline as public scripts write it, with the habits of theirs that a client can break.

It prints what it sees: the released client and ours print the same. DET_MASTER names a fresh master.
"""

import json
import pathlib
import tempfile
import uuid
import warnings

warnings.simplefilter("ignore")

import requests_mock

import determined as det
from determined.common import api
from determined.common.api import bindings, errors
from determined.common.experimental import (
    Checkpoint,
    Determined,
    Model,
    ModelOrderBy,
    OrderBy,
    TrialReference,
    TrialSortBy,
)
from determined.experimental import client


def record(session, name, losses):
    """Make an experiment that the cluster only records, with a checkpoint for each loss."""
    config = {"name": name, "searcher": {"name": "single", "metric": "loss"}}
    config["checkpoint_storage"] = {"type": "directory", "container_path": tempfile.gettempdir()}
    body = bindings.v1CreateExperimentRequest(config=json.dumps(config), unmanaged=True)
    number = bindings.post_CreateExperiment(session, body=body).experiment.id
    body = bindings.v1CreateTrialRequest(experimentId=number, hparams={"lr": 0.1}, unmanaged=True)
    trial = bindings.post_CreateTrial(session, body=body).trial
    for step, loss in enumerate(losses, 1):
        values = bindings.v1Metrics(avgMetrics={"loss": loss})
        metrics = bindings.v1TrialMetrics(metrics=values, stepsCompleted=step, trialId=trial.id, trialRunId=0)
        body = bindings.v1ReportTrialMetricsRequest(group="validation", metrics=metrics)
        bindings.post_ReportTrialMetrics(session, body=body, metrics_trialId=trial.id)
        number_of_checkpoint = uuid.uuid5(uuid.NAMESPACE_DNS, "%s/%d" % (name, step))
        state, training = bindings.checkpointv1State.COMPLETED, bindings.v1CheckpointTrainingMetadata()
        body = bindings.v1Checkpoint(
            uuid=str(number_of_checkpoint), taskId=trial.taskId, metadata={"steps_completed": step},
            resources={"weights.bin": "7"}, state=state, training=training,
        )  # fmt: skip
        bindings.post_ReportCheckpoint(session, body=body)
    return number


def attempt(call):
    try:
        print("  returned", call())
    except errors.NotFoundException as e:
        print("  not found", e.status_code)
    except FileNotFoundError:
        print("  no such file")
    except AssertionError:
        print("  as asserted in old releases")
    except ValueError:
        print("  bad value")


d = Determined(user="admin", password="Passw0rd!x")
session = d._session
exp = d.get_experiment(record(session, "steps", [0.5, 0.25, 0.75]))
bare = d.get_experiment(record(session, "bare", []))
print("state:", exp.state, f"{exp.state}", exp.state.name, exp.state.value)
exp.set_labels({"a", "b"})
exp.add_label("c")
print("labels:", sorted(exp.labels - {"a"}), type(exp.labels).__name__)
print("orders:", OrderBy.ASC.name, ModelOrderBy.DESC.name, [m.name for m in OrderBy], TrialSortBy.ID)
best = exp.top_checkpoint()
print("best:", best.metadata, best.training.validation_metrics["avgMetrics"], type(best) is Checkpoint)
print("by metric:", [c.metadata["steps_completed"] for c in exp.list_checkpoints("loss", client.OrderBy.DESC)])
trial = exp.get_trials()[0]
print("trial:", trial.hparams, trial.state, trial.select_checkpoint(latest=True).metadata)
print("reports:", [(type(r).__name__, r.total_batches, r.metrics) for r in trial.stream_validation_metrics()])
print("old class:", isinstance(TrialReference(trial.id, session), client.Trial))
model = d.create_model("net", metadata={"k": 1})
version = model.register_version(best.uuid)
model.add_metadata({"j": 2})
print("model:", repr(model), version.model_version, isinstance(model, Model))
print("models:", [m.name for m in d.get_models(client.ModelSortBy.NAME, ModelOrderBy.ASC)])

print("what goes wrong:")
attempt(bare.top_checkpoint)
attempt(lambda: exp.list_checkpoints(sort_by="loss"))
attempt(lambda: bare.list_trials()[0].select_checkpoint(best=True, latest=True))
attempt(lambda: d.get_workspace("nowhere"))
attempt(lambda: d.get_experiment(999))
attempt(lambda: best.download("target", client.DownloadMode.DIRECT))
for bad in (lambda: d.create_experiment(5), lambda: model.remove_metadata([1]), lambda: d.create_user("bob", False)):
    try:
        print("  returned", bad())
    except ValueError:
        print("  bad value")

rows = bindings.get_GetExperiments(session, orderBy=bindings.v1OrderBy.DESC).experiments
print("bindings:", [(e.name, e.state, e.to_json()["numTrials"]) for e in rows])
pages = api.read_paginated(lambda offset: bindings.get_GetExperimentTrials(session, experimentId=exp.id, offset=offset))
print("pages:", [len(page.trials) for page in pages])
with requests_mock.Mocker() as mocker:
    address = api.canonicalize_master_url(session.master) + "/api/v1/trials/7"
    mocker.get(address, status_code=404, json={"error": {"error": "gone"}})
    attempt(lambda: d.get_trial(7))
    print("mocked:", mocker.call_count)
pathlib.Path("code").mkdir()
pathlib.Path("code", "my_helper.py").write_text("VALUE = 3\n")
with det.import_from_path(pathlib.Path("code")):
    import my_helper
print("imported:", my_helper.VALUE, exp.download_code("code"))
