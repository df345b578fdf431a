"""What a master is told: by the command line, by a settings file, and which of the two counts."""

from __future__ import annotations

import http.client
import json
import pathlib
import socket
import sys
from typing import List

import pytest
from click.testing import CliRunner

from determined.cli.commands.deploy import deploy
from determined.master import background
from determined.master.__main__ import parse_arguments
from determined.master.settings import RetentionPolicy, Settings
from determined.master.settings_file import read_settings

WHOLE = """
port: 8181
host: 127.0.0.2
data_dir: data
slots: 3
checkpoint_storage: {type: shared_fs, host_path: /checkpoints}
initial_user_password: "1234"
initial_passwords: {admin: secret}
log_level: warning
durability: full
cluster_name: cellar
python: /usr/bin/python3
retention_policy: {log_retention_days: 90, schedule: "30 3 * * *"}
"""


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "master.yaml"


def test_a_settings_file_says_all_that_a_master_can_be_told(file: pathlib.Path) -> None:
    file.write_text(WHOLE)
    assert parse_arguments(["--config", str(file)]) == Settings(
        data_dir=file.parent / "data",
        host="127.0.0.2",
        port=8181,
        slots=3,
        initial_passwords={"admin": "secret", "determined": "1234"},
        checkpoint_storage={"type": "shared_fs", "host_path": "/checkpoints"},
        log_level="warning",
        durability="full",
        cluster_name="cellar",
        python="/usr/bin/python3",
        retention_policy=RetentionPolicy(90, "30 3 * * *"),
    )


def test_the_command_line_counts_for_more_than_the_file(file: pathlib.Path) -> None:
    file.write_text(WHOLE)
    given = parse_arguments(
        ["--config", str(file), "--port", "9", "--slots", "0", "--data-dir", "/other", "--host", "::1"]
        + ["--durability", "normal", "--log-level", "debug", "--cluster-name", "", "--initial-user-password", "p"]
        + ["--log-retention-days", "-1"]
    )
    assert (given.port, given.slots, given.data_dir, given.host) == (9, 0, pathlib.Path("/other"), "::1")
    assert (given.durability, given.log_level, given.cluster_name) == ("normal", "debug", "")
    assert given.initial_passwords == {"admin": "p", "determined": "p"}
    assert given.retention_policy == RetentionPolicy(-1, "30 3 * * *")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--log-retention-days", "-2"], "log_retention_days must be a whole number from -1 (for ever) to 32767"),
        (["--log-retention-schedule", "often"], "schedule 'often' is wrong"),
    ],
)
def test_a_wrong_retention_on_the_command_line_is_refused(
    options: List[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse_arguments(options)
    assert complaint in " ".join(capsys.readouterr().err.split())


def test_without_a_data_dir_the_master_keeps_its_state_in_the_users_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", "/data-of-user")
    assert parse_arguments([]).data_dir == pathlib.Path("/data-of-user/determined/master")


@pytest.mark.parametrize("text", ["", "# nothing\n", "slots:\n"])
def test_what_a_file_leaves_empty_is_not_set(file: pathlib.Path, text: str) -> None:
    file.write_text(text)
    assert read_settings(file) == {}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "prot: 1",
            "unknown setting prot; the settings are allowed_hosts, checkpoint_storage, cluster_name, data_dir",
        ),
        ("1: 2", "unknown setting 1"),
        ("[1]", "must hold a mapping"),
        ("a: [", "not valid YAML"),
        ("port: eighty", "port must be a whole number from 0 to 65535, not 'eighty'"),
        ("port: 70000", "port must be a whole number"),
        ("port: true", "port must be a whole number"),
        ("slots: -1", "slots must be a whole number"),
        ("initial_user_password: 1234", "initial_user_password must be text, not 1234; put it in quotes"),
        ("initial_passwords: {root: x}", "initial_passwords must map admin and determined to passwords"),
        ("log_level: loud", "log_level must be one of debug, info, warning, error, not 'loud'"),
        ("log_level: [info]", "log_level must be one of"),
        ("durability: most", "durability must be one of normal, full"),
        ("checkpoint_storage: {type: attic}", "checkpoint_storage is wrong: unexpected type: attic"),
        ("checkpoint_storage: {type: shared_fs}", "checkpoint_storage is wrong: "),
        ("checkpoint_storage: here", "checkpoint_storage must be a mapping"),
        ("retention_policy: 30", "retention_policy must be a mapping of log_retention_days and schedule, not 30"),
        ("retention_policy: {days: 30}", "retention_policy must be a mapping of log_retention_days and schedule"),
        ("retention_policy: {log_retention_days: x}", "retention_policy is wrong: log_retention_days must be a whole"),
        ("retention_policy: {schedule: 5}", "retention_policy is wrong: schedule must be text, not 5"),
        ("retention_policy: {schedule: '* *'}", "retention_policy is wrong: schedule '* *' is wrong: it has 2 fields"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_what_is_possible(
    file: pathlib.Path, text: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(text)
    with pytest.raises(SystemExit) as ended:
        parse_arguments(["--config", str(file)])
    assert ended.value.code == 2
    said = " ".join(capsys.readouterr().err.split())
    assert complaint in said
    assert str(file) in said


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.1.2.3", True)]
    + [("0.0.0.0", False), ("::", False), ("", False), ("10.0.0.1", False), ("example.org", False)],
)
def test_only_loopback_addresses_are_private(host: str, expected: bool) -> None:
    assert Settings(data_dir=pathlib.Path("/x"), host=host).is_private() is expected


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_cluster_is_brought_up_with_a_settings_file(tmp_path: pathlib.Path, file: pathlib.Path) -> None:
    port, state = free_port(), tmp_path / "clusters"
    file.write_text(f"port: {port}\nslots: 3\nlog_level: debug\n")
    runner = CliRunner()
    arguments = ["local", "cluster-up", "--cluster-name", "cellar", "--data-dir", str(state)]
    try:
        ran = runner.invoke(deploy, [*arguments, "--master-config-path", str(file)])
        assert ran.exit_code == 0, ran.output
        assert f"http://127.0.0.1:{port}" in ran.output
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/info")
        assert json.loads(connection.getresponse().read())["cluster_name"] == "cellar"
        connection.close()
        assert "with 3 slots" in (state / "cellar" / "master.log").read_text()
    finally:
        background.stop("cellar", folder=state)


@pytest.mark.parametrize("text", ["data_dir: elsewhere", "prot: 1"])
def test_a_settings_file_that_will_not_do_for_a_cluster_is_refused(
    tmp_path: pathlib.Path, file: pathlib.Path, text: str
) -> None:
    file.write_text(text)
    arguments = ["local", "cluster-up", "--data-dir", str(tmp_path / "clusters"), "--master-config-path", str(file)]
    ran = CliRunner().invoke(deploy, arguments)
    assert ran.exit_code != 0
    assert text.partition(":")[0] in ran.output
    assert not (tmp_path / "clusters").exists()
