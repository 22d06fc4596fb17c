"""What of a report may be read by all who handle it: no number, no name of who reported."""

import re
from typing import Final

import pyarrow as pa

from data.privacy.pseudonyms import key_column, mask_prose

HIDDEN: Final = "****"
_LANDLINE: Final = re.compile(
    r"(?<!\d)(0\d{2,3})[ \-－—]?\d{7,8}(?!\d)|(?<!\d)400[ \-]?\d{3}[ \-]?\d{4}(?!\d)"
)
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SHORTEST_NAME: Final = 2


def scrub(text: str, *, name: str, phone: str) -> str:
    """Return a text in which numbers, mail addresses and who reported are hidden.

    Parameters
    ----------
    text
        As it came.
    name, phone
        Of who reported; "" where they did not say.
    """
    scrubbed: str = mask_prose(pa.array([text], pa.large_string()))[0].as_py()
    scrubbed = _MAIL.sub(HIDDEN, _LANDLINE.sub(HIDDEN, scrubbed))
    for own in (phone, name):
        if len(own) >= _SHORTEST_NAME:
            scrubbed = scrubbed.replace(own, HIDDEN)
    return scrubbed


def reporter_hash(secret: bytes, *, name: str, phone: str) -> str | None:
    """Return the keyed hash of who reported, the same as in complaints; None for nobody."""
    own = [pa.array([each or None], pa.large_string()) for each in (phone, name)]
    found: str | None = key_column(own, secret=secret)[0].as_py()
    return found
