"""The page that a phone opens without a connection, and the service worker that answers with it.

The page is the same for everybody and holds nobody's data; the browser keeps it with the scripts
of its own that it needs, and nothing else of this server. Whose list it shows comes from
`holder`, or without a connection from what the phone keeps sealed.
"""

import base64
import hashlib
import json
import re
from datetime import timedelta
from functools import cache

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.documents.html import render
from dashboard.i18n import LANGUAGES, translator
from dashboard.runtime import context
from dashboard.server import answers
from dashboard.server.assets_url import ASSETS, asset_url
from dashboard.server.visits.wording import WORKER, page_words
from governance.access.permissions import Action, may

FIELD = "/gw/field"
_WORDS = "/gw/field/words"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; frame-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing runs or is fetched but what this server delivers."""
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_WORKER_PARTS = ("database.js", "field_worker.js")
_MODULE_WORD = re.compile(r"^(?:import .*;$|export )", re.MULTILINE)
_VISITS = sorted((ASSETS / "visits").iterdir())
_FILES = (*(f"visits/{path.name}" for path in _VISITS), "elements.js", "icon.svg")


@cache
def field_page() -> str:
    """Return the page: a frame for the script, without a word or a name of anybody."""
    return render(
        "field.html",
        icon=asset_url("icon.svg"),
        style=asset_url("visits/visits.css"),
        script=asset_url("visits/field.js"),
    )


@cache
def words_of(language: str) -> str:
    """Return words and addresses of the page in one language, as JSON."""
    return json.dumps(page_words(translator(language)), ensure_ascii=False)


@cache
def kept_files() -> dict[str, tuple[str, str]]:
    """Return what a browser keeps for the page: address → content type and SHA-256 in hex.

    The worker serves a kept file only while it is what this server delivered.
    """
    contents = {
        asset_url(name): (_KINDS[f".{name.rpartition('.')[2]}"], (ASSETS / name).read_bytes())
        for name in _FILES
    }
    contents[FIELD] = ("text/html", field_page().encode())
    for language in LANGUAGES:
        contents[f"{_WORDS}?lang={language}"] = ("application/json", words_of(language).encode())
    return {
        address: (f"{kind}; charset=utf-8", hashlib.sha256(content).hexdigest())
        for address, (kind, content) in contents.items()
    }


def page(_request: Request) -> Response:
    """Answer the page."""
    return HTMLResponse(field_page(), headers={"content-security-policy": POLICY})


def words(request: Request) -> Response:
    """Answer the words of the page."""
    say = answers.say_of(request)
    return Response(words_of(say.language), media_type="application/json")


def worker(_request: Request) -> Response:
    """Answer the service worker of this version: another file or word makes another worker."""
    files = json.dumps(kept_files(), sort_keys=True)
    version = hashlib.sha256((files + POLICY).encode()).hexdigest()[:16]
    kept = json.dumps({"version": version, "page": FIELD, "policy": POLICY})
    script = "\n".join(
        (*map(_as_plain_script, _WORKER_PARTS), f"serve({{...{kept}, files: {files}}});")
    )
    headers = {"service-worker-allowed": "/"}
    return Response(script, media_type="text/javascript", headers=headers)


def holder(request: Request) -> Response:
    """Answer who is signed in and, where a browser names itself, the key for what it keeps.

    ``seconds`` is for how long a phone may show the list without asking again: until the session
    ends at the latest.
    """
    actor, device = context.actor(), request.query_params.get("device", "")
    records = may(actor, Action.RECORD_VISIT)
    key = context.office().phone_keys.phone_key(actor, device) if device and records else b""
    return JSONResponse(
        {
            "account": actor.id,
            "person": actor.name,
            "mayRecord": records,
            "mayHistory": may(actor, Action.SEE_VISITS),
            "key": base64.b64encode(key).decode(),
            "seconds": _seconds_left(),
        }
    )


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route(FIELD, page),
        Route(_WORDS, words),
        Route(WORKER, worker),
        Route(f"{FIELD}/holder", holder),
    ]


def _as_plain_script(name: str) -> str:
    """Return a module's text as a plain script: as a module, not every browser takes a worker."""
    return _MODULE_WORD.sub("", (ASSETS / "visits" / name).read_text("utf-8"))


def _seconds_left() -> int:
    most, session = context.sign_in_settings().absolute_hours, context.session()
    used = context.office().clock.utc() - session.created_at if session else timedelta(0)
    return max(0, int((timedelta(hours=most) - used).total_seconds()))
