"""What the rows of a new import are beside those that are held: one answer for each table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa

from data.contracts.model import TableContract
from data.ingest.held_rows.grids_anew import notes_of_grids
from data.ingest.held_rows.later_states import LATER_STATES, keys_of_later_states, with_keys
from data.ingest.held_rows.renumbered import held_buildings, with_held_codes
from data.workspace.folder import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEffects:
    """What is to be done with the rows of an import, and told, because of what is held."""

    change: Callable[[pa.Table], pa.Table] | None = None
    """What makes of rows those that are kept; None where they are kept as they are."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Key of each row that continues a held one → the key that is held."""
    notes: Mapping[str, list[str]] = field(default_factory=dict)
    """Codes of notes → what each is about."""


def effects_of_held(
    workspace: Workspace, contract: TableContract, rows: Path, import_id: str, *, day: date,
    shown: int,
) -> HeldEffects:  # fmt: skip
    """Compare the rows of an import with those that are held.

    ``rows``: the rows file of the import, which is not in the lake yet; ``day``: of the import;
    ``shown``: so many rows a note names.
    """
    if contract.name == "grids":
        return HeldEffects(notes=notes_of_grids(workspace, rows, day))
    if contract.name == "buildings":
        found = held_buildings(workspace, rows)
        codes = found.same.sure
        change = partial(with_held_codes, codes=codes) if codes else None
        return HeldEffects(change=change, notes=found.notes(shown=shown))
    keys = keys_of_later_states(workspace, contract, rows, import_id)
    if not keys:
        return HeldEffects()
    notes = {LATER_STATES: [str(len(keys))]}
    return HeldEffects(change=partial(with_keys, keys=keys), keys=keys, notes=notes)
