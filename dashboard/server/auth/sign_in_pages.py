"""The pages before the dashboard: signing in, changing a password, having signed out.

Plain pages that a server renders and any browser shows, without a script. What they say comes
from the catalogues; everything that is filled in is escaped.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from dashboard.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.i18n import Words
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

    say: Words
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
    say = sheet.say
    parts = [_demonstration(sheet, demo_roles) if demo_roles else ""]
    form = f"""
      <form method="post" action="/gw/sign-in">
        {_hidden(sheet)}
        {_field("login", say("Login"), value=login, complete="username", focus=not demo_roles)}
        {_field("password", say("Password"), kind="password", complete="current-password")}
        <button class="main" type="submit">{escape(say("Sign in"))}</button>
      </form>"""
    if directory:
        asked = urlencode({"next": sheet.following, "lang": say.language})
        way = escape(f"/gw/oidc/start?{asked}")
        form += f'<p class="or"><a class="button" href="{way}">' + escape(
            say("Sign in through the office's directory")
        ) + "</a></p>"  # fmt: skip
    hint = escape(say("No account, or the password is lost? The system administrator helps."))
    form += f'<p class="hint">{hint}</p>'
    if demo_roles:
        heading = escape(say("Or with an account"))
        form = f'<section aria-labelledby="own"><h2 id="own">{heading}</h2>{form}</section>'
    parts.append(form)
    return _page(sheet, title=say("Sign in"), body="".join(parts))


def password_page(sheet: Sheet, *, name: str, must: bool, rules: Sequence[str]) -> str:
    """Return the page on which somebody changes his password.

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
    say = sheet.say
    why = say("This password was given to you. Choose your own before you go on.") if must else ""
    listed = "".join(f"<li>{escape(rule)}</li>" for rule in rules)
    body = f"""
      {f'<p class="notice">{escape(why)}</p>' if why else ""}
      <p>{escape(say("Signed in: {name}", name=name))}</p>
      <form method="post" action="/gw/password">
        {_hidden(sheet)}
        {
        _field(
            "old", say("Present password"), kind="password", complete="current-password", focus=True
        )
    }
        {
        _field(
            "new", say("New password"), kind="password", complete="new-password", described="rules"
        )
    }
        {_field("again", say("New password once more"), kind="password", complete="new-password")}
        <ul id="rules" class="hint">{listed}</ul>
        <button class="main" type="submit">{escape(say("Change the password"))}</button>
      </form>
      {_sign_out_form(sheet) if must else _back(sheet)}"""
    return _page(sheet, title=say("Change the password"), body=body)


def refusal_page(sheet: Sheet, *, title: str) -> str:
    """Return a page that says why something was refused, and the way back to the sign-in."""
    say = sheet.say
    way = escape(f"/gw/sign-in?{urlencode({'lang': say.language, 'next': sheet.following})}")
    body = f'<p><a class="button" href="{way}">{escape(say("Back to the sign-in"))}</a></p>'
    return _page(sheet, title=title, body=body)


def _demonstration(sheet: Sheet, roles: Sequence[str]) -> str:
    say = sheet.say
    buttons = "".join(
        f'<li><button name="role" value="{escape(role)}" type="submit">'
        f"<b>{escape(say.name('role', role))}</b>"
        f"<span>{escape(say.name('role_work', role))}</span></button></li>"
        for role in roles
    )
    heading = escape(say("Demonstration: look at it as"))
    note = escape(say("An invented street with invented people. One click signs in; only here."))
    return f"""
      <section class="demo" aria-labelledby="demo">
        <h2 id="demo">{heading}</h2>
        <p>{note}</p>
        <form method="post" action="/gw/demo-sign-in">{_hidden(sheet)}<ul>{buttons}</ul></form>
      </section>"""


def _page(sheet: Sheet, *, title: str, body: str) -> str:
    say = sheet.say
    product, street = say("Gridwarden"), sheet.facts.street or sheet.facts.name
    problems = "".join(f"<li>{escape(problem)}</li>" for problem in sheet.problems)
    told = f'<div class="problem" role="alert"><ul>{problems}</ul></div>' if problems else ""
    if sheet.notice:
        told += f'<p class="notice" role="status">{escape(sheet.notice)}</p>'
    return f"""<!doctype html>
<html lang="{"zh-CN" if say.language == "zh" else "en"}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{escape(title)} · {escape(product)}</title>
  <link rel="icon" href="{escape(sheet.icon)}">
  <link rel="stylesheet" href="{escape(sheet.style)}">
</head>
<body>
  <header>
    <p class="product"><img src="{escape(sheet.icon)}" alt="" width="28" height="28">
      <b>{escape(product)}</b> <span>{escape(street)}</span></p>
    <nav aria-label="{escape(say("Language"))}">{_languages(sheet)}</nav>
  </header>
  <main>
    <h1>{escape(title)}</h1>
    {told}
    {body}
  </main>
</body>
</html>
"""


def _languages(sheet: Sheet) -> str:
    links = []
    for code, name in LANGUAGES.items():
        asked = {"lang": code, **({"next": sheet.following} if sheet.following else {})}
        here = ' aria-current="true"' if code == sheet.say.language else ""
        tag = "zh-CN" if code == "zh" else code
        way = escape(f"{sheet.path}?{urlencode(asked)}")
        links.append(f'<a href="{way}" lang="{tag}" hreflang="{tag}"{here}>{escape(name)}</a>')
    return " ".join(links)


def _hidden(sheet: Sheet) -> str:
    kept = {"lang": sheet.say.language, "next": sheet.following}
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in kept.items()
    )


def _field(
    name: str,
    label: str,
    *,
    kind: str = "text",
    value: str = "",
    complete: str = "off",
    described: str = "",
    focus: bool = False,
) -> str:
    more = f' aria-describedby="{described}"' if described else ""
    more += " autofocus" if focus else ""
    more += ' autocapitalize="none" spellcheck="false"' if kind == "text" else ""
    return (
        f'<label for="{name}">{escape(label)}</label>'
        f'<input id="{name}" name="{name}" type="{kind}" value="{escape(value)}" required'
        f' autocomplete="{complete}" maxlength="200"{more}>'
    )


def _sign_out_form(sheet: Sheet) -> str:
    return (
        f'<form method="post" action="/gw/sign-out">{_hidden(sheet)}'
        f'<button type="submit">{escape(sheet.say("Sign out"))}</button></form>'
    )


def _back(sheet: Sheet) -> str:
    way = escape(sheet.following or "/")
    return f'<p class="or"><a href="{way}">{escape(sheet.say("Back without changing it"))}</a></p>'
