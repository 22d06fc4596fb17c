"""The last step of an upload: its file goes to its place, its piece into the store.

The piece, its custody, the audit line and the end of the marker are one transaction, made by who
finishes the upload or, after a crash, by who settles it.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from data.contracts.evidence_vocabulary import Custody
from data.store.tables.records.evidence import Evidence
from data.store.unit_of_work import Store
from data.workspace.content_store import ContentStore, PartialFiles

ORIGINALS: Final = "originals"
COPIES: Final = "copies"
UPLOADS: Final = "uploads"
"""Folders within the evidence: files as they came, blurred copies, files of which a part came."""
TIMES: Final = ("added_at", "taken_at")


def originals_of(evidence: Path) -> ContentStore:
    """Return where files lie as they came."""
    return ContentStore(evidence / ORIGINALS)


def copies_of(evidence: Path) -> ContentStore:
    """Return where blurred copies lie."""
    return ContentStore(evidence / COPIES)


def partial_files_of(evidence: Path) -> PartialFiles:
    """Return where files lie of which a part has come."""
    return PartialFiles(evidence / UPLOADS)


def take_in(store: Store, token: str, *, at: datetime, **more: str) -> Evidence | None:
    """Make a finished upload's piece, once, from what its marker and its row say.

    ``token``: of the marker, whose key is the upload.
    ``at``: aware time.
    ``more``: what the audit line says besides.

    Returns None where the marker or the upload is gone: somebody else has made
    it.
    """
    with store.begin() as unit:
        marker = unit.pending_files.get(token)
        upload = unit.evidence_uploads.get(marker.key) if marker else None
        if marker is None or upload is None or not unit.pending_files.remove(token):
            return None
        piece = unit.evidence.add(
            _values(upload.piece), at=at, actor=marker.actor, action=Custody.ADDED
        )
        unit.evidence_uploads.remove([upload.id])
        facts = facts_of_step(
            piece, change=Custody.ADDED, kind=piece.kind, sha256=piece.sha256, **more
        )
        unit.audit.add(at=at, actor=marker.actor, action=marker.action, facts=facts)
        unit.commit()
        unit.session.expunge_all()
    return piece


def facts_of_step(
    piece: Evidence, *, change: str, **facts: Any,  # noqa: ANN401 -- facts are of any kind
) -> dict[str, Any]:  # fmt: skip
    """Return what the audit line about the newest step of a piece's custody says: its seal."""
    return {"material": piece.evidence_no, "change": str(change), "step": piece.version,
            "seal": piece.seal, **facts}  # fmt: skip


def _values(piece: Mapping[str, Any]) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(piece[name]) for name in TIMES if piece[name]}
    return {**piece, **times}
