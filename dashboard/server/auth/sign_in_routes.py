"""Routes of signing in, signing out and changing a password; plain pages, no script.

A session is a row of the store. The browser holds its secret in a cookie that no script reads and
no foreign page sends along with a form; ending the session ends it in every tab.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import navigation
from dashboard.i18n import words
from dashboard.runtime import context
from dashboard.server import assets_url, request_facts
from dashboard.server.auth import sign_in_pages
from dashboard.server.auth.rate_limit import RateLimit
from geo.errors import GridwardenError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from dashboard.i18n import Words
    from dashboard.server.auth.sign_in_pages import Sheet
    from governance.accounts.sessions import SignedIn

_MOST_FORM = 8_192
_NOTICES = ("signed_out", "password_changed")
failures = RateLimit(most=60, within_s=300)
"""Failed tries by address, before the store is asked: one address may serve a whole office."""
tries = RateLimit(most=240, within_s=60)
"""All tries by address: each costs a slow hash."""


async def sign_in_form(request: Request) -> Response:
    """Answer the page on which people sign in; whoever is signed in already is sent on."""
    if await run_in_threadpool(context.session) is not None:
        return _moved(request_facts.own_path(request.query_params.get("next")))
    said = request.query_params.get("said", "")
    sheet = _sheet(request, request.query_params, notice=said if said in _NOTICES else "")
    return _answer(_sign_in_page(sheet))


async def sign_in(request: Request) -> Response:
    """Take a login and a password."""
    form = await _form(request)
    login, password = _text(form, "login"), _text(form, "password")

    def try_it() -> SignedIn:
        return context.office().sign_in.by_password(login, password, **asker(request))

    return await enter(request, form, try_it, login=login)


async def demo_sign_in(request: Request) -> Response:
    """Sign in as a role of the demonstration; every other workspace refuses."""
    form = await _form(request)

    def try_it() -> SignedIn:
        return context.office().sign_in.by_demo(_text(form, "role"), **asker(request))

    return await enter(request, form, try_it)


async def enter(
    request: Request, form: FormData, try_it: Callable[[], SignedIn], *, login: str = ""
) -> Response:
    """Begin a session, or answer the page again with what is wrong.

    Parameters
    ----------
    request
        What came.
    form
        ``next`` and ``lang``, wherever they came from.
    try_it
        Asks the office; returns what it signed in, or raises.
    login
        What was typed, to be shown again.
    """
    address = request_facts.address_of(request)
    wait_s = max(failures.wait_s(address), tries.wait_s(address))
    if wait_s:
        problem = GridwardenError("too_many_tries", minutes=-(-wait_s // 60))
        sheet = _sheet(request, form, problems=[problem])
        again = _answer(_sign_in_page(sheet, login=login), status=429)
        again.headers["retry-after"] = str(wait_s)
        return again
    tries.count(address)
    try:
        signed_in = await run_in_threadpool(try_it)
    except GridwardenError as error:
        failures.count(address)
        sheet = _sheet(request, form, problems=[error])
        return _answer(_sign_in_page(sheet, login=login), status=401)
    before = request_facts.token_of(request.headers)
    if before:
        await run_in_threadpool(context.office().sessions.sign_out, before)
    return await _entered(request, form, signed_in.token)


def again(
    request: Request,
    asked: Any,  # noqa: ANN401 -- a form or a query
    problems: list[GridwardenError],
) -> Response:
    """Answer the sign-in page again, with what is wrong."""
    return _answer(_sign_in_page(_sheet(request, asked, problems=problems)), status=401)


async def sign_out(request: Request) -> Response:
    """End the session, in every tab of this browser."""
    form = await _form(request)
    await run_in_threadpool(
        context.office().sessions.sign_out, request_facts.token_of(request.headers)
    )
    language = request_facts.language_asked(request, _text(form, "lang"))
    gone = _moved(f"/gw/sign-in?said=signed_out&lang={language}")
    gone.delete_cookie(context.COOKIE, path="/", httponly=True, samesite="lax")
    return gone


async def password_form(request: Request) -> Response:
    """Answer the page on which somebody changes his password."""
    return await _password_page(request, request.query_params)


async def change_password(request: Request) -> Response:
    """Take a new password; the other sessions of the person end."""
    form = await _form(request)
    session = await run_in_threadpool(context.session)
    if session is None:
        return _moved("/gw/sign-in")
    if _text(form, "new") != _text(form, "again"):
        error = GridwardenError("passwords_differ")
        return await _password_page(request, form, problems=[error])

    def change() -> None:
        context.office().sign_in.change_password(
            session.actor,
            old=_text(form, "old"),
            new=_text(form, "new"),
            token=request_facts.token_of(request.headers),
        )

    try:
        await run_in_threadpool(change)
    except GridwardenError as error:
        return await _password_page(request, form, problems=[error])
    return await _entered(request, form, request_facts.token_of(request.headers))


def routes() -> list[Route]:
    """Return the routes of this module."""
    return [
        Route("/gw/sign-in", sign_in_form, methods=["GET"]),
        Route("/gw/sign-in", sign_in, methods=["POST"]),
        Route("/gw/demo-sign-in", demo_sign_in, methods=["POST"]),
        Route("/gw/sign-out", sign_out, methods=["POST"]),
        Route("/gw/password", password_form, methods=["GET"]),
        Route("/gw/password", change_password, methods=["POST"]),
    ]


async def _entered(request: Request, asked: Any, token: str) -> Response:  # noqa: ANN401 -- form or query
    """Lead to where somebody wanted to go, else to what his role opens on, with the cookie."""
    following = request_facts.own_path(asked.get("next"), otherwise="")
    with context.acting_by(token):
        session = await run_in_threadpool(context.session)
    language = request_facts.language_asked(request, asked.get("lang"))
    if session is not None and session.must_change:
        way = f"/gw/password?{sign_in_pages.query(lang=language, next=following)}"
    else:
        home = navigation.home_of(session.actor) if session is not None else None
        way = (following.strip("/") and following) or (f"/{home.url_path}" if home else "/")
        way = sign_in_pages.with_language(way, language)
    gone = _moved(way)
    gone.set_cookie(
        context.COOKIE,
        token,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request_facts.is_https(request),
    )
    return gone


async def _password_page(
    request: Request,
    asked: Any,  # noqa: ANN401 -- a form or a query
    *,
    problems: list[GridwardenError] | None = None,
) -> Response:
    session = await run_in_threadpool(context.session)
    if session is None:
        return _moved("/gw/sign-in")
    sheet = _sheet(request, asked, problems=problems)
    say = sheet.say
    least = context.office().sign_in.facts().least_length
    rules = [
        say("At least {n} characters.", n=least),
        say("Not the login, no common password, none that you had before."),
        say("Three of: capitals, small letters, digits, other signs (Chinese ones too)."),
    ]
    page = sign_in_pages.password_page(
        sheet, name=session.actor.name, must=session.must_change, rules=rules
    )
    return _answer(page, status=422 if problems else 200)


def _sign_in_page(sheet: Sheet, *, login: str = "") -> str:
    return sign_in_pages.sign_in_page(
        sheet,
        login=login,
        demo_roles=context.office().sign_in.demo_roles(),
        directory=context.directory() is not None,
    )


def _sheet(
    request: Request,
    asked: Any,  # noqa: ANN401 -- a form or a query
    *,
    problems: list[GridwardenError] | None = None,
    notice: str = "",
) -> Sheet:
    say = words(request_facts.language_asked(request, asked.get("lang")))
    path = request.url.path if request.url.path in {"/gw/sign-in", "/gw/password"} else ""
    return sign_in_pages.Sheet(
        say=say,
        facts=context.facts(),
        style=assets_url.asset_url("sign_in.css"),
        icon=assets_url.asset_url("icon.svg"),
        path=path or "/gw/sign-in",
        following=request_facts.own_path(asked.get("next"), otherwise=""),
        problems=[sentence for error in problems or () for sentence in _sentences(say, error)],
        notice=say.name("sign_in_notice", notice) if notice else "",
    )


def _sentences(say: Words, error: GridwardenError) -> list[str]:
    problems = error.facts.get("problems")
    if isinstance(problems, list | tuple) and error.code == "password_refused":
        return [say.name("password_problem", str(code)) for code in problems]
    return [say.error(error)]


async def _form(request: Request) -> FormData:
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > _MOST_FORM:
        return FormData()
    return await request.form(max_files=0, max_fields=20)


def _text(form: Any, name: str) -> str:  # noqa: ANN401 -- a form or a query
    value = form.get(name)
    return value if isinstance(value, str) else ""


def asker(request: Request) -> dict[str, str]:
    """Return what the office notes of whoever tries to sign in."""
    return {
        "address": request_facts.address_of(request),
        "agent": request.headers.get("user-agent", "")[:200],
    }


def _answer(page: str, *, status: int = 200) -> Response:
    headers = {"content-security-policy": sign_in_pages.POLICY, "cache-control": "no-store"}
    return HTMLResponse(page, status_code=status, headers=headers)


def _moved(to: str) -> Response:
    return RedirectResponse(to, status_code=303, headers={"cache-control": "no-store"})
