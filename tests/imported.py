"""Offices that tests build: texts that are brought in as files are, and what follows from them."""

import shutil
from collections.abc import Iterator
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


def opened_copy(folder: Path, to: Path, *, now: datetime) -> Iterator[Office]:
    """Yield a copy of an office, for a fixture, whose clock stands still; close it afterwards.

    ``to``: where its folder is made.
    """
    office = open_office(shutil.copytree(folder, to / "office"), now=lambda: now)
    yield office
    office.close()
