"""Which file it is: its name, and the hash of its bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from data.ingest.sources import Format, format_of
from data.lake import hash_file

if TYPE_CHECKING:
    from data.ingest.sources import Source

COMPANIONS = (".shx", ".dbf", ".prj", ".cpg")
"""Files that belong to a Shapefile."""


def name_of_source(source: Source) -> str:
    """Return the file's name; of a database what holds no password."""
    text = str(source)
    if format_of(source) is Format.DATABASE:
        return text.split("://", 1)[0] + "://" + text.split("://", 1)[1].rsplit("@", 1)[-1]
    return Path(source).name


def hash_source(source: Source) -> str | None:
    """Return the SHA-256 of a file's bytes, companions included; None for a database."""
    if format_of(source) is Format.DATABASE:
        return None
    path = Path(source)
    if path.suffix.lower() != ".shp":
        return hash_file(path)
    parts = [path, *(q for end in COMPANIONS if (q := path.with_suffix(end)).is_file())]
    return hashlib.sha256("".join(hash_file(part) for part in parts).encode()).hexdigest()
