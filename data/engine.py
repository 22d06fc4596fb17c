"""The query engine: the workspace's tables as Ibis expressions, on DuckDB or on Spark."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from copy import copy
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.types import Table

from data.contracts.model import TableContract
from data.contracts.registry import TABLES, contract_of
from data.derived.backends.duckdb_sessions import Sessions, Views
from data.derived.backends.spark_rows import open_view as open_on_spark
from data.derived.backends.spark_session import SparkBackend
from data.derived.build import READ_WITHIN_S, Derivation
from data.derived.fingerprints import FINGERPRINT_DIGITS
from data.derived.inputs import DerivationInputs, KnownState, read_inputs
from data.derived.placing.ended_grids import GridEnd
from data.derived.placing.place import is_placed
from data.derived.placing.visits_file import REPEATED_KEYS, repeated_keys_path
from data.derived.visits import TABLE as VISITS
from data.lake.checksums import hash_options
from data.lake.schema import (
    GIVEN,
    LEARNT_AT,
    PLACED_COLUMNS,
    PLACED_UNTIL,
    REGISTER_COLUMNS,
    ROW_KEY,
    SEEN_FROM,
    SUPERSEDED_AT,
    VERSION_COLUMNS,
    VERSION_LEARNT_AT,
    current_schema,
)
from data.lake.validity import held, without
from data.workspace.atomic import replacing
from data.workspace.folder import Workspace

_Files: TypeAlias = Sequence[Path]
BUILDINGS = "buildings"
_NO_NAME = re.compile(r"\W")
_GIVEN_PLACE = (f"{GIVEN}lon", f"{GIVEN}lat")
_NEVER_MOVED = (*_GIVEN_PLACE, *PLACED_COLUMNS)
_TIMES = (VERSION_LEARNT_AT, SUPERSEDED_AT, *PLACED_COLUMNS, SEEN_FROM)
HIDDEN = (*_NEVER_MOVED, VERSION_LEARNT_AT, SUPERSEDED_AT)


class Engine:
    """Reads a workspace's tables; the same expressions run on every backend.

    What is derived – versions, register, placement – is brought up to date before it is read, so
    an engine may be kept while imports come and go. Several threads may ask at once: each has a
    session of its own in DuckDB, so a table is to be used by the thread that asked for it.
    ``spark``: a pyspark ``SparkSession`` to run on; what the settings name when None.
    """

    def __init__(self, workspace: Workspace, *, spark: Any = None) -> None:  # noqa: ANN401 -- pyspark ships no types
        self._workspace = workspace
        settings = workspace.settings.engine
        self._sessions: Sessions | SparkBackend = (
            SparkBackend(settings, session=spark)
            if spark or settings.kind == "spark"
            else Sessions(workspace)
        )
        self._views = Views(
            self._sessions.open_view
            if isinstance(self._sessions, Sessions)
            else partial(open_on_spark, workspace)
        )
        self._inputs: DerivationInputs | None = None
        self._seen_from: datetime | None = None
        self._seen: Engine | None = None
        self.remembered: dict[Hashable, Any] | None = None
        """What was worked out from these rows, to be used again; None where nothing is kept."""

    def pinned(self, *, remember: bool = False) -> Engine:
        """Return an engine that reads what is known now, whatever comes later.

        For one run that reads many tables: an import that is made or taken back meanwhile, a
        review and a visit are in none of them. The imports and the store are read once. It uses the
        sessions of this engine and ends with it; closing it does nothing. A pinned one is itself.

        ``remember``: keep what is worked out from its rows as long as it lives: time for memory.
        """
        if self._inputs is not None:
            return self
        view = copy(self)
        view._seen = None  # noqa: SLF001 -- of its own class
        view.remembered = {} if remember else None
        view._inputs = read_inputs(self._workspace)  # noqa: SLF001 -- of its own class
        return view

    def seen_from(self, cut: datetime) -> Engine:
        """Return an engine that reads what was known at earlier cuts as it looked at this one.

        Windows of the past that a score as of ``cut`` learns from are read with it: addresses that
        were reviewed since are no news of theirs. Itself where no address was. One that remembers
        keeps the last that it returned, with what was worked out from that.
        """
        seen = self._seen
        if seen is not None and seen._seen_from == cut:  # noqa: SLF001 -- of its own class
            return seen
        inputs = self._inputs or read_inputs(self._workspace)
        if not inputs.reviews.changed_by(cut):
            return self
        view = copy(self)
        view.remembered = None if self.remembered is None else {}
        view._seen_from, view._seen = cut, None  # noqa: SLF001 -- of its own class
        if self.remembered is not None:
            self._seen = view
        return view

    @property
    def newest_visit(self) -> int | None:
        """Return the number of the newest version of a visit that is read; None for no limit."""
        return None if self._inputs is None else self._inputs.visits.newest

    @property
    def state(self) -> KnownState:
        """Name what is known now: an import, a decision about an address or a visit renames it."""
        return (self._inputs or read_inputs(self._workspace)).state

    def close(self) -> None:
        """End every session."""
        if self._inputs is None:
            self._sessions.close()

    def registers_at(self, cut: datetime) -> Hashable:
        """Name the registers of places that were known before a cut."""
        return (self._inputs or read_inputs(self._workspace)).as_of(cut).registers_id

    def ended_grids(self, *, cut: datetime | None = None) -> Mapping[str, GridEnd]:
        """Return the grids that are no longer in force by the imports known before a cut."""
        return self._derivation(cut).versions.ended_grids()

    def _derivation(self, cut: datetime | None = None) -> Derivation:
        derivation = Derivation(self._workspace, inputs=self._inputs)
        return derivation if cut is None else derivation.as_of(cut)

    def table(self, name: str, *, cut: datetime | None = None) -> Table:
        """Return the rows of a table that hold, with their placement.

        ``name``: a table of `data.contracts.registry`. ``buildings`` gives the register (columns
        `data.lake.schema.REGISTER_COLUMNS`, geometry as WKB in ``geom``), imported or made.
        ``cut``: local time: only what had been learnt before it, in the version that was known
        then. None for everything known now. Where a row is follows from the addresses that had been
        reviewed before it (`data.derived.placing.reviews`) and from the buildings and grids that
        had been imported; the first load of a register is known at any date (`data.lake.validity`).
        Of a register made from addresses, only buildings that had been mentioned before it.
        ``inspections`` are those of files and the visits that people recorded here.

        Returns the contract's stored fields; ``row_key, row_hash, import_id, source_row, event_at,
        learnt_at, imported_at`` (`data.lake.validity`); of placed tables
        `data.lake.schema.PLACEMENT_COLUMNS` as well, where ``given_building_id``,
        ``given_community_code``, ``given_grid_code`` hold what the sender wrote. Times are local,
        in microseconds.

        Raises `UnknownTableError` when there is no such table.
        """
        contract = contract_of(name)
        if contract.name == BUILDINGS:
            return self._register(cut)
        rows = self.versions(contract.name, cut=cut)
        if cut is not None:
            return without(held(rows, cut=cut), _TIMES)
        return self._views.expression(
            self._sessions.current(), rows.op(), lambda: without(held(rows), _TIMES)
        )

    def versions(self, name: str, *, cut: datetime | None = None) -> Table:
        """Return every version of a table's rows, for reading many cuts at once.

        As `table` does, but for the times by which `data.lake.validity.held_at` tells which version
        holds at a cut. Not of ``buildings``: a building has one version.

        ``cut``: rows are placed by the registers known before it; those of now when None. Cuts that
        share their registers (`registers_at`) are read together.
        """
        contract = contract_of(name)
        with self._derivation(cut) as derivation:
            files = self._files(contract, derivation)
            visits = derivation.visits.paths() if contract.name == VISITS else ()
            moved = derivation.has_moved_rows
        # A list of visits that was exported and came back tells nothing that is not here.
        known = visits if derivation.current_path(contract.name) else ()
        sent = [repeated_keys_path(files[0], path, unread_s=READ_WITHIN_S) for path in known]
        twice = [path for path in sent if pq.read_metadata(path).num_rows]
        key = (files, *visits, *twice, moved, self._seen_from)
        make = partial(self._joined, contract, files, visits, twice, moved=moved)
        return self._views.expression(self._sessions.current(), key, make)

    def _joined(
        self, contract: TableContract, files: _Files, visits: _Files, twice: _Files, *, moved: bool
    ) -> Table:
        """Return the rows of files without those that came ``twice``, and with recorded visits."""
        rows = self._read(files, current_schema(contract, placed=is_placed(contract)))
        for path in twice:
            rows = rows.anti_join(self._read([path], REPEATED_KEYS), ROW_KEY)
        for path in visits:
            rows = rows.union(self._read([path], current_schema(contract, placed=True)))
        rows = without(rows, _GIVEN_PLACE if moved else _NEVER_MOVED)
        if self._seen_from is None or PLACED_UNTIL not in rows.columns:
            return rows
        return rows.mutate(**{SEEN_FROM: ibis.literal(self._seen_from).cast("timestamp(6)")})

    def name_of_rows(self, name: str) -> str:
        """Name what a table's rows are and where they lie now: any change of either renames it.

        "" while nothing was imported into it.
        """
        with self._derivation() as derivation:
            paths = derivation.current_path(name), derivation.decided_path(name)
        return "+".join(path.stem for path in paths if path)

    def name_of_register(self) -> str:
        """Name the register of buildings as it is now: any change of it renames it."""
        with self._derivation() as derivation:
            return derivation.register_path().stem

    def snapshot_rows(self, path: Path) -> Table:
        """Return a Parquet file of a snapshot as a table, to be joined with others."""
        name = _NO_NAME.sub("_", f"{path.parent.name}_{path.stem}")
        return self._views.of(
            self._sessions.current(), path, name=name, schema=pq.read_schema(path)
        )

    def waiting_files(self) -> tuple[Path, Path]:
        """Return the file of rows whose address leads to no building by itself, and the register.

        The first has the columns `data.derived.placing.waiting_rows.WAITING_SCHEMA`, whatever
        people decided; the second `data.lake.schema.REGISTER_COLUMNS`. No file ever changes.
        """
        with self._derivation() as derivation:
            return derivation.waiting_path(), derivation.register_path()

    def read_addresses(self) -> None:
        """Have the addresses of all rows read, so that a decision about one finds its rows."""
        with self._derivation() as derivation:
            derivation.read_addresses()

    def imported_inspections(self) -> Table:
        """Return the inspections of files alone, as `table` does: without visits recorded here."""
        rows = self._imported(TABLES[VISITS])
        return self._views.expression(
            self._sessions.current(), (rows.op(), HIDDEN), lambda: held(rows).drop(*HIDDEN)
        )

    def buildings_as_imported(self) -> Table:
        """Return the rows of the imported building layer, which the register was made from."""
        return held(self._imported(TABLES[BUILDINGS])).drop(*VERSION_COLUMNS)

    def _imported(self, contract: TableContract) -> Table:
        with self._derivation() as derivation:
            files = self._files(contract, derivation)
        return self._read(files, current_schema(contract, placed=is_placed(contract)))

    def _files(self, contract: TableContract, derivation: Derivation) -> tuple[Path, ...]:
        """Return the file of a table's rows, and one whose rows are instead, if there is one."""
        path = derivation.current_path(contract.name)
        if path is None:
            return (self._empty_file(current_schema(contract, placed=is_placed(contract))),)
        decided = derivation.decided_path(contract.name)
        return (path, decided) if decided else (path,)

    def _register(self, cut: datetime | None) -> Table:
        with self._derivation(cut) as derivation:
            path = derivation.register_path()
        register = self._read([path], pa.schema(list(REGISTER_COLUMNS.items())))
        return register if cut is None else register.filter(register[LEARNT_AT] < ibis.literal(cut))

    def _read(self, paths: Sequence[Path], schema: pa.Schema) -> Table:
        """Return a Parquet file as a table; with a second one, its rows are instead.

        A file's name tells its content, so a session that has read it keeps its view.
        """
        name = _NO_NAME.sub("_", "_".join(each.stem for each in paths))
        return self._views.of(self._sessions.current(), *paths, name=name, schema=schema)

    def _empty_file(self, schema: pa.Schema) -> Path:
        """Return a file without rows.

        A table in memory would do, but several threads that register one with DuckDB at once wait
        for each other for ever.
        """
        digits = hash_options({"schema": str(schema)})[:FINGERPRINT_DIGITS]
        path = self._workspace.derived_path / f"empty-{digits}.parquet"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as draft:
                pq.write_table(schema.empty_table(), draft)
        return path
