"""What every route of public reports needs: who asks, from where, and how refusals are said."""

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.i18n import Translator
from dashboard.runtime import context
from dashboard.server import request_facts
from dashboard.server.errors import answer_failure
from geo.errors import GridwardenError
from governance.access.permissions import public_reporter
from governance.access.problems import InputProblem
from governance.cases.public_reports.public_intake import Offer, PublicIntakeService

_HOUSEHOLD: Final = 64
"""Bits of an IPv6 address that one line of one household shares."""


class WhenSwitchedOn:
    """Answer 404 to everything while the office takes no reports."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through or answer it here."""
        if scope["type"] == "http":
            try:
                offer()
            except GridwardenError as error:
                await answer_failure(Request(scope), error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def intake() -> PublicIntakeService:
    """Return the services for people who are not known."""
    return context.office().public_intake


def offer() -> Offer:
    """Return what the office takes reports of; an error while it takes none."""
    return intake().offer(public_reporter())


def origin_of(request: Request) -> str:
    """Return the address that uses are counted for: of IPv6 the network of the household."""
    text = request_facts.address_of(request)
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((int(address), _HOUSEHOLD), strict=False))
    return str(address)


def wait_of(error: GridwardenError) -> dict[str, str]:
    """Return the header that says how long to wait, where an error says so."""
    seconds = error.facts.get("seconds") or 60 * error.facts.get("minutes", 0)
    return {"retry-after": str(seconds)} if seconds else {}


def in_words(problems: Sequence[InputProblem], say: Translator) -> list[dict[str, str]]:
    """Return problems in words, each with its field and code."""
    return [
        {
            "field": each.field,
            "code": each.code,
            "message": say.name("public_problem", each.code, expected=each.expected,
                                field=say.name("public_field", each.field)),
        }
        for each in problems
    ]  # fmt: skip
