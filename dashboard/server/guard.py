"""The guard before every request, http and websocket alike.

Only pages of this very origin get through: a foreign page may neither open a websocket here nor
send anything nor, by pointing its own name at this machine, be taken for ours. Then only people
who signed in do, but for the few paths of :data:`OPEN` and all below :data:`PUBLIC`: somebody who
looks at a page is led to the sign-in, a program is told 401, a websocket is refused. Of Streamlit's
own paths only those that our pages use are there.
"""

import base64
import hashlib
import re
import socket
from contextlib import suppress
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import navigation
from dashboard.runtime import context
from dashboard.server import answers, assets_url, errors, request_facts
from dashboard.server.operations.request_log import ACTOR
from geo.errors import GridwardenError
from governance.access.permissions import Action, may

OPEN = frozenset(
    {
        "/favicon.ico", "/healthz", "/readyz", "/metrics", "/gw/health", "/gw/sign-in",
        "/gw/sign-out", "/gw/demo-sign-in", "/gw/oidc/start", "/gw/oidc/callback",
        "/gw/assets/sign_in.css", "/gw/assets/icon.svg",
    }
)  # fmt: skip
"""What a visitor may ask for before signing in."""
PUBLIC, PUBLIC_API = "/gw/public/", "/gw/public/api/"
"""What anybody may ask for: it answers nothing while the office takes no public reports."""
PASSWORD = "/gw/password"  # noqa: S105 -- a path
SIGN_IN = "/gw/sign-in"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FRAMEWORK = ("/_stcore/", "/component/", "/auth/", "/oauth2callback")
_UPLOAD = "/_stcore/upload_file/"
_USED = ("/_stcore/health", "/_stcore/host-config", "/_stcore/stream", _UPLOAD)
"""Of Streamlit's own paths those that our pages use; its others, such as its metrics, its sign-in
and its interface for programs, are answered 404 to everybody."""
_UPLOADING = (Action.IMPORT, Action.DRAFT_NOTICES)
"""Who has a page on which a file can be chosen; a file waits in memory until its page is left."""
_STATIC = ("/gw/assets/", f"{assets_url.KEPT}/", "/gw/leaflet/", "/static/")
"""What a browser may keep; every other answer is about somebody. A page that it kept it would show
again, by its button to go back, to who comes after a sign-out."""

POLICY = {
    "default-src": "'self'",
    "script-src": "'self' blob:",
    "worker-src": "'self' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_WEBSOCKET_REFUSED = 1008
_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


@cache
def _page_scripts() -> str:
    """Return hashes of the scripts inside Streamlit's own page, so that no other one may run."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()
    digests = [hashlib.sha256(script).digest() for script in _INLINE_SCRIPT.findall(page)]
    return "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def content_policy(*, tile_url: str | None = None) -> str:
    """Return the content security policy; only a configured tile server adds an origin."""
    policy = dict(POLICY)
    policy["script-src"] += _page_scripts()
    if tile_url:
        parts = urlsplit(tile_url)
        host = parts.netloc.replace("{s}", "*")
        policy["img-src"] += f" {parts.scheme}://{host}"
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


def _tile_url() -> str | None:
    """Return the configured address of map tiles, or None: the default draws on white."""
    try:
        return context.facts().tile_url
    except GridwardenError:
        return None


class Guard:
    """Refuse requests for foreign names and from foreign pages; add security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through or answer it here."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        method = None if scope["type"] == "websocket" else str(scope["method"])
        with context.acting_by(request_facts.token_of(headers)):
            answer: Response | None = None
            # The API acts for nobody who is known: a program that names no origin may use it.
            api = method is not None and scope["path"].startswith(PUBLIC_API)
            if refusal := refuse(headers, method="GET" if api else method):
                answer = PlainTextResponse(refusal, status_code=403)
            elif is_closed(scope["path"]) or holds_nul(scope):
                answer = PlainTextResponse("Not found", status_code=404)
            elif not is_open(scope["path"], method=method):
                answer = await answer_instead(scope, headers, method=method)
            if answer is None:
                await self._app(scope, receive, self._with_headers(send, scope["path"]))
            elif method is None:
                closing = {"type": "websocket.close", "code": _WEBSOCKET_REFUSED}
                await send({**closing, "reason": refusal or "Not signed in"})
            else:
                await answer(scope, receive, self._with_headers(send, scope["path"]))

    def _with_headers(self, send: Send, path: str) -> Send:
        keeps_nothing, our_own = not path.startswith(_STATIC), path.startswith("/gw/")

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                policy = content_policy(tile_url=_tile_url())
                headers.setdefault("content-security-policy", policy)
                if keeps_nothing and not (our_own and "cache-control" in headers):
                    headers["cache-control"] = "no-store"
            await send(message)

        return sending


async def answer_instead(scope: Scope, headers: Headers, *, method: str | None) -> Response | None:
    """Return what somebody gets instead of what was asked for, or None: they may have it.

    ``scope``, ``headers``: the request.
    ``method``: its method, None for a websocket.
    """
    if context.everyone_is_known():
        return None
    path, target, query = str(scope["path"]), quote(str(scope["path"]), safe="/"), ""
    if given := scope.get("query_string", b"").decode("latin-1"):
        query = f"?{given}"
    page = method is not None and request_facts.wants_page(headers, method)
    try:
        session = await run_in_threadpool(context.session)
    except GridwardenError as error:
        return errors.answer_failure(Request(scope), error)
    if method is not None:  # a websocket outlives what is known of its session
        context.hand_on(session)
    if session is not None:
        scope[ACTOR] = session.actor.id  # for the line in the log, under a pseudonym
    if session is None:
        return _to_sign_in(target + query) if page else _refusal(401, "signed_out")
    if session.must_change:
        change = f"{PASSWORD}?{urlencode({'next': target + query})}"
        refused = answers.moved(change) if page else _refusal(403, "password_must_change")
        return None if path == PASSWORD else refused
    if path.startswith(_UPLOAD) and not any(may(session.actor, each) for each in _UPLOADING):
        return _refusal(403, "not_allowed")
    way = navigation.redirect_for(path, session.actor) if page else None
    return answers.moved(way + query) if way else None


def _refusal(status: int, code: str) -> Response:
    return JSONResponse({"code": code}, status_code=status)


def _to_sign_in(target: str) -> Response:
    """Lead to the sign-in, in the language that was asked for, and from there to the target."""
    where = request_facts.own_path(target, otherwise="").strip("/") and target
    query = {"next": [where], "lang": parse_qs(urlsplit(target).query).get("lang", [])[:1]}
    given = urlencode({name: value for name, value in query.items() if value != [""]}, doseq=True)
    return answers.moved(f"{SIGN_IN}?{given}" if given else SIGN_IN)


def is_open(path: str, *, method: str | None) -> bool:
    """Say whether a visitor may ask for a path before signing in; a websocket has no method."""
    return path in OPEN or (method is not None and path.startswith(PUBLIC))


def is_closed(path: str) -> bool:
    """Say whether a path is one of Streamlit's that nobody is served."""
    return path.startswith(_FRAMEWORK) and not path.startswith(_USED)


def holds_nul(scope: Scope) -> bool:
    """Say whether a path or a query holds the character that ends a text: nothing is called so."""
    query = scope.get("query_string", b"").decode("latin-1")
    return "\0" in scope["path"] or "\0" in query or "%00" in query


def refuse(headers: Headers, *, method: str | None) -> str | None:
    """Return why a request is refused, or None.

    ``method``: its method, None for a websocket. Browsers send no preflight for a websocket or a
    form and always name their origin, so there a missing or foreign origin is refused; what only
    reads is refused only for a foreign origin.
    """
    host = headers.get("host", "")
    name = ""
    with suppress(ValueError):
        name = urlsplit(f"//{host}").hostname or ""
    if not _is_own_name(name):
        return f"Unknown host name: {name}"
    origin = headers.get("origin")
    if origin is not None:
        is_ours = False
        with suppress(ValueError):
            is_ours = urlsplit(origin).netloc == host
        return None if is_ours else "Foreign origin"
    if method is None:
        return "A websocket needs an origin"
    if method in _SAFE or headers.get("sec-fetch-site") == "same-origin":
        return None
    return "A change needs an origin"


def _is_own_name(name: str) -> bool:
    configured = {known.lower() for known in context.sign_in_settings().host_names}
    if name in {"localhost", socket.gethostname().lower()} | configured:
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
