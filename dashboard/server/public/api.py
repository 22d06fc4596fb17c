"""The JSON API of public reports: send one, ask what became of it, read how."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date
from functools import partial, wraps
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.i18n import translator
from dashboard.server import request_facts
from dashboard.server.errors import status_of
from dashboard.server.public import bodies, public_requests
from dashboard.server.public.openapi import OUTCOME_SCHEMA, description
from geo.errors import GridwardenError
from governance.access.permissions import public_reporter
from governance.access.problems import InputProblem
from governance.cases.public_reports.report_form import PublicReportError, read_form

_NUMBERS: Final = ("lon", "lat")
_YES_NO: Final = {"true": True, "false": False}
_HEADERS: Final = {
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


def _answering(
    endpoint: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Say failures as JSON, with every problem of a form."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except GridwardenError as error:
            say = translator(request_facts.language_for(request))
            problems = public_requests.in_words(getattr(error, "problems", ()), say)
            content = {"code": error.code, "message": say.error(error), "problems": problems}
            headers = _HEADERS | public_requests.wait_of(error)
            return JSONResponse(content, status_code=status_of(error), headers=headers)

    return answer


@_answering
async def send_report(request: Request) -> Response:
    """Take in a report, as JSON or, with photos, as a form."""
    actor, service, offer = public_reporter(), public_requests.intake(), public_requests.offer()
    await run_in_threadpool(service.count_try, actor, address=public_requests.origin_of(request))
    kind, photos = bodies.kind_of(request), list[bytes]()
    if kind == bodies.JSON:
        sent = await bodies.read_json(request)
    elif kind == bodies.MULTIPART:
        sent, photos = await _parts(request)
    else:
        expected = f"{bodies.JSON}, {bodies.MULTIPART}"
        raise bodies.PublicBodyError("body_wrong_kind", expected=expected)
    form = read_form(sent, without=offer.unasked)
    with bodies.WORKING.one():
        receipt = await run_in_threadpool(partial(service.submit, actor, form, photos, way="api"))
    content = {"receipt": receipt.receipt, "pin": receipt.pin}
    return JSONResponse(content, status_code=201, headers=_HEADERS)


@_answering
async def ask_outcome(request: Request) -> Response:
    """Answer where a report stands."""
    if bodies.kind_of(request) != bodies.JSON:
        raise bodies.PublicBodyError("body_wrong_kind", expected=bodies.JSON)
    sent = await bodies.read_json(request)
    receipt, pin = _receipt_and_pin(sent)
    look_up = partial(public_requests.intake().outcome, address=public_requests.origin_of(request))
    with bodies.WORKING.one():
        outcome = await run_in_threadpool(look_up, public_reporter(), receipt, pin)
    content = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(outcome).items()
    }
    return JSONResponse(content, headers=_HEADERS)


def describe(_request: Request) -> Response:
    """Answer the description of the API, as the office's settings have it."""
    return JSONResponse(description(public_requests.offer()), headers=_HEADERS)


def routes() -> list[Route]:
    """Return the routes of the API, below ``/gw/public``."""
    return [
        Route("/api/openapi.json", describe, methods=["GET"]),
        Route("/api/v1/reports", send_report, methods=["POST"]),
        Route("/api/v1/outcome", ask_outcome, methods=["POST"]),
    ]


async def _parts(request: Request) -> tuple[dict[str, Any], list[bytes]]:
    rules = public_requests.offer().rules
    most = rules.photos * rules.photo_bytes + bodies.ENVELOPE
    texts, photos = await bodies.read_parts(request, files=rules.photos, most=most)
    return typed(texts), photos


def typed(texts: dict[str, str]) -> dict[str, Any]:
    """Return the values that texts of a form stand for; what is no such value stays a text."""
    values: dict[str, Any] = dict(texts)
    for name in _NUMBERS:
        if name in texts:
            values[name] = _number(texts[name])
    if "wants_reward" in texts:
        values["wants_reward"] = _YES_NO.get(texts["wants_reward"], texts["wants_reward"])
    return values


def _number(text: str) -> float | str:
    try:
        return float(text) if text.isascii() and "_" not in text else text
    except ValueError:
        return text


def _receipt_and_pin(sent: dict[str, Any]) -> tuple[str, str]:
    """Return the receipt number and the PIN that were sent, both as `OUTCOME_SCHEMA` has them."""
    names = OUTCOME_SCHEMA["properties"]
    problems = [InputProblem("unknown_field", name) for name in sent if name not in names]
    for name, part in names.items():
        value = sent.get(name)
        if name not in sent:
            problems.append(InputProblem("missing", name))
        elif not isinstance(value, str) or not 1 <= len(value) <= part["maxLength"]:
            problems.append(InputProblem("wrong_kind", name))
    if problems:
        raise PublicReportError("report_invalid", problems)
    return sent["receipt"], sent["pin"]
