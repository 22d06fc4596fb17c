"""Signing in through the office's own directory by OpenID Connect.

The directory says who somebody is; the session is ours, as for a password, so that signing out
ends it. Authlib speaks the protocol: discovery, PKCE, the exchange of the code, the token's
signature and claims. What must be remembered between leaving and coming back stays on this
server: a browser holds only a key to it, for ten minutes, and each key opens once. Authlib keeps
that in a signed cookie, which could be shown twice, so this part is our own.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from time import monotonic
from typing import Any

from data.workspace.cache import Cache
from geo.errors import GridwardenError

WAIT_S = 600
_MOST_PENDING = 1_000
_CLIENT = {"scope": "openid profile", "code_challenge_method": "S256", "default_timeout": 10.0,
           "max_redirects": 0}  # fmt: skip
_LEEWAY_S = 60
_ALGORITHMS = ("RS256", "PS256", "ES256")
"""Signatures that a token may have, whatever the directory says that it supports."""


class DirectoryError(GridwardenError):
    """The directory did not say who somebody is, or nobody here is that."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A person who was sent to the directory and has not come back yet."""

    verifier: str
    nonce: str
    following: str
    language: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the directory knows: its own unchanging name for a person, and the login."""

    subject: str
    login: str
    following: str
    language: str


@dataclass
class Directory:
    """The office's OpenID Connect provider, as its settings name it.

    ``client_id``, ``client_secret``: what this program is called there, and what proves it.
    """

    issuer: str
    """Its address, exactly as it calls itself."""
    client_id: str
    client_secret: str = field(repr=False)
    login_claim: str = "preferred_username"
    """Which claim is a person's login here."""
    clock: Callable[[], float] = monotonic
    """Seconds that only grow, for what is pending."""

    def __post_init__(self) -> None:
        """Begin with nobody on the way."""
        self._pending: Cache[Pending] = Cache(_MOST_PENDING, seconds=WAIT_S, clock=self.clock)
        self._client: Any = None

    def start(self, *, back_to: str, following: str, language: str) -> tuple[str, str]:
        """Return the directory's address to go to, and the key that this browser must bring back.

        ``back_to``: address of our callback.
        ``following``: where the person wants to go afterwards.
        """
        key, salt = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
        state = _state(key, salt)
        with _as_directory_error():
            request = self._known_client().create_authorization_url(
                back_to, state=f"{state}.{salt}"
            )
        pending = Pending(request["code_verifier"], request["nonce"], following, language)
        self._pending.get(state, lambda: pending)
        return str(request["url"]), key

    def finish(self, answer: Mapping[str, str], *, key: str, back_to: str) -> Identity:
        """Return whom the directory named.

        ``answer``: query of the callback.
        ``key``: what the browser brought back.
        ``back_to``: address of our callback.

        Raises `DirectoryError` when the answer belongs to no question of this browser, the
        directory refused, or what it says cannot be trusted.
        """
        state, _, salt = answer.get("state", "").partition(".")
        if not (key and hmac.compare_digest(_state(key, salt), state)):
            raise DirectoryError("directory_state")
        pending = self._pending.pop(state)
        if pending is None:
            raise DirectoryError("directory_state")
        if not answer.get("code"):
            raise DirectoryError("directory_refused", seen=answer.get("error", "")[:80])
        claims = self._claims(answer["code"], pending=pending, back_to=back_to)
        login = str(claims.get(self.login_claim) or "")
        if not login:
            raise DirectoryError("directory_claim", expected=self.login_claim)
        return Identity(str(claims["sub"]), login, pending.following, pending.language)

    def _known_client(self) -> Any:  # noqa: ANN401 -- authlib ships no types
        """Return the client once the directory said that it is the one in the settings."""
        if self._client is None:
            client = _client_class()(
                framework=None,
                client_id=self.client_id,
                client_secret=self.client_secret,
                server_metadata_url=f"{self.issuer.rstrip('/')}/.well-known/openid-configuration",
                client_kwargs=_CLIENT,
            )
            metadata = client.load_server_metadata()
            if metadata.get("issuer") != self.issuer:
                raise DirectoryError(
                    "directory_untrusted", seen=metadata.get("issuer"), expected=self.issuer
                )
            metadata["id_token_signing_alg_values_supported"] = list(_ALGORITHMS)
            self._client = client
        return self._client

    def _claims(self, code: str, *, pending: Pending, back_to: str) -> dict[str, Any]:
        """Return what a signed token claims, once everything about it was checked."""
        rules = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
        }
        with _as_directory_error():
            client = self._known_client()
            token = client.fetch_access_token(back_to, code=code, code_verifier=pending.verifier)
            claims = client.parse_id_token(
                token, nonce=pending.nonce, claims_options=rules, leeway=_LEEWAY_S
            )
        if not claims or claims.get("nonce") != pending.nonce:
            raise DirectoryError("directory_untrusted", seen="no token of this question")
        return dict(claims)


@cache
def _client_class() -> type[Any]:
    """Return Authlib's client without a framework: it blocks, as the thread that runs it may."""
    from authlib.integrations.base_client import BaseApp, OAuth2Mixin, OpenIDMixin
    from authlib.integrations.requests_client import OAuth2Session

    bases = (OAuth2Mixin, OpenIDMixin, BaseApp)
    return type("OpenIDClient", bases, {"client_cls": OAuth2Session})


@contextmanager
def _as_directory_error() -> Iterator[None]:
    """Turn what the libraries raise into a failure of ours."""
    from authlib.integrations.base_client import OAuthError
    from joserfc.errors import JoseError
    from requests import RequestException

    try:
        yield
    except RequestException as error:
        raise DirectoryError("directory_unreachable", seen=type(error).__name__) from error
    except OAuthError as error:
        raise DirectoryError("directory_refused", seen=str(error.error)[:80]) from error
    except JoseError as error:
        raise DirectoryError("directory_untrusted", seen=str(error)) from error
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        # neither metadata, keys nor a token have the form that the protocol gives them
        raise DirectoryError("directory_untrusted", seen=type(error).__name__) from error


def _state(key: str, salt: str) -> str:
    return hashlib.sha256(f"{key}.{salt}".encode()).hexdigest()
