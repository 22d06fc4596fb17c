"""Build the derived file of a table: every version of every row with its placement.

Everything here is derived. A file's name carries a fingerprint of all that it was made from – the
imports, the register of buildings, the grids, what people reviewed, the settings – so a file that
exists is up to date, and one that is missing is made again.

``derived/register-<fingerprint>.parquet``
    The buildings.
``derived/placement/<table>/<import_id>-<fingerprint>.parquet``
    Where each stored row of an import is by itself, in the order of its rows file: what people
    decided about addresses is not in it, so that a decision moves its own rows only.
``derived/screened/...``
    The same of which forms its texts tell (`data.derived.screened`).
``derived/keys/<table>/<import_id>-<version>.parquet``
    The normalised address of each stored row.
``derived/current/<table>-<fingerprint>.parquet``
    All versions of all rows with their placement, in order of place; `data.engine` reads these.
``derived/waiting-<fingerprint>.parquet``
    The rows whose address leads to no building by itself.
``derived/visits-<fingerprint>-<rows>-<newest>.parquet``
    The same of visits that people recorded; in ``visits_since-…`` those that came after it was
    made, in ``told_twice-…`` those that files tell of as well.
``derived/past/<registers>/``
    The same files by the buildings and grids of earlier, made when a date of then is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from data.contracts.model import TableContract
from data.contracts.registry import TABLES
from data.derived.cache import delete_unread, make_once
from data.derived.fingerprints import register_file_name, register_sources
from data.derived.inputs import DerivationInputs, read_inputs
from data.derived.join import Columns, as_known, coded_in_all, read_groups
from data.derived.placing.address_keys import AddressKeys
from data.derived.placing.addresses import AddressBook
from data.derived.placing.building_register import Grids
from data.derived.placing.decided_rows import DecidedRows
from data.derived.placing.place import Placer, is_placed
from data.derived.placing.placement_file import write_placement
from data.derived.placing.sorted_runs import write_as_sent, write_in_order
from data.derived.placing.visits_file import VisitFiles
from data.derived.placing.waiting_rows import StoredRows, has_addresses, write_waiting
from data.derived.screened import ScreenedTexts
from data.derived.stored_versions import StoredVersions
from data.lake.manifest import Manifest
from data.lake.schema import ROW_KEY, SUPERSEDED_AT, current_schema
from data.workspace.cache import Cache
from data.workspace.folder import Workspace

Progress = Callable[[str, int, int], None]

PAST = "past"
READ_WITHIN_S = 120.0
_PLACERS: Final[Cache[Placer]] = Cache(1)


class Derivation:
    """Makes what is missing among the derived files of a workspace, in the order of need.

    Several may be at it at once (`data.derived.cache`): the same facts give the same files.

    ``workspace``: where the lake is and the derived files go.
    ``progress``: called with stage, done and total.
    ``extra``: an import that is not in the lake (yet), with its rows file: what if it were?
    ``folder``: where the derived files go instead; needed with `extra`.
    ``inputs``: what to make them from; what is known now when None.
    ``keys``: normalised addresses of the rows, where they are kept elsewhere.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        progress: Progress | None = None,
        extra: tuple[Manifest, Path] | None = None,
        folder: Path | None = None,
        inputs: DerivationInputs | None = None,
        keys: AddressKeys | None = None,
    ) -> None:
        self._workspace = workspace
        self._report = progress or (lambda _stage, _done, _total: None)
        self._folder = folder or workspace.derived_path
        self._inputs = inputs = inputs or read_inputs(workspace, extra=extra)
        self._imports, self._rows, self._visits = inputs.imports, inputs.rows, inputs.visits
        self.versions = StoredVersions(workspace, inputs)
        self._keys = keys or AddressKeys(self._folder, inputs.rows)
        engine = workspace.settings.engine
        self._screened = ScreenedTexts(self._keys.folder, inputs.rows, inputs.terms, engine)
        self._decided = DecidedRows(
            inputs.imports, inputs.rows, inputs.reviews, self._keys, lambda: self.placer
        )
        self.fingerprints = inputs.fingerprints

    def as_of(self, cut: datetime) -> Derivation:
        """Return what makes the files by the registers of places as imported before a cut."""
        return self._by(self._inputs.as_of(cut))

    def past(self) -> list[Derivation]:
        """Return what makes the files of each earlier state of the registers."""
        return [self._by(inputs) for inputs in self._inputs.past()]

    def _by(self, inputs: DerivationInputs) -> Derivation:
        if inputs is self._inputs:
            return self
        folder = self._folder / PAST / inputs.registers_id
        return Derivation(self._workspace, folder=folder, inputs=inputs, keys=self._keys)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the query session, if one was opened."""
        self.versions.close()

    def refresh(self) -> None:
        """Make every derived file that is missing."""
        for done, table in enumerate(TABLES):
            self._report("derive", done, len(TABLES))
            if self._imports[table]:
                self.current_path(table)
                self.decided_path(table)
        self.visits.paths()
        self.register_path()
        self._delete_past_of_no_state()
        self._report("derive", len(TABLES), len(TABLES))

    def _delete_past_of_no_state(self) -> None:
        """Delete what was made by registers whose imports were taken back, if nobody reads it."""
        wanted = {inputs.registers_id for inputs in self._inputs.past()}
        before = self.register_path().stat().st_mtime - READ_WITHIN_S
        delete_unread(self._folder / PAST, keep=wanted, before=before)

    def current_path(self, table: str) -> Path | None:
        """Return all versions of a table's rows before decisions; None while it has no import."""
        if not self._imports[table]:
            return None
        return make_once(
            self._path("current", f"{table}-{self.fingerprints.current[table]}.parquet"),
            lambda new: self._write_current(TABLES[table], new),
            instead_of=f"{table}-*.parquet", unread_s=READ_WITHIN_S,
        )  # fmt: skip

    def decided_path(self, table: str) -> Path | None:
        """Return rows instead of those of `current_path` with the same address; None for none."""
        if not self._decided.about(table):
            return None
        return make_once(
            self._path("decided", self._decided.file_name(table, self.fingerprints.current[table])),
            lambda new: self._decided.write(table, self.current_path(table), new),
            instead_of=f"{table}-*.parquet", unread_s=READ_WITHIN_S,
        )  # fmt: skip

    @property
    def visits(self) -> VisitFiles:
        """Return the files with all versions of recorded visits."""
        return VisitFiles(
            folder=self._path(), fingerprint=self.fingerprints.visits, state=self._visits,
            store=self._workspace.store, placer=lambda: self.placer,
            zone=self._workspace.settings.office.zone, unread_s=READ_WITHIN_S,
        )  # fmt: skip

    def register_path(self) -> Path:
        """Return the register of buildings."""
        path = self._path(register_file_name(self.fingerprints.register))
        return make_once(
            path, self._write_register, instead_of="register-*.parquet", unread_s=READ_WITHIN_S
        )

    def placement_path(self, manifest: Manifest) -> Path:
        """Return the placement of an import's rows, without what was decided about addresses."""
        name = f"{manifest.import_id}-{self.fingerprints.placement}.parquet"
        return make_once(
            self._path("placement", manifest.table, name),
            lambda new: self._write_placement(manifest, new),
            instead_of=f"{manifest.import_id}-*.parquet",
        )

    def waiting_path(self) -> Path:
        """Return the rows whose address leads to no building by itself, decided or not."""
        return make_once(
            self._path(f"waiting-{self.fingerprints.waiting}.parquet"),
            lambda new: write_waiting(new, self._rows_of_addresses()),
            instead_of="waiting-*.parquet", unread_s=READ_WITHIN_S,
        )  # fmt: skip

    def read_addresses(self) -> None:
        """Make the files of normalised addresses, which decisions about these look through."""
        for contract in filter(has_addresses, TABLES.values()):
            for manifest in self._imports[contract.name]:
                self._keys.path(manifest)

    def placed_column(self, manifest: Manifest, name: str) -> Iterator[pa.ChunkedArray]:
        """Yield in parts a column of `PLACEMENT_COLUMNS` of an import, decisions included."""
        return self._decided.column(name, manifest, self._rows[manifest.import_id],
                                    self.placement_path(manifest))  # fmt: skip

    def existing_files(self) -> list[Path]:
        """Return the derived files that are there and up to date."""
        names = self.fingerprints
        wanted = [register_file_name(names.register)]
        wanted += [f"current/{table}-{name}.parquet" for table, name in names.current.items()]
        wanted += [f"decided/{self._decided.file_name(*pair)}" for pair in names.current.items()]
        wanted += [
            f"placement/{table}/{m.import_id}-{names.placement}.parquet"
            for table, manifests in self._imports.items()
            for m in manifests
        ]
        existing = [path for name in wanted if (path := self._folder / name).is_file()]
        return [*existing, *self.visits.existing(), *self._screened.existing(self._imports)]

    @property
    def has_moved_rows(self) -> bool:
        """Whether any address was reviewed after an import, so that its rows may have moved."""
        return self._decided.have_moved

    @cached_property
    def placer(self) -> Placer:
        """Return the placer for the register and grids of now, without any decision; it is kept."""
        path = self.register_path()
        key = path.absolute(), self.fingerprints.placement
        return _PLACERS.get(key, lambda: self._placer_by(path)).with_decisions({})

    @cached_property
    def grids(self) -> Grids:
        """Return the official grids that have a border and are in force."""
        return self.versions.grids_in_force()

    def _placer_by(self, path: Path) -> Placer:
        register, limits = pq.read_table(path), self._workspace.settings.place
        names = self.versions.community_names()
        book = AddressBook(register.drop_columns("geom"), {}, limits, community_names=names)
        return Placer(register, self.grids, book, limits)

    def _write_register(self, path: Path) -> None:
        self._report("register", 0, 1)
        sources = register_sources(self._imports, self._workspace.settings)
        pq.write_table(self.versions.register(sources, self.grids), path)

    def _write_placement(self, manifest: Manifest, path: Path) -> None:
        self._report("place", 0, manifest.rows_stored)
        rows, engine = self._rows[manifest.import_id], self._workspace.settings.engine
        write_placement(path, rows, lambda: self.placer, engine=engine)

    def _write_current(self, contract: TableContract, path: Path) -> None:
        """Write the file of a table, placed rows in order of place."""
        schema = current_schema(contract, placed=is_placed(contract))
        write = write_in_order if is_placed(contract) else write_as_sent
        with self.versions.times(contract, path.parent) as times:
            write(self._as_sent(contract, schema, times), path, schema)

    def _as_sent(
        self, contract: TableContract, schema: pa.Schema, times: Callable[[Columns, int], Columns]
    ) -> Iterator[pa.Table]:
        """Yield rows, versions and placement side by side: all have the rows in one order."""
        files = [self._files(contract, manifest) for manifest in self._imports[contract.name]]
        coded = [coded_in_all(of_a_kind) for of_a_kind in zip(*files, strict=True)]
        for each in files:
            for rows in read_groups(*each, coded=coded):
                if count := rows[ROW_KEY].length():
                    yield as_known(rows | times(rows, count), schema)

    def _files(
        self, contract: TableContract, manifest: Manifest
    ) -> tuple[Path, Path | None, Path | None]:
        """Return the files of an import's rows, of where they are and of what their texts tell."""
        placement = self.placement_path(manifest) if is_placed(contract) else None
        screened = self._screened.path(manifest) if contract.screened else None
        return self._rows[manifest.import_id], placement, screened

    def _rows_of_addresses(self) -> Iterator[StoredRows]:
        """Yield every import of a table with addresses, while there is a building to choose."""
        if not pq.read_metadata(self.register_path()).num_rows:
            return
        for contract in filter(has_addresses, TABLES.values()):
            if not self._imports[contract.name]:
                continue
            held, start = self.versions.ordered(contract, (SUPERSEDED_AT,))[SUPERSEDED_AT], 0
            for manifest in self._imports[contract.name]:
                superseded_at = held.slice(start, manifest.rows_stored)
                start += manifest.rows_stored
                paths = self._rows[manifest.import_id], self.placement_path(manifest)
                yield StoredRows(contract, *paths, superseded_at.is_null())

    def _path(self, *parts: str) -> Path:
        path = self._folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path
