"""The guard before every request, http and websocket alike.

Without accounts the server trusts whoever reaches it, so it makes sure that only pages of this
very origin do: a foreign page may neither open a websocket here nor, by pointing its own name at
this machine, be taken for ours. Signing in will be checked at the same place.
"""

from __future__ import annotations

import base64
import hashlib
import re
import socket
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from dashboard import context

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
SINGLE_FILE_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'; sandbox allow-scripts"
)
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


class Guard:
    """Refuse requests for foreign names and from foreign pages; add security headers.

    Parameters
    ----------
    app
        The application behind the guard.
    tile_url
        Returns the configured tile address, or None: the one origin images may come from.
    """

    def __init__(self, app: ASGIApp, *, tile_url: Callable[[], str | None] | None = None) -> None:
        self._app = app
        self._tile_url = tile_url or (lambda: None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through or answer it here."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = refuse(Headers(scope=scope), websocket=scope["type"] == "websocket")
        if refusal is None:
            await self._app(scope, receive, self._with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _WEBSOCKET_REFUSED, "reason": refusal})
        else:
            await PlainTextResponse(refusal, status_code=403)(scope, receive, send)

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                policy = content_policy(tile_url=self._tile_url())
                headers.setdefault("content-security-policy", policy)
            await send(message)

        return sending


def refuse(headers: Headers, *, websocket: bool) -> str | None:
    """Return why a request is refused, or None.

    Parameters
    ----------
    headers
        The request's headers.
    websocket
        Browsers send no preflight for a websocket and always name its origin, so there a missing
        or foreign origin is refused; a plain request is refused only for a foreign origin.
    """
    host = headers.get("host", "")
    name = urlsplit(f"//{host}").hostname or ""
    if not _is_own_name(name):
        return f"Unknown host name: {name}"
    origin = headers.get("origin")
    if origin is None:
        return "A websocket needs an origin" if websocket else None
    return None if urlsplit(origin).netloc == host else "Foreign origin"


def _is_own_name(name: str) -> bool:
    if name in {"localhost", socket.gethostname().lower()} | context.host_names():
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
