"""The released ``det`` with our master."""

from __future__ import annotations

import csv
import io
import json
import pathlib
from typing import Dict, List

import pytest

from .conftest import HERE, PASSWORD, Released, rows_of


def trials_of(released: Released, experiment: int) -> List[Dict[str, str]]:
    return list(csv.DictReader(io.StringIO(released.det("experiment", "list-trials", str(experiment), "--csv"))))


def checkpoints_of(released: Released, experiment: int) -> List[Dict[str, str]]:
    printed = released.det("experiment", "list-checkpoints", str(experiment), "--csv")
    return list(csv.DictReader(io.StringIO(printed)))


@pytest.fixture(scope="module")
def idle(released: Released) -> str:
    """An experiment that is paused from the start."""
    return str(released.create("--paused"))


# --- version, users ---------------------------------------------------------------------------------------------------


def test_version_shows_client_and_master(released: Released) -> None:
    outcome = released.run("-m", "determined.cli", "version")
    assert outcome.out.count("version: 0.38.1") == 2
    assert "upgrade" not in outcome.err.lower(), "the client holds the master for another version"


def test_users_log_in_and_out(released: Released, tmp_path: pathlib.Path) -> None:
    nobody = {"DET_USER": "", "DET_PASS": "", "DET_DEBUG_CONFIG_PATH": str(tmp_path)}
    released.det("user", "login", "determined", given=f"{PASSWORD}\n", environment=nobody)
    assert "You are logged in as user 'determined'" in released.det("user", "whoami", environment=nobody)
    released.det("user", "logout", environment=nobody)
    refused = released.run("-m", "determined.cli", "user", "login", "determined", given="wrong\n", environment=nobody)
    assert refused.code == 1
    listed = {row["Username"]: row for row in rows_of(released.det("user", "list"))}
    assert (listed["admin"]["Admin"], listed["determined"]["Admin"]) == ("True", "False")


def test_users_are_made_and_changed(released: Released) -> None:
    released.det("user", "create", "by-cli", "--password", PASSWORD)
    released.det("user", "edit", "by-cli", "--display-name", "By CLI", "--admin", "true")
    released.det("user", "change-password", "by-cli", given="Passw0rd!q\nPassw0rd!q\n")
    released.det("user", "deactivate", "by-cli")
    listed = {row["Username"]: row for row in rows_of(released.det("user", "list", "--all"))}
    shown = listed["by-cli"]
    assert (shown["Display Name"], shown["Admin"], shown["Active"]) == ("By CLI", "True", "False")


# --- experiments ------------------------------------------------------------------------------------------------------


def test_experiments_are_listed_and_described(released: Released, trained: int, tmp_path: pathlib.Path) -> None:
    listed = list(csv.DictReader(io.StringIO(released.det("experiment", "list", "--all", "--csv"))))
    shown = next(row for row in listed if row["ID"] == str(trained))
    assert (shown["Owner"], shown["State"], shown["Progress"]) == ("admin", "COMPLETED", "100.0%")
    assert "Workspace" in released.det("experiment", "list", "--all", "--show_project")
    tables = released.det("experiment", "describe", str(trained), "--metrics")
    assert all(word in tables for word in ("Experiment:", "Trials:", "Workloads:", "Validation Metric: accuracy"))
    released.det("experiment", "describe", str(trained), "--outdir", str(tmp_path))
    assert {p.name for p in tmp_path.iterdir()} == {"experiments.csv", "trials.csv", "workloads.csv"}


def test_the_logs_of_an_ended_experiment_are_kept_as_long_as_is_asked(released: Released, trained: int) -> None:
    released.det("experiment", "set", "log-retention", str(trained), "--days", "7")
    released.det("trial", "set", "log-retention", trials_of(released, trained)[0]["Trial ID"], "--forever")


def test_the_configuration_and_the_code_of_an_experiment_come_back(
    released: Released, trained: int, tmp_path: pathlib.Path
) -> None:
    assert "greeting: hello" in released.det("experiment", "config", str(trained))
    released.det("experiment", "download-model-def", str(trained), "--output-dir", str(tmp_path))
    assert (tmp_path / f"experiment_{trained}_model_def.tgz").stat().st_size > 500


def test_an_experiment_is_followed_to_its_end(released: Released, cluster_files: pathlib.Path) -> None:
    config = released.write_config(steps=1)
    printed = released.det("experiment", "create", "--follow-first-trial", config, str(HERE / "model"))
    assert "trained to the end" in printed


def test_an_experiment_is_changed(released: Released, idle: str) -> None:
    released.det("experiment", "set", "name", idle, "other name")
    released.det("experiment", "set", "description", idle, "other description")
    released.det("experiment", "set", "max-slots", idle, "1")
    released.det("experiment", "set", "weight", idle, "2")
    released.det("experiment", "set", "priority", idle, "40")
    for options in (("1", "1", "1"), ("0", "2", "3")):
        named = zip(("--save-experiment-best", "--save-trial-best", "--save-trial-latest"), options)
        released.det("experiment", "set", "gc-policy", idle, "--yes", *[part for pair in named for part in pair])
    released.det("experiment", "label", "add", idle, "tag")
    released.det("experiment", "label", "add", idle, "other")
    released.det("experiment", "label", "remove", idle, "other")
    shown = released.read("experiment", "describe", idle)[0]["experiment"]
    assert (shown["name"], shown["description"], shown["labels"]) == ("other name", "other description", ["tag"])
    config = shown["config"]
    assert (config["resources"]["max_slots"], config["checkpoint_storage"]["save_trial_latest"]) == (1, 3)


def test_the_states_of_an_experiment_are_changed(released: Released, cluster_files: pathlib.Path) -> None:
    number = str(released.create("--paused", entrypoint="sleep 600"))
    assert f"Activated experiment {number}" in released.det("experiment", "activate", number)
    assert f"Paused experiment {number}" in released.det("experiment", "pause", number)
    assert f"Canceled experiment {number}" in released.det("experiment", "cancel", number)
    # it does not ask whether it is to stop, so it would be waited for
    assert f"Killed experiment {number}" in released.det("experiment", "kill", number)
    released.wait(int(number), code=1)
    assert f"Archived experiment {number}" in released.det("experiment", "archive", number)
    assert f"Unarchived experiment {number}" in released.det("experiment", "unarchive", number)
    assert "in progress" in released.det("experiment", "delete", "--yes", number)


def test_an_experiment_is_continued(released: Released, cluster_files: pathlib.Path) -> None:
    number = released.create(steps=1)
    released.wait(number)
    longer = released.home / "longer.yaml"
    longer.write_text(
        "hyperparameters: {steps: 2}\n"
        "searcher: {name: single, metric: accuracy, smaller_is_better: false, max_length: {batches: 2}}\n"
    )
    said = released.det("experiment", "continue", str(number), "--config-file", str(longer))
    assert f"Continued experiment {number}" in said
    released.wait(number)
    assert "resumed after step 1" in released.det("experiment", "logs", str(number))


def test_a_search_is_continued_without_a_new_configuration(released: Released, tmp_path: pathlib.Path) -> None:
    searcher = {"name": "grid", "metric": "accuracy", "max_concurrent_trials": 1}
    points = {"x": {"type": "categorical", "vals": [1, 2]}}
    waits_for = tmp_path / "allowed"
    entrypoint = f"test -e {waits_for}"
    number = released.create(entrypoint=entrypoint, searcher=searcher, hyperparameters=points)
    released.wait(number, code=1)
    assert "resume" in released.run("-m", "determined.cli", "e", "continue", str(number), "--config", "name=x").err
    waits_for.touch()
    assert f"Continued experiment {number}" in released.det("experiment", "continue", str(number))
    released.wait(number)
    trials = released.det("experiment", "list-trials", str(number), "--csv").splitlines()[1:]
    first = trials[0].split(",")[0]
    assert len(released.read("trial", "describe", first)["trial"]["taskIds"]) == 2
    logs = released.det("trial", "logs", first)
    assert logs.count("New trial runner in (container ") == 2
    outcome = released.run("-m", "determined.cli", "experiment", "continue", str(number))
    assert (outcome.code, "has been completed" in outcome.err) == (1, True)


def test_config_policies_are_set_shown_and_deleted(released: Released) -> None:
    document = "invariant_config:\n  description: fixed\nconstraints:\n  resources:\n    max_slots: 1\n"
    shown = "constraints:\n  resources:\n    max_slots: 1\ninvariant_config:\n  description: fixed"
    path = released.home / "policies.yaml"
    path.write_text(document)
    workspace = ("--workspace-name", "Uncategorized")
    said = released.det("config-policies", "set", "experiment", str(path), *workspace)
    assert said.strip() == f"Set experiment config policies for workspace Uncategorized:\n{shown}"
    assert released.det("config-policies", "describe", "experiment", *workspace).strip() == shown
    assert released.read("config-policies", "describe", "tasks") == {}
    number = str(released.create("--paused"))
    assert released.read("experiment", "describe", number)[0]["experiment"]["description"] == "fixed"
    for arguments in (("create", released.write_config(resources={"max_slots": 2})), ("set", "max-slots", number, "2")):
        outcome = released.run("-m", "determined.cli", "experiment", *arguments)
        assert outcome.code == 1, arguments
        assert "max_slots" in outcome.err, outcome.err
    released.det("experiment", "kill", number)
    said = released.det("config-policies", "delete", "experiment", *workspace)
    assert said.strip() == "Successfully deleted EXPERIMENT config policies for workspace Uncategorized"
    assert released.det("config-policies", "describe", "experiment", *workspace).strip() == "{}"
    path.write_text("invariants: {}\n")
    outcome = released.run("-m", "determined.cli", "config-policies", "set", "tasks", str(path))
    assert (outcome.code, "invalid" in outcome.err) == (1, True)


def test_a_wrong_configuration_is_refused_with_the_masters_words(released: Released) -> None:
    config = released.write_config(searcher={"name": "no such searcher", "metric": "x"})
    outcome = released.run("-m", "determined.cli", "experiment", "create", config, str(HERE / "model"))
    assert outcome.code == 1
    assert "searcher" in outcome.err


def test_a_search_is_previewed(released: Released) -> None:
    config = released.write_config(
        searcher={"name": "random", "metric": "accuracy", "max_trials": 5, "max_length": {"batches": 7}}
    )
    assert "train to completion" in released.det("preview-search", config)


# --- trials, checkpoints ----------------------------------------------------------------------------------------------


def test_trials_are_listed_and_described(released: Released, trained: int) -> None:
    trials = trials_of(released, trained)
    assert [(row["State"], row["# of Batches"]) for row in trials] == [("COMPLETED", "3")] * 2
    number = trials[0]["Trial ID"]
    printed = released.det("trial", "describe", number, "--metrics", "--metrics-summary")
    assert "Workloads:" in printed
    assert "accuracy" in printed
    assert len(released.read("trial", "describe", number)["workloads"]) >= 6


def test_logs_of_trials_are_filtered(released: Released, trained: int) -> None:
    number = trials_of(released, trained)[0]["Trial ID"]
    every = printed_lines(released.det("trial", "logs", number))
    assert len(every) > 4
    assert printed_lines(released.det("trial", "logs", number, "--head", "2")) == every[:2]
    assert printed_lines(released.det("trial", "logs", number, "--tail", "2")) == every[-2:]
    assert printed_lines(released.det("trial", "logs", number, "-f")) == every
    warned = printed_lines(released.det("trial", "logs", number, "--level", "WARNING"))
    assert warned
    assert all("WARNING" in line or "ERROR" in line for line in warned)
    lines = printed_lines(released.det("trial", "logs", number, "--json"))
    assert lines.count("{") == len(every)
    assert f'  "trialId": {number}' in {line.rstrip(",") for line in lines}


def printed_lines(text: str) -> List[str]:
    return [line for line in text.splitlines() if "Trial log stream ended" not in line]


def test_a_support_bundle_is_packed(released: Released, trained: int, tmp_path: pathlib.Path) -> None:
    number = trials_of(released, trained)[0]["Trial ID"]
    released.det("trial", "support-bundle", number, "--output-dir", str(tmp_path))
    assert len(list(tmp_path.glob(f"det-bundle-trial-{number}-*.tar.gz"))) == 1


def test_checkpoints_are_listed_described_and_downloaded(
    released: Released, trained: int, tmp_path: pathlib.Path
) -> None:
    uuid = checkpoints_of(released, trained)[0]["UUID"]
    assert uuid in released.det("checkpoint", "describe", uuid)
    for mode in ("auto", "direct", "master"):
        folder = tmp_path / mode
        printed = released.det("checkpoint", "download", uuid, "--mode", mode, "-o", str(folder))
        assert "Local checkpoint path:" in printed
        assert (folder / "folder" / "bytes.bin").stat().st_size == 1000
        assert (folder / "metadata.json").exists()
    released.det("experiment", "download", str(trained), "-o", str(tmp_path / "best"), "--top-n", "2")
    assert len(list((tmp_path / "best").glob("*/done.json"))) == 2
    number = trials_of(released, trained)[0]["Trial ID"]
    released.det("trial", "download", number, "--latest", "-q", "-o", str(tmp_path / "latest"))
    assert (tmp_path / "latest" / "metadata.json").exists()


def test_checkpoints_are_removed(released: Released, cluster_files: pathlib.Path) -> None:
    number = released.create(steps=1)
    released.wait(number)
    (kept,) = [row for row in checkpoints_of(released, number) if row["State"] == "COMPLETED"]
    released.det("checkpoint", "rm", "--yes", kept["UUID"], "--glob", "folder/*")
    released.det("checkpoint", "delete", "--yes", kept["UUID"])
    assert checkpoints_of(released, number)[0]["UUID"]


# --- models, workspaces, projects -------------------------------------------------------------------------------------


def test_models_are_registered(released: Released, trained: int) -> None:
    uuid = checkpoints_of(released, trained)[0]["UUID"]
    assert "cli-model" in released.det("model", "create", "cli-model", "--description", "by det")
    released.det("model", "register-version", "cli-model", uuid)
    assert uuid in released.det("model", "list-versions", "cli-model")
    assert uuid in released.det("model", "describe", "cli-model")
    assert "cli-model" in {model["name"] for model in released.read("model", "list")}
    released.det("workspace", "create", "cli models")
    released.det("model", "move", "cli-model", "-w", "cli models")
    released.det("model", "delete", "cli-model")
    assert "cli-model" not in released.det("model", "list")
    released.det("workspace", "delete", "--yes", "cli models")


def test_workspaces_and_projects(released: Released, idle: str) -> None:
    storage = json.dumps({"type": "shared_fs", "host_path": "/tmp"})
    released.det("workspace", "create", "by cli", "--checkpoint-storage-config", storage)
    released.det("workspace", "edit", "by cli", "--name", "through cli")
    released.det("project", "create", "through cli", "one", "--description", "first")
    released.det("project", "edit", "through cli", "one", "--new_name", "two")
    assert "two" in released.det("project", "list", "through cli")
    assert "two" in released.det("workspace", "list-projects", "through cli")
    released.det("experiment", "move", idle, "through cli", "two")
    assert [e["id"] for e in released.read("project", "list-experiments", "through cli", "two")] == [int(idle)]
    assert "two" in released.det("project", "describe", "through cli", "two")
    released.det("experiment", "move", idle, "Uncategorized", "Uncategorized")
    released.det("project", "archive", "through cli", "two")
    released.det("project", "unarchive", "through cli", "two")
    released.det("workspace", "archive", "through cli")
    released.det("workspace", "unarchive", "through cli")
    released.det("project", "delete", "--yes", "through cli", "two")
    assert "through cli" in {w["name"] for w in released.read("workspace", "list")}
    released.det("workspace", "delete", "--yes", "through cli")
    assert "through cli" not in released.det("workspace", "list")


# --- the cluster ------------------------------------------------------------------------------------------------------


def test_the_cluster_is_shown(released: Released, idle: str) -> None:
    assert released.read("agent", "list")[0]["num_slots"] == 1
    assert released.read("slot", "list")[0]["agent_id"] == "agent-0"
    assert "Job Name" in released.det("job", "list")
    assert "Task ID" in released.det("task", "list")
    assert "0.38.1" in released.det("master", "info")
    assert "checkpoint_storage" in released.det("master", "config")
    assert "[INFO]" in released.det("master", "logs")
    for noun in ("command", "notebook", "shell", "tensorboard"):
        released.det(noun, "list", "--all")


def test_slots_and_agents_are_disabled_and_enabled(released: Released) -> None:
    for action, enabled in (("disable", False), ("enable", True)):
        released.det("agent", action, "agent-0")
        assert released.read("agent", "list")[0]["enabled"] is enabled
        released.det("slot", action, "agent-0", "0")
        assert released.read("slot", "list")[0]["enabled"] is enabled


def test_templates_are_kept(released: Released, tmp_path: pathlib.Path) -> None:
    (tmp_path / "template.yaml").write_text("description: of the template\n")
    released.det("template", "create", "cli-template", str(tmp_path / "template.yaml"))
    assert "cli-template" in released.det("template", "list")
    assert "of the template" in released.det("template", "describe", "cli-template")
    number = str(released.create("--paused", "--template", "cli-template"))
    shown = released.read("experiment", "describe", number)[0]["experiment"]
    assert shown["description"] == "of the template"
    released.det("experiment", "kill", number)
    released.det("template", "remove", "cli-template")


def test_a_command_runs(released: Released) -> None:
    assert "word from a command" in released.det("command", "run", "echo", "word from a command")
