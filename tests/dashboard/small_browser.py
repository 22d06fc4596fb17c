"""A browser without a window: asks our routes, guard and all, and keeps its cookies."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from dashboard.server import routes
from dashboard.server.guard import Guard

if TYPE_CHECKING:
    from starlette.requests import Request

HERE = "http://localhost"
PASSWORD = "Correct 42 horses"  # noqa: S105 -- of invented people
PAGE = {"accept": "text/html"}


async def some_page(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("a page of Streamlit")


class Browser:
    """One browser: keeps its cookies, sends its own origin, follows nothing by itself."""

    def __init__(self, base: str = HERE) -> None:
        pages = [Route("/{path:path}", some_page)]
        app = Starlette(routes=[*routes.own_routes(), *pages], middleware=[Middleware(Guard)])
        self._transport = httpx.ASGITransport(app)
        self._base = base
        self.cookies = httpx.Cookies()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def asking() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=self._transport, base_url=self._base, cookies=self.cookies
            ) as web:
                answer = await web.request(method, path, **more)
                self.cookies = web.cookies
                return answer

        return asyncio.run(asking())

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, headers={**PAGE, **headers})

    def post(self, path: str, form: dict[str, str], **headers: str) -> httpx.Response:
        return self.ask("POST", path, data=form, headers={"origin": self._base, **headers})

    def sign_in(self, login: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        return self.post("/gw/sign-in", {"login": login, "password": password, **more})
