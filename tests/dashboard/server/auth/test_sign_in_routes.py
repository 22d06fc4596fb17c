"""Signing in and out over plain pages, before and behind the guard."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from small_browser import PAGE, PASSWORD, Browser
from starlette.requests import Request

from dashboard.runtime import context
from dashboard.server.request_facts import address_of
from data.workspace.settings import SignInSettings
from governance.security.accounts.authentication import SignInError

LAYER = "/gw/tiles/s20261123/cell:10/0-0-0"


@pytest.fixture
def office(serve_staffed: Callable[..., Any]) -> Any:
    return serve_staffed()


@pytest.fixture
def browser(office: Any) -> Browser:  # noqa: ARG001 -- it is served
    return Browser()


# ---- before signing in ----------------------------------------------------------------------


def test_a_visitor_who_looks_at_a_page_is_led_to_the_sign_in_and_back(browser: Browser) -> None:
    answer = browser.get("/building?unit=B00003")
    assert answer.status_code == 303
    asked = urlsplit(answer.headers["location"])
    assert asked.path == "/gw/sign-in"
    following = parse_qs(asked.query)["next"][0]
    entered = browser.sign_in("planner", next=following)
    assert entered.headers["location"].startswith("/building?unit=B00003")


def test_a_visitor_is_led_to_the_sign_in_in_the_language_of_the_bookmark(browser: Browser) -> None:
    for language, said in (("en", "Sign in"), ("zh", "登录")):
        way = browser.get(f"/map?lang={language}").headers["location"]
        assert said in browser.get(way).text


def test_a_visitor_who_asks_for_data_is_told_401(browser: Browser) -> None:
    for path in (LAYER, "/_stcore/health", "/media/a.bin", "/static/x.js",
                 "/gw/assets/map/street/street_map.js", "/gw/visits", "/gw/password"):  # fmt: skip
        answer = browser.ask("GET", path)
        assert (answer.status_code, answer.json()) == (401, {"code": "signed_out"}), path


def test_what_signing_in_needs_is_open(browser: Browser) -> None:
    for path in ("/gw/health", "/gw/sign-in", "/gw/assets/sign_in.css", "/gw/assets/icon.svg"):
        assert browser.get(path).status_code == 200, path


def test_the_page_speaks_the_browsers_language(browser: Browser) -> None:
    for language, said in (("zh-CN,zh;q=0.9", "登录"), ("en-GB", "Sign in")):
        page = browser.get("/gw/sign-in", **{"accept-language": language}).text
        assert f"<h1>{said}</h1>" in page


def test_the_page_runs_no_script_and_nobody_may_frame_it(browser: Browser) -> None:
    answer = browser.get("/gw/sign-in")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


# ---- signing in -----------------------------------------------------------------------------


def test_the_cookie_is_for_this_site_alone_and_no_script_reads_it(browser: Browser) -> None:
    cookie = browser.sign_in("planner").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie, "plain http on this machine"
    assert "Secure" in Browser("https://localhost").sign_in("planner").headers["set-cookie"]


def test_only_a_configured_proxy_is_believed_about_https(office: Any) -> None:
    told = {"x-forwarded-proto": "https"}
    form = {"login": "planner", "password": PASSWORD}
    plain = Browser().post("/gw/sign-in", form, **told)
    context.provide(office, sign_in=SignInSettings(behind_proxy=True))
    behind = Browser().post("/gw/sign-in", form, **told)
    assert "Secure" not in plain.headers["set-cookie"]
    assert "Secure" in behind.headers["set-cookie"]
    claimed = Browser().post("/gw/sign-in", form, **{"x-forwarded-proto": "https, http"})
    assert "Secure" not in claimed.headers["set-cookie"], "the proxy's own word is the last"


def test_behind_a_proxy_the_address_is_the_last_that_it_names(office: Any) -> None:
    request = Request({"type": "http", "client": ("10.0.0.1", 1),
                       "headers": [(b"x-forwarded-for", b"203.0.113.9, 192.0.2.7")]})  # fmt: skip
    assert address_of(request) == "10.0.0.1"
    context.provide(office, sign_in=SignInSettings(behind_proxy=True))
    assert address_of(request) == "192.0.2.7"
    assert address_of(Request({"type": "http", "client": ("10.0.0.1", 1), "headers": []})) == (
        "10.0.0.1"
    )


def test_each_role_opens_on_what_it_came_for(browser: Browser) -> None:
    for role, home in (("planner", "/plan"), ("hotline_clerk", "/import")):
        assert urlsplit(browser.sign_in(role).headers["location"]).path == home
        assert urlsplit(browser.get("/?lang=en").headers["location"]).path == home
        assert '<div id="root">' in browser.get(home).text, "a page of Streamlit"
        assert browser.get("/no-such-page").headers["location"] == home, "nothing answers to it"


def test_signing_in_never_leads_to_another_site(browser: Browser) -> None:
    for elsewhere in (
        "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example",
        "//[", "//a：b",
        "/\t/evil.example", "javascript:alert(1)", "evil.example", "/gw/sign-in?next=/", " //x",
        "/%0d%0aset-cookie:x=y\r\n", "https:evil.example",
    ):  # fmt: skip
        way = urlsplit(browser.sign_in("planner", next=elsewhere).headers["location"])
        assert (way.path, way.netloc) == ("/plan", ""), elsewhere
        shown = browser.ask("GET", "/gw/sign-in", params={"next": elsewhere}, headers=PAGE)
        assert urlsplit(shown.headers["location"]).netloc == "", elsewhere


def test_a_wrong_password_is_told_without_saying_which_was_wrong(browser: Browser) -> None:
    wrong, unknown = browser.sign_in("planner", "no"), browser.sign_in("nobody", "no")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    typed = 'name="login" type="text" value="{}"'
    same = wrong.text.replace(typed.format("planner"), typed.format("nobody"))
    assert same == unknown.text
    assert "set-cookie" not in wrong.headers
    assert 'role="alert"' in wrong.text


def test_what_was_typed_is_shown_again_but_never_as_markup(browser: Browser) -> None:
    page = browser.sign_in('"><script>alert(1)</script>', "secret-typed").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "secret-typed" not in page


@pytest.mark.parametrize(
    ("error", "wait_s"),
    [
        (SignInError("sign_in_slowed", seconds=250), "250"),
        (SignInError("sign_in_blocked", minutes=4), "240"),
    ],
    ids=lambda value: getattr(value, "code", value),
)
def test_who_failed_too_often_is_told_how_long_to_wait(
    browser: Browser, office: Any, monkeypatch: pytest.MonkeyPatch, error: SignInError, wait_s: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(office.sign_in, "by_password", refuse)
    answer = browser.sign_in("planner")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, wait_s)
    assert 'role="alert"' in answer.text


def test_an_endless_form_is_not_read(browser: Browser) -> None:
    answer = browser.sign_in("planner", "x" * 20_000)
    assert answer.status_code == 401


# ---- the demonstration ----------------------------------------------------------------------


def test_the_demonstration_offers_every_role_with_one_click(browser: Browser, office: Any) -> None:
    page = browser.get("/gw/sign-in?lang=en").text
    assert "Demonstration" in page
    assert all(f'value="{role}"' in page for role in office.sign_in.demo_roles())
    assert browser.post("/gw/demo-sign-in", {"role": "planner"}).status_code == 303
    assert browser.get("/map").status_code == 200


def test_outside_the_demonstration_no_role_is_offered_or_given(
    browser: Browser, serve_staffed: Callable[..., Any]
) -> None:
    serve_staffed(demo=False)
    assert "demo" not in browser.get("/gw/sign-in").text
    answer = browser.post("/gw/demo-sign-in", {"role": "planner"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


# ---- signing out ----------------------------------------------------------------------------


def test_signing_out_ends_the_session_itself_not_only_the_cookie(browser: Browser) -> None:
    browser.sign_in("planner")
    kept = browser.cookies[context.cookie_name()]
    gone = browser.post("/gw/sign-out", {"lang": "en"})
    assert gone.status_code == 303
    stolen = browser.ask("GET", LAYER, headers={"cookie": f"{context.cookie_name()}={kept}"})
    assert stolen.status_code == 401
    assert "You are signed out" in browser.get(gone.headers["location"]).text


def test_signing_out_everywhere_ends_every_session_of_the_account_and_no_other(
    browser: Browser, office: Any
) -> None:
    elsewhere = office.sign_in.by_password("planner", PASSWORD).token
    other = office.sign_in.by_password("warden", PASSWORD).token
    browser.sign_in("planner")
    here = browser.cookies[context.cookie_name()]
    assert browser.post("/gw/sign-out", {"everywhere": "yes"}).status_code == 303
    assert [office.sessions.session(token) is None for token in (here, elsewhere, other)] == [
        True,
        True,
        False,
    ]


def test_an_account_that_visitors_share_is_signed_out_here_alone(
    browser: Browser, office: Any
) -> None:
    elsewhere = office.sign_in.by_demo("planner").token
    browser.post("/gw/demo-sign-in", {"role": "planner"})
    here = browser.cookies[context.cookie_name()]
    assert browser.post("/gw/sign-out", {"everywhere": "yes"}).status_code == 303
    assert [office.sessions.session(token) is None for token in (here, elsewhere)] == [True, False]


def test_signing_in_anew_ends_the_session_before(browser: Browser) -> None:
    browser.sign_in("planner")
    before = browser.cookies[context.cookie_name()]
    browser.sign_in("warden")
    assert browser.cookies[context.cookie_name()] != before
    old = browser.ask("GET", LAYER, headers={"cookie": f"{context.cookie_name()}={before}"})
    assert old.status_code == 401


# ---- passwords ------------------------------------------------------------------------------


def test_who_must_change_their_password_reaches_nothing_else(
    browser: Browser, staffed: Any
) -> None:
    entered = browser.sign_in("new_planner", staffed.once, next="/building?unit=B00001")
    assert urlsplit(entered.headers["location"]).path == "/gw/password"
    assert urlsplit(browser.get("/map").headers["location"]).path == "/gw/password"
    assert browser.ask("GET", LAYER).status_code == 403
    page = browser.get(entered.headers["location"])
    assert page.status_code == 200
    changed = browser.post(
        "/gw/password",
        {"old": staffed.once, "new": "Neues Wort 99", "again": "Neues Wort 99",
         "next": "/building?unit=B00001"},
    )  # fmt: skip
    assert changed.headers["location"].startswith("/building?unit=B00001")
    assert browser.get("/map").status_code == 200


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"old": "wrong", "new": "Neues Wort 99", "again": "Neues Wort 99"}, 1),
        ({"old": PASSWORD, "new": "Neues Wort 99", "again": "Neues Wort 98"}, 1),
        ({"old": PASSWORD, "new": "short", "again": "short"}, 2),
    ],
)
def test_a_refused_password_says_everything_that_is_wrong(
    browser: Browser, form: dict[str, str], said: int
) -> None:
    browser.sign_in("planner")
    answer = browser.post("/gw/password", form)
    assert answer.status_code == 422
    alert = answer.text.split('role="alert"')[1].split("</div>")[0]
    assert alert.count("<li>") == said


def test_a_password_that_is_too_common_is_refused_with_what_to_do(browser: Browser) -> None:
    browser.sign_in("planner")
    form = {"old": PASSWORD, "new": "Password2026!", "again": "Password2026!"}
    assert "再加一个别人想不到的词" in browser.post("/gw/password", form).text
