"""Logging in: who the caller is, and with which token they prove it.

The user is the one named, else ``DET_USER`` (if ``DET_PASS`` is set, too), else the one logged in last with this
master, else the one of ``DET_USER_TOKEN``, else ``determined`` with an empty password. The token is one of the cache
that still holds, else ``DET_USER_TOKEN`` if ``DET_USER`` says that it is this user's, else what a login gives.
"""

from __future__ import annotations

import getpass
import hashlib
import logging
import sys
from typing import Optional, Tuple, Union

from .. import constants, task_env
from . import _retry, certs, errors
from ._session import AllocationSession, Session, UnauthSession
from ._token_store import TokenStore
from ._url import get_default_master_url, normalize_address
from .endpoints import auth as auth_api
from .endpoints import users as users_api

logger = logging.getLogger("determined.client")

_SALT = "GubPEmmotfiK9TMD6Zdw"


def salt_and_hash(password: str) -> str:
    """Return a password as it is sent; the empty one stays empty."""
    return hashlib.sha512((_SALT + password).encode()).hexdigest() if password else password


def check_password_complexity(password: Optional[str]) -> None:
    """Check a new password.

    Raises:
        ValueError: it is shorter than 8 characters, or lacks a capital letter, a small letter or a digit.
    """
    faults = []
    if not password or not password.strip() or len(password) < 8:
        faults.append("have 8 characters or more")
    text = password or ""
    if not any(c.isupper() for c in text):
        faults.append("hold a capital letter")
    if not any(c.islower() for c in text):
        faults.append("hold a small letter")
    if not any(c.isdigit() for c in text):
        faults.append("hold a digit")
    if faults:
        raise ValueError("a password must " + ", ".join(faults))


def master_address(address: Optional[str] = None) -> str:
    """Return the normal form of an address, else of ``DET_MASTER``, ``DET_MASTER_ADDR``, or ``localhost:8080``.

    Raises:
        ValueError: it is no address of a master.
    """
    return normalize_address(address or get_default_master_url())


def login(master_address: str, username: str, password: str, cert: Optional[certs.Cert] = None) -> Session:
    """Log in with a password and return the session; nothing is cached.

    Raises:
        InvalidCredentialsException: the user is unknown or the password wrong.
        MasterNotFoundException: the master does not answer.
    """
    with UnauthSession(master_address, cert, max_retries=0) as nobody:
        try:
            answer = auth_api.log_in(nobody, username, salt_and_hash(password))
        except errors.UnauthenticatedException as error:
            raise errors.InvalidCredentialsException(
                f"the master refuses the login of user {username!r}: {error.server_message}",
                method=error.method,
                path=error.path,
                status_code=error.status_code,
                response=error.response,
            ) from None
    return Session(master_address, username, answer["token"], cert)


def login_with_cache(
    master_address: str,
    requested_user: Optional[str] = None,
    password: Optional[str] = None,
    cert: Optional[certs.Cert] = None,
) -> Session:
    """Return a session with a cached token if it holds, else log in and cache the new one.

    Parameters:
        requested_user: the user; None chooses as the module's docstring says.
        password: the user's; None takes a cached token, else asks on a terminal. A password that is given is checked
            with the master, whatever the cache holds.
        cert: how the master's certificate is checked.

    Raises:
        InvalidCredentialsException: the login was refused.
        UnauthenticatedException: a password is needed, and there is no terminal to ask on.
        MasterNotFoundException: the master does not answer.
    """
    master_address = normalize_address(master_address)
    store = TokenStore(master_address)
    user, known_password, was_chosen = _choose_user(store, requested_user, password)
    lone_token = task_env.read(task_env.USER_TOKEN) if task_env.read(task_env.USER) is None else None
    if lone_token is not None and password is None and not was_chosen:
        return login_with_token(master_address, lone_token, cert, source=task_env.USER_TOKEN)
    if password is None:
        cached = _session_of_cache(store, master_address, user, cert)
        if cached is not None:
            return cached
        given = _session_of_environment(master_address, requested_user, cert)
        if given is not None:
            return given
    if known_password is None:
        known_password = _ask_password(user, master_address)
    try:
        session = login(master_address, user, known_password, cert)
    except (errors.InvalidCredentialsException, errors.ForbiddenException) as error:
        if was_chosen:
            raise
        raise errors.UnauthenticatedException(
            f"nobody is logged in, and user {user!r} cannot act without a password: {error.server_message}",
            method=error.method,
            path=error.path,
            status_code=error.status_code,
        ) from None
    try:
        store.set_token(user, session.token)
    except OSError as error:
        logger.warning("the login is not cached, since %s cannot be written: %s", store.path, error)
    return session


def login_with_token(
    master_address: str, token: str, cert: Optional[certs.Cert] = None, *, source: str = ""
) -> Session:
    """Return a session with a token that the caller has; nothing is cached.

    Parameters:
        source: where the token is from, for the error.

    Raises:
        ValueError: it is empty, or no token at all.
        InvalidCredentialsException: the token does not hold.
    """
    token = token.strip()  # read from a file, it ends with a line break
    if not token:
        raise ValueError("the token is empty: leave it out to log in otherwise")
    session = Session(master_address, "", token, cert)
    try:
        session.username = users_api.get_me(session)["username"]
    except errors.UnauthenticatedException as error:
        session.close()
        raise errors.InvalidCredentialsException(
            f"the master refuses the token{source and f' of {source}'}: {error.server_message}",
            method=error.method,
            path=error.path,
            status_code=error.status_code,
        ) from None
    except BaseException:  # whatever it is, nobody else can close the session
        session.close()
        raise
    return session


def login_from_task(retry: Union[_retry.Policy, int, None] = None) -> AllocationSession:
    """Return the session of the task this process belongs to.

    Parameters:
        retry: how stubborn it is.

    Raises:
        RuntimeError: this process is no task's.
    """
    master, token = task_env.read(task_env.MASTER), task_env.read(task_env.SESSION_TOKEN)
    if master is None or token is None:
        raise RuntimeError(
            f"{task_env.MASTER} and {task_env.SESSION_TOKEN} are not set: this process is not a task of a cluster"
        )
    address = normalize_address(master)
    user = task_env.read(task_env.USER) or ""
    policy = _retry.DEFAULT_MAX_RETRIES if retry is None else retry
    return AllocationSession(address, user, token, certs.default_load(address), policy)


def logout(master_address: str, requested_user: Optional[str], cert: Optional[certs.Cert]) -> Optional[str]:
    """Log a user out and forget their token; returns who it was, or None when nobody was logged in.

    Parameters:
        requested_user: None for the one that acts when none is named.
    """
    master_address = normalize_address(master_address)
    store = TokenStore(master_address)
    user, _, _ = _choose_user(store, requested_user, None)
    token = store.token(user)
    if token is None:
        if store.active_user() == user:
            store.clear_active()
        return None
    store.drop_user(user)
    with Session(master_address, user, token, cert, max_retries=0) as session:
        try:
            auth_api.log_out(session)
        except (errors.APIException, errors.MasterNotFoundException) as error:
            # the token is forgotten here, whatever the master thinks of it
            logger.debug("the master did not take the logout of %s: %s", user, error)
    return user


def logout_all(master_address: str, cert: Optional[certs.Cert]) -> None:
    """Log out every user that has a cached token for this master."""
    master_address = normalize_address(master_address)
    store = TokenStore(master_address)
    for user in store.users():
        logout(master_address, user, cert)
    store.clear_active()


def _choose_user(
    store: TokenStore, requested_user: Optional[str], password: Optional[str]
) -> Tuple[str, Optional[str], bool]:
    """Return the user, their password if it is known, and whether anybody chose that user."""
    if requested_user is not None:
        return requested_user, password, True
    user, secret = task_env.read(task_env.USER), task_env.raw(task_env.PASS)
    if user is not None and secret is not None:
        return user, password if password is not None else secret, True
    active = store.active_user()
    if active is not None:
        return active, password, True
    return constants.DEFAULT_DETERMINED_USER, password if password is not None else "", False


def _session_of_cache(
    store: TokenStore, master_address: str, user: str, cert: Optional[certs.Cert]
) -> Optional[Session]:
    token = store.token(user)
    if token is None:
        return None
    session = Session(master_address, user, token, cert)
    try:
        users_api.get_me(session)
    except errors.UnauthenticatedException:
        session.close()
        store.drop_token(user)
        return None
    return session


def _session_of_environment(
    master_address: str, requested_user: Optional[str], cert: Optional[certs.Cert]
) -> Optional[Session]:
    user, token = task_env.read(task_env.USER), task_env.read(task_env.USER_TOKEN)
    if user is None or token is None or requested_user not in (None, user):
        return None
    return Session(master_address, user, token.strip(), cert)


def _ask_password(user: str, master_address: str) -> str:
    if not sys.stdin or sys.stdin.closed or not sys.stdin.isatty():
        raise errors.UnauthenticatedException(
            f"user {user!r} has no valid login at {master_address}, and there is no terminal to ask for a password on"
        )
    return getpass.getpass(f"Password for user '{user}': ")
