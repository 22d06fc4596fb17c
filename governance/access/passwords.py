"""What a password must be, how it is kept, and one-time passwords."""

import secrets
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geo.errors import GridwardenError

LEAST_LENGTH = 10
MOST_LENGTH = 200
"""Longer ones would only make the server hash for long."""
LEAST_CLASSES = 3
KEPT_PASSWORDS = 5
"""So many of the last passwords are not taken again."""
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that are not mistaken for one another on paper."""
GROUPS, GROUP_LENGTH = 4, 5
COMMON = frozenset(
    {
        "password", "passw0rd", "p@ssw0rd", "p@ssword", "qwerty", "qwertyuiop", "asdfghjkl",
        "zxcvbnm", "1q2w3e4r", "1qaz2wsx", "qazwsx", "abc123", "abcd1234", "admin", "admin123",
        "administrator", "welcome", "letmein", "iloveyou", "woaini", "wodemima", "mima",
        "changeme", "gridwarden", "wanggeshao", "shequ", "jiedao", "dragon", "monkey", "test",
        "guest", "root", "user", "aa123456", "a123456", "qq123456", "123qwe", "zaq12wsx",
    }
)  # fmt: skip
"""Words that many passwords are; digits and marks put around one do not hide it."""


class PasswordRefusedError(GridwardenError):
    """A new password breaks the rules; ``problems`` holds the code of each that it breaks."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "password_refused", problems=list(problems), least=LEAST_LENGTH, kept=KEPT_PASSWORDS
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HashCost:
    """What one hash costs; argon2id with the second choice of RFC 9106.

    ``rounds``, ``lanes``: passes over it, and lanes in parallel.
    """

    memory_kib: int = 64 * 1024
    rounds: int = 3
    lanes: int = 4


class PasswordHashes:
    """Makes and checks hashes; a few at a time, since each takes much memory.

    ``at_once``: how many may be worked out at the same time; more wait.
    """

    def __init__(self, cost: HashCost, *, at_once: int = 2) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.rounds, memory_cost=cost.memory_kib, parallelism=cost.lanes
        )
        self._turn = threading.BoundedSemaphore(at_once)
        self._nobodys = ""
        self.verifications = 0
        """How many were checked so far; equal effort is tested by it."""

    def make(self, password: str) -> str:
        """Return the hash of a password, with its salt and cost."""
        with self._turn:
            return self._hasher.hash(_composed(password))

    def holds(self, password_hash: str | None, password: str) -> bool:
        """Say whether a password has this hash; without a hash, False after the same effort."""
        if not self._nobodys:  # made with the first check of any, so that nobody's takes no longer
            self._nobodys = self.make(secrets.token_urlsafe())
        with self._turn:
            self.verifications += 1
            try:
                self._hasher.verify(password_hash or self._nobodys, _composed(password))
            except (VerificationError, InvalidHashError):
                return False
        return password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Say whether a hash was made at another cost than today's."""
        return self._hasher.check_needs_rehash(password_hash)


def password_problems(password: str, *, login: str, name: str = "") -> tuple[str, ...]:
    """Return the code of every rule that a new password breaks.

    ``login``, ``name``: whose it is to be; neither may be the password's substance.

    Returns ``codes``: of ``too_short, too_long, too_plain, same_as_login, too_common``.
    """
    composed = _composed(password)
    folded = composed.casefold()
    parts = [part for text in (login, name) if len(part := _composed(text).casefold()) > 1]
    checks = {
        "too_short": len(composed) < LEAST_LENGTH,
        "too_long": len(composed) > MOST_LENGTH,
        "too_plain": _classes(composed) < LEAST_CLASSES,
        "same_as_login": any(_substance(folded) == _substance(part) for part in parts),
        "too_common": _is_common(folded),
    }
    return tuple(code for code, broken in checks.items() if broken)


def one_time_password() -> str:
    """Return a new random password that is read aloud without mistakes (99 bits)."""
    letters = [
        "".join(secrets.choice(READABLE) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS)
    ]
    return "-".join(letters)


def _composed(text: str) -> str:
    """Return the one spelling of what keyboards send in several."""
    return unicodedata.normalize("NFKC", text)


def _classes(text: str) -> int:
    """Count the classes of signs: lower case, upper case, digits, everything else."""
    found = {
        "lower" if sign.islower() else
        "upper" if sign.isupper() else
        "digit" if sign.isdecimal() else
        "other"
        for sign in text
    }  # fmt: skip
    return len(found)


def _substance(folded: str) -> str:
    """Return a text without the digits and marks around it, or whole if it is only those."""
    stripped = folded.strip("".join(sign for sign in set(folded) if not sign.isalpha()))
    return stripped or folded


def _is_common(folded: str) -> bool:
    """Say whether a text is a common word, but for digits and marks put around it."""
    repeated = len(set(folded)) <= 3  # noqa: PLR2004 -- aaa111!!! and the like
    rests = (folded.replace(word, "", 1) for word in COMMON if word in folded)
    return repeated or any(not any(sign.isalpha() for sign in rest) for rest in rests)
