"""Routes of signing in, signing out and changing a password; plain pages, no script.

A session is a row of the store. The browser holds its secret in a cookie that no script reads and
no foreign page sends along with a form; ending the session ends it in every tab.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import navigation
from dashboard.i18n import Translator, translator
from dashboard.runtime import context
from dashboard.server import assets_url, request_facts
from dashboard.server.auth import sign_in_pages
from dashboard.server.auth.sign_in_pages import Sheet
from dashboard.server.bodies import with_form
from dashboard.server.errors import status_of
from geo.errors import GridwardenError
from governance.accounts.sessions import SignedIn

_NOTICES = ("signed_out", "password_changed")


def sign_in_form(request: Request) -> Response:
    """Answer the page on which people sign in; whoever is signed in already is sent on."""
    if context.session() is not None:
        return _moved(request_facts.own_path(request.query_params.get("next")))
    said = request.query_params.get("said", "")
    sheet = _sheet(request, request.query_params, notice=said if said in _NOTICES else "")
    return _answer(_sign_in_page(sheet))


@with_form
def sign_in(request: Request, form: FormData) -> Response:
    """Take a login and a password."""
    login, password = _text(form, "login"), _text(form, "password")

    def try_it() -> SignedIn:
        return context.office().sign_in.by_password(login, password, **asker(request))

    return enter(request, form, try_it, login=login)


@with_form
def demo_sign_in(request: Request, form: FormData) -> Response:
    """Sign in as a role of the demonstration; every other workspace refuses."""

    def try_it() -> SignedIn:
        return context.office().sign_in.by_demo(_text(form, "role"), **asker(request))

    return enter(request, form, try_it)


def enter(
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
    try:
        signed_in = try_it()
    except GridwardenError as error:
        return again(request, form, error, login=login)
    if before := request_facts.token_of(request.headers):
        context.office().sessions.sign_out(before)
    return _entered(request, form, signed_in.token)


def again(
    request: Request,
    asked: Any,  # noqa: ANN401 -- a form or a query
    error: GridwardenError,
    *,
    login: str = "",
) -> Response:
    """Answer the sign-in page again, with what is wrong and how long to wait."""
    page = _sign_in_page(_sheet(request, asked, problems=[error]), login=login)
    answer = _answer(page, status=status_of(error))
    if wait_s := error.facts.get("seconds") or 60 * error.facts.get("minutes", 0):
        answer.headers["retry-after"] = str(wait_s)
    return answer


@with_form
def sign_out(request: Request, form: FormData) -> Response:
    """End the session, in every tab of this browser; where asked, on every device.

    Of the demonstration's accounts, which many visitors share, only the session asked from.
    """
    session = context.session()
    if _text(form, "everywhere") and session is not None and not session.demo:
        context.office().sessions.sign_out_everywhere(session.actor)
    else:
        context.office().sessions.sign_out(request_facts.token_of(request.headers))
    language = request_facts.language_asked(request, _text(form, "lang"))
    gone = _moved(f"/gw/sign-in?said=signed_out&lang={language}")
    gone.delete_cookie(context.COOKIE, path="/", httponly=True, samesite="lax")
    return gone


def password_form(request: Request) -> Response:
    """Answer the page on which people change their passwords."""
    return _password_page(request, request.query_params)


@with_form
def change_password(request: Request, form: FormData) -> Response:
    """Take a new password; the other sessions of the person end."""
    session, token = context.session(), request_facts.token_of(request.headers)
    if session is None:
        return _moved("/gw/sign-in")
    old, new = _text(form, "old"), _text(form, "new")
    if new != _text(form, "again"):
        return _password_page(request, form, problems=[GridwardenError("passwords_differ")])
    try:
        context.office().sign_in.change_password(session.actor, old=old, new=new, token=token)
    except GridwardenError as error:
        return _password_page(request, form, problems=[error])
    return _entered(request, form, token)


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


def _entered(request: Request, asked: Any, token: str) -> Response:  # noqa: ANN401 -- form or query
    """Lead to where somebody wanted to go, else to what the role opens on, with the cookie."""
    following = request_facts.own_path(asked.get("next"), otherwise="")
    with context.acting_by(token):
        session = context.session()
    language = request_facts.language_asked(request, asked.get("lang"))
    if session is not None and session.must_change:
        way = f"/gw/password?{sign_in_pages.query(lang=language, next=following)}"
    else:
        home = navigation.landing_page(session.actor) if session is not None else None
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


def _password_page(
    request: Request,
    asked: Any,  # noqa: ANN401 -- a form or a query
    *,
    problems: list[GridwardenError] | None = None,
) -> Response:
    session = context.session()
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
    say = translator(request_facts.language_asked(request, asked.get("lang")))
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


def _sentences(say: Translator, error: GridwardenError) -> list[str]:
    problems = error.facts.get("problems")
    if isinstance(problems, list | tuple) and error.code == "password_refused":
        return [say.name("password_problem", str(code)) for code in problems]
    return [say.error(error)]


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
