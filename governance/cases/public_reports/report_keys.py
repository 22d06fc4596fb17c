"""Keys of what is kept encrypted of a report, one for the text and another for who reported."""

from data.privacy.keys import derive_key


def text_key(secret: bytes) -> bytes:
    """Return the key of texts as they came."""
    return derive_key(secret, "gridwarden public text")


def contact_key(secret: bytes) -> bytes:
    """Return the key of who reported."""
    return derive_key(secret, "gridwarden public contact")
