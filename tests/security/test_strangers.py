"""Who is not logged in costs the master next to nothing, and learns nothing."""

from __future__ import annotations

import asyncio
import hashlib
import json
import pathlib
import socket
import sqlite3
import time
from typing import Any, Iterator, List
from urllib.parse import urlsplit

import bcrypt
import pytest

from determined.master import LocalMaster
from determined.master import auth as passwords
from determined.master.bodies import read_body
from determined.master.errors import Refusal
from determined.master.gateway import LARGEST_REQUEST, LARGEST_REQUEST_OF_NOBODY
from determined.master.services import login_pace

from ..contract.prepared import Connection
from .raw import ask, read_answer


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalMaster]:
    with LocalMaster(tmp_path_factory.mktemp("master"), slots=0, initial_password="Passw0rd") as started:
        yield started


def promise(master: LocalMaster, path: str, size: int, token: str = "", *, body: bytes = b"") -> int:
    """The status of an answer to a body that is announced, and of which only a part is ever sent."""
    place = urlsplit(master.url)
    credential = f"Authorization: Bearer {token}\r\n" if token else ""
    head = f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\n{credential}Content-Length: {size}\r\n"
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=30) as plug:
        plug.sendall(f"{head}\r\n".encode() + body)
        return read_answer(plug).status


@pytest.mark.parametrize("path", ["/api/v1/experiments", "/api/v1/models", "/users", "/nowhere"])
def test_a_strangers_body_is_not_waited_for(master: LocalMaster, path: str) -> None:
    assert promise(master, path, 10**9) == 401
    assert promise(master, path, 10**9, "wrong", body=b"{") == 401
    assert promise(master, path, 10**30) in (400, 401)


@pytest.mark.parametrize("path", ["/api/v1/auth/login", "/login", "/task-logs"])
def test_what_anybody_may_send_is_small(master: LocalMaster, path: str) -> None:
    assert promise(master, path, 10**9) == 429
    assert promise(master, path, 2 * 1024 * 1024) == 429


def test_what_comes_in_pieces_is_read_to_the_limit_only(master: LocalMaster) -> None:
    place = urlsplit(master.url)
    head = f"POST /api/v1/auth/login HTTP/1.1\r\nHost: {place.netloc}\r\nTransfer-Encoding: chunked\r\n\r\n"
    piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=30) as plug:
        plug.sendall(head.encode() + piece * 2)
        assert read_answer(plug).status == 429


def test_a_user_may_send_much_but_not_without_end(master: LocalMaster) -> None:
    token = Connection(master.url, password="Passw0rd").headers["Authorization"][7:]
    assert promise(master, "/api/v1/models", LARGEST_REQUEST + 1, token) == 429


def test_a_body_is_as_long_as_it_may_be_and_no_longer() -> None:
    async def read(largest: int, pieces: List[bytes]) -> bytes:
        async def receive() -> Any:
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

        return await read_body(receive, {}, largest)

    assert asyncio.run(read(4, [b"ab", b"cd"])) == b"abcd"
    for pieces in ([b"abcde"], [b"ab", b"cd", b"e"]):
        with pytest.raises(Refusal, match="larger than 4 bytes"):
            asyncio.run(read(4, pieces))


def test_a_large_body_of_a_user_is_read_whole(master: LocalMaster) -> None:
    connection = Connection(master.url, password="Passw0rd")
    notes = "x" * (3 * 1024 * 1024)
    made = connection.call("POST", "/api/v1/models", {"name": "large", "notes": notes})
    assert made["model"]["notes"] == notes
    connection.close()


def test_a_body_of_very_many_values_is_refused_before_they_are_built(master: LocalMaster) -> None:
    connection = Connection(master.url, password="Passw0rd")
    body = b'{"name": "many", "metadata": {"a": [' + b"0," * 4_000_000 + b"0]}}"
    status, answer = connection.send("POST", "/api/v1/models", body)
    assert (status, json.loads(answer)["error"]["code"]) == (429, 8)
    connection.close()


def test_paths_and_queries_are_read_before_the_caller_is_asked(master: LocalMaster) -> None:
    assert ask(master.url, "GET", "/api/v1/experiments/x").status == 400
    assert ask(master.url, "GET", "/api/v1/experiments?limit=x").status == 400
    assert ask(master.url, "POST", "/api/v1/nothing", b"{}").status == 501
    assert ask(master.url, "POST", "/api/v1/models", b"{").status == 401


# --- logins ---------------------------------------------------------------------------------------------------------


def test_every_refused_login_compares_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: List[bytes] = []
    real = bcrypt.checkpw

    def counting(sent: bytes, stored: bytes) -> bool:
        compared.append(stored)
        return bool(real(sent, stored))

    monkeypatch.setattr(bcrypt, "checkpw", counting)
    known = passwords.hash_password("a" * 128)
    for sent, stored in (
        ("b" * 128, known),
        ("b" * 128, None),
        ("", known),
        ("x" * 40, None),
        ("", passwords.NOBODYS_HASH),
    ):
        assert not passwords.password_matches(sent, stored)
    assert len(compared) == 5
    cost = {part.split(b"$")[2] for part in compared}
    assert len(cost) == 1
    assert passwords.password_matches("", None)
    assert passwords.password_matches("a" * 128, known)


def test_an_unknown_user_and_a_wrong_password_are_refused_alike(master: LocalMaster) -> None:
    def refused(name: str, password: str) -> Any:
        body = json.dumps({"username": name, "password": password}).encode()
        answer = ask(master.url, "POST", "/api/v1/auth/login", body)
        return answer.status, answer.body

    assert refused("determined", "wrong") == refused("nobody", "wrong") == refused("determined", "")
    assert refused("nobody", "")[0] == 401


def test_failed_logins_of_a_name_come_slower_and_slower(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: List[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)

    async def story() -> None:
        pace = login_pace.LoginPace()

        async def attempt(name: str, right: bool) -> None:
            async with pace.attempt(name) as outcome:
                outcome.append(right)

        for _ in range(11):
            await attempt("guessed", False)
        await attempt("other", False)
        assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
        await attempt("guessed", True)
        pauses.clear()
        await attempt("guessed", False)
        assert pauses == []

    asyncio.run(story())


def test_guesses_that_are_sent_at_once_wait_in_a_short_queue() -> None:
    async def story() -> List[str]:
        pace = login_pace.LoginPace()
        told: List[str] = []

        async def attempt() -> None:
            try:
                async with pace.attempt("guessed"):
                    await asyncio.sleep(0)
            except Refusal as refusal:
                told.append(refusal.text)

        await asyncio.gather(*(attempt() for _ in range(50)))
        return told

    assert len(asyncio.run(story())) == 30


def test_names_that_were_guessed_are_not_kept_without_end() -> None:
    async def story() -> int:
        pace = login_pace.LoginPace()
        for number in range(12_000):
            async with pace.attempt(str(number)) as outcome:
                outcome.append(False)
        return len(pace._failures)

    assert asyncio.run(story()) <= 10_000


# --- sessions -------------------------------------------------------------------------------------------------------


def test_a_login_that_has_expired_is_refused_and_removed(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "master"
    with LocalMaster(folder, slots=0, initial_password="Passw0rd") as first:
        old, new = (Connection(first.url, password="Passw0rd") for _ in range(2))
        old.call("GET", "/api/v1/me")
        made = old.call("POST", "/api/v1/tokens", {"userId": 1, "lifespan": "24h"})
    old.close()
    new.close()
    digest = hashlib.sha256(old.headers["Authorization"][7:].encode()).hexdigest()
    database = sqlite3.connect(folder / "master.db")
    past = int((time.time() - 1) * 1_000_000)
    with database:
        assert database.execute("UPDATE sessions SET expires_at = ? WHERE token_hash = ?", (past, digest)).rowcount == 1
        database.execute("UPDATE sessions SET expires_at = ? WHERE kind = 'access'", (past,))
    with LocalMaster(folder, slots=0) as second:
        assert ask(second.url, "GET", "/api/v1/me", None, old.headers).status == 401
        assert ask(second.url, "GET", "/users/me", None, old.headers).status == 401
        assert ask(second.url, "GET", "/api/v1/me", None, {"Authorization": f"Bearer {made['token']}"}).status == 401
        assert ask(second.url, "GET", "/api/v1/me", None, new.headers).status == 200
    kept = [row[0] for row in database.execute("SELECT token_hash FROM sessions")]
    assert digest not in kept
    assert database.execute("SELECT count(*) FROM sessions WHERE kind = 'access'").fetchone() == (1,)
    database.close()


def test_the_limit_of_nobody_is_small() -> None:
    assert LARGEST_REQUEST_OF_NOBODY <= 64 * 1024 < LARGEST_REQUEST
