"""A browser without a window: asks our routes, guard and all, and keeps its cookies."""

import asyncio
import sys
from importlib.util import find_spec
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from dashboard.server import errors, routes
from dashboard.server.guard import Guard
from dashboard.server.operations.request_log import RequestLog
from dashboard.server.operations.route_names import RouteNames
from governance.access.permissions import Scope, local_owner
from governance.office import Office

HERE = "http://localhost"
PASSWORD = "Correct 42 horses"  # noqa: S105 -- of invented people
PAGE = {"accept": "text/html"}
if find_spec("sniffio") is None:  # for which httpx would search all folders at each request
    vars(sys)["modules"]["sniffio"] = None


def add_new_account(office: Office, login: str, role: str) -> str:
    """Add an account that sees the whole street; return the password that it must change."""
    once = office.accounts.add(
        local_owner(), login, name=f"{role}示例", roles=[role], scope=Scope.whole()
    )
    assert once is not None
    return once


def add_account(office: Office, login: str, role: str) -> None:
    """Add an account that sees the whole street and whose password is PASSWORD."""
    once = add_new_account(office, login, role)
    token = office.sign_in.by_password(login, once).token
    session = office.sessions.session(token)
    assert session is not None
    office.sign_in.change_password(session.actor, old=once, new=PASSWORD, token=token)


async def some_page(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("a page of Streamlit")


class Browser:
    """One browser: keeps its cookies, sends its own origin, follows nothing by itself."""

    def __init__(self, base: str = HERE, *, client: str = "127.0.0.1") -> None:
        pages = [Route("/{path:path}", some_page)]
        own = routes.own_routes()
        app = Starlette(
            routes=[*own, *pages],
            middleware=[Middleware(RequestLog, names=RouteNames(own)), Middleware(Guard)],
            exception_handlers=errors.HANDLERS,
        )
        self._transport = httpx.ASGITransport(app, client=(client, 5000))
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
