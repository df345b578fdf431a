"""Searches that a real master ran: the same trials, with the same values, ids and ends."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

import pytest

from determined.master import expconf
from determined.master.searcher import CreateTrial, Search, Shutdown, StopTrial, preview

from .... import recorded

MASTER = {"checkpoint_storage": {"type": "shared_fs", "host_path": "/checkpoints"}}


class Recorded(NamedTuple):
    """One experiment of a scene: its configuration, its trials, and the script that they ran."""

    config: Dict[str, Any]
    trials: List[Dict[str, Any]]
    script: str
    first_trials: int


def _recorded(name: str) -> Iterator[Recorded]:
    created: Dict[int, Tuple[Dict[str, Any], str, int]] = {}
    trials: Dict[int, List[Dict[str, Any]]] = {}
    for step in recorded.steps_of(name):
        body = step["recorded"].get("body")
        sent = step["request"].get("json")
        if not isinstance(body, dict):
            continue
        if isinstance(sent, dict) and isinstance(sent.get("config"), str) and "experiment" in body:
            if sent.get("unmanaged") or not body["experiment"]["id"]:
                continue
            config = expconf.complete(expconf.parse(sent["config"].replace("{{data}}", "/data")), low=[MASTER], seed=1)
            script = sent.get("modelDefinition", {}).get("train.py", "")
            created[body["experiment"]["id"]] = (config, script, body["experiment"]["numTrials"])
        if step["request"]["path"].endswith("/trials") and isinstance(body.get("trials"), list):
            for trial in body["trials"]:
                trials.setdefault(trial["experimentId"], []).append(trial)
    for experiment_id, (config, script, first_trials) in created.items():
        latest = {trial["id"]: trial for trial in trials.get(experiment_id, [])}
        yield Recorded(config, [latest[i] for i in sorted(latest)], script, first_trials)


def _create(config: Dict[str, Any]) -> Search:
    return Search.create(config["searcher"], config["hyperparameters"], config["reproducibility"]["experiment_seed"])


def _first_trials(config: Dict[str, Any], count: int) -> List[CreateTrial]:
    """The first trials of a search; each that fails makes room for the next."""
    search = _create(config)
    trials = [action for action in search.start() if isinstance(action, CreateTrial)]
    for trial in trials:
        if len(trials) >= count:
            break
        trials += [a for a in search.trial_exited(trial.request_id, "errored") if isinstance(a, CreateTrial)]
    return trials


def _close(value: Any) -> Any:
    """Powers may differ in the last digit from those of another language."""
    if isinstance(value, dict):
        return {key: _close(item) for key, item in value.items()}
    return pytest.approx(value, rel=1e-12) if isinstance(value, float) else value


@pytest.mark.parametrize(
    "name", ["experiments_create_hparams", "experiments_create_searchers", "search_random", "search_grid"]
)
def test_values_and_ids_of_trials_follow_from_the_seed(name: str) -> None:
    compared = 0
    for config, trials, _, _ in _recorded(name):
        for made, trial in zip(_first_trials(config, len(trials)), trials):
            assert made.hparams == _close(trial["hparams"])
            assert made.request_id == trial["taskId"].partition(".")[2]
            compared += 1
    assert compared >= 8


@pytest.mark.parametrize("name", ["experiments_create_searchers", "search_random", "search_grid", "search_adaptive"])
def test_as_many_trials_exist_at_once_as_were_recorded(name: str) -> None:
    counts = [(len(_create(config).start()), first_trials) for config, _, _, first_trials in _recorded(name)]
    assert [ours for ours, _ in counts] == [recorded for _, recorded in counts]


@pytest.mark.parametrize("name", ["search_asha", "search_adaptive"])
def test_halving_stops_every_trial_where_it_was_stopped(name: str) -> None:
    compared = 0
    for config, trials, script, _ in _recorded(name):
        metrics = re.search(r"METRIC = (\{.*\})", script)
        if metrics is None:
            continue
        reported, times = json.loads(metrics[1]), json.loads(re.findall(r"TIMES = (\[.*\])", script)[0])
        ends = _run_one_by_one(_create(config), [reported[str(trial["id"])] for trial in trials], times)
        assert ends == [trial["totalBatchesProcessed"] for trial in trials]
        compared += 1
    assert compared == 2


def _run_one_by_one(search: Search, metrics: List[Any], times: List[int]) -> List[int]:
    """Run the trials as the recorded script did; returns how far each went."""
    queue = search.start()
    ends: List[int] = []
    for action in queue:
        if not isinstance(action, CreateTrial):
            assert isinstance(action, Shutdown)
            continue
        metric, end, reason = metrics[len(ends)], 0, "completed"
        if metric == "crash":
            reason = "errored"
        for time in times if metric != "crash" else []:
            end = time
            actions = search.trial_validated(action.request_id, {"val": metric, "epochs": time})
            queue += [a for a in actions if isinstance(a, CreateTrial)]
            if StopTrial(action.request_id) in actions:
                break
        queue += search.trial_exited(action.request_id, reason)
        ends.append(end)
    assert queue[-1] == Shutdown(failure=False, canceled=False)
    return ends


def test_previews_count_as_a_real_master_did() -> None:
    compared = 0
    for step in recorded.steps_of("experiments_preview_search"):
        summary = (step["recorded"]["body"] or {}).get("summary")
        if summary:
            raw = expconf.read(step["request"]["json"]["config"])
            section = expconf.complete_searcher(raw)
            assert section == summary["config"]
            counts = preview(section, expconf.complete_hyperparameters(raw))
            assert [(c.trials, c.units) for c in counts] == [
                (t["count"], t["unit"].get("value")) for t in summary["trials"]
            ]
            compared += 1
    assert compared == 14
