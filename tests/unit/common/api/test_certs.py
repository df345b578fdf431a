"""Where the trusted certificates come from, and how they are kept."""

from __future__ import annotations

import json
import logging
import pathlib
import stat
import subprocess
import sys

import pytest

from determined.common.api import certs, errors

URL = "https://master:443"


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> pathlib.Path:
    monkeypatch.setenv("DET_DEBUG_CONFIG_PATH", str(tmp_path))
    return tmp_path


@pytest.fixture
def pem(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "master.pem"
    path.write_bytes("# Größe\npem\n".encode())
    return path


def test_nothing_said_means_the_public_authorities() -> None:
    assert certs.default_load(URL) == certs.Cert()


def test_the_environment_beats_the_kept_certificate(
    config: pathlib.Path, pem: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certs.CertStore().set_cert(URL, "kept")
    assert certs.default_load(URL) == certs.Cert("kept")
    monkeypatch.setenv("DET_MASTER_CERT_FILE", str(pem))
    loaded = certs.default_load(URL).cert_pem
    assert loaded is not None
    assert loaded.isascii()
    assert loaded.endswith("pem\n")


def test_an_argument_beats_the_environment(pem: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DET_MASTER_CERT_FILE", "noverify")
    monkeypatch.setenv("DET_MASTER_CERT_NAME", "of-the-environment")
    loaded = certs.default_load(URL, pem, "argument")
    assert loaded.cert_pem is not None
    assert (loaded.noverify, loaded.name) == (False, "argument")
    assert certs.default_load(URL, pem, explicit_noverify=True) == certs.Cert(noverify=True, name="of-the-environment")


@pytest.mark.parametrize("word", ["noverify", "NoVerify"])
def test_the_word_noverify_turns_the_check_off(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DET_MASTER_CERT_FILE", word)
    assert certs.default_load(URL) == certs.Cert(noverify=True)


def test_empty_variables_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DET_MASTER_CERT_FILE", "")
    monkeypatch.setenv("DET_MASTER_CERT_NAME", "")
    assert certs.default_load(URL) == certs.Cert()


def test_a_file_that_is_not_there_is_passed_over_when_only_the_environment_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    missing = tmp_path / "missing.pem"
    with pytest.raises(FileNotFoundError, match=r"missing\.pem"):
        certs.default_load(URL, missing)
    monkeypatch.setenv("DET_MASTER_CERT_FILE", str(missing))
    with caplog.at_level(logging.WARNING):
        assert certs.default_load(URL) == certs.Cert()
    assert "missing.pem" in caplog.text


def test_certificates_are_kept_by_master_for_the_user_alone(config: pathlib.Path) -> None:
    store = certs.CertStore()
    store.set_cert(URL, "one")
    store.set_cert("https://other:443", "two")
    assert json.loads((config / "certs.json").read_text()) == {URL: "one", "https://other:443": "two"}
    assert stat.S_IMODE((config / "certs.json").stat().st_mode) == 0o600
    assert store.get_cert(URL) == "one"
    assert store.get_cert("https://third:443") is None


@pytest.mark.parametrize("content", ["{", "[]", '{"https://master:443": 1}', b"\xff\xfe"])
def test_a_corrupt_file_is_removed_and_named(config: pathlib.Path, content: object) -> None:
    path = config / "certs.json"
    path.write_bytes(content if isinstance(content, bytes) else str(content).encode())
    with pytest.raises(errors.CorruptCertificateCacheException, match=r"certs\.json.*removed"):
        certs.default_load(URL)
    assert certs.default_load(URL) == certs.Cert()


def test_the_single_certificate_of_old_is_kept_for_the_master_in_use(config: pathlib.Path) -> None:
    (config / "master.crt").write_text("old")
    assert certs.default_load(URL) == certs.Cert("old")
    assert not (config / "master.crt").exists()
    assert certs.default_load(URL) == certs.Cert("old")
    assert certs.default_load("https://other:443") == certs.Cert()


def test_a_certificate_is_a_bundle_for_the_http_library() -> None:
    assert certs.Cert().bundle is None
    assert certs.Cert(noverify=True).bundle is False
    bundle = certs.Cert("of the master").bundle
    assert isinstance(bundle, str)
    text = pathlib.Path(bundle).read_text()
    assert text.endswith("of the master\n")
    assert "BEGIN CERTIFICATE" in text
    assert certs.Cert("of the master", name="x").bundle == bundle


def test_a_bundle_is_removed_when_the_process_ends() -> None:
    program = "from determined.common.api import certs; print(certs.Cert('x').bundle)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert not pathlib.Path(done.stdout.strip()).exists()


def test_a_kept_certificate_is_forgotten(config: pathlib.Path) -> None:
    store = certs.CertStore(certs.default_store())
    store.delete_cert(URL)
    assert not store.path.exists()
    store.set_cert(URL, "one")
    store.delete_cert(URL)
    assert store.get_cert(URL) is None
