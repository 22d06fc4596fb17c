"""Signing in through a directory: a tiny provider of our own, honest and otherwise."""

import hmac
import json
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.runtime import context
from dashboard.runtime.oidc_client import WAIT_S, Directory, DirectoryError
from dashboard.server.auth import oidc_routes
from governance.access.permissions import local_owner

pytest.importorskip("authlib")
pytest.importorskip("requests")
jwt = pytest.importorskip("joserfc.jwt")


from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: E402 -- after the skip
from joserfc.jwk import RSAKey  # noqa: E402 -- after the skip
from small_browser import HERE, PAGE, Browser  # noqa: E402 -- after the skip

BACK = f"{HERE}/gw/oidc/callback"
"""Where the directory sends people back to."""
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


@dataclass
class Provider:
    """A directory in which one person is signed in; tests may make it lie."""

    address: str = ""
    key: Any = field(default_factory=lambda: KEY)
    lies: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] | None = None
    forged_with: str | None = None
    asked: dict[str, str] = field(default_factory=dict)
    exchanged: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def authorise(self, way: str) -> dict[str, str]:
        """Take the person's visit, and return what is sent back with them."""
        self.asked = {name: value[0] for name, value in parse_qs(urlsplit(way).query).items()}
        return {"code": "the-code", "state": self.asked["state"]}

    def token(self, form: dict[str, str], client: str) -> dict[str, Any]:
        self.exchanged = {**form, "client": client}
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": "gridwarden", "sub": "person-7", "iat": now,
            "exp": now + 300, "nonce": self.asked["nonce"], "preferred_username": "of_directory",
        }  # fmt: skip
        claims = {name: v for name, v in {**claims, **self.lies}.items() if v is not None}
        if self.answer is not None:
            return self.answer
        if self.forged_with is not None:
            return {"id_token": forged(self.forged_with, claims)}
        return {"id_token": jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)}


def forged(algorithm: str, claims: dict[str, Any]) -> str:
    """Return a token that anybody can make: unsigned, or signed with the public key."""
    parts = ({"alg": algorithm, "kid": "one"}, claims)
    signed = b".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    public = KEY.as_pem(private=False)
    digest = hmac.digest(public, signed, "sha256") if algorithm == "HS256" else b""
    return f"{signed.decode()}.{urlsafe_b64encode(digest).rstrip(b'=').decode()}"


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            facts = {
                "issuer": made.address,
                "authorization_endpoint": f"{made.address}/authorise",
                "token_endpoint": f"{made.address}/token",
                "jwks_uri": f"{made.address}/keys",
                **made.facts,
            }
            keys = {"keys": [KEY.as_dict(private=False)]}
            self.tell(keys if self.path == "/keys" else facts)

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: value[0] for name, value in parse_qs(sent).items()}
            client = b64decode(self.headers["authorization"].split()[1]).decode()
            self.tell(made.token(form, client))

        def tell(self, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join(5)


def directory_of(provider: Provider, **more: Any) -> Directory:
    secret = "of-the-office"  # noqa: S105 -- of an invented directory
    return Directory(issuer=provider.address, client_id="gridwarden", client_secret=secret, **more)


@pytest.fixture
def office(serve_staffed: Callable[..., Any], provider: Provider) -> Any:
    office = serve_staffed(demo=False)
    office.accounts.add(
        local_owner(), "of_directory", name="李示例", roles=["planner"], directory=True
    )
    context.provide(office, directory=directory_of(provider))
    return office


@pytest.mark.usefixtures("office")
def test_a_person_known_to_the_directory_gets_a_session_of_ours(provider: Provider) -> None:
    browser = Browser()
    assert "/gw/oidc/start" in browser.get("/gw/sign-in").text
    sent = browser.get("/gw/oidc/start?next=/building?unit=B00003&lang=en")
    back = provider.authorise(sent.headers["location"])
    entered = browser.ask("GET", "/gw/oidc/callback", params=back, headers=PAGE)
    assert entered.status_code == 303
    assert entered.headers["location"].startswith("/building?unit=B00003")
    assert browser.get("/map").status_code == 200
    browser.post("/gw/sign-out", {})
    assert browser.get("/map").status_code == 303, "signing out ends it"


@pytest.mark.usefixtures("office")
def test_the_question_is_bound_to_the_browser_the_code_and_the_token(provider: Provider) -> None:
    browser = Browser()
    sent = browser.get("/gw/oidc/start")
    cookie = sent.headers["set-cookie"]
    assert cookie.startswith(f"oidc-{context.cookie_name()}=")  # other ports have their own
    assert "HttpOnly" in cookie
    assert f"Max-Age={WAIT_S}" in cookie
    back = provider.authorise(sent.headers["location"])
    assert provider.asked["code_challenge_method"] == "S256"
    browser.ask("GET", "/gw/oidc/callback", params=back, headers=PAGE)
    verifier = provider.exchanged["code_verifier"]
    assert create_s256_code_challenge(verifier) == provider.asked["code_challenge"]
    assert provider.exchanged["client"] == "gridwarden:of-the-office"


@pytest.mark.usefixtures("office")
def test_an_answer_is_taken_once_and_only_from_the_browser_that_asked(provider: Provider) -> None:
    browser, other = Browser(), Browser()
    back = provider.authorise(browser.get("/gw/oidc/start").headers["location"])
    other.get("/gw/oidc/start")
    stolen = other.ask("GET", "/gw/oidc/callback", params=back, headers=PAGE)
    assert stolen.status_code == 401
    kept = browser.cookies[oidc_routes.cookie_name()]
    assert browser.ask("GET", "/gw/oidc/callback", params=back, headers=PAGE).status_code == 303
    browser.cookies.set(oidc_routes.cookie_name(), kept, domain="localhost.local", path="/gw/oidc")
    again = browser.ask("GET", "/gw/oidc/callback", params=back, headers=PAGE)
    assert again.status_code == 401


@pytest.mark.usefixtures("office")
def test_a_person_without_an_account_here_is_not_let_in(provider: Provider) -> None:
    provider.lies = {"preferred_username": "somebody"}
    browser = Browser()
    back = provider.authorise(browser.get("/gw/oidc/start").headers["location"])
    answer = browser.ask("GET", "/gw/oidc/callback", params=back, headers=PAGE)
    assert answer.status_code == 401
    assert context.cookie_name() not in browser.cookies


@pytest.mark.parametrize(
    ("lies", "code"),
    [
        ({"nonce": "another"}, "directory_untrusted"),
        ({"nonce": None}, "directory_untrusted"),
        ({"aud": "another-program"}, "directory_untrusted"),
        ({"aud": ["gridwarden", "x"], "azp": "x"}, "directory_untrusted"),
        ({"aud": "another-program", "azp": "gridwarden"}, "directory_untrusted"),
        ({"iss": "http://evil.example"}, "directory_untrusted"),
        ({"exp": 1_000}, "directory_untrusted"),
        ({"exp": None}, "directory_untrusted"),
        ({"sub": None}, "directory_untrusted"),
        ({"preferred_username": None}, "directory_claim"),
    ],
)
def test_a_token_that_says_anything_else_is_refused(
    provider: Provider, lies: dict[str, Any], code: str
) -> None:
    provider.lies = lies
    assert refused(provider, directory_of(provider)) == code


def test_a_token_signed_by_another_key_is_refused(provider: Provider) -> None:
    provider.key = OTHER_KEY
    assert refused(provider, directory_of(provider)) == "directory_untrusted"


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
@pytest.mark.parametrize("advertised", [None, "RS256", ["none", "HS256", "RS256"]])
def test_a_token_without_a_signature_of_the_directory_is_refused_whatever_it_advertises(
    provider: Provider, algorithm: str, advertised: Any
) -> None:
    provider.facts = {"id_token_signing_alg_values_supported": advertised}
    provider.forged_with = algorithm
    assert refused(provider, directory_of(provider)) == "directory_untrusted"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"error": "invalid_grant"}, "directory_refused"),
        ({}, "directory_untrusted"),
        ({"id_token": None}, "directory_untrusted"),
        ({"id_token": 7}, "directory_untrusted"),
        ({"id_token": "a.b.c"}, "directory_untrusted"),
        ({"access_token": "x", "token_type": "bearer"}, "directory_untrusted"),
    ],
)
def test_an_exchange_that_yields_no_token_lets_nobody_in(
    provider: Provider, answer: dict[str, Any], code: str
) -> None:
    provider.answer = answer
    assert refused(provider, directory_of(provider)) == code


def test_an_answer_that_comes_too_late_is_refused(provider: Provider) -> None:
    now = [0.0]
    directory = directory_of(provider, clock=lambda: now[0])
    way, key = directory.start(back_to=BACK, following="", language="zh")
    back = provider.authorise(way)
    now[0] = WAIT_S + 1.0
    with pytest.raises(DirectoryError) as late:
        directory.finish(back, key=key, back_to=BACK)
    assert late.value.code == "directory_state"


def test_a_provider_that_calls_itself_otherwise_is_not_asked(provider: Provider) -> None:
    directory = Directory(
        issuer=provider.address + "/",
        client_id="gridwarden",
        client_secret="s",  # noqa: S106
    )
    with pytest.raises(DirectoryError) as other:
        directory.start(back_to=BACK, following="", language="zh")
    assert other.value.code == "directory_untrusted"


def test_a_directory_out_of_reach_is_told_as_such() -> None:
    directory = Directory(issuer="http://127.0.0.1:9", client_id="x", client_secret="s")  # noqa: S106
    with pytest.raises(DirectoryError) as gone:
        directory.start(back_to=BACK, following="", language="zh")
    assert gone.value.code == "directory_unreachable"


def test_the_secret_is_never_printed(provider: Provider) -> None:
    assert "of-the-office" not in repr(directory_of(provider))


def refused(provider: Provider, directory: Directory) -> str:
    way, key = directory.start(back_to=BACK, following="", language="zh")
    back = provider.authorise(way)
    with pytest.raises(DirectoryError) as refusal:
        directory.finish(back, key=key, back_to=BACK)
    return refusal.value.code
