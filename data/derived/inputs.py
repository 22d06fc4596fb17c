"""The inputs of derived files, read in one transaction."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self

import pyarrow.parquet as pq

from data.contracts.screening.office_terms import TERMS_SETTING, OfficeTerm, read_terms
from data.derived.fingerprints import (
    FINGERPRINT_DIGITS,
    Fingerprints,
    imports_by_table,
    short_hash,
    take_fingerprints,
)
from data.derived.placing.building_ends import read_end_days
from data.derived.placing.ended_grids import DatedFiles, dated_files, ended_grids
from data.derived.placing.reviews import Reviews
from data.derived.screened import screening_fingerprint
from data.lake.checksums import hash_options
from data.lake.imports import RowsByImport
from data.lake.manifest import Manifest
from data.lake.schema import ROW_HASH, ROW_KEY
from data.lake.validity import ALWAYS, registers_known_from
from data.store.repositories.visits import VisitsState
from data.workspace.folder import Workspace
from data.workspace.settings import WorkspaceSettings

REGISTERS: Final = {
    "buildings": (ROW_HASH,),
    "grids": ("community_code", "community", "geom"),
}
"""Tables of places, by which rows of others are placed, with what of them decides where."""


@dataclass(frozen=True, slots=True)
class KnownState:
    """Names what is known: whatever is imported, taken back, decided or recorded renames it."""

    visits: VisitsState
    """Of the log of recorded visits."""
    but_visits: Hashable
    """Of all else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivationInputs:
    """What was imported, reviewed and recorded in a workspace at one moment."""

    imports: Mapping[str, Sequence[Manifest]]
    """Table → its imports, oldest first; every table of `data.contracts.registry` is there."""
    rows: Mapping[str, Path]
    """Import id → its rows file, which stays where it is when the import is taken back."""
    reviews: Reviews
    """What addresses were decided to mean, and when."""
    visits: VisitsState
    """State of the log of recorded visits."""
    settings: WorkspaceSettings
    """How rows are placed and which tables make the register."""
    terms: tuple[OfficeTerm, ...]
    """The office's own words of screening."""
    ended: Mapping[str, date]
    """The buildings that no longer stand by what was said here, with the first day without each."""
    fingerprints: Fingerprints
    """What the files derived from all this are named after."""

    def as_of(self, cut: datetime) -> Self:
        """Return the same with the registers of places as imported before a cut, local time.

        Itself where no register came since; see `data.lake.validity` for when one is known.
        """
        before = {name: self._known_before(name, cut) for name in REGISTERS}
        if all(len(before[name]) == len(self.imports[name]) for name in REGISTERS):
            return self
        imports = {**self.imports, **before}
        fingerprints = take_fingerprints(
            imports, self.settings, screening=self.fingerprints.screening, ended=self.ended
        )
        return replace(self, imports=imports, fingerprints=fingerprints)

    def past(self) -> list[Self]:
        """Return the inputs of each state of the registers that was before the present one."""
        known = {at for name in REGISTERS for at in registers_known_from(self.imports[name])}
        states = {then.registers_id: then for then in map(self.as_of, sorted(known - {ALWAYS}))}
        return [then for then in states.values() if then is not self]

    @property
    def state(self) -> KnownState:
        """Name all of it."""
        history = self.reviews.history
        changes = [review.until or review.at for review in history]
        standing = sum(review.until is None for review in history)
        reviews = (len(history), standing, max(changes, default=None))
        names = self.fingerprints
        return KnownState(self.visits, (names.register, names.waiting, names.visits, reviews))

    @property
    def registers_id(self) -> str:
        """Name the state of the registers."""
        ids = {name: [m.import_id for m in self.imports[name]] for name in REGISTERS}
        return hash_options(ids)[:FINGERPRINT_DIGITS]

    def _known_before(self, table: str, cut: datetime) -> Sequence[Manifest]:
        """Return the imports known before a cut, and the next ones that changed no place.

        Grids often come again only because those who answer for them have changed.
        """
        imports = self.imports[table]
        count = sum(known < cut for known in registers_known_from(imports))
        dated = dated_files(imports, self.rows)
        while 0 < count < len(imports):
            if _places(table, dated[: count + 1]) != _places(table, dated[:count]):
                break
            count += 1
        return imports[:count]


@lru_cache(maxsize=64)
def _places(table: str, imports: DatedFiles) -> str:
    """Return a hash of what places are according to some imports, the last word of each key."""
    held: dict[str, list[Any]] = {}
    for path, _ in imports:
        columns = [
            name for name in (ROW_KEY, *REGISTERS[table]) if name in pq.read_schema(path).names
        ]
        rows = pq.read_table(path, columns=columns).to_pydict()
        held |= dict(
            zip(rows[ROW_KEY], zip(*(rows[n] for n in columns[1:]), strict=True), strict=True)
        )
    ended = sorted(ended_grids(imports)) if table == "grids" else []
    return hash_options({"places": sorted(held.items()), "ended": ended})


def read_inputs(
    workspace: Workspace, *, extra: tuple[Manifest, Path] | None = None
) -> DerivationInputs:
    """Read what derived files are made from now.

    ``extra``: an import that is not in the lake (yet), with its rows file: what if it were?

    Raises `ManifestError` when an import's manifest cannot be read or was changed.
    """
    lake = workspace.lake
    stored = lake.imports()
    rows = RowsByImport(lake, stored, {extra[0].import_id: extra[1]} if extra else None)
    stored += [extra[0]] if extra else []
    with workspace.store.begin() as unit:
        reviews = Reviews(unit.address_reviews.history())
        visits = unit.visits.state()
        terms = read_terms(unit.settings.get(TERMS_SETTING, []))
        ended = read_end_days(unit)
    imports = imports_by_table(stored)
    return DerivationInputs(
        imports=imports,
        rows=rows,
        reviews=reviews,
        visits=visits,
        settings=workspace.settings,
        terms=terms,
        ended=ended,
        fingerprints=take_fingerprints(
            imports, workspace.settings, screening=screening_fingerprint(terms), ended=ended
        ),
    )


def input_versions(workspace: Workspace, tables: Sequence[str]) -> dict[str, str]:
    """Return what tells one state of what was brought in from another, by kind.

    The kinds are ``imports`` (of some tables), ``reviews`` of addresses, ``ended`` buildings and
    ``visits``. No table is read: names of files are listed, and rows counted, so it may be asked
    every few seconds.
    """
    with workspace.store.begin() as unit:
        decisions, visits = unit.address_reviews.state(), unit.visits.state()
        ended = {building: str(day) for building, day in read_end_days(unit).items()}
    count, newest = decisions
    return {
        "imports": short_hash(workspace.lake.import_ids(tables)),
        "reviews": f"{count} {newest or ''}".strip(),
        "ended": short_hash(ended),
        "visits": f"{visits.rows} {visits.newest}",
    }
