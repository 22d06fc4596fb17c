"""What the running application was given: the office it serves and who is acting.

The front door (:mod:`gridwarden`) calls :func:`provide` once, before the server starts; views
and routes ask :func:`office` and :func:`actor`. Nothing here reads the environment.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.runtime.oidc_client import Directory
from data.workspace.settings import SignInSettings
from geo.errors import GridwardenError
from governance.access.permissions import Actor, local_owner
from governance.office import Office, OfficeFacts
from governance.security.accounts.sessions import SignedSession

_token: ContextVar[str] = ContextVar("token", default="")
_handed_on: ContextVar[SignedSession | None] = ContextVar("handed_on", default=None)
_run_for: ContextVar[Actor | None] = ContextVar("run_for", default=None)


class NoOfficeError(GridwardenError):
    """The application was started without an office to serve."""


class SignedOutError(GridwardenError):
    """Nobody is signed in here, or no longer."""


@dataclass(frozen=True, slots=True)
class _Provided:
    office: Office
    everyone: Actor | None
    sign_in: SignInSettings
    directory: Directory | None
    cookie_name: str


class _Holder:
    """Holds what the front door provided, if anything."""

    provided: _Provided | None = None


_holder = _Holder()


def provide(
    office: Office,
    *,
    everyone: Actor | None = None,
    sign_in: SignInSettings | None = None,
    directory: Directory | None = None,
) -> None:
    """Hand the application what it serves, replacing what was handed before.

    ``office``: the authorised services of one workspace.
    ``everyone``: whom to take every visitor for, without asking: for tests of single pages. The
    front door never gives one.
    ``sign_in``: names of this server, and whether a proxy stands in front.
    ``directory``: the office's own directory of people, where signing in through it was configured.
    """
    _holder.provided = _Provided(
        office, everyone, sign_in or SignInSettings(), directory, office.sessions.cookie_name
    )


def withdraw() -> None:
    """Forget what was provided: afterwards the application serves no office."""
    _holder.provided = None


def office() -> Office:
    """Return the office that is served.

    Raises `NoOfficeError` when nothing was provided, which means that the program was not started
    by its front door.
    """
    return _given().office


def facts() -> OfficeFacts:
    """Return what even a visitor may know of the office: its name, and whether it is invented."""
    return office().settings(local_owner())


def actor() -> Actor:
    """Return who is acting in this script run or request.

    The store is asked once for each run of the script and for each request, but anew in
    callbacks, fragments and downloads made when asked for.

    Raises `SignedOutError` when nobody is signed in here, or the session ended, or its password
    must change first.
    """
    given = _given()
    if given.everyone is not None:
        return given.everyone
    if (running := _run_for.get()) is not None:
        return running
    current = session()
    if current is None or current.must_change:
        raise SignedOutError("signed_out", what_to_do="Sign in again.")
    return current.actor


def session() -> SignedSession | None:
    """Return the session of this script run or request, also one whose password must change."""
    if not _in_script_run() and (known := _handed_on.get()) is not None:
        return known
    return _given().office.sessions.session(token())


def cookie_name() -> str:
    """Return the name of the cookie that holds a session here, empty without an office."""
    return _holder.provided.cookie_name if _holder.provided else ""


def token() -> str:
    """Return the secret of the session in this script run or request, empty where there is none.

    A script run has the cookies of its websocket's handshake; everything else, downloads that are
    made when asked for included, runs where the guard left the cookie.
    """
    if _in_script_run():
        return str(st.context.cookies.get(cookie_name(), ""))
    return _token.get()


@contextmanager
def acting_by(secret: str) -> Iterator[None]:
    """Let what runs inside act for whoever holds a session; the guard's own."""
    before, known = _token.set(secret), _handed_on.set(None)
    try:
        yield
    finally:
        _handed_on.reset(known)
        _token.reset(before)


def hand_on(current: SignedSession | None) -> None:
    """Spare the rest of a request another look-up of the session that the guard just found."""
    _handed_on.set(current)


@contextmanager
def run_for(person: Actor | None) -> Iterator[None]:
    """Let this thread's run of the script act for whom its beginning found, asking no more."""
    before = _run_for.set(person)
    try:
        yield
    finally:
        _run_for.reset(before)


def everyone_is_known() -> bool:
    """Say whether nobody needs to sign in, since every visitor was said to be the same person."""
    return _holder.provided is not None and _holder.provided.everyone is not None


def sign_in_settings() -> SignInSettings:
    """Return how this server is reached."""
    return _holder.provided.sign_in if _holder.provided else SignInSettings()


def directory() -> Directory | None:
    """Return the office's directory of people, or None."""
    return _holder.provided.directory if _holder.provided else None


def _given() -> _Provided:
    if _holder.provided is None:
        raise NoOfficeError("no_office", what_to_do="Start the server with: gridwarden serve")
    return _holder.provided


def _in_script_run() -> bool:
    return get_script_run_ctx(suppress_warning=True) is not None
