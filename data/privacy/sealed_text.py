"""Texts that only some may read, encrypted for a column of the store."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from data.privacy.identities import NONCE_BYTES
from geo.errors import GridwardenError


class SealedTextError(GridwardenError):
    """A sealed text was changed, moved to another row, or sealed under another secret."""


def seal_text(key: bytes, text: str, *, about: str) -> str:
    """Return a text under AES-256-GCM, in Base64.

    ``key``: 32 bytes.
    ``about``: whose it is; without the same it does not open.
    """
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), about.encode())
    return base64.b64encode(nonce + sealed).decode("ascii")


def open_text(key: bytes, sealed: str, *, about: str) -> str:
    """Return the text that `seal_text` was given.

    Raises `SealedTextError`: ``sealed_text_changed``.
    """
    try:
        content = base64.b64decode(sealed, validate=True)
        text = AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], about.encode())
    except (InvalidTag, ValueError) as error:
        raise SealedTextError("sealed_text_changed", seen=about) from error
    return text.decode()
