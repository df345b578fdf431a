"""Connections between one process and several others, over which all of them exchange objects.

Each spoke holds one connection to the hub. Both sides prove that they know a shared secret (see `_secret`) before the
first object is read, since reading a pickled object runs its code. A peer that ends closes its connection, which the
others see at once; a machine that vanishes is noticed by the keep-alive probes of its connections after about a minute
and a half.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import hmac
import os
import pickle
import shutil
import socket
import struct
import tempfile
import time
from typing import Any, Iterator, List, Optional, Tuple, TypeVar

from ._secret import Address, shared_secret

T = TypeVar("T")

START_SECONDS = 600.0
"""How long ranks wait for each other when they connect."""

_HANDSHAKE_SECONDS = 10.0
_NONCE = 32
_HELLO = struct.Struct(">I")
_FRAME = struct.Struct(">Q")


class PeerLost(RuntimeError):
    """Another rank has ended, or its machine cannot be reached."""


class Star:
    """What hub and spoke have in common: the collectives, counted so that ranks out of step are noticed."""

    def __init__(self) -> None:
        self._serial = 0

    def gather(self, stuff: T) -> Optional[List[T]]:
        """Collect an object of each rank at the hub."""
        raise NotImplementedError

    def allgather(self, stuff: T) -> List[T]:
        """Collect an object of each rank at each rank."""
        raise NotImplementedError

    def broadcast(self, stuff: T) -> T:
        """Send the hub's object to each rank."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the connections."""
        raise NotImplementedError

    def _begin(self, name: str) -> Tuple[int, str]:
        self._serial += 1
        return self._serial, name

    @staticmethod
    def _check(found: Tuple[int, str], expected: Tuple[int, str], who: str) -> None:
        if found != expected:
            raise RuntimeError(
                f"the ranks are out of step: collective number {expected[0]} is {expected[1]} here, but {who} is at"
                f" number {found[0]}, {found[1]}. All ranks must call the same collectives in the same order"
            )


class Hub(Star):
    """The process in the middle."""

    def __init__(self, listener: socket.socket, place: Address, size: int, secret: bytes) -> None:
        super().__init__()
        self._listener: Optional[socket.socket] = listener
        self._place = place
        self._size = size
        self._secret = secret
        self._folder: Optional[str] = None
        self._peers: List[socket.socket] = []

    @classmethod
    def at(cls, place: Address, size: int, secret: bytes) -> Hub:
        """Listen at the path of a Unix socket or at a host and port; host "127.0.0.1" keeps other machines out.

        Where the host is none of this machine's own addresses, such as behind a translation of addresses, it listens
        at all of them.

        Raises:
            ValueError: the secret is empty.
            OSError: it cannot be used, such as a port that is taken.
        """
        if not secret:
            raise ValueError("ranks need a secret to know each other by")
        listener = _open_socket(place)
        try:
            if isinstance(place, str):
                # Left behind by a chief that was killed; a living one's port is in its name.
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(place)
                listener.bind(place)
            else:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                _bind(listener, place)
            listener.listen(size)
        except OSError as e:
            listener.close()
            raise OSError(
                e.errno,
                f"{place}, where the chief of the training processes listens, cannot be used ({e.strerror}). Choose"
                " another port with INTER_TRAIN_PROCESS_COMM_PORT_1 or pub_port",
            ) from e
        return cls(listener, place, size, secret)

    @classmethod
    def on_machine(cls, size: int, force_tcp: bool, port: int) -> Hub:
        """Listen for processes of this machine, on a Unix socket where there are such.

        Raises:
            ArgumentError: they have no secret in common.
        """
        if not force_tcp and hasattr(socket, "AF_UNIX"):
            folder = tempfile.mkdtemp(prefix="determined-")
            try:
                place = os.path.join(folder, "hub")
                hub = cls.at(place, size, shared_secret(place))
                hub._folder = folder
                return hub
            except OSError:
                # Such as a path that is too long for a socket's name.
                shutil.rmtree(folder, ignore_errors=True)
        local = ("127.0.0.1", port)
        return cls.at(local, size, shared_secret(local))

    @property
    def address(self) -> Address:
        """Where this listens."""
        if self._listener is None or isinstance(self._place, str):
            return self._place
        return self._place[0], int(self._listener.getsockname()[1])

    def accept_all(self, patience: float = START_SECONDS) -> None:
        """Wait for all spokes, then listen no more.

        Raises:
            TimeoutError: not all have come in time.
        """
        if self._listener is None:
            return
        deadline = time.monotonic() + patience
        peers: List[Optional[socket.socket]] = [None] * (self._size - 1)
        try:
            while None in peers:
                self._listener.settimeout(max(0.01, deadline - time.monotonic()))
                try:
                    peer, _ = self._listener.accept()
                except socket.timeout:
                    missing = [rank for rank, found in enumerate(peers, 1) if found is None]
                    raise TimeoutError(f"ranks {missing} have not connected within {patience:g} s") from None
                rank = self._greet(peer)
                if rank is None or not 0 < rank < self._size or peers[rank - 1] is not None:
                    peer.close()
                else:
                    peers[rank - 1] = peer
        except BaseException:
            # Interrupted or failed: those who have come must not wait.
            for open_peer in peers:
                if open_peer is not None:
                    open_peer.close()
            self.close()
            raise
        self._peers = [peer for peer in peers if peer is not None]
        self._stop_listening()

    def gather(self, stuff: T) -> Optional[List[T]]:
        step = self._begin("gather")
        return self._collect(step, stuff)

    def allgather(self, stuff: T) -> List[T]:
        step = self._begin("allgather")
        found = self._collect(step, stuff)
        self._send_all(step, found)
        return found

    def broadcast(self, stuff: T) -> T:
        step = self._begin("broadcast")
        # Each spoke says that it is there, so that ranks out of step are noticed instead of waiting for each other.
        self._collect(step, None)
        self._send_all(step, stuff)
        return stuff

    def close(self) -> None:
        for peer in self._peers:
            peer.close()
        self._peers = []
        self._stop_listening()

    def _collect(self, step: Tuple[int, str], stuff: T) -> List[T]:
        found = [stuff]
        for rank, peer in enumerate(self._peers, 1):
            with self._end_on_failure(rank):
                their_step, value = _receive(peer)
                self._check(their_step, step, f"rank {rank}")
                found.append(value)
        return found

    def _send_all(self, step: Tuple[int, str], stuff: Any) -> None:
        data = pickle.dumps((step, stuff))
        for rank, peer in enumerate(self._peers, 1):
            with self._end_on_failure(rank):
                _send_bytes(peer, data)

    @contextlib.contextmanager
    def _end_on_failure(self, rank: int) -> Iterator[None]:
        """Close all connections if one fails, so that no rank waits for ever; name the rank."""
        try:
            yield
        except (OSError, EOFError) as e:
            self.close()
            raise PeerLost(f"rank {rank} has ended or cannot be reached: {e}") from e
        except RuntimeError:
            self.close()
            raise

    def _greet(self, peer: socket.socket) -> Optional[int]:
        """Let a peer prove that it knows the secret and return its rank; None for a stranger."""
        try:
            peer.settimeout(_HANDSHAKE_SECONDS)
            nonce = os.urandom(_NONCE)
            peer.sendall(nonce)
            answer = _receive_exactly(peer, _HELLO.size + _NONCE + hashlib.sha256().digest_size)
            rank = answer[: _HELLO.size]
            their_nonce = answer[_HELLO.size : _HELLO.size + _NONCE]
            proof = answer[_HELLO.size + _NONCE :]
            if not hmac.compare_digest(proof, _prove(self._secret, b"spoke", nonce, their_nonce, rank)):
                return None
            peer.sendall(_prove(self._secret, b"hub", their_nonce, nonce, rank))
            _prepare(peer)
        except (OSError, EOFError):
            return None
        number: int = _HELLO.unpack(rank)[0]
        return number

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
            if isinstance(self._place, str):
                with contextlib.suppress(OSError):
                    os.unlink(self._place)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


class Spoke(Star):
    """A process connected to the one in the middle."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connection = connection

    @classmethod
    def to(cls, place: Address, rank: int, secret: bytes, patience: float = START_SECONDS) -> Spoke:
        """Connect to a hub, which may start to listen only later.

        Raises:
            TimeoutError: it has not come in time.
            PermissionError: it does not know the secret.
        """
        return cls(_connect(place, rank, secret, patience))

    def gather(self, stuff: T) -> Optional[List[T]]:
        self._send(self._begin("gather"), stuff)
        return None

    def allgather(self, stuff: T) -> List[T]:
        step = self._begin("allgather")
        self._send(step, stuff)
        found: List[T] = self._receive(step)
        return found

    def broadcast(self, stuff: T) -> T:
        step = self._begin("broadcast")
        self._send(step, None)
        found: T = self._receive(step)
        return found

    def close(self) -> None:
        self._connection.close()

    def _send(self, step: Tuple[int, str], stuff: Any) -> None:
        try:
            _send_bytes(self._connection, pickle.dumps((step, stuff)))
        except OSError as e:
            raise PeerLost(f"the chief has ended or cannot be reached: {e}") from e

    def _receive(self, step: Tuple[int, str]) -> Any:
        try:
            their_step, value = _receive(self._connection)
        except (OSError, EOFError) as e:
            raise PeerLost(f"the chief has ended, or has lost another rank: {e}") from e
        self._check(their_step, step, "the chief")
        return value


def _connect(address: Address, rank: int, secret: bytes, patience: float) -> socket.socket:
    deadline = time.monotonic() + patience
    pause = 0.01
    while True:
        try:
            return _connect_once(address, rank, secret)
        except PermissionError:
            raise
        except (OSError, EOFError) as e:
            # The hub may not listen yet.
            if time.monotonic() >= deadline:
                raise TimeoutError(f"the chief at {address} has not answered within {patience:g} s: {e}") from e
        time.sleep(pause)
        pause = min(pause * 2, 0.5)


def _connect_once(address: Address, rank: int, secret: bytes) -> socket.socket:
    if isinstance(address, str):
        connection = _open_socket(address)
    else:
        connection = socket.create_connection(address, timeout=_HANDSHAKE_SECONDS)
    try:
        if isinstance(address, str):
            connection.settimeout(_HANDSHAKE_SECONDS)
            connection.connect(address)
        their_nonce = _receive_exactly(connection, _NONCE)
        nonce = os.urandom(_NONCE)
        hello = _HELLO.pack(rank)
        connection.sendall(hello + nonce + _prove(secret, b"spoke", their_nonce, nonce, hello))
        proof = _receive_exactly(connection, hashlib.sha256().digest_size)
        if not hmac.compare_digest(proof, _prove(secret, b"hub", nonce, their_nonce, hello)):
            raise PermissionError(
                "what listens at the chief's address does not know the shared secret: do all ranks have the same"
                " DET_DISTRIBUTED_SECRET, and is it this training's chief?"
            )
        _prepare(connection)
    except BaseException:
        # Interrupted or failed: the socket belongs to nobody.
        connection.close()
        raise
    return connection


def _open_socket(place: Address) -> socket.socket:
    if isinstance(place, str):
        return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def _bind(listener: socket.socket, place: Tuple[str, int]) -> None:
    try:
        listener.bind(place)
    except OSError as e:
        if e.errno != errno.EADDRNOTAVAIL and not isinstance(e, socket.gaierror):
            raise
        listener.bind(("", place[1]))


def _prove(secret: bytes, side: bytes, challenge: bytes, own: bytes, rank: bytes) -> bytes:
    return hmac.new(b"determined:" + secret, side + challenge + own + rank, hashlib.sha256).digest()


def _prepare(connection: socket.socket) -> None:
    """Let a connection wait without limit, but find out when the other machine is gone."""
    connection.settimeout(None)
    if connection.family == getattr(socket, "AF_UNIX", None):
        return
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPALIVE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 6)):
        option = getattr(socket, name, None)
        if option is not None:
            connection.setsockopt(socket.IPPROTO_TCP, option, value)
    # Data that nobody acknowledges is given up at the same time, where the system can say so.
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None:
        connection.setsockopt(socket.IPPROTO_TCP, option, 90_000)


def _send_bytes(connection: socket.socket, data: bytes) -> None:
    connection.sendall(_FRAME.pack(len(data)) + data)


def _receive(connection: socket.socket) -> Any:
    (length,) = _FRAME.unpack(_receive_exactly(connection, _FRAME.size))
    return pickle.loads(_receive_exactly(connection, length))  # from a rank that has proved itself


def _receive_exactly(connection: socket.socket, count: int) -> bytes:
    data = bytearray(count)
    view = memoryview(data)
    done = 0
    while done < count:
        received = connection.recv_into(view[done:])
        if not received:
            raise EOFError("the connection was closed")
        done += received
    return bytes(data)
