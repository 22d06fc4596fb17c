"""Photos together with the rows that name them: files first, the commit last.

Those of visits and those that were sent with public reports lie in a folder each.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from data.privacy.photos import (
    FOLDER,
    PUBLIC_FOLDER,
    CleanPhoto,
    keep_photo,
    photo_path,
)
from data.store.repositories.cases.public_reports import PublicReports
from data.store.repositories.visits import Visits
from data.store.unit_of_work import UnitOfWork
from data.workspace.folder import Workspace

OF_VISITS = ""
"""Beside `PUBLIC_FOLDER`: where in the evidence photos of visits lie."""


@contextmanager
def kept_photos(
    unit: UnitOfWork, photos: Collection[CleanPhoto], workspace: Workspace, *, within: str
) -> Iterator[None]:
    """Write the files of a unit of work that is committed inside; without its rows none stays.

    ``within``: `OF_VISITS` or `PUBLIC_FOLDER`.
    """
    evidence = workspace.evidence_path / within
    unit.session.flush()
    try:
        for photo in photos:
            keep_photo(evidence, photo)
        yield
    except BaseException:  # whatever ended it
        unit.rollback()
        paths = {photo_path(evidence, photo.sha256) for photo in photos}
        _erase(workspace, within, only=paths)
        raise


def count_photos(workspace: Workspace, unit: UnitOfWork) -> tuple[int, int]:
    """Return how many photos are kept, and how many of them nothing shows.

    Nothing shows a photo whose visits were all taken back, or of which no row was written.
    """
    folders = (OF_VISITS, PUBLIC_FOLDER)
    kept = sum(1 for each in folders for _ in _paths(workspace, each))
    return kept, sum(len(_unshown(workspace, unit, each)) for each in folders)


def erase_unshown_photos(workspace: Workspace) -> None:
    """Delete the files of photos that nothing shows, for good."""
    for within in (OF_VISITS, PUBLIC_FOLDER):
        _erase(workspace, within)


def _erase(workspace: Workspace, within: str, *, only: Collection[Path] | None = None) -> None:
    with workspace.store.begin() as unit:
        # Whoever adds a photo has written its row before its file is looked for, and waits.
        _rows(unit, within).hold_photos()
        for path in _unshown(workspace, unit, within):
            if only is None or path in only:
                path.unlink(missing_ok=True)


def _unshown(workspace: Workspace, unit: UnitOfWork, within: str) -> list[Path]:
    shown = set(_rows(unit, within).photo_hashes())
    return [path for path in _paths(workspace, within) if path.stem not in shown]


def _paths(workspace: Workspace, within: str) -> Iterator[Path]:
    return (workspace.evidence_path / within / FOLDER).glob("*/*.jpg")


def _rows(unit: UnitOfWork, within: str) -> PublicReports | Visits:
    return unit.public_reports if within == PUBLIC_FOLDER else unit.visits
