"""What a request tells of itself: whose it is, from where, for a page or for data; its body.

Starlette runs a plain function in its thread pool, but only the event loop can read a body.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from http.cookies import CookieError, SimpleCookie

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, Headers
from starlette.requests import Request
from starlette.responses import Response

from dashboard.i18n import LANGUAGES, language_of
from dashboard.runtime import context
from geo.errors import GridwardenError

_MOST_PATH, _MOST_FORM = 2_000, 8_192

LANGUAGE_COOKIE = "gw_language"
"""What a browser remembers the chosen language by; set by the page's script."""


class VisitRequestError(GridwardenError):
    """A browser sent something that is no list of visits of the account that is signed in."""


def token_of(headers: Headers) -> str:
    """Return the secret in the session cookie, empty where there is none."""
    wanted = context.cookie_name()
    for line in headers.getlist("cookie"):
        for part in line.split(";"):
            name, _, value = part.strip().partition("=")
            if name == wanted:
                return _unquoted(value)
    return ""


def wants_page(headers: Headers, method: str) -> bool:
    """Say whether somebody looks at a page of its own, rather than a program asking for data.

    What a service worker passes on has no purpose any more, but no script can ask in this mode.
    """
    if method not in {"GET", "HEAD"}:
        return False
    purpose = headers.get("sec-fetch-dest")  # which browsers leave out on plain http
    if purpose == "empty" and headers.get("sec-fetch-mode") == "navigate":
        return True
    if purpose is not None:
        return purpose == "document"
    return "text/html" in headers.get("accept", "")


def own_path(wanted: str | None, *, otherwise: str = "/") -> str:
    """Return a path on this server to go to next; anything that could lead elsewhere is dropped.

    A browser reads a backslash as a slash and drops tabs and line ends, so a path with any of
    these, or with two slashes in front, may name another host.
    """
    path = wanted or ""
    good = (
        path.isprintable()
        and "\\" not in path
        and path.startswith("/")
        and not path.startswith(("//", "/gw/sign", "/gw/password", "/gw/oidc"))
        and len(path) <= _MOST_PATH
    )
    return path if good else otherwise


def is_https(request: Request) -> bool:
    """Say whether the browser came by https, believing a proxy only where one was configured."""
    if context.sign_in_settings().behind_proxy:
        forwarded = request.headers.get("x-forwarded-proto", "")
        return forwarded.split(",")[-1].strip().lower() == "https"
    return request.url.scheme == "https"


def address_of(request: Request) -> str:
    """Return the address that asked; behind a configured proxy the last one that it names."""
    seen = request.client.host if request.client else ""
    if context.sign_in_settings().behind_proxy:
        forwarded = request.headers.get("x-forwarded-for", "").split(",")[-1].strip()
        return forwarded[:64] or seen
    return seen


def language_for(request: Request, named: str | None = None) -> str:
    """Return the language for a page: as chosen now or before, else as the browser has it."""
    candidates = (named, request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE))
    if chosen := next((each for each in candidates if each in LANGUAGES), None):
        return chosen
    accepted = request.headers.get("accept-language", "").split(",")[0].split(";")[0]
    return language_of(accepted)


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    try:
        return next(iter(SimpleCookie(f"x={value}").values())).value
    except (CookieError, StopIteration):
        return ""


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
