"""The pages of public reports: plain forms that work without a script, in two languages."""

import secrets
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from dashboard.documents.html import render
from dashboard.i18n import LANGUAGES, translator
from dashboard.runtime import context
from dashboard.server import request_facts
from dashboard.server.assets_url import ASSETS, asset_version
from dashboard.server.errors import status_of
from dashboard.server.public import bodies, public_requests
from dashboard.server.public.api import typed
from geo.errors import GridwardenError
from governance.access.permissions import public_reporter
from governance.cases.public_reports.report_form import MOST_LINE, MOST_NAME, MOST_TEXT, read_form

REPORT, OUTCOME = "/gw/public/report", "/gw/public/outcome"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
}
_ASSETS: Final[Mapping[str, Path]] = {
    "report.css": ASSETS / "public" / "report.css",
    "report.js": ASSETS / "public" / "report.js",
    "icon.svg": ASSETS / "icon.svg",
}
_OF_THE_PAGE: Final = ("lang",)
_PHOTO_CODES: Final = ("photo_unreadable", "photo_too_large", "report_photos_too_many")


def report_page(request: Request) -> Response:
    """Answer the empty form of a report."""
    return _report(request, {})


async def send_report(request: Request) -> Response:
    """Take in a report; what is wrong is said over the form, which keeps what was typed."""
    actor, service, offer = public_reporter(), public_requests.intake(), public_requests.offer()
    texts: dict[str, str] = {}
    try:
        await run_in_threadpool(
            service.count_try, actor, address=public_requests.origin_of(request)
        )
        rules = offer.rules
        most = rules.photos * rules.photo_bytes + bodies.ENVELOPE
        texts, photos = await bodies.read_parts(request, files=rules.photos, most=most)
        sent = {n: v for n, v in texts.items() if v.strip() and n not in _OF_THE_PAGE}
        form = read_form(typed(sent), without=offer.unasked)
        send = partial(service.submit, actor, form, photos, way="page")
        with bodies.WORKING.one():
            receipt = await run_in_threadpool(send)
    except GridwardenError as error:
        return _report(request, texts, error)
    return _page(request, "public/receipt.html", texts, path=REPORT, receipt=receipt)


def outcome_page(request: Request) -> Response:
    """Answer the form by which one asks what became of a report."""
    return _outcome(request, {})


async def ask_outcome(request: Request) -> Response:
    """Say where a report stands."""
    texts: dict[str, str] = {}
    try:
        texts, _ = await bodies.read_parts(request, files=0, most=bodies.MOST_JSON)
        receipt, pin = (texts.get(name, "")[:MOST_NAME] for name in ("receipt", "pin"))
        look_up = partial(
            public_requests.intake().outcome, address=public_requests.origin_of(request)
        )
        with bodies.WORKING.one():
            found = await run_in_threadpool(look_up, public_reporter(), receipt, pin)
    except GridwardenError as error:
        return _outcome(request, texts, error)
    return _page(request, "public/standing.html", texts, path=OUTCOME, outcome=found)


def asset(request: Request) -> Response:
    """Answer a file that the pages need; there are no others."""
    path = _ASSETS.get(request.path_params["name"])
    if path is None:
        raise HTTPException(404)
    return FileResponse(path)


def routes() -> list[Route]:
    """Return the routes of the pages, below ``/gw/public``."""
    return [
        Route("/report", report_page, methods=["GET"]),
        Route("/report", send_report, methods=["POST"]),
        Route("/outcome", outcome_page, methods=["GET"]),
        Route("/outcome", ask_outcome, methods=["POST"]),
        Route("/assets/{name}", asset, methods=["GET"]),
    ]


def _report(
    request: Request, texts: Mapping[str, str], error: GridwardenError | None = None
) -> Response:
    offer = public_requests.offer()
    again = {**texts}
    if not again.get("key") or (error and error.code == "report_key_used"):
        again["key"] = secrets.token_urlsafe()
    most = {"text": MOST_TEXT, "address": MOST_LINE, "contact_name": MOST_NAME}
    return _page(
        request, "public/report.html", again, error=error, path=REPORT, offer=offer, most=most
    )


def _outcome(
    request: Request, texts: Mapping[str, str], error: GridwardenError | None = None
) -> Response:
    kept = {"receipt": texts.get("receipt", "")[:MOST_NAME], "lang": texts.get("lang", "")}
    return _page(request, "public/outcome.html", kept, error=error, path=OUTCOME)


def _page(
    request: Request,
    template: str,
    texts: Mapping[str, str],
    *,
    error: GridwardenError | None = None,
    **facts: Any,  # noqa: ANN401 -- of the template
) -> Response:
    say = translator(request_facts.language_for(request, texts.get("lang")))
    problems = public_requests.in_words(getattr(error, "problems", ()), say)
    if error and not problems:
        field = "photos" if error.code in _PHOTO_CODES else ""
        problems = [{"field": field, "code": error.code, "message": say.error(error)}]
    html = render(
        template,
        say=say,
        languages=LANGUAGES,
        office=context.facts(),
        version=asset_version(),
        typed=defaultdict(str, texts),
        problems=problems,
        wrong={each["field"]: each["message"] for each in problems},
        **facts,
    )
    headers = _HEADERS | (public_requests.wait_of(error) if error else {})
    return HTMLResponse(html, status_code=status_of(error) if error else 200, headers=headers)
