"""Keys for one purpose each, made from the workspace's one secret."""

import hashlib
import hmac

KEY_BYTES = 32


def derive_key(secret: bytes, purpose: str) -> bytes:
    """Return the 32-byte key of a purpose: HKDF with SHA-256 (RFC 5869), no salt.

    Whoever learns one such key learns neither the secret nor any other key.

    ``secret``: the workspace's secret.
    ``purpose``: what the key is for; another text gives an unrelated key.
    """
    extracted = hmac.digest(b"\0" * KEY_BYTES, secret, hashlib.sha256)
    return hmac.digest(extracted, purpose.encode() + b"\x01", hashlib.sha256)
