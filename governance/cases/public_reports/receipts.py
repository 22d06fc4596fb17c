"""Receipt numbers and PINs, by which people ask for their report, and the keys of what is kept."""

import hashlib
import hmac
import re
import secrets
from typing import Final

from data.privacy.key_derivation import derive_key
from governance.access.passwords import READABLE

LENGTH: Final = 12
"""Of a receipt number: 31 signs, so 59 bits."""
PIN_DIGITS: Final = 6
GROUP: Final = 4
_SIGNS: Final = READABLE.upper()
_BETWEEN: Final = re.compile(r"[\s\-‐-―－]+")


def new_receipt() -> str:
    """Return a receipt number that nobody can guess and that says nothing of anybody."""
    return "".join(secrets.choice(_SIGNS) for _ in range(LENGTH))


def shown_receipt(receipt: str) -> str:
    """Return a receipt number in groups, as people read it: ``7K3M-9QXD-2HVT``."""
    return "-".join(receipt[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def typed_receipt(text: str) -> str:
    """Return a receipt number as it is kept, however it was typed."""
    return _BETWEEN.sub("", text).upper()


def pin_of(secret: bytes, key: str) -> str:
    """Return the PIN of the report that was sent under a key.

    The same key gives the same PIN: a report whose answer was lost on its way is sent again, and
    its sender gets what they would have got. Who knows the secret and the store does not know it,
    since the store has the key's hash alone.
    """
    digest = hmac.digest(derive_key(secret, "gridwarden public pin"), key.encode(), hashlib.sha256)
    return f"{int.from_bytes(digest) % 10**PIN_DIGITS:0{PIN_DIGITS}d}"


def peppered(secret: bytes, receipt: str, pin: str) -> str:
    """Return what of a PIN is hashed: so short a secret could be tried out by who has the store."""
    return _keyed(secret, "gridwarden public pepper", f"{receipt} {pin}")


def text_key(secret: bytes) -> bytes:
    """Return the key under which texts are kept as they came."""
    return derive_key(secret, "gridwarden public text")


def contact_key(secret: bytes) -> bytes:
    """Return the key under which is kept who reported."""
    return derive_key(secret, "gridwarden public contact")


def key_hash(secret: bytes, key: str) -> str:
    """Return under what a report is found again that was sent under a key."""
    return _keyed(secret, "gridwarden public key", key)


def content_hash(secret: bytes, content: str) -> str:
    """Return what tells whether a report that was sent again says the same."""
    return _keyed(secret, "gridwarden public content", content)


def subject_of(secret: bytes, kind: str, name: str) -> str:
    """Return under what uses are counted: a keyed hash, for addresses are not kept."""
    return f"{kind}:{_keyed(secret, 'gridwarden public use', name)[:32]}"


def _keyed(secret: bytes, purpose: str, text: str) -> str:
    return hmac.digest(derive_key(secret, purpose), text.encode(), hashlib.sha256).hex()
