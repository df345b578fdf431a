"""Which certificates of a master are accepted."""

from __future__ import annotations

import pathlib
import shutil
import socket
import ssl
import subprocess
import threading
import warnings
from typing import Iterator, NamedTuple

import pytest

from determined.common.api import Session, certs, errors

from .stub import CLOSE, Act, Stub, answer

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is needed to make certificates")


class Pair(NamedTuple):
    """A certificate that nobody has signed, and its key."""

    cert: pathlib.Path
    key: pathlib.Path


def make_pair(folder: pathlib.Path, name: str, alternatives: str) -> Pair:
    pair = Pair(folder / f"{name}.crt", folder / f"{name}.key")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    command += ["-addext", f"subjectAltName={alternatives}", "-keyout", str(pair.key), "-out", str(pair.cert)]
    subprocess.run(command, check=True, capture_output=True)
    return pair


@pytest.fixture(scope="module")
def by_address(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """A certificate for the address that stubs listen on."""
    return make_pair(tmp_path_factory.mktemp("tls"), "here", "IP:127.0.0.1")


@pytest.fixture(scope="module")
def by_name(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """A certificate for a name that leads to no stub."""
    return make_pair(tmp_path_factory.mktemp("tls"), "master.example", "DNS:master.example")


def serving(pair: Pair, *acts: Act) -> Stub:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert, pair.key)
    return Stub(*acts, tls=context)


@pytest.fixture
def stub(by_address: Pair) -> Iterator[Stub]:
    with serving(by_address) as started:
        yield started


@pytest.fixture
def named(by_name: Pair) -> Iterator[Stub]:
    with serving(by_name) as started:
        yield started


def ask(stub: Stub, cert: certs.Cert) -> int:
    with Session(stub.url, "ada", "tok", cert, 0) as session:
        return session.get("a").status_code


def test_an_unknown_certificate_is_refused_before_the_token_is_sent(stub: Stub) -> None:
    with pytest.raises(errors.UntrustedMasterException, match=r"self.signed.*DET_MASTER_CERT_FILE"):
        ask(stub, certs.Cert())
    assert stub.requests == []


def test_a_trusted_certificate_is_accepted(stub: Stub, by_address: Pair) -> None:
    assert ask(stub, certs.default_load(stub.url, by_address.cert)) == 200


def test_any_certificate_is_accepted_without_a_warning_when_told_so(named: Stub) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ask(named, certs.Cert(noverify=True)) == 200


def test_two_masters_with_different_certificates_stand_side_by_side(
    stub: Stub, named: Stub, by_address: Pair, by_name: Pair
) -> None:
    here, there = certs.Cert(by_address.cert.read_text()), certs.Cert(by_name.cert.read_text(), name="master.example")
    assert ask(stub, here) == ask(named, there) == ask(stub, here) == 200
    with pytest.raises(errors.UntrustedMasterException):
        ask(stub, there)


def test_the_name_in_the_certificate_must_fit(named: Stub, by_name: Pair) -> None:
    pem = by_name.cert.read_text()
    assert ask(named, certs.Cert(pem, name="master.example")) == 200
    with pytest.raises(errors.UntrustedMasterException):
        ask(named, certs.Cert(pem, name="other.example"))
    with pytest.raises(errors.UntrustedMasterException):
        ask(named, certs.Cert(pem))
    assert len(named.requests) == 1


def test_the_name_may_come_from_the_environment(named: Stub, by_name: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DET_MASTER_CERT_FILE", str(by_name.cert))
    monkeypatch.setenv("DET_MASTER_CERT_NAME", "master.example")
    assert ask(named, certs.default_load(named.url)) == 200


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_of_other_programs_does_not_beat_the_chosen_certificate(
    variable: str, stub: Stub, by_address: Pair, by_name: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(by_name.cert))
    assert ask(stub, certs.Cert(by_address.cert.read_text())) == 200
    assert ask(stub, certs.Cert(noverify=True)) == 200


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_of_other_programs_counts_where_nothing_was_chosen(
    variable: str, stub: Stub, by_address: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(by_address.cert))
    assert ask(stub, certs.Cert()) == 200


def test_a_bundle_does_not_widen_what_was_chosen(
    stub: Stub, by_address: Pair, by_name: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(by_address.cert))
    with pytest.raises(errors.UntrustedMasterException):
        ask(stub, certs.Cert(by_name.cert.read_text()))


def test_text_that_is_no_certificate_is_refused() -> None:
    with pytest.raises(ValueError, match="not valid PEM"):
        Session("https://localhost", "ada", "tok", certs.Cert("no certificate"))


def test_a_master_without_tls_is_told_from_one_that_is_away() -> None:
    def speak_plainly(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.socket() as plain:
        plain.bind(("127.0.0.1", 0))
        plain.listen()
        speaker = threading.Thread(target=speak_plainly, args=(plain,))
        speaker.start()
        with Session(f"https://127.0.0.1:{plain.getsockname()[1]}", "ada", "tok", None, 0) as session:
            with pytest.raises(errors.MasterNotFoundException) as caught:
                session.get("a")
        speaker.join()
    assert not isinstance(caught.value, errors.CannotConnectException)


def test_a_master_that_is_silent_in_the_handshake_is_not_waited_for() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        session = Session(f"https://127.0.0.1:{deaf.getsockname()[1]}", "ada", "tok", None, 0)
        with session, pytest.raises(errors.MasterTimeoutException):
            session.get("a", timeout=0.05)


def test_an_encrypted_connection_that_breaks_is_a_lost_connection(by_address: Pair) -> None:
    with serving(by_address, answer(), Act(b"", CLOSE)) as stub:
        with Session(stub.url, "ada", "tok", certs.Cert(by_address.cert.read_text()), 0) as session:
            session.get("a")
            with pytest.raises(errors.ConnectionLostException):
                session.get("a")
    assert stub.connections == 1
