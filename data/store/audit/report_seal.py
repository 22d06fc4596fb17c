"""The seal of a public report: an HMAC over the row and its photos, under the audit log's key.

It is kept in the report's row and in the audit line about it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from data.store.audit.chain import seal_with

SEALED: Final = (
    "receipt", "pin_hash", "key_hash", "content_hash", "received_at", "way", "text", "address",
    "lon", "lat", "sealed", "reward_wanted",
)  # fmt: skip
"""Columns under the seal, in this order; a later column needs seals of its own."""


def seal_report(key: bytes, report: Mapping[str, Any], photos: Sequence[str]) -> str:
    """Return the seal of a report, from the values of its columns and its photos' SHA-256."""
    return seal_with(
        key, "public report", *(_plain(report[name]) for name in SEALED), sorted(photos)
    )


def _plain(value: object) -> object:
    return value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value
