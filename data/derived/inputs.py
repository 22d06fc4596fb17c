"""The inputs of derived files, read in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from data.contracts.registry import TABLES
from data.derived.fingerprints import FINGERPRINT_DIGITS, Fingerprints, take_fingerprints
from data.derived.placing.reviews import Reviews
from data.lake.imports import hash_options
from data.lake.manifest import Manifest
from data.lake.validity import ALWAYS, registers_known_from
from data.store.repositories.visits import VisitsState
from data.workspace.folder import Workspace
from data.workspace.settings import WorkspaceSettings

REGISTERS: Final = ("buildings", "grids")
"""Tables of places, by which rows of others are placed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivationInputs:
    """What was imported, reviewed and recorded in a workspace at one moment.

    Parameters
    ----------
    imports
        Table → its imports, oldest first; every table of `data.contracts.registry` is there.
    rows
        Import id → its rows file, which stays where it is when the import is taken back.
    reviews
        What addresses were decided to mean, and when.
    visits
        State of the log of recorded visits.
    settings
        How rows are placed and which tables make the register.
    fingerprints
        What the files derived from all this are named after.
    """

    imports: Mapping[str, Sequence[Manifest]]
    rows: Mapping[str, Path]
    reviews: Reviews
    visits: VisitsState
    settings: WorkspaceSettings
    fingerprints: Fingerprints

    def as_of(self, cut: datetime) -> DerivationInputs:
        """Return the same with the registers of places as imported before a cut, local time.

        Itself where no register came since; see `data.lake.validity` for when one is known.
        """
        before = {name: _known_before(self.imports[name], cut) for name in REGISTERS}
        if all(len(before[name]) == len(self.imports[name]) for name in REGISTERS):
            return self
        imports = {**self.imports, **before}
        fingerprints = take_fingerprints(imports, self.reviews, self.settings)
        return replace(self, imports=imports, fingerprints=fingerprints)

    def past(self) -> list[DerivationInputs]:
        """Return the inputs of each state of the registers that was before the present one."""
        known = {at for name in REGISTERS for at in registers_known_from(self.imports[name])}
        return [self.as_of(cut) for cut in sorted(known - {ALWAYS})]

    @property
    def registers_id(self) -> str:
        """Name the state of the registers."""
        ids = {name: [m.import_id for m in self.imports[name]] for name in REGISTERS}
        return hash_options(ids)[:FINGERPRINT_DIGITS]


def _known_before(imports: Sequence[Manifest], cut: datetime) -> list[Manifest]:
    known_from = registers_known_from(imports)
    return [m for m, known in zip(imports, known_from, strict=True) if known < cut]


def read_inputs(
    workspace: Workspace, *, extra: tuple[Manifest, Path] | None = None
) -> DerivationInputs:
    """Read what derived files are made from now.

    Parameters
    ----------
    extra
        An import that is not in the lake (yet), with its rows file: what if it were?

    Raises
    ------
    ManifestError
        When an import's manifest cannot be read or was changed.
    """
    lake = workspace.lake
    stored = [(manifest, lake.rows_path(manifest)) for manifest in lake.imports()]
    stored += [extra] if extra else []
    with workspace.store.begin() as unit:
        reviews = Reviews(unit.address_reviews.history())
        visits = unit.visits.state()
    imports = {name: [m for m, _ in stored if m.table == name] for name in TABLES}
    return DerivationInputs(
        imports=imports,
        rows={manifest.import_id: rows for manifest, rows in stored},
        reviews=reviews,
        visits=visits,
        settings=workspace.settings,
        fingerprints=take_fingerprints(imports, reviews, workspace.settings),
    )
