"""Pages of strangers in a real browser, beside a master of the browser's user: they come to nothing.

The browser finds the names ``evil.test`` and ``rebound.test`` on this machine. Beside the master stands a server that
guards nothing: what reaches it shows that the browser did send the page's requests.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import pathlib
import socket
import subprocess
import sys
import threading
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from determined.master import LocalMaster

from ..contract.prepared import Connection

BROWSER = os.environ.get("DET_TEST_BROWSER", "")
OPTIONS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update",
    "--disable-background-networking", "--disable-sync",
]  # fmt: skip

ATTACKS = """
<body><script>
const command = JSON.stringify({config: {entrypoint: ["touch", "MARK"], resources: {slots: 0}}});
const login = JSON.stringify({username: "determined", password: ""});
const told = [];
const rest = ms => new Promise(done => setTimeout(done, ms));
async function attempt(name, work) {
  try { told.push(name + ": " + await work()); } catch (error) { told.push(name + ": " + error); }
}
function form(url, text, target) {
  const made = document.createElement("form");
  made.method = "post"; made.action = url; made.enctype = "text/plain"; made.target = target;
  const field = document.createElement("input");
  // the form's "=" ends in a field that nobody reads
  field.name = text.slice(0, -1) + ',"x":"'; field.value = '"}';
  made.append(field); document.body.append(made); made.submit();
}
async function plain(url) {
  for (const kind of ["text/plain", "application/x-www-form-urlencoded", ""]) {
    const options = {method: "POST", mode: "no-cors", credentials: "include"};
    const body = text => kind ? new Blob([text], {type: kind}) : new Blob([text]);
    const requests = [["/api/v1/auth/login", login], ["/login?cookie=true", login], ["/api/v1/commands", command]];
    for (const [path, text] of requests)
      await attempt("no-cors " + path, async () => (await fetch(url + path, {...options, body: body(text)})).type);
  }
}
async function all(url) {
  await plain(url);
  await attempt("cors", async () => (await fetch(url + "/api/v1/commands", {method: "POST", credentials: "include",
    headers: {"Content-Type": "application/json"}, body: command})).status);
  await attempt("beacon", async () => navigator.sendBeacon(url + "/api/v1/commands", command));
  await attempt("socket", () => new Promise(done => {
    const socket = new WebSocket(url.replace("http", "ws") + "/agents");
    socket.onopen = () => done("open"); socket.onerror = () => done("refused");
  }));
  for (const target of ["frame", "_blank"]) {
    const frame = document.createElement("iframe"); frame.name = "frame"; document.body.append(frame);
    form(url + "/api/v1/auth/login", login, target); await rest(700);
    form(url + "/api/v1/commands", command, target); await rest(700);
  }
}
(async () => {
  for (const url of TARGETS) await all(url);
  await fetch("/told", {method: "POST", body: JSON.stringify(told)});
})();
</script></body>
"""
READING = """
<body><script>
(async () => {
  const told = [];
  for (const [path, options] of [["/info", {}], ["/api/v1/auth/login", {method: "POST", body: LOGIN}],
      ["/api/v1/auth/login", {method: "POST", body: LOGIN, headers: {"Content-Type": "application/json"}}]]) {
    const answer = await fetch(path, options);
    told.push(path + ": " + answer.status + " " + (await answer.text()).includes("token"));
  }
  await fetch("/told", {method: "POST", body: JSON.stringify(told)});
})();
</script></body>
""".replace("LOGIN", "JSON.stringify({username: 'determined', password: ''})")


class Pages:
    """A server that guards nothing: it hands out pages, and keeps what it is sent."""

    def __init__(self) -> None:
        self.pages: Dict[str, str] = {}
        self.taken: List[Tuple[str, bytes]] = []
        self.told: List[str] = []
        self.is_told = threading.Event()
        pages = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = pages.pages.get(self.path, "").encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                if self.path == "/told":
                    pages.told = json.loads(body)
                    pages.is_told.set()
                else:
                    pages.taken.append((self.path, body))

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def pages() -> Iterator[Pages]:
    """Where the stranger's pages come from."""
    made = Pages()
    yield made
    made.stop()


@pytest.fixture
def unguarded() -> Iterator[Pages]:
    """What stands beside the master and guards nothing."""
    made = Pages()
    yield made
    made.stop()


@pytest.fixture
def master(tmp_path: pathlib.Path) -> Iterator[LocalMaster]:
    """As open as one can be."""
    with LocalMaster(tmp_path / "master", slots=1, initial_password="") as started:
        yield started


@contextlib.contextmanager
def browser(tmp_path: pathlib.Path, *urls: str) -> Iterator[None]:
    """A browser with a new profile, which opens pages one after the other."""
    options = [*OPTIONS, "--disable-popup-blocking"]
    names = "--host-resolver-rules=MAP evil.test 127.0.0.1, MAP rebound.test 127.0.0.1"
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    process = subprocess.Popen(
        [BROWSER, *options, names, profile, "--remote-debugging-port=0", *urls],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, 9)
        process.wait()


def assert_untouched(master: LocalMaster, mark: pathlib.Path) -> None:
    admin = Connection(master.url)
    commands = admin.call("GET", "/api/v1/commands")["commands"]
    admin.close()
    assert commands == []
    assert not mark.exists()
    assert "a request failed" not in master.log_path.read_text()


@pytest.mark.parametrize("origin", ["localhost", "evil.test"])
@pytest.mark.parametrize("is_logged_in", [False, True])
def test_no_page_starts_a_command(
    tmp_path: pathlib.Path, pages: Pages, unguarded: Pages, master: LocalMaster, origin: str, is_logged_in: bool
) -> None:
    """Neither of another port of this machine, which counts as the same site, nor of a site far away."""
    port = int(master.url.rpartition(":")[2])
    mark = tmp_path / "mark"
    places = [f"localhost:{unguarded.port}", f"localhost:{port}", f"127.0.0.1:{port}"]
    page = ATTACKS.replace("TARGETS", json.dumps([f"http://{place}" for place in places])).replace("MARK", str(mark))
    if is_logged_in:
        page = page.replace("(async () => {", f"(async () => {{ document.cookie = {cookie_for(master)!r};")
    pages.pages["/"] = page
    with browser(tmp_path, f"http://{origin}:{pages.port}/"):
        assert pages.is_told.wait(90), "the page did not come to its end"
    taken = [path for path, _ in unguarded.taken]
    assert taken.count("/api/v1/auth/login") >= 3, "the browser sent none of what the page asked for"
    assert taken.count("/api/v1/commands") >= 3
    forms = [body for path, body in unguarded.taken if path == "/api/v1/commands" and b'"x":"=' in body]
    assert forms, "no form was sent"
    assert_untouched(master, mark)


def cookie_for(master: LocalMaster) -> str:
    """A cookie that the page itself puts for localhost: cookies know no ports."""
    connection = Connection(master.url, "determined")
    token = connection.headers["Authorization"][7:]
    connection.close()
    return f"auth={token}; path=/"


class Rebinding:
    """A name that leads to a server of the page's maker first, and to the master afterwards, on the same port."""

    def __init__(self, page: str, master_port: int, told_port: int) -> None:
        self._page, self._master, self._told = page.encode(), master_port, told_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                plug, _ = self._listener.accept()
            except OSError:
                return
            with plug:
                plug.settimeout(10)
                with contextlib.suppress(OSError):
                    self._answer(plug)

    def _answer(self, plug: socket.socket) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            part = plug.recv(65536)
            if not part:
                return
            asked += part
        head, _, body = asked.partition(b"\r\n\r\n")
        length = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        while length and len(body) < int(length[0].split(b":")[1]):
            body += plug.recv(65536)
        if asked.startswith(b"GET / "):
            kind = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
            plug.sendall(kind + b"Content-Length: %d\r\n\r\n" % len(self._page) + self._page)
            return
        port = self._told if asked.startswith(b"POST /told ") else self._master
        with socket.create_connection(("127.0.0.1", port), timeout=10) as onward:
            onward.sendall(head.replace(b"Connection: keep-alive", b"Connection: close") + b"\r\n\r\n" + body)
            while True:
                part = onward.recv(65536)
                if not part:
                    return
                plug.sendall(part)

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


def test_a_name_that_comes_to_lead_here_reads_nothing(
    tmp_path: pathlib.Path, pages: Pages, master: LocalMaster
) -> None:
    rebinding = Rebinding(READING, int(master.url.rpartition(":")[2]), pages.port)
    try:
        with browser(tmp_path, f"http://rebound.test:{rebinding.port}/"):
            assert pages.is_told.wait(60), "the page did not come to its end"
    finally:
        rebinding.stop()
    assert pages.told == ["/info: 403 false", "/api/v1/auth/login: 403 false", "/api/v1/auth/login: 403 false"]
    assert_untouched(master, tmp_path / "mark")


def test_the_address_that_works_once_logs_the_browser_in(tmp_path: pathlib.Path, pages: Pages) -> None:
    """And the cookie it gives goes along with no request of another page."""
    process = subprocess.Popen(
        [sys.executable, "-m", "determined.master", "--data-dir", str(tmp_path / "master"), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = [process.stdout.readline() for _ in range(4)]
        address = said[2].split(": ", 1)[1].strip()
        dumped = subprocess.run(
            [
                BROWSER,
                *OPTIONS,
                f"--user-data-dir={tmp_path / 'profile'}",
                "--dump-dom",
                address,
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert "logged in as the user 'determined'" in dumped.stdout
    finally:
        process.terminate()
        process.communicate(timeout=60)
