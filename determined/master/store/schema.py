"""Tables, and the named steps that lead an older file to them.

Times are integer microseconds since 1970 (UTC); JSON is text; booleans are 0 and 1. AUTOINCREMENT keeps an id from ever
being given twice.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import List, Tuple

from determined._version import __version__

from ..errors import UnusableFolder

VERSION_FACT = "version"
"""The fact that says which version of the package used the file last."""

_FIRST = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL UNIQUE,
    display_name TEXT,
    password_hash TEXT,
    admin INTEGER NOT NULL DEFAULT 0,
    active INTEGER NOT NULL DEFAULT 0,
    remote INTEGER NOT NULL DEFAULT 0,
    modified_at INTEGER NOT NULL,
    last_auth_at INTEGER,
    agent_user_group TEXT
);
CREATE TABLE user_settings (
    user_id INTEGER NOT NULL REFERENCES users,
    key TEXT NOT NULL,
    storage_path TEXT NOT NULL DEFAULT '',
    value TEXT,
    PRIMARY KEY (user_id, storage_path, key)
);
CREATE TABLE user_activity (
    user_id INTEGER NOT NULL REFERENCES users,
    activity_type TEXT NOT NULL,
    entity_type TEXT NOT NULL,
    entity_id INTEGER NOT NULL,
    activity_time INTEGER NOT NULL,
    PRIMARY KEY (user_id, activity_type, entity_type, entity_id)
);
-- kind: session (a login, or a task acting as its owner), allocation, access
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users,
    kind TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    description TEXT,
    allocation_id TEXT
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_allocation ON sessions (allocation_id) WHERE allocation_id IS NOT NULL;

CREATE TABLE workspaces (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    archived INTEGER NOT NULL DEFAULT 0,
    immutable INTEGER NOT NULL DEFAULT 0,
    user_id INTEGER NOT NULL REFERENCES users,
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'WORKSPACE_STATE_UNSPECIFIED',
    error_message TEXT NOT NULL DEFAULT '',
    agent_user_group TEXT,
    checkpoint_storage_config TEXT,
    default_compute_pool TEXT NOT NULL DEFAULT '',
    default_aux_pool TEXT NOT NULL DEFAULT ''
);
CREATE TABLE workspace_pins (
    workspace_id INTEGER NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users,
    pinned_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE TABLE projects (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    workspace_id INTEGER NOT NULL REFERENCES workspaces,
    user_id INTEGER NOT NULL REFERENCES users,
    archived INTEGER NOT NULL DEFAULT 0,
    immutable INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'WORKSPACE_STATE_UNSPECIFIED',
    error_message TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '[]',
    key TEXT NOT NULL UNIQUE,
    last_local_id INTEGER NOT NULL DEFAULT 0,
    UNIQUE (workspace_id, name)
);
-- a key that runs have ever been known by; old ones lead to where the run is now
CREATE TABLE run_keys (
    project_key TEXT NOT NULL,
    local_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    PRIMARY KEY (project_key, local_id)
);
CREATE TABLE templates (
    name TEXT PRIMARY KEY,
    workspace_id INTEGER NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    config TEXT NOT NULL
);
CREATE TABLE webhooks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    webhook_type TEXT NOT NULL,
    mode TEXT NOT NULL,
    workspace_id INTEGER REFERENCES workspaces ON DELETE CASCADE
);
CREATE TABLE webhook_triggers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id INTEGER NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    trigger_type TEXT NOT NULL,
    condition TEXT NOT NULL
);
-- a log pattern tells of a task once
CREATE TABLE webhook_log_matches (
    trigger_id INTEGER NOT NULL REFERENCES webhook_triggers ON DELETE CASCADE,
    task_id TEXT NOT NULL,
    PRIMARY KEY (trigger_id, task_id)
) WITHOUT ROWID;
-- webhook calls that are still to be made
CREATE TABLE webhook_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL,
    payload TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    send_at INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE cluster_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message TEXT NOT NULL,
    start_time INTEGER NOT NULL,
    end_time INTEGER,
    created_at INTEGER NOT NULL
);

CREATE TABLE models (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL DEFAULT '',
    metadata TEXT NOT NULL DEFAULT '{}',
    labels TEXT NOT NULL DEFAULT '[]',
    notes TEXT NOT NULL DEFAULT '',
    creation_time INTEGER NOT NULL,
    last_updated_time INTEGER NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users,
    workspace_id INTEGER NOT NULL REFERENCES workspaces,
    archived INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE model_versions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    model_id INTEGER NOT NULL REFERENCES models ON DELETE CASCADE,
    version INTEGER NOT NULL,
    checkpoint_uuid TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    comment TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '',
    labels TEXT NOT NULL DEFAULT '[]',
    metadata TEXT NOT NULL DEFAULT '{}',
    creation_time INTEGER NOT NULL,
    last_updated_time INTEGER NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users,
    UNIQUE (model_id, version)
);
CREATE INDEX model_versions_by_checkpoint ON model_versions (checkpoint_uuid);

CREATE TABLE experiments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL,
    state TEXT NOT NULL,
    unmanaged INTEGER NOT NULL DEFAULT 0,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '',
    labels TEXT NOT NULL DEFAULT '[]',
    config TEXT NOT NULL,
    original_config TEXT NOT NULL,
    searcher_name TEXT NOT NULL,
    searcher_metric TEXT NOT NULL,
    smaller_is_better INTEGER NOT NULL,
    hyperparameters TEXT NOT NULL DEFAULT '{}',
    resource_pool TEXT NOT NULL,
    priority INTEGER,
    weight REAL NOT NULL DEFAULT 1,
    max_slots INTEGER,
    slots_per_trial INTEGER NOT NULL DEFAULT 1,
    max_restarts INTEGER NOT NULL DEFAULT 5,
    start_time INTEGER NOT NULL,
    end_time INTEGER,
    archived INTEGER NOT NULL DEFAULT 0,
    forked_from INTEGER,
    owner_id INTEGER NOT NULL REFERENCES users,
    project_id INTEGER NOT NULL REFERENCES projects,
    progress REAL,
    external_experiment_id TEXT UNIQUE,
    model_definition_size INTEGER NOT NULL DEFAULT 0,
    searcher_state TEXT,
    queue_position REAL,
    best_trial_id INTEGER,
    log_retention_days INTEGER
);
CREATE INDEX experiments_by_project ON experiments (project_id, start_time);
CREATE INDEX experiments_by_state ON experiments (state);
CREATE TABLE model_definitions (
    experiment_id INTEGER PRIMARY KEY REFERENCES experiments ON DELETE CASCADE,
    tgz BLOB NOT NULL
);

-- a trial and its run are one thing: same id
CREATE TABLE trials (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    experiment_id INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE,
    request_id TEXT,
    state TEXT NOT NULL,
    start_time INTEGER NOT NULL,
    end_time INTEGER,
    hparams TEXT NOT NULL,
    seed INTEGER NOT NULL DEFAULT 0,
    restarts INTEGER NOT NULL DEFAULT 0,
    run_id INTEGER NOT NULL DEFAULT 0,
    total_batches INTEGER NOT NULL DEFAULT 0,
    best_validation_id INTEGER,
    latest_validation_id INTEGER,
    searcher_metric_value REAL,
    newest_validation_value REAL,
    summary_metrics TEXT NOT NULL DEFAULT '{}',
    runner_state TEXT NOT NULL DEFAULT '',
    progress REAL,
    warm_start_checkpoint_uuid TEXT,
    external_trial_id TEXT,
    log_retention_days INTEGER,
    log_policy_matched TEXT,
    last_activity INTEGER,
    metadata TEXT,
    archived INTEGER NOT NULL DEFAULT 0,
    project_id INTEGER NOT NULL,
    local_id INTEGER NOT NULL DEFAULT 0,
    early_exit_reason TEXT,
    UNIQUE (experiment_id, external_trial_id)
);
CREATE INDEX trials_by_experiment ON trials (experiment_id);
CREATE INDEX trials_by_project ON trials (project_id);
CREATE INDEX trials_by_state ON trials (state);

-- type: TRIAL, CHECKPOINT_GC, COMMAND
CREATE TABLE tasks (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    experiment_id INTEGER REFERENCES experiments ON DELETE CASCADE,
    trial_id INTEGER REFERENCES trials ON DELETE CASCADE,
    owner_id INTEGER REFERENCES users,
    job_id TEXT NOT NULL DEFAULT '',
    start_time INTEGER NOT NULL,
    end_time INTEGER,
    number INTEGER NOT NULL DEFAULT 0,
    spec TEXT
);
CREATE INDEX tasks_by_trial ON tasks (trial_id, number);
CREATE INDEX tasks_by_experiment ON tasks (experiment_id);
CREATE INDEX commands_by_end ON tasks (end_time) WHERE type = 'COMMAND';
CREATE INDEX tasks_live ON tasks (type) WHERE end_time IS NULL;
-- the packed files of a task that is no trial
CREATE TABLE task_files (task_id TEXT PRIMARY KEY REFERENCES tasks ON DELETE CASCADE, tgz BLOB NOT NULL);
CREATE TABLE allocations (
    id TEXT PRIMARY KEY,
    task_id TEXT NOT NULL REFERENCES tasks ON DELETE CASCADE,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    slots INTEGER NOT NULL,
    slot_ids TEXT NOT NULL DEFAULT '[]',
    resource_pool TEXT NOT NULL,
    agent_id TEXT NOT NULL DEFAULT '',
    resources_id TEXT NOT NULL DEFAULT '',
    ports TEXT NOT NULL DEFAULT '{}',
    start_time INTEGER,
    end_time INTEGER,
    is_ready INTEGER NOT NULL DEFAULT 0,
    preempt_requested_at INTEGER,
    preempt_acknowledged INTEGER NOT NULL DEFAULT 0,
    kill_requested INTEGER NOT NULL DEFAULT 0,
    exit_reason TEXT,
    exit_error TEXT,
    status_code INTEGER,
    proxy_address TEXT,
    handle TEXT,
    accelerators TEXT
);
CREATE INDEX allocations_by_task ON allocations (task_id, number);
CREATE INDEX allocations_live ON allocations (state) WHERE end_time IS NULL;

-- kind: training, validation, profiling, custom
CREATE TABLE metrics (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    trial_id INTEGER NOT NULL REFERENCES trials ON DELETE CASCADE,
    run_id INTEGER NOT NULL,
    grp TEXT NOT NULL,
    kind TEXT NOT NULL,
    total_batches INTEGER,
    end_time INTEGER NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0,
    metrics TEXT NOT NULL
);
CREATE INDEX metrics_by_step ON metrics (trial_id, grp, archived, total_batches, run_id);

CREATE TABLE storages (id INTEGER PRIMARY KEY AUTOINCREMENT, config TEXT NOT NULL UNIQUE);
CREATE TABLE checkpoints (
    uuid TEXT PRIMARY KEY,
    task_id TEXT NOT NULL,
    allocation_id TEXT,
    trial_id INTEGER REFERENCES trials ON DELETE CASCADE,
    experiment_id INTEGER REFERENCES experiments ON DELETE CASCADE,
    report_time INTEGER NOT NULL,
    state TEXT NOT NULL,
    resources TEXT NOT NULL DEFAULT '{}',
    metadata TEXT NOT NULL DEFAULT '{}',
    steps_completed INTEGER,
    size INTEGER NOT NULL DEFAULT 0,
    storage_id INTEGER REFERENCES storages
);
CREATE INDEX checkpoints_by_trial ON checkpoints (trial_id, steps_completed);
CREATE INDEX checkpoints_by_experiment ON checkpoints (experiment_id, state, size);
-- files of checkpoints that are still to be removed; globs: a JSON list; task_id: the CHECKPOINT_GC task that does it,
-- or did; error: why it failed
CREATE TABLE checkpoint_removals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    checkpoint_uuid TEXT NOT NULL REFERENCES checkpoints ON DELETE CASCADE,
    experiment_id INTEGER,
    globs TEXT NOT NULL,
    task_id TEXT REFERENCES tasks ON DELETE SET NULL,
    error TEXT
);
CREATE INDEX checkpoint_removals_by_experiment ON checkpoint_removals (experiment_id);
CREATE INDEX checkpoint_removals_by_task ON checkpoint_removals (task_id);
-- trials that declared a checkpoint or a model version as their source
CREATE TABLE trial_sources (
    trial_id INTEGER NOT NULL REFERENCES trials ON DELETE CASCADE,
    checkpoint_uuid TEXT NOT NULL,
    type TEXT NOT NULL,
    model_id INTEGER,
    model_version INTEGER,
    PRIMARY KEY (trial_id, checkpoint_uuid)
);

CREATE TABLE logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id TEXT NOT NULL,
    allocation_id TEXT,
    agent_id TEXT,
    container_id TEXT,
    rank_id INTEGER,
    timestamp INTEGER,
    level TEXT,
    stdtype TEXT,
    source TEXT,
    log TEXT NOT NULL
);
CREATE INDEX logs_by_task ON logs (task_id, id);
-- policy: its place among those of the experiment; it acts once for each agent whose lines match
CREATE TABLE log_policy_matches (
    task_id TEXT NOT NULL REFERENCES tasks ON DELETE CASCADE,
    policy INTEGER NOT NULL,
    agent_id TEXT NOT NULL,
    action TEXT,
    PRIMARY KEY (task_id, policy, agent_id)
) WITHOUT ROWID;
CREATE INDEX log_policy_exclusions ON log_policy_matches (agent_id) WHERE action = 'exclude_node';

CREATE TABLE slots (
    agent_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    enabled INTEGER NOT NULL DEFAULT 1,
    draining INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (agent_id, number)
);
CREATE TABLE agents (id TEXT PRIMARY KEY, enabled INTEGER NOT NULL DEFAULT 1, draining INTEGER NOT NULL DEFAULT 0);
CREATE TABLE pool_bindings (
    pool TEXT NOT NULL,
    workspace_id INTEGER NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    PRIMARY KEY (pool, workspace_id)
);
"""

_BOUNDS = """
-- a search is its state and what it was told since, which is taken into the state every now and then; the state may be
-- large, so that it does not stand in the row of its experiment
CREATE TABLE search_states (
    experiment_id INTEGER PRIMARY KEY REFERENCES experiments ON DELETE CASCADE,
    state TEXT NOT NULL
);
INSERT INTO search_states SELECT id, searcher_state FROM experiments WHERE searcher_state IS NOT NULL;
UPDATE experiments SET searcher_state = NULL WHERE searcher_state IS NOT NULL;
CREATE TABLE search_events (
    experiment_id INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE,
    number INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (experiment_id, number)
) WITHOUT ROWID;
-- the trials that a search has asked for from the start and that are not made yet
ALTER TABLE experiments ADD COLUMN trials_to_start INTEGER NOT NULL DEFAULT 0;
CREATE INDEX experiments_to_start ON experiments (id) WHERE trials_to_start > 0;
CREATE INDEX experiments_that_run ON experiments (priority, queue_position, slots_per_trial, max_slots)
    WHERE state = 'ACTIVE' AND unmanaged = 0;
CREATE INDEX trials_by_request ON trials (experiment_id, request_id);
CREATE INDEX trials_by_experiment_and_state ON trials (experiment_id, state);
CREATE INDEX trials_by_warm_start ON trials (warm_start_checkpoint_uuid) WHERE warm_start_checkpoint_uuid IS NOT NULL;
CREATE INDEX checkpoint_removals_without_task ON checkpoint_removals (id) WHERE task_id IS NULL AND error IS NULL;
"""

# grp: the metric's group; a row for each trial whose metric is above the threshold of a trigger
_WEBHOOK_EXCESSES = """
CREATE TABLE webhook_excesses (
    trigger_id INTEGER NOT NULL REFERENCES webhook_triggers ON DELETE CASCADE,
    trial_id INTEGER NOT NULL REFERENCES trials ON DELETE CASCADE,
    grp TEXT NOT NULL,
    PRIMARY KEY (trigger_id, trial_id, grp)
) WITHOUT ROWID;
CREATE INDEX webhook_excesses_by_trial ON webhook_excesses (trial_id);
"""

# workspace_id: NULL for those of the cluster; type: EXPERIMENT or NTSC; policies: the document, as JSON
_CONFIG_POLICIES = """
CREATE TABLE config_policies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace_id INTEGER REFERENCES workspaces ON DELETE CASCADE,
    type TEXT NOT NULL,
    policies TEXT NOT NULL,
    changed_by INTEGER REFERENCES users,
    changed_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX config_policies_by_place ON config_policies (ifnull(workspace_id, 0), type);
"""

MIGRATIONS: List[Tuple[str, str]] = [
    ("first tables", _FIRST),
    ("thresholds of webhooks", _WEBHOOK_EXCESSES),
    ("configuration policies", _CONFIG_POLICIES),
    ("bounds", _BOUNDS),
]


def migrate(connection: sqlite3.Connection) -> None:
    """Apply every migration the file has not seen, each in a transaction of its own."""
    connection.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL)")
    applied = {row[0] for row in connection.execute("SELECT name FROM migrations")}
    for name, script in MIGRATIONS:
        if name in applied:
            continue
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{script}\nINSERT INTO migrations VALUES ('{name}', datetime('now'));\nCOMMIT;"
        )


def check(path: Path) -> None:
    """Look whether a file is a master's database that this version can read; changes nothing.

    Raises:
        UnusableFolder: it is another program's, of a newer version, or broken.
    """
    if not path.exists():
        return
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=60)) as connection:
            _check(connection, path)
    except sqlite3.OperationalError as error:
        raise UnusableFolder(f"the database {path} cannot be read: {error}") from None
    except sqlite3.DatabaseError:
        raise UnusableFolder(f"{path} is not a master's database: give the master another folder") from None


def _check(connection: sqlite3.Connection, path: Path) -> None:
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables or tables == {"migrations"}:  # new, or its first start was cut short
        return
    applied = {row[0] for row in connection.execute("SELECT name FROM migrations")} if "migrations" in tables else set()
    known = [name for name, _ in MIGRATIONS]
    if known[0] not in applied:
        raise UnusableFolder(f"{path} is a database of another program: give the master another folder")
    if applied - set(known):
        found = connection.execute("SELECT value FROM facts WHERE name = ?", (VERSION_FACT,)).fetchone()
        theirs = f"version {found[0]}" if found is not None else "a newer version"
        raise UnusableFolder(
            f"{path} was written by {theirs} of determined, and this is version {__version__}, which cannot read it:"
            " install the newer one, or give the master another folder"
        )
