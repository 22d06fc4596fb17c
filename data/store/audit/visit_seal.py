"""The seal of a recorded visit: an HMAC over all that was recorded, under the audit log's key.

It is kept in the visit's row and in the audit line about it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from data.store.audit.chain import seal_with

SEALED: Final = (
    "visit_id", "version", "key", "withdrawn", "recorded_at", "recorded_by", "person_id",
    "building_id", "unit", "at", "result", "signs", "pupils", "teachers", "note", "next_step",
    "retry_at", "origin", "kind", "minutes",
)  # fmt: skip
"""Columns under the seal, in this order; a later column needs seals of its own."""


def seal_visit(key: bytes, version: Mapping[str, Any]) -> str:
    """Return the seal of a version of a visit, from the values of its columns."""
    return seal_with(key, "visit", *(_plain(version.get(name)) for name in SEALED))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return list(value) if isinstance(value, list | tuple) else value
