"""The pages before the dashboard: signing in, changing a password, having signed out.

Plain pages that a server renders and any browser shows, without a script. What they say comes
from the catalogues; everything that is filled in is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from dashboard.documents.html import render
from dashboard.i18n import LANGUAGES, Translator
from governance.office import OfficeFacts

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What every one of these pages is made with.

    Parameters
    ----------
    say
        The words.
    facts
        Of the office.
    style, icon
        Addresses of the style sheet and the icon.
    path
        The page's own path, for its language links.
    following
        Where to go afterwards.
    problems
        What went wrong, each a whole sentence.
    notice
        What went well.
    """

    say: Translator
    facts: OfficeFacts
    style: str
    icon: str
    path: str
    following: str = ""
    problems: Sequence[str] = ()
    notice: str = ""


def query(**asked: str) -> str:
    """Return a query string of whatever is not empty."""
    return urlencode({name: value for name, value in asked.items() if value})


def with_language(way: str, language: str) -> str:
    """Return a path of this server that opens in a language, unless it names one itself."""
    asked = urlsplit(way)
    if "lang" in parse_qs(asked.query):
        return way
    kept = f"{asked.query}&lang={language}" if asked.query else f"lang={language}"
    return f"{asked.path}?{kept}"


def sign_in_page(
    sheet: Sheet, *, login: str = "", demo_roles: Sequence[str] = (), directory: bool = False
) -> str:
    """Return the page on which people sign in.

    Parameters
    ----------
    sheet
        What it is made with.
    login
        What was typed before.
    demo_roles
        Roles that a click signs in as; only in the demonstration.
    directory
        Whether the office's directory can be asked instead.
    """
    return _page(
        "sign_in.html",
        sheet,
        title=sheet.say("Sign in"),
        login=login,
        demo_roles=demo_roles,
        directory=directory,
    )


def password_page(sheet: Sheet, *, name: str, must: bool, rules: Sequence[str]) -> str:
    """Return the page on which people change their passwords.

    Parameters
    ----------
    sheet
        What it is made with.
    name
        Whose.
    must
        Whether it has to be changed before anything else.
    rules
        What a password must be like, each a whole sentence.
    """
    title = sheet.say("Change the password")
    return _page("password.html", sheet, title=title, name=name, must=must, rules=rules)


def _page(template: str, sheet: Sheet, **facts: object) -> str:
    return render(template, sheet=sheet, say=sheet.say, languages=LANGUAGES, query=query, **facts)
