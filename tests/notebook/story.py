# What the pictures of a notebook show: cells begin with "# %%", pictures with "# %% picture: NAME".
# %% picture: search
from determined.experimental import client
from determined.master import LocalMaster

master = LocalMaster("determined-data", slots=4).start()
client.login(master=master.url)
config = {
    "name": "digits",
    "entrypoint": "python3 train.py",
    "max_restarts": 0,
    "searcher": {"name": "random", "metric": "accuracy", "smaller_is_better": False, "max_trials": 12},
    "hyperparameters": {
        "learning_rate": {"type": "log", "base": 10, "minval": -2.5, "maxval": -0.3},
        "hidden_units": {"type": "categorical", "vals": [16, 32, 64]},
        "optimizer": "adam",
    },
    "reproducibility": {"experiment_seed": 7},
}
experiment = client.create_experiment(config, "model")
# %%
experiment.wait(show_progress=True, interval=0.5)
# %% picture: experiments
experiment
# %%
lost = client.create_experiment({**config, "name": "lost", "hyperparameters": {"data": "lost"}}, "model")
lost.wait(interval=0.2)
client.list_experiments()
# %% picture: trials
experiment.list_trials()
# %%
experiment.list_trials()[0]
# %% picture: checkpoints
experiment.list_checkpoints()
# %%
best = experiment.list_checkpoints()[0]
best
# %%
best.training
# %% picture: more-tables
client.list_users()
# %%
model = client.create_model("digits", description="Reads handwritten digits.", labels=["example"])
model.register_version(best.uuid)
# %%
client.list_workspaces()
# %%
experiment.metrics_frame("validation", hparams=True).tail(4)
# %% picture: plot
experiment.plot_metric("loss");
# %%
experiment.plot_metric("loss", "training", log=True, max_trials=5)
# %% picture: plot-many
axes = experiment.plot_metric("accuracy")
print("a plot shows where it is made, whatever the cell ends with")
# %%
experiment.list_trials()[3].plot_metric("accuracy")
# %% picture: hyperparameters
experiment.parallel_coordinates()
# %%
experiment.scatter("learning_rate")
# %% picture: errors
client.Determined(master="http://localhost:9", user="determined", password="")
# %%
client.create_experiment({**config, "entrypont": "python3 train.py"}, "model")
# %%
client.create_experiment({**config, "searcher": {"name": "asha", "metric": "loss"}}, "model")
# %%
experiment.metrics_frame("validaton")
# %%
client.get_checkpoint("the-best-one")
# %% picture: failure
lost.wait(raise_on_failure=True)
# %%
master.stop()
