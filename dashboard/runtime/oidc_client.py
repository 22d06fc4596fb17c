"""Signing in through the office's own directory by OpenID Connect.

The directory says who somebody is; the session is ours, as for a password, so that signing out
ends it. What must be remembered between leaving and coming back stays on this server: a browser
holds only a key to it, for ten minutes, and each key opens once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic, time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from geo.errors import GridwardenError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WAIT_S = 600
_MOST_PENDING = 1_000
_TIMEOUT_S = 10.0
_LEEWAY_S = 60
_ALGORITHMS = ("RS256", "PS256", "ES256")


class DirectoryError(GridwardenError):
    """The directory did not say who somebody is, or nobody here is that."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A person who was sent to the directory and has not come back yet."""

    verifier: str
    nonce: str
    following: str
    language: str
    until: float


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the directory knows: its own unchanging name for a person, and his login."""

    subject: str
    login: str
    following: str
    language: str


@dataclass
class Directory:
    """The office's OpenID Connect provider, as its settings name it.

    Parameters
    ----------
    issuer
        Its address, exactly as it calls itself.
    client_id, client_secret
        What this program is called there, and what proves it.
    login_claim
        Which claim is a person's login here.
    clock
        Seconds that only grow, for what is pending.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    login_claim: str = "preferred_username"
    clock: Callable[[], float] = monotonic

    def __post_init__(self) -> None:
        """Begin with nobody on the way."""
        self._pending: OrderedDict[str, Pending] = OrderedDict()
        self._lock = Lock()
        self._known: dict[str, Any] | None = None

    def start(self, *, back_to: str, following: str, language: str) -> tuple[str, str]:
        """Return the directory's address to go to, and the key that this browser must bring back.

        Parameters
        ----------
        back_to
            Address of our callback.
        following
            Where the person wants to go afterwards.
        language
            What the pages speak.
        """
        key, state_salt = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
        state = _state(key, state_salt)
        pending = Pending(
            verifier=secrets.token_urlsafe(48),
            nonce=secrets.token_urlsafe(32),
            following=following,
            language=language,
            until=self.clock() + WAIT_S,
        )
        with self._lock:
            self._pending[state] = pending
            while len(self._pending) > _MOST_PENDING:
                self._pending.popitem(last=False)
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": back_to,
            "scope": "openid profile",
            "state": f"{state}.{state_salt}",
            "nonce": pending.nonce,
            "code_challenge": _challenge(pending.verifier),
            "code_challenge_method": "S256",
        }
        way = str(self._facts()["authorization_endpoint"])
        return f"{way}{'&' if '?' in way else '?'}{urlencode(asked)}", key

    def finish(self, answer: Mapping[str, str], *, key: str, back_to: str) -> Identity:
        """Return whom the directory named.

        Parameters
        ----------
        answer
            Query of the callback.
        key
            What the browser brought back.
        back_to
            Address of our callback.

        Raises
        ------
        DirectoryError
            When the answer belongs to no question of this browser, the directory refused, or what
            it says cannot be trusted.
        """
        state, _, salt = answer.get("state", "").partition(".")
        if not (key and hmac.compare_digest(_state(key, salt), state)):
            raise DirectoryError("directory_state")
        with self._lock:
            pending = self._pending.pop(state, None)
        if pending is None or pending.until < self.clock():
            raise DirectoryError("directory_state")
        if not answer.get("code"):
            raise DirectoryError("directory_refused", seen=answer.get("error", "")[:80])
        token = self._token(answer["code"], pending=pending, back_to=back_to)
        claims = self._claims(token, nonce=pending.nonce)
        login = str(claims.get(self.login_claim) or "")
        if not login:
            raise DirectoryError("directory_claim", expected=self.login_claim)
        return Identity(str(claims["sub"]), login, pending.following, pending.language)

    def _facts(self) -> dict[str, Any]:
        """Return what the directory says of itself, asked once."""
        if self._known is None:
            said = _fetched("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if said.get("issuer") != self.issuer:
                raise DirectoryError(
                    "directory_untrusted", seen=said.get("issuer"), expected=self.issuer
                )
            self._known = said
        return self._known

    def _token(self, code: str, *, pending: Pending, back_to: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back_to,
            "code_verifier": pending.verifier,
        }
        said = _fetched(
            "POST",
            str(self._facts()["token_endpoint"]),
            data=form,
            auth=(self.client_id, self.client_secret),
        )
        return str(said.get("id_token", ""))

    def _claims(self, token: str, *, nonce: str) -> dict[str, Any]:
        """Return what a signed token claims, once everything about it was checked."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        keys = KeySet.import_key_set(_fetched("GET", str(self._facts()["jwks_uri"])))  # type: ignore[arg-type]
        rules = jwt.JWTClaimsRegistry(
            now=int(time()),
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = jwt.decode(token, keys, algorithms=list(_ALGORITHMS)).claims
            rules.validate(claims)
        except (JoseError, ValueError) as error:
            raise DirectoryError("directory_untrusted", seen=str(error)) from error
        if claims.get("azp", self.client_id) != self.client_id:
            raise DirectoryError("directory_untrusted", seen="azp")
        return claims


def _fetched(method: str, address: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 -- httpx's options
    import httpx

    try:
        answer = httpx.request(method, address, timeout=_TIMEOUT_S, **more)
        answer.raise_for_status()
        said = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise DirectoryError("directory_unreachable", seen=type(error).__name__) from error
    if not isinstance(said, dict):
        raise DirectoryError("directory_unreachable", seen="no JSON object")
    return said


def _challenge(verifier: str) -> str:
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    return str(create_s256_code_challenge(verifier))


def _state(key: str, salt: str) -> str:
    return hashlib.sha256(f"{key}.{salt}".encode()).hexdigest()
