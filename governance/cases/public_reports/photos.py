"""Photos of public reports: pixels alone, apart from those of visits."""

import threading
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from data.integrity.kept_photos import kept_photos
from data.privacy.photos import (
    PUBLIC_FOLDER,
    CleanPhoto,
    PhotoError,
    clean_photo,
)
from data.store.unit_of_work import UnitOfWork
from data.workspace.folder import Workspace

_AT_ONCE: Final = threading.BoundedSemaphore(2)
"""A large picture takes much memory while it is open."""


def evidence_of(workspace: Workspace) -> Path:
    """Return the folder of photos of public reports."""
    return workspace.evidence_path / PUBLIC_FOLDER


def clean_photos(files: Sequence[bytes], *, most: int, most_bytes: int) -> list[CleanPhoto]:
    """Return the bare pictures of photos, each once, in their order.

    Raises `PhotoError`: ``report_photos_too_many``, ``photo_too_large`` or ``photo_unreadable``.
    """
    if len(files) > most:
        raise PhotoError("report_photos_too_many", seen=len(files), expected=most)
    for raw in files:
        if len(raw) > most_bytes:
            raise PhotoError("photo_too_large", seen=len(raw), expected=most_bytes)
    kept: dict[str, CleanPhoto] = {}
    for raw in files:
        with _AT_ONCE:
            photo = clean_photo(raw)
        kept.setdefault(photo.sha256, photo)
    return list(kept.values())


def commit_with_photos(
    unit: UnitOfWork, workspace: Workspace, photos: Collection[CleanPhoto]
) -> None:
    """Write the files of reports and commit their rows: both or neither."""
    with kept_photos(unit, photos, workspace, within=PUBLIC_FOLDER):
        unit.commit()
