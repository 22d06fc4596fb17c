"""The inputs of derived files, read in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.contracts.registry import TABLES
from data.derived.fingerprints import Fingerprints, short_hash, take_fingerprints
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
    decisions
        Normalised address → building, or None where it is none.
    visits
        State of the log of recorded visits.
    fingerprints
        What the files derived from all this are named after.
    """

    imports: Mapping[str, Sequence[Manifest]]
    rows: Mapping[str, Path]
    decisions: Mapping[str, str | None]
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
        decisions = unit.address_reviews.decisions()
        visits = unit.visits.state()
    imports = {name: [m for m, _ in stored if m.table == name] for name in TABLES}
    return DerivationInputs(
        imports=imports,
        rows={manifest.import_id: rows for manifest, rows in stored},
        decisions=decisions,
        visits=visits,
        fingerprints=take_fingerprints(imports, decisions, workspace.settings),
    )


def input_versions(workspace: Workspace, tables: Sequence[str]) -> dict[str, str]:
    """Return what tells one state of what was brought in from another, by kind.

    The kinds are ``imports`` (of some tables), ``reviews`` of addresses and ``visits``. No table is
    read: names of files are listed, and rows counted, so it may be asked every few seconds.
    """
    with workspace.store.begin() as unit:
        decisions, visits = unit.address_reviews.state(), unit.visits.state()
    count, newest = decisions
    return {
        "imports": short_hash(workspace.lake.import_ids(tables)),
        "reviews": f"{count} {newest or ''}".strip(),
        "visits": f"{visits.rows} {visits.newest}",
    }
