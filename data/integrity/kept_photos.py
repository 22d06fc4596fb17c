"""Photos together with the rows that name them: files first, the commit last."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from data.privacy.photos import CleanPhoto, keep_photo, photo_path
from data.store.unit_of_work import Store, UnitOfWork


@contextmanager
def kept_photos(
    unit: UnitOfWork,
    photos: Collection[CleanPhoto],
    *,
    store: Store,
    evidence: Path,
    known: Callable[[UnitOfWork], Collection[str]],
) -> Iterator[None]:
    """Write the files of a unit of work that is committed inside; without its rows none stays.

    ``store``, ``evidence``: where the rows and where the files are kept.
    ``known``: returns the SHA-256 of every photo that a row names.
    """
    unit.session.flush()
    try:
        for photo in photos:
            keep_photo(evidence, photo)
        yield
    except BaseException:  # whatever ended it
        unit.rollback()
        with store.begin() as after:
            named = set(known(after))
        for photo in photos:
            if photo.sha256 not in named:
                photo_path(evidence, photo.sha256).unlink(missing_ok=True)
        raise
