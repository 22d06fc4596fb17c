"""Routes for programs that watch the server; they answer nothing about a person or a place."""

from ipaddress import ip_address

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.runtime import context
from dashboard.server import request_facts
from dashboard.server.operations.figures import requests
from geo.errors import GridwardenError
from governance.security.operations import Readiness

_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_BEARER = "bearer "


async def healthz(_request: Request) -> Response:
    """Answer that the process is alive; asks nothing and nobody."""
    return PlainTextResponse("ok\n")


def _readiness() -> Readiness:
    return context.office().operations.readiness()


async def readyz(_request: Request) -> Response:
    """Answer 200 when the office is open and its store answers and is migrated, else 503."""
    try:
        ready = await run_in_threadpool(_readiness)
        problems, seconds = list(ready.problems), ready.store_seconds
    except GridwardenError as error:
        problems, seconds = [error.code], None
    body = {"ready": not problems, "problems": problems, "store_seconds": seconds}
    return JSONResponse(body, status_code=503 if problems else 200)


async def metrics(request: Request) -> Response:
    """Answer figures, to a program on this machine or one that has the token."""
    operations = context.office().operations
    given = request.headers.get("authorization", "")
    token = given[len(_BEARER) :] if given.lower().startswith(_BEARER) else ""
    if not operations.may_read_figures(token=token, local=_is_local(request)):
        return PlainTextResponse("Forbidden\n", status_code=403)
    try:
        text = await run_in_threadpool(requests.text)
    except GridwardenError as error:
        return PlainTextResponse(f"{error.code}\n", status_code=503)
    return Response(text, media_type=_TEXT)


def _is_local(request: Request) -> bool:
    """Say whether this machine asks, and not for another one, as an untold proxy does."""
    if "x-forwarded-for" in request.headers and not context.sign_in_settings().behind_proxy:
        return False
    try:
        return ip_address(request_facts.address_of(request)).is_loopback
    except ValueError:
        return False


def routes() -> list[BaseRoute]:
    """Return the routes."""
    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
