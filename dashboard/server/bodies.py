"""Endpoints that read what a browser sent: the body on the event loop, the work in a thread.

Starlette runs a plain function in its thread pool, but only the event loop can read a body.
"""

from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from geo.errors import GridwardenError

_MOST_FORM = 8_192


class VisitRequestError(GridwardenError):
    """A browser sent something that is no list of visits of the account that is signed in."""


def with_body(
    *, kind: str, most: int
) -> Callable[[Callable[[Request, bytes], Response]], Callable[[Request], Awaitable[Response]]]:
    """Hand an endpoint the body, which must be of one content type and so many bytes at most."""

    def reading(
        endpoint: Callable[[Request, bytes], Response],
    ) -> Callable[[Request], Awaitable[Response]]:
        @wraps(endpoint)
        async def answer(request: Request) -> Response:
            body = await _body(request, kind=kind, most=most)
            return await run_in_threadpool(endpoint, request, body)

        return answer

    return reading


def with_form(
    endpoint: Callable[[Request, FormData], Response],
) -> Callable[[Request], Awaitable[Response]]:
    """Hand an endpoint the form; one that is too long, or of unknown length, is empty."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        length = request.headers.get("content-length", "")
        short = length.isdigit() and int(length) <= _MOST_FORM
        form = await request.form(max_files=0, max_fields=20) if short else FormData()
        return await run_in_threadpool(endpoint, request, form)

    return answer


async def _body(request: Request, *, kind: str, most: int) -> bytes:
    if request.headers.get("content-type", "").split(";")[0].strip() != kind:
        raise VisitRequestError("visits_wrong_kind", expected=kind)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise VisitRequestError("visits_too_large", seen=len(body), expected=most)
    return bytes(body)
