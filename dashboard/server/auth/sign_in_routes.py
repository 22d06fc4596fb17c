"""Routes of signing in, signing out and changing a password; plain pages, no script.

A session is a row of the store. The browser holds its secret in a cookie that no script reads and
no foreign page sends along with a form; ending the session ends it in every tab.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from dashboard import navigation
from dashboard.documents.html import render
from dashboard.i18n import LANGUAGES, Translator, translator
from dashboard.runtime import context
from dashboard.server import answers, assets_url, request_facts
from dashboard.server.errors import status_of
from dashboard.server.request_facts import with_form
from geo.errors import GridwardenError
from governance.security.accounts.sessions import SignedIn

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_YEAR_S = 365 * 24 * 3600
_NOTICES = ("signed_out", "password_changed")


def query(**fields: str) -> str:
    """Return a query string of whatever is not empty."""
    return urlencode({name: value for name, value in fields.items() if value})


def with_language(way: str, language: str) -> str:
    """Return a path of this server that opens in a language, unless it names one itself."""
    parts = urlsplit(way)
    if "lang" in parse_qs(parts.query):
        return way
    return f"{parts.path}?{parts.query}{'&' if parts.query else ''}lang={language}"


def sign_in_form(request: Request) -> Response:
    """Answer the page on which people sign in; whoever is signed in already is sent on."""
    if context.session() is not None:
        return answers.moved(request_facts.own_path(request.query_params.get("next")))
    notice = request.query_params.get("said", "")
    notice = notice if notice in _NOTICES else ""
    return _sign_in_page(request, request.query_params, notice=notice)


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

    ``form``: ``next`` and ``lang``, wherever they came from.
    ``try_it``: asks the office; returns what it signed in, or raises.
    ``login``: what was typed, to be shown again.
    """
    try:
        signed_in = try_it()
    except GridwardenError as error:
        return again(request, form, error, login=login)
    if before := request_facts.token_of(request.headers):
        context.office().sessions.sign_out(before)
    return _entered(request, form, signed_in.token)


def again(
    request: Request, fields: Mapping[str, Any], error: GridwardenError, *, login: str = ""
) -> Response:
    """Answer the sign-in page again, with what is wrong and how long to wait."""
    answer = _sign_in_page(request, fields, problem=error, login=login, status=status_of(error))
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
    language = request_facts.language_for(request, _text(form, "lang"))
    answer = answers.moved(f"/gw/sign-in?said=signed_out&lang={language}")
    answer.delete_cookie(context.cookie_name(), path="/", httponly=True, samesite="lax")
    answer.headers["clear-site-data"] = '"cache"'  # browsers obey over https
    return answer


def password_form(request: Request) -> Response:
    """Answer the page on which people change their passwords."""
    return _password_page(request, request.query_params)


@with_form
def change_password(request: Request, form: FormData) -> Response:
    """Take a new password; the other sessions of the person end."""
    session, token = context.session(), request_facts.token_of(request.headers)
    if session is None:
        return answers.moved("/gw/sign-in")
    old, new = _text(form, "old"), _text(form, "new")
    if new != _text(form, "again"):
        return _password_page(request, form, problem=GridwardenError("passwords_differ"))
    try:
        context.office().sign_in.change_password(session.actor, old=old, new=new, token=token)
    except GridwardenError as error:
        return _password_page(request, form, problem=error)
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


def _entered(request: Request, fields: Mapping[str, Any], token: str) -> Response:
    """Lead to where somebody wanted to go, else to what the role opens on, with the cookie."""
    following = request_facts.own_path(fields.get("next"), otherwise="")
    with context.acting_by(token):
        session = context.session()
    language = request_facts.language_for(request, fields.get("lang"))
    if session is not None and session.must_change:
        way = f"/gw/password?{query(lang=language, next=following)}"
    else:
        home = navigation.landing_page(session.actor) if session is not None else None
        way = (following.strip("/") and following) or (f"/{home.url_path}" if home else "/")
        way = with_language(way, language)
    answer = answers.moved(way)
    answer.set_cookie(
        context.cookie_name(),
        token,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request_facts.is_https(request),
    )
    answer.set_cookie(request_facts.LANGUAGE_COOKIE, language, max_age=_YEAR_S, samesite="lax")
    return answer


def _password_page(
    request: Request, fields: Mapping[str, Any], *, problem: GridwardenError | None = None
) -> Response:
    session = context.session()
    if session is None:
        return answers.moved("/gw/sign-in")
    return _page(
        "sign_in/password.html",
        request,
        fields,
        status=422 if problem else 200,
        problem=problem,
        name=session.actor.name,
        must=session.must_change,
        least=context.office().sign_in.facts().least_length,
    )


def _sign_in_page(request: Request, fields: Mapping[str, Any], **facts: Any) -> Response:  # noqa: ANN401 -- of the page
    return _page(
        "sign_in/sign_in.html",
        request,
        fields,
        **{"login": "", **facts},
        demo_roles=context.office().sign_in.demo_roles(),
        directory=context.directory() is not None,
    )


def _page(
    template: str,
    request: Request,
    fields: Mapping[str, Any],
    *,
    status: int = 200,
    problem: GridwardenError | None = None,
    notice: str = "",
    **facts: Any,  # noqa: ANN401 -- of the template
) -> Response:
    """Answer a plain page: no script, what is filled in escaped, what went wrong on top.

    ``fields``, a form or a query, holds ``next`` and ``lang``.
    """
    say = translator(request_facts.language_for(request, fields.get("lang")))
    path = request.url.path
    sheet = {
        "facts": context.facts(),
        "style": assets_url.asset_url("sign_in.css"),
        "icon": assets_url.asset_url("icon.svg"),
        "path": path if path in {"/gw/sign-in", "/gw/password"} else "/gw/sign-in",
        "following": request_facts.own_path(fields.get("next"), otherwise=""),
        "problems": _sentences(say, problem) if problem else [],
        "notice": say.name("sign_in_notice", notice) if notice else "",
    }
    html = render(template, sheet=sheet, say=say, languages=LANGUAGES, query=query, **facts)
    headers = {"content-security-policy": POLICY, "cache-control": "no-store"}
    return HTMLResponse(html, status_code=status, headers=headers)


def _sentences(say: Translator, error: GridwardenError) -> list[str]:
    problems = error.facts.get("problems")
    if isinstance(problems, list | tuple) and error.code == "password_refused":
        return [say.name("password_problem", str(code)) for code in problems]
    return [say.error(error)]


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def asker(request: Request) -> dict[str, str]:
    """Return what the office notes of whoever tries to sign in."""
    return {
        "address": request_facts.address_of(request),
        "agent": request.headers.get("user-agent", "")[:200],
    }
