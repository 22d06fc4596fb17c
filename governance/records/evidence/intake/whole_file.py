"""What a whole file itself tells: its SHA-256, what it is, when and with what it was taken."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Final

from data.privacy.blurred_pictures import camera_facts
from data.store.tables.records.evidence import EvidenceUpload
from governance.records.evidence.description import EvidenceError
from governance.records.evidence.intake.media import HEAD_BYTES, READABLE, kind_of, may_be, media_of

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_DIGITS: Final = 14


def read_whole(parts: Iterable[bytes], row: EvidenceUpload, *, sha256: str) -> tuple[str, str]:
    """Read a file once; return its SHA-256 and its media type.

    Raises `EvidenceError`: ``upload_changed``, ``evidence_type_unknown`` or
    ``evidence_kind_differs``.
    """
    digest, head, size = hashlib.sha256(), b"", 0
    for part in parts:
        head, size = head or part[:HEAD_BYTES], size + len(part)
        digest.update(part)
    if size != row.bytes or digest.hexdigest() != sha256:
        raise EvidenceError("upload_changed", seen=row.filename)
    media = media_of(head)
    if media is None:
        raise EvidenceError("evidence_type_unknown", seen=row.filename)
    if row.piece["kind"] and not may_be(row.piece["kind"], media):
        raise EvidenceError("evidence_kind_differs", seen=media, expected=row.piece["kind"])
    return digest.hexdigest(), media


def complete(
    row: EvidenceUpload, path: Path, *, sha256: str, media: str, now: datetime, zone: tzinfo
) -> dict[str, Any]:
    """Return all columns of a piece, with what its file tells where the person said nothing.

    ``now``: local time, at which it is added; a time after it is not believed.
    """
    added = now.replace(microsecond=0)
    taken, device = camera_facts(path) if media in READABLE else (None, "")
    if taken is None or taken > added:
        taken = _own_time(row.modified, zone)
    known = taken.isoformat() if taken is not None and taken <= added else None
    piece = dict(row.piece)
    return {
        **piece, "upload": row.id, "filename": row.filename, "bytes": row.bytes,
        "sha256": sha256, "media": media, "kind": piece["kind"] or kind_of(media).value,
        "added_at": added.isoformat(), "device": piece["device"] or device,
        "taken_at": piece["taken_at"] or known,
    }  # fmt: skip


def _own_time(modified: str, zone: tzinfo) -> datetime | None:
    """Return the local time of a file's milliseconds since 1970, None where it tells none."""
    if not (modified.isascii() and modified.isdigit() and len(modified) <= _MOST_DIGITS):
        return None
    at = _EPOCH + timedelta(seconds=int(modified) // 1000)
    return at.astimezone(zone).replace(tzinfo=None)
