"""Routes to the office's directory and back."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.runtime import context
from dashboard.runtime.oidc_client import WAIT_S, Directory, DirectoryError
from dashboard.server import answers, request_facts
from dashboard.server.auth import sign_in_routes
from geo.errors import GridwardenError
from governance.security.accounts.sessions import SignedIn

CALLBACK = "/gw/oidc/callback"


def cookie_name() -> str:
    """Return the name of the cookie that holds the key, this office's own as that of a session."""
    return f"oidc-{context.cookie_name()}"


def start(request: Request) -> Response:
    """Send a person to the directory, with a key to what is remembered here."""
    query = request.query_params
    language = request_facts.language_for(request)
    following = request_facts.own_path(query.get("next"), otherwise="")
    try:
        way, key = _directory().start(
            back_to=_back_to(request), following=following, language=language
        )
    except GridwardenError as error:
        return sign_in_routes.again(request, query, error)
    answer = answers.moved(way)
    answer.set_cookie(
        cookie_name(),
        key,
        max_age=WAIT_S,
        path="/gw/oidc",
        httponly=True,
        samesite="lax",
        secure=request_facts.is_https(request),
    )
    return answer


def callback(request: Request) -> Response:
    """Take the directory's answer and begin a session of our own."""
    query = dict(request.query_params)
    key = request.cookies.get(cookie_name(), "")
    try:
        who = _directory().finish(query, key=key, back_to=_back_to(request))
    except GridwardenError as error:
        return sign_in_routes.again(request, {}, error)

    def try_it() -> SignedIn:
        return context.office().sign_in.by_directory(
            who.subject, who.login, **sign_in_routes.asker(request)
        )

    form = FormData([("next", who.following), ("lang", who.language)])
    answer = sign_in_routes.enter(request, form, try_it)
    answer.delete_cookie(cookie_name(), path="/gw/oidc", httponly=True, samesite="lax")
    return answer


def routes() -> list[Route]:
    """Return the routes of this module."""
    return [Route("/gw/oidc/start", start), Route(CALLBACK, callback)]


def _directory() -> Directory:
    directory = context.directory()
    if directory is None:
        raise DirectoryError("directory_not_configured")
    return directory


def _back_to(request: Request) -> str:
    scheme = "https" if request_facts.is_https(request) else "http"
    return f"{scheme}://{request.headers['host']}{CALLBACK}"
