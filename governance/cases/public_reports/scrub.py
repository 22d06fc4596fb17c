"""What of a report may be read by all who handle it: no number, no name of who reported."""

import re
from typing import Final

import pyarrow as pa

from data.privacy.pseudonyms import hide_numbers, key_column

HIDDEN: Final = "****"
_MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SHORTEST_NAME: Final = 2


def scrub(text: str, *, name: str, phone: str) -> str:
    """Return a text in which numbers, accounts, mail addresses and who reported are hidden.

    ``name``, ``phone``: of who reported; "" where they did not say.
    """
    scrubbed = text
    for known in (phone, name):
        if len(known) >= _SHORTEST_NAME:
            scrubbed = scrubbed.replace(known, HIDDEN)
    return hide_numbers(_MAIL.sub(HIDDEN, scrubbed))


def reporter_hash(secret: bytes, *, name: str, phone: str) -> str | None:
    """Return the keyed hash of who reported, the same as in complaints; None for nobody."""
    columns = [pa.array([each or None], pa.large_string()) for each in (phone, name)]
    found: str | None = key_column(columns, secret=secret)[0].as_py()
    return found
