"""Every stored row of a table with the time in which it held, read from the lake's imports."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from data.contracts.model import TableContract
from data.contracts.registry import TABLES
from data.derived.backends.duckdb_sessions import connect
from data.derived.inputs import DerivationInputs
from data.derived.join import Columns, columns_of, to_schema
from data.derived.placing.building_ends import with_ends
from data.derived.placing.building_register import (
    COMMUNITY_DIGITS,
    REGISTER_SCHEMA,
    Grids,
    register_of_addresses,
    register_of_layer,
)
from data.derived.placing.ended_grids import GridEnd, dated_files, ended_grids
from data.derived.placing.place import ADDRESS_FIELD
from data.lake.schema import (
    IMPORT_ID,
    LEARNT_AT,
    ROW_HASH,
    ROW_KEY,
    SUPERSEDED_AT,
    TEXT,
    VERSION_COLUMNS,
    current_schema,
)
from data.lake.validity import add_versions, import_times, times_of_only_import
from data.workspace.folder import Workspace

ROW_NUMBER = "file_row_number"
REGISTER_ROWS = ("building_id", ADDRESS_FIELD, "lon", "lat", "learnt_at")
TELLING_KINDS = frozenset({"道路", "边界", "建筑"})
"""Kinds of features of other layers that tell where buildings are."""
_FOOTPATH = "小路"
"""Level of ways that run through yards and houses: they tell nothing."""
_VERSIONED = (ROW_KEY, ROW_HASH, IMPORT_ID, LEARNT_AT, ROW_NUMBER)
_TIMES = (LEARNT_AT, *VERSION_COLUMNS)


class RowReader:
    """Hands out the rows of a stream of batches, so many at a time."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._batches = iter(batches)
        self._held: list[pa.RecordBatch] = []

    def take(self, count: int) -> pa.Table:
        """Return the next `count` rows; there must be as many, and one at least."""
        taken: list[pa.RecordBatch] = []
        while count:
            batch = self._held.pop() if self._held else next(self._batches)
            taken.append(batch.slice(0, count))
            if batch.num_rows > count:
                self._held.append(batch.slice(count))
            count -= taken[-1].num_rows
        return pa.Table.from_batches(taken)


class StoredVersions:
    """The versions of the rows of some imports, asked by a query session of its own.

    ``workspace``: whose settings say how much the session may use.
    ``inputs``: the imports and their files.
    """

    def __init__(self, workspace: Workspace, inputs: DerivationInputs) -> None:
        self._workspace = workspace
        self._imports, self._rows, self._ended = inputs.imports, inputs.rows, inputs.ended

    @cached_property
    def session(self) -> Backend:
        """The query session."""
        return connect(self._workspace)

    def close(self) -> None:
        """End the query session, if one was opened."""
        if "session" in self.__dict__:
            self.session.disconnect()

    def known_now(self, table: str, columns: Sequence[str]) -> pa.Table:
        """Return columns of the rows that hold now, not placed, in the order they were sent."""
        contract = TABLES[table]
        stored = current_schema(contract, placed=False)
        schema = pa.schema([stored.field(name) for name in columns])
        imports = self._imports[table]
        if not imports:
            return schema.empty_table()
        if len(imports) == 1:  # all its rows hold, no key repeats
            path, known = self._rows[imports[0].import_id], _known_from(contract)
            present = {*pq.read_schema(path).names}
            wanted = dict.fromkeys((*columns, *known) if LEARNT_AT in columns else columns)
            rows = pq.read_table(path, columns=[name for name in wanted if name in present])
            found, count = columns_of(rows), rows.num_rows
            if LEARNT_AT in columns:
                found |= times_of_only_import(found, count, imports[0], known_from=known)
            return to_schema(found, schema, count)
        versions = self._all(contract, columns)
        current = versions.filter(versions[SUPERSEDED_AT].isnull())
        return _in_order(current, columns).to_pyarrow().select([*columns]).cast(schema)

    def shapes_of_layers(self) -> Iterator[list[shapely.Geometry]]:
        """Yield the shapes of tables besides buildings and grids, of each kind by itself."""
        for table, contract in TABLES.items():
            names = {field.name for field in contract.stored}
            if table not in {"buildings", "grids"} and {"geom", "kind"} <= names:
                columns = ("kind", "geom", *({"level"} & names))
                rows = self.known_now(table, columns).to_pandas().dropna(subset=["kind", "geom"])
                rows = rows[rows.get("level", rows["kind"]) != _FOOTPATH]
                for kind in sorted(TELLING_KINDS & set(rows["kind"])):
                    yield list(shapely.from_wkb(rows["geom"][rows["kind"] == kind].to_numpy()))

    def points_of_rows(self) -> Iterator[list[shapely.Geometry]]:
        """Yield the points that rows of events were sent with, each table by itself."""
        for table, contract in TABLES.items():
            names = {field.name for field in contract.stored}
            if contract.event_fields and {"lon", "lat"} <= names:
                rows = self.known_now(table, ("lon", "lat")).to_pandas().dropna().drop_duplicates()
                yield from filter(None, [list(shapely.points(rows["lon"], rows["lat"]))])

    def ended_grids(self) -> Mapping[str, GridEnd]:
        """Return the grids that are no longer in force, by code."""
        return ended_grids(dated_files(self._imports["grids"], self._rows))

    def grids_in_force(self) -> Grids:
        """Return the official grids that have a border and are in force."""
        wanted = ("grid_code", "community_code", "geom")
        rows = self.known_now("grids", wanted).to_pandas()
        return Grids.of(rows[~rows["grid_code"].isin(self.ended_grids())])

    def community_names(self) -> dict[str, str]:
        """Return community code → name, as the grids say it: two estates may share theirs."""
        rows = self.known_now("grids", ("community_code", "grid_code", "community"))
        each = zip(*(column.to_pylist() for column in rows.columns), strict=True)
        return {given or grid[:COMMUNITY_DIGITS]: name for given, grid, name in each if name}

    def register(self, sources: tuple[str, ...], grids: Grids) -> pa.Table:
        """Return the register of buildings: a layer of them, else what addresses of rows name."""
        if sources == ("buildings",):
            wanted = tuple(field.name for field in TABLES["buildings"].stored)
            layer = self.known_now("buildings", wanted).to_pandas()
            return with_ends(register_of_layer(layer, grids), self._ended)
        parts = [self.known_now(table, REGISTER_ROWS) for table in sources if self._imports[table]]
        if not parts:
            return REGISTER_SCHEMA.empty_table()
        schema = pa.schema([("building_id", TEXT), (ADDRESS_FIELD, TEXT)])
        rows = pa.concat_tables([schema.empty_table(), *parts], promote_options="default")
        return with_ends(register_of_addresses(rows.to_pandas(), grids), self._ended)

    def ordered(self, contract: TableContract, columns: Sequence[str]) -> pa.Table:
        """Return columns that `data.lake.validity` adds to every stored row, in the order sent.

        Also the rows of an only import are ordered: a query keeps no order of its own over several
        row groups.
        """
        return _in_order(self._all(contract), columns).to_pyarrow().select([*columns])

    @contextmanager
    def times(
        self, contract: TableContract, folder: Path
    ) -> Iterator[Callable[[Columns, int], Columns]]:
        """Give what returns the times of rows, some after the other in the order stored.

        It is asked with their columns and how many they are. Several imports are compared in a file
        of the folder, since memory may not hold them.
        """
        imports, known = self._imports[contract.name], _known_from(contract)
        if len(imports) == 1:
            yield partial(times_of_only_import, manifest=imports[0], known_from=known)
            return
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as kept:
            path = Path(kept) / "times.parquet"
            self.session.to_parquet(_in_order(self._all(contract), _TIMES), path)
            with pq.ParquetFile(path, pre_buffer=False) as file:
                reader = RowReader(file.iter_batches(columns=[*_TIMES]))
                yield lambda _rows, count: columns_of(reader.take(count))

    def _all(self, contract: TableContract, columns: Sequence[str] = ()) -> Table:
        imports = self._imports[contract.name]
        paths = [str(self._rows[m.import_id]) for m in imports]
        rows = self.session.read_parquet(paths, file_row_number=True, union_by_name=True)
        times = ibis.memtable(import_times(imports))
        known = _known_from(contract)
        wanted = dict.fromkeys((*_VERSIONED, *known, *columns))  # the fewer, the sooner it is asked
        only = len(imports) == 1
        kinds = ibis.Schema.from_pyarrow(current_schema(contract, placed=False))
        absent = {name: ibis.null(kinds[name]) for name in wanted if name not in rows.columns}
        rows = rows.mutate(**absent).select(*wanted)
        return add_versions(rows, times, known_from=known, single=only)


def _known_from(contract: TableContract) -> list[str]:
    """Return the fields of a table, best first, that say when the office came to know of a row."""
    return [name for name in contract.learnt_fields if name != LEARNT_AT]


def _in_order(versions: Table, columns: Sequence[str]) -> Table:
    """Return columns and where each row is stored, in that order.

    Ordering comes last, as a select around it need not keep it.
    """
    place = (IMPORT_ID, ROW_NUMBER)
    return versions.select(*dict.fromkeys((*columns, *place))).order_by(place)
