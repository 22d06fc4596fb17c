"""Offices that tests build: texts that are brought in as files are, and what follows from them."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from data.contracts.registry import TABLES
from data.ingest.options import ImportOptions
from data.ingest.results import ImportResult
from governance.access.permissions import Actor, local_owner
from governance.office import Office
from gridwarden.compose import open_office


def import_text(
    office: Office, table: str, text: str, *, actor: Actor | None = None, name: str = ""
) -> ImportResult:
    """Write a file beside an office and import it, by the machine's owner unless told otherwise.

    Its coordinates, if there are any, are WGS-84.
    """
    path: Path = office._workspace.root.parent / (name or f"{table}.csv")
    path.write_text(text, encoding="utf-8")
    return office.imports.import_file(
        actor or local_owner(), table, path, ImportOptions(datum="wgs84")
    )


def derive_all(office: Office) -> None:
    """Have made what whoever asks first has made, for those who ask a copy of the office."""
    for table in TABLES:
        office._engine.table(table)
    office.address_review.queue(local_owner())


@contextmanager
def copied_office(folder: Path, to: Path, *, now: datetime) -> Iterator[Office]:
    """Open a copy of an office whose clock stands still.

    ``to``: where its folder is made.
    """
    copied = shutil.copytree(folder, to / "office")
    with closing(open_office(copied, now=lambda: now)) as office:
        yield office


def opened_copy(folder: Path, to: Path, *, now: datetime) -> Iterator[Office]:
    """Yield what `copied_office` opens, for a fixture."""
    with copied_office(folder, to, now=now) as office:
        yield office
