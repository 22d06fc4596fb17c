"""Build the derived file of a table: every version of every row with its placement.

Everything here is derived. A file's name carries a fingerprint of all that it was made from – the
imports, the register of buildings, the grids, what people reviewed, the settings – so a file that
exists is up to date, and one that is missing is made again.

``derived/register-<fingerprint>.parquet``
    The buildings.
``derived/placement/<table>/<import_id>-<fingerprint>.parquet``
    Where each stored row of an import is, in the order of its rows file.
``derived/current/<table>-<fingerprint>.parquet``
    All versions of all rows with their placement, in order of place; `data.engine` reads these.
``derived/visits-<fingerprint>-<rows>-<newest>.parquet``
    The same of the visits that people recorded, which are no import.
``derived/past/<registers>/``
    The same files by the buildings and grids of earlier, made when a date of then is asked for.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from data.contracts.model import TableContract
from data.contracts.registry import TABLES
from data.derived.cache import make_once
from data.derived.fingerprints import register_sources
from data.derived.inputs import DerivationInputs, read_inputs
from data.derived.join import columns_of, read_groups, to_schema, write_in_order
from data.derived.placing.addresses import AddressBook
from data.derived.placing.building_register import (
    Grids,
)
from data.derived.placing.place import (
    NARROW,
    Placer,
    footprints_of,
    is_placed,
)
from data.derived.placing.reviews import add_past_placements
from data.derived.stored_versions import StoredVersions
from data.derived.visits_cache import visits_name, write_visits
from data.lake.manifest import Manifest
from data.lake.schema import (
    IMPORT_ID,
    LEARNT_AT,
    PLACEMENT_COLUMNS,
    ROW_KEY,
    TEXT,
    VERSION_COLUMNS,
    current_schema,
)
from data.lake.validity import local_import_time
from data.workspace.folder import Workspace

Progress = Callable[[str, int, int], None]

PAST = "past"
_READ_WITHIN_S = 120.0


class Derivation:
    """Makes what is missing among the derived files of a workspace, in the order of need.

    Several may be at it at once (`data.derived.cache`): the same facts give the same files.

    Parameters
    ----------
    workspace
        Where the lake is and the derived files go.
    progress
        Called with stage, done and total.
    extra
        An import that is not in the lake (yet), with its rows file: what if it were?
    folder
        Where the derived files go instead; needed with `extra`.
    inputs
        What to make them from; what is known now when None.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        progress: Progress | None = None,
        extra: tuple[Manifest, Path] | None = None,
        folder: Path | None = None,
        inputs: DerivationInputs | None = None,
    ) -> None:
        self._workspace = workspace
        self._report = progress or (lambda _stage, _done, _total: None)
        self._folder = folder or workspace.derived_path
        self._inputs = inputs = inputs or read_inputs(workspace, extra=extra)
        self._imports, self._rows = inputs.imports, inputs.rows
        self._reviews, self._visits = inputs.reviews, inputs.visits
        self._versions = StoredVersions(workspace, inputs)
        self.fingerprints = inputs.fingerprints

    def as_of(self, cut: datetime) -> Derivation:
        """Return what makes the files by the registers of places as imported before a cut."""
        return self._by(self._inputs.as_of(cut))

    def past(self) -> list[Derivation]:
        """Return what makes the files of each state of the registers before the present one."""
        return [self._by(inputs) for inputs in self._inputs.past()]

    def _by(self, inputs: DerivationInputs) -> Derivation:
        if inputs is self._inputs:
            return self
        folder = self._folder / PAST / inputs.registers_id
        return Derivation(self._workspace, folder=folder, inputs=inputs)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the query session, if one was opened."""
        self._versions.close()

    def refresh(self) -> None:
        """Make every derived file that is missing."""
        for done, table in enumerate(TABLES):
            self._report("derive", done, len(TABLES))
            if self._imports[table]:
                self.current_path(table)
        self.visits_path()
        self.register_path()
        self._delete_past_of_no_state()
        self._report("derive", len(TABLES), len(TABLES))

    def _delete_past_of_no_state(self) -> None:
        """Delete what was made by registers whose imports were taken back, if nobody reads it."""
        wanted = {inputs.registers_id for inputs in self._inputs.past()}
        made = self.register_path().stat().st_mtime
        for folder in (self._folder / PAST).glob("*"):
            read = max((path.stat().st_mtime for path in folder.rglob("*.parquet")), default=0.0)
            if folder.name not in wanted and made - read >= _READ_WITHIN_S:
                shutil.rmtree(folder, ignore_errors=True)

    def current_path(self, table: str) -> Path | None:
        """Return the file with all versions of a table's rows; None while it has no import."""
        if not self._imports[table]:
            return None
        path = self._path("current", f"{table}-{self.fingerprints.current[table]}.parquet")
        return make_once(
            path,
            lambda new: self._write_current(TABLES[table], new),
            instead_of=f"{table}-*.parquet",
            unread_s=_READ_WITHIN_S,
        )

    def visits_path(self) -> Path | None:
        """Return the file with all versions of recorded visits; None while there is none."""
        if not self._visits.rows:
            return None
        path = self._path(visits_name(self.fingerprints.visits, self._visits))
        return make_once(
            path, self._write_visits, instead_of="visits-*.parquet", unread_s=_READ_WITHIN_S
        )

    def register_path(self) -> Path:
        """Return the register of buildings."""
        path = self._path(f"register-{self.fingerprints.register}.parquet")
        return make_once(
            path, self._write_register, instead_of="register-*.parquet", unread_s=_READ_WITHIN_S
        )

    def placement_path(self, manifest: Manifest) -> Path:
        """Return the placement of an import's rows."""
        name = f"{manifest.import_id}-{self.fingerprints.placement}.parquet"
        return make_once(
            self._path("placement", manifest.table, name),
            lambda new: self._write_placement(manifest, new),
            instead_of=f"{manifest.import_id}-*.parquet",
        )

    def existing_files(self) -> list[Path]:
        """Return the derived files that are there and up to date."""
        names = self.fingerprints
        wanted = [f"register-{names.register}.parquet", visits_name(names.visits, self._visits)]
        wanted += [f"current/{table}-{names.current[table]}.parquet" for table in TABLES]
        wanted += [
            f"placement/{table}/{m.import_id}-{names.placement}.parquet"
            for table, manifests in self._imports.items()
            for m in manifests
        ]
        return [path for name in wanted if (path := self._folder / name).is_file()]

    @property
    def has_moved_rows(self) -> bool:
        """Whether any address was reviewed after an import, so that its rows may have moved."""
        oldest = min((local_import_time(m) for each in self._imports.values() for m in each),
                     default=None)  # fmt: skip
        return oldest is not None and bool(self._reviews.changed_since(oldest))

    @cached_property
    def placer(self) -> Placer:
        """Return the placer for the register, grids and reviews of now."""
        register = pq.read_table(self.register_path())
        limits = self._workspace.settings.place
        names = self._versions.community_names()
        book = AddressBook(register, self._reviews.now, limits, community_names=names)
        return Placer(register, self.grids, book, limits)

    @cached_property
    def grids(self) -> Grids:
        """Return the official grids that have a border."""
        wanted = ("grid_code", "community_code", "geom")
        return Grids.of(self._versions.known_now("grids", wanted).to_pandas())

    def reference_shapes(self) -> list[list[shapely.Geometry]]:
        """Return by kind what is known to be here, to recognise a datum by: else points of rows."""
        kinds = [*self.shapes_of_area(), *self._versions.shapes_of_layers()]
        return list(filter(None, kinds)) or list(self._versions.points_of_rows())

    def shapes_of_area(self) -> list[list[shapely.Geometry]]:
        """Return the street's border, the grids and the buildings, each kind as a list."""
        border = self._workspace.border_path
        kinds = [list(self.grids.borders)]
        if border is not None and border.is_file():
            kinds.insert(0, [shapely.from_geojson(border.read_text(encoding="utf-8"))])
        register = pq.read_table(self.register_path(), columns=["lon", "lat", "geom"])
        known = footprints_of(register)
        return [*kinds, list(known[~shapely.is_missing(known)])]

    def _write_register(self, path: Path) -> None:
        self._report("register", 0, 1)
        sources = register_sources(self._imports, self._workspace.settings)
        pq.write_table(self._versions.register(sources, self.grids), path)

    def _write_visits(self, path: Path) -> None:
        store, zone = self._workspace.store, self._workspace.settings.office.zone
        write_visits(
            path,
            store=store,
            state=self._visits,
            placer=lambda: self.placer,
            within=self._folder,
            zone=zone,
        )

    def _write_placement(self, manifest: Manifest, path: Path) -> None:
        """Place the rows group by group, so that memory does not grow with the import."""
        self._report("place", 0, manifest.rows_stored)
        rows = self._rows[manifest.import_id]
        schema = pa.schema([(IMPORT_ID, TEXT), (ROW_KEY, TEXT), *PLACEMENT_COLUMNS.items()])
        written = pq.ParquetWriter(path, schema, use_dictionary=False)  # row keys never repeat
        with pq.ParquetFile(rows) as source, written as writer:
            present = [name for name in NARROW if name in source.schema_arrow.names]
            for group in range(source.num_row_groups):
                placed = self.placer.place(source.read_row_group(group, columns=present))
                writer.write_table(placed.cast(schema))

    def _write_current(self, contract: TableContract, path: Path) -> None:
        """Write the file of a table, placed rows in order of place."""
        if is_placed(contract):
            write = partial(self._write_as_sent, contract)
            write_in_order(write, path, session=self._versions.session)
        else:
            self._write_as_sent(contract, path)

    def _write_as_sent(self, contract: TableContract, path: Path) -> None:
        """Put rows, versions and placement side by side: all three have the rows in one order."""
        imports, placed = self._imports[contract.name], is_placed(contract)
        schema = current_schema(contract, placed=placed)
        placements = [self.placement_path(m) if placed else None for m in imports]
        times = self._versions.ordered(contract, (LEARNT_AT, *VERSION_COLUMNS))
        start = 0
        with pq.ParquetWriter(path, schema) as writer:
            for manifest, placement in zip(imports, placements, strict=True):
                for rows in read_groups(self._rows[manifest.import_id], placement):
                    count = rows[ROW_KEY].length()
                    columns = rows | columns_of(times.slice(start, count))
                    start += count
                    now = to_schema(columns, schema, count)
                    writer.write_table(self._with_past(now, manifest) if placed else now)

    def _with_past(self, rows: pa.Table, manifest: Manifest) -> pa.Table:
        return add_past_placements(
            rows,
            imported_at=local_import_time(manifest),
            reviews=self._reviews,
            placer=lambda: self.placer,
        )

    def _path(self, *parts: str) -> Path:
        path = self._folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path
