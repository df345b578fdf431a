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
from typing import Optional, Tuple, TypeVar, Union

from .. import constants, task_env
from . import _retry, certs, errors
from ._password_digests import PasswordDigests
from ._session import Session, TaskSession, UnauthSession
from ._token_store import TokenStore
from ._url import get_default_master_url, normalize_address
from .endpoints import auth as auth_api
from .endpoints import users as users_api

logger = logging.getLogger("determined.client")

E = TypeVar("E", bound=errors.BadRequestException)

PASSWORD_SALT = "GubPEmmotfiK9TMD6Zdw"


def salt_and_hash(password: str) -> str:
    """Return a password as it is sent; the empty one stays empty."""
    return hashlib.sha512((PASSWORD_SALT + password).encode()).hexdigest() if password else password


def get_det_username_from_env() -> Optional[str]:
    """Return ``DET_USER``, or None."""
    return task_env.raw(task_env.USER)


def get_det_password_from_env() -> Optional[str]:
    """Return ``DET_PASS``, or None."""
    return task_env.raw(task_env.PASS)


def get_det_user_token_from_env() -> Optional[str]:
    """Return ``DET_USER_TOKEN``, or None."""
    return task_env.raw(task_env.USER_TOKEN)


def get_det_session_token_from_env() -> Optional[str]:
    """Return ``DET_SESSION_TOKEN``, which a task has, or None."""
    return task_env.raw(task_env.SESSION_TOKEN)


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


def warn_about_complexity(e: ValueError) -> None:
    """Warn of a password in use that `check_password_complexity` would refuse.

    Parameters:
        e: what it raised.
    """
    logger.warning("the password in use is a weak one: %s. Change it soon", e)


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
            refusal = error.message
            if not error.is_foreign:
                refusal = f"the master refuses the login of user {username!r}: {error.server_message}"
            raise _like(error, errors.InvalidCredentialsException(refusal)) from None
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
        password: the user's; None takes a cached token, else asks on a terminal. A cached token is not taken where it
            is not known to have been given for this password.
        cert: how the master's certificate is checked.

    Raises:
        InvalidCredentialsException: the login was refused.
        UnauthenticatedException: a password is needed, and there is no terminal to ask on.
        MasterNotFoundException: the master does not answer.
    """
    master_address = normalize_address(master_address)
    store = TokenStore(master_address)
    if requested_user is None and _names_a_login():
        password = None  # that of the environment is the user's
    user, known_password, nobody_chosen = default_load_user_password(requested_user, password, store)
    lone_token = task_env.read(task_env.USER_TOKEN) if task_env.read(task_env.USER) is None else None
    if lone_token is not None and password is None and nobody_chosen:
        return login_with_token(master_address, lone_token, cert, source=task_env.USER_TOKEN)
    has_other = known_password is not None or task_env.read(task_env.USER_TOKEN) is not None
    cached = _session_of_cache(store, master_address, user, cert, password, is_needed=not has_other)
    if cached is not None:
        return cached
    if password is None:
        given = _session_of_environment(master_address, requested_user, cert)
        if given is not None:
            return given
    if known_password is None:
        known_password = _ask_password(user, master_address)
    try:
        session = login(master_address, user, known_password, cert)
    except (errors.InvalidCredentialsException, errors.ForbiddenException) as error:
        if not nobody_chosen:
            raise
        refusal = error.message
        if not error.is_foreign:
            refusal = f"nobody is logged in, and user {user!r} cannot act without a password: {error.server_message}"
        raise _like(error, errors.UnauthenticatedException(refusal)) from None
    try:
        keep_login(session, known_password)
    except OSError as error:
        logger.warning("the login is not cached: %s", error)
    return session


def keep_login(session: Session, password: str) -> None:
    """Cache the login of a session: its token, and of the password as much as is needed to know it again.

    Raises:
        OSError: the file cannot be written.
    """
    TokenStore(session.master).set_token(session.username, session.token)
    PasswordDigests(session.master).keep(session.username, session.token, password)


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
        refusal = error.message
        if not error.is_foreign:
            refusal = f"the master refuses the token{source and f' of {source}'}: {error.server_message}"
        raise _like(error, errors.InvalidCredentialsException(refusal)) from None
    except BaseException:  # whatever it is, nobody else can close the session
        session.close()
        raise
    return session


def login_from_task(
    master_address: Optional[str] = None,
    cert: Optional[certs.Cert] = None,
    *,
    retry: Union[_retry.Policy, int, None] = None,
) -> TaskSession:
    """Return the session of the task this process belongs to.

    Parameters:
        master_address: the master's address; None for ``DET_MASTER``.
        cert: how its certificate is checked; None for `certs.default_load`.
        retry: how stubborn it is.

    Raises:
        ValueError: this process is no task's.
    """
    told = master_address or task_env.read(task_env.MASTER)
    token = task_env.read(task_env.SESSION_TOKEN)
    if told is None or token is None:
        raise ValueError(
            f"{task_env.MASTER} and {task_env.SESSION_TOKEN} are not set: this process is not a task of a cluster"
        )
    address = normalize_address(told)
    user = task_env.read(task_env.USER) or ""
    policy = _retry.DEFAULT_MAX_RETRIES if retry is None else retry
    return TaskSession(address, user, token, cert or certs.default_load(address), policy)


def logout(master_address: str, requested_user: Optional[str], cert: Optional[certs.Cert]) -> Optional[str]:
    """Log a user out and forget their token; returns who it was, or None when nobody was logged in.

    Parameters:
        requested_user: None for the one that acts when none is named.
    """
    master_address = normalize_address(master_address)
    store = TokenStore(master_address)
    user, _, _ = default_load_user_password(requested_user, None, store)
    token = store.get_token(user)
    PasswordDigests(master_address).drop(user)
    if token is None:
        if store.get_active_user() == user:
            store.clear_active()
        return None
    store.drop_user(user)
    with Session(master_address, user, token, cert, max_retries=0) as session:
        try:
            auth_api.log_out(session)
        except errors.BadRequestException as error:
            # the token is forgotten here, whatever the master thinks of it
            logger.debug("the master did not take the logout of %s: %s", user, error)
    return user


def logout_all(master_address: str, cert: Optional[certs.Cert]) -> None:
    """Log out every user that has a cached token for this master."""
    master_address = normalize_address(master_address)
    store = TokenStore(master_address)
    for user in store.get_all_users():
        logout(master_address, user, cert)
    store.clear_active()


def default_load_user_password(
    requested_user: Optional[str], password: Optional[str], token_store: TokenStore
) -> Tuple[str, Optional[str], bool]:
    """Return the user, their password if it is known, and whether nobody has chosen that user."""
    if requested_user is not None:
        return requested_user, password, False
    if _names_a_login():
        return task_env.read(task_env.USER) or "", task_env.raw(task_env.PASS), False
    active = token_store.get_active_user()
    if active is not None:
        return active, password, False
    return constants.DEFAULT_DETERMINED_USER, password if password is not None else "", True


def _names_a_login() -> bool:
    """Whether the environment names a user and a password."""
    return task_env.read(task_env.USER) is not None and task_env.raw(task_env.PASS) is not None


def _like(refusal: errors.BadRequestException, error: E) -> E:
    """Return an error that says of its call what the refusal says."""
    errors.told(
        error,
        method=refusal.method,
        path=refusal.path,
        status_code=refusal.status_code,
        response=refusal.response,
    )
    error.response_error = refusal.response_error
    if refusal.is_foreign:
        error.is_foreign, error.server_message, error.hint = True, "", refusal.hint
    return error


def _session_of_cache(
    store: TokenStore,
    master_address: str,
    user: str,
    cert: Optional[certs.Cert],
    password: Optional[str],
    *,
    is_needed: bool,
) -> Optional[Session]:
    """Return a session with a user's cached token, if it holds.

    Parameters:
        password: what the token must have been given for; None for anything.
        is_needed: there is no other way to log in.

    Raises:
        OSError: the cache cannot be read, and is needed.
    """
    try:
        token = store.get_token(user)
    except OSError as error:
        if is_needed:
            raise
        logger.warning("cached logins are not used: %s", error)
        return None
    if token is None:
        return None
    digests = PasswordDigests(master_address)
    if password is not None and not digests.is_password_of(user, token, password):
        return None
    session = Session(master_address, user, token, cert)
    try:
        users_api.get_me(session)
    except errors.UnauthenticatedException as error:
        session.close()
        if error.is_foreign:
            raise  # a page of a network says nothing about the token
        try:
            store.drop_token(user)
            digests.drop(user)
        except OSError as e:
            logger.warning("a login that does not hold any more stays cached: %s", e)
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
            f"user {user!r} has no valid login at {master_address}, and there is no terminal to ask for a password on."
            f" {errors.UnauthenticatedException.hint}"
        )
    return getpass.getpass(f"Password for user '{user}': ")
