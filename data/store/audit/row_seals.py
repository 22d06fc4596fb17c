"""Seals of rows: an HMAC over what was recorded, under the audit log's key.

A seal is kept in the row – of a visit, a public report, a field trial – and in the audit line
about it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from data.store.audit.chain import seal_with

OF_VISITS: Final = (
    "visit_id", "version", "key", "withdrawn", "recorded_at", "recorded_by", "person_id",
    "building_id", "unit", "at", "result", "signs", "pupils", "teachers", "note", "next_step",
    "retry_at", "origin", "kind", "minutes",
)  # fmt: skip
"""Columns of a visit under its seal, in this order; a later column needs seals of its own."""
OF_REPORTS: Final = (
    "receipt", "pin_hash", "key_hash", "content_hash", "received_at", "way", "text", "address",
    "lon", "lat", "sealed", "reward_wanted",
)  # fmt: skip
"""Columns of a public report under its seal, likewise."""


def seal_visit(key: bytes, version: Mapping[str, Any]) -> str:
    """Return the seal of a version of a visit, from the values of its columns."""
    return seal_with(key, "visit", *(_plain(version.get(name)) for name in OF_VISITS))


def seal_report(key: bytes, report: Mapping[str, Any], photos: Sequence[str]) -> str:
    """Return the seal of a report, from the values of its columns and its photos' SHA-256."""
    columns = (_plain(report[name]) for name in OF_REPORTS)
    return seal_with(key, "public report", *columns, sorted(photos))


def seal_trial(key: bytes, trial_id: str, sha256: str) -> str:
    """Return the seal of a trial whose protocol has this hash."""
    return seal_with(key, "trial", trial_id, sha256)


def hash_protocol(protocol: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a protocol's text in UTF-8, in hex; it is kept next to the seal."""
    return hashlib.sha256(text_of_protocol(protocol).encode()).hexdigest()


def text_of_protocol(protocol: Mapping[str, Any]) -> str:
    """Return a protocol as the JSON that its hash is of: a file of just this has the hash."""
    return json.dumps(protocol, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return list(value) if isinstance(value, list | tuple) else value
