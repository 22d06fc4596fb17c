"""The outermost layer of the server: each request has an id, is counted and leaves a line."""

import logging
import secrets
import time
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.runtime import context
from dashboard.runtime.logs import log_event
from dashboard.server.operations.figures import METHODS, requests
from dashboard.server.operations.route_names import RouteNames
from geo.errors import GridwardenError

ACTOR: Final = "gridwarden.actor"
"""Key of a request's scope under which the guard says whose it is."""
REQUEST_ID: Final = "x-request-id"
_SERVER_FAULT: Final = 500


class RequestLog:
    """Watch every request."""

    def __init__(self, app: ASGIApp, names: RouteNames) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            with requests.connections.track_inprogress():
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, number, began = _SERVER_FAULT, secrets.token_hex(8), time.perf_counter()
        route, method = self._names.name(scope), _method(scope)  # routing changes the scope

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = number
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            seconds = time.perf_counter() - began
            requests.note(route=route, method=method, status=status, seconds=seconds)
            if not route.startswith("/_stcore"):
                log_event(
                    "request",
                    level=logging.ERROR if status >= _SERVER_FAULT else logging.INFO,
                    request=number, route=route, method=method, status=status,
                    ms=round(seconds * 1000, 1), actor=_pseudonym(scope),
                )  # fmt: skip


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in METHODS else "other"


def _pseudonym(scope: Scope) -> str | None:
    account = scope.get(ACTOR)
    if account is None:
        return None
    try:
        return context.office().operations.pseudonym(account)
    except GridwardenError:
        return None
