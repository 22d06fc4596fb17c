"""What the running application was given: the office it serves and who is acting.

The front door (:mod:`gridwarden`) calls :func:`provide` once, before the server starts; views
and routes ask :func:`office` and :func:`actor`. Nothing here reads the environment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.errors import GridwardenError
from governance.access import Actor, local_owner

if TYPE_CHECKING:
    from collections.abc import Callable

    from governance.offices import Office


class NoOfficeError(GridwardenError):
    """The application was started without an office to serve."""


@dataclass(frozen=True, slots=True)
class _Provided:
    office: Office
    actor: Callable[[], Actor]
    host_names: frozenset[str]


_provided: list[_Provided] = []


def provide(
    office: Office,
    *,
    actor: Callable[[], Actor] = local_owner,
    host_names: frozenset[str] = frozenset(),
) -> None:
    """Hand the application what it serves, replacing what was handed before.

    Parameters
    ----------
    office
        The authorised services of one workspace.
    actor
        Says who is acting in this request or script run; until people sign in, the local owner.
    host_names
        Further names under which browsers may reach this server; addresses and ``localhost``
        always work.
    """
    _provided[:] = [_Provided(office, actor, host_names)]


def withdraw() -> None:
    """Forget what was provided; for tests and for an orderly end."""
    _provided.clear()


def office() -> Office:
    """Return the office that is served.

    Raises
    ------
    NoOfficeError
        When nothing was provided, which means that the program was not started by its front door.
    """
    return _given().office


def actor() -> Actor:
    """Return who is acting now."""
    return _given().actor()


def host_names() -> frozenset[str]:
    """Return the further host names that browsers may use."""
    return _given().host_names if _provided else frozenset()


def _given() -> _Provided:
    if not _provided:
        raise NoOfficeError("no_office", what_to_do="Start the server with: gridwarden serve")
    return _provided[0]
