"""The inputs of derived files, read in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.contracts.registry import TABLES
from data.derived.fingerprints import Fingerprints, take_fingerprints
from data.derived.placing.reviews import Reviews
from data.lake.manifest import Manifest
from data.store.repositories.visits import VisitsState
from data.workspace.folder import Workspace


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
    fingerprints
        What the files derived from all this are named after.
    """

    imports: Mapping[str, Sequence[Manifest]]
    rows: Mapping[str, Path]
    reviews: Reviews
    visits: VisitsState
    fingerprints: Fingerprints


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
        fingerprints=take_fingerprints(imports, reviews, workspace.settings),
    )
