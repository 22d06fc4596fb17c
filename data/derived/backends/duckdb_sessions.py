"""DuckDB sessions: one cursor per thread, all of one database with one memory limit.

A DuckDB connection answers one question at a time; a second thread that asks on it ends the
first one's answer. A cursor is a connection of its own to the same database and costs three
milliseconds.
"""

import shutil
import threading
import time
import uuid
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.operations import DatabaseTable
from ibis.expr.types import Table

from data.derived.backends.written_sql import writing_sql_once
from data.workspace.folder import Workspace

T = TypeVar("T")
OpenView = Callable[[Any, Sequence[Path], str, pa.Schema], Table]

ibis.options.sql.fuse_selects = False
"""DuckDB merges nested selects itself; Ibis would spend a third of its compile time on it."""

SCRATCH = ".scratch"
ADDRESS: Final = "raw_address"
QUOTE: Final = "'"
_SPILLED: Final = "duckdb-"
_LEFT_AFTER_S: Final = 86_400.0
MOST_VIEWS: Final = 128
"""Files that a session keeps open as views; a workspace has about twenty at any time."""
MOST_STATEMENTS: Final = 64
"""Questions about lists of texts, or about tables in memory, whose SQL a session keeps."""


def connect(workspace: Workspace) -> Backend:
    """Return a DuckDB session that spills into the workspace and leaves geometry as WKB.

    Into a folder of its own: databases that share one write over each other's files. DuckDB makes
    it when it spills, and deletes it.
    """
    scratch = workspace.derived_path / SCRATCH
    scratch.mkdir(parents=True, exist_ok=True)
    _delete_left(scratch)
    folder = scratch / f"{_SPILLED}{uuid.uuid4().hex}"
    connection = ibis.duckdb.connect(temp_directory=str(folder), memory_limit="512MB")
    return writing_sql_once(_leaving_geometry(connection))


def _delete_left(scratch: Path) -> None:
    """Delete the folders of processes that were killed: no question takes as long as a day."""
    for folder in scratch.glob(f"{_SPILLED}*"):
        with suppress(OSError):  # another process deletes it
            if max(each.stat().st_mtime for each in (folder, *folder.iterdir())) < (
                time.time() - _LEFT_AFTER_S
            ):
                shutil.rmtree(folder)


@dataclass
class _Lease(Generic[T]):
    """What a thread has; dies with the thread."""

    lent: T


class OnePerThread(Generic[T]):
    """Hand every thread one of its own, and take it back when the thread has ended.

    A page's run is a thread of its own: what is kept in one serves the next.

    ``make``: makes another where all are lent; those ``made`` already are lent first.
    """

    def __init__(self, make: Callable[[], T], *made: T) -> None:
        self._make = make
        self._free: deque[T] = deque(made)
        self._local = threading.local()

    def current(self) -> T:
        """Return the one of the thread that asks."""
        lease: _Lease[T] | None = getattr(self._local, "lease", None)
        if lease is None:
            lease = _Lease(self._take())
            weakref.finalize(lease, self._free.append, lease.lent)
            self._local.lease = lease
        return lease.lent

    def _take(self) -> T:
        try:
            return self._free.pop()  # the one last used has written most of what is asked now
        except IndexError:
            return self._make()


class Sessions:
    """Sessions of one database, one for each thread.

    ``workspace``: whose memory limit and scratch folder they share.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._first = connect(workspace)
        self._made: list[Backend] = [self._first]
        self._lent = OnePerThread(self._another, self._first)

    def current(self) -> Backend:
        """Return the session of the thread that asks."""
        return self._lent.current()

    @staticmethod
    def open_view(session: Backend, paths: Sequence[Path], name: str, schema: pa.Schema) -> Table:
        """Open a file as a view; DuckDB is not asked which columns it has.

        Its answer would take 9 ms of 10, since Ibis parses each type.

        ``paths``: the file, and one whose rows are instead of those with the same address.
        """
        first, *others = (f"read_parquet('{str(p).replace(QUOTE, QUOTE * 2)}')" for p in paths)
        columns = ", ".join(f'"{column}"' for column in schema.names)
        parts = [f"SELECT {columns} FROM {first} AS b"]  # noqa: S608 -- files of our own
        for more in others:
            parts += [f"WHERE NOT EXISTS (FROM {more} AS m WHERE m.{ADDRESS} = b.{ADDRESS})",
                      f"UNION ALL SELECT {columns} FROM {more}"]  # fmt: skip  # noqa: S608
        sql = " ".join(parts)
        session.raw_sql(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {sql}')
        return DatabaseTable(
            name, schema=ibis.Schema.from_pyarrow(schema), source=session
        ).to_expr()

    def close(self) -> None:
        """End every session."""
        for session in reversed(self._made):
            session.disconnect()

    def _another(self) -> Backend:
        session = ibis.duckdb.from_connection(self._first.con.cursor())
        writing_sql_once(_leaving_geometry(session))
        self._made.append(session)
        return session


class Views:
    """The files that each session has opened as views, up to `MOST_VIEWS`; the oldest go first.

    ``open_view``: opens files of the disk as a view of a session.
    """

    def __init__(self, open_view: OpenView) -> None:
        self._of_session: dict[int, OrderedDict[str, Table]] = {}
        self._expressions: dict[int, dict[Hashable, Table]] = {}
        self._open_view = open_view

    def of(self, session: Any, path: Path, *instead: Path, name: str, schema: pa.Schema) -> Table:  # noqa: ANN401 -- any Ibis backend
        """Return a Parquet file of a schema as a view of a session, which keeps it for later.

        ``instead``: a file whose rows are instead of those of the first with the same address.
        """
        views = self._of_session.setdefault(id(session), OrderedDict())
        view = views.pop(name, None)
        if view is None:
            view = self._open_view(session, (path, *instead), name, schema)
        views[name] = view
        while len(views) > MOST_VIEWS:
            session.drop_view(views.popitem(last=False)[0], force=True)
            self._expressions.pop(id(session), None)
        return view

    def expression(self, session: Any, key: Hashable, make: Callable[[], Table]) -> Table:  # noqa: ANN401 -- any Ibis backend
        """Return an expression of views of a session, which is kept as long as they are.

        Ibis takes 8 ms to make what keeps the rows that hold, of a table of thirty columns.

        ``key``: tells the expression from all others of this engine.
        """
        kept = self._expressions.setdefault(id(session), {}).get(key)
        if kept is None:
            kept = make()
            self._expressions.setdefault(id(session), {})[key] = kept
        return kept


TEXT: Final = "text"
_TEXTS: Final = ibis.schema({TEXT: "string"})
_LIST: Final = "texts_"
_WRITTEN: Final = weakref.WeakKeyDictionary[Backend, OrderedDict[Hashable, str]]()
"""SQL that was written for each session."""


def ask_about_texts(
    rows: Table,
    texts: Mapping[str, Collection[str]],
    ask: Callable[[Table, Mapping[str, Table]], Table],
) -> pa.Table:
    """Answer a question about rows and some lists of texts.

    In DuckDB its SQL is written once for the same rows and names of lists, whatever is in them:
    Ibis takes as long to write it as DuckDB to answer.

    ``ask``: makes the expression, of the rows and of a table of one column, `TEXT`, for each list;
    always the same one for the same names.
    """
    lists = {
        name: pa.table({TEXT: pa.array(sorted(each), pa.string())}) for name, each in texts.items()
    }
    session = rows.get_backend()
    if not isinstance(session, Backend):
        return ask(rows, {name: ibis.memtable(each) for name, each in lists.items()}).to_pyarrow()
    for name, each in lists.items():
        session.con.register(_LIST + name, each)
    written, key = _WRITTEN.setdefault(session, OrderedDict()), (rows.op(), ask, *lists)
    sql = written.pop(key, None)
    if sql is None:
        tables = {
            name: DatabaseTable(_LIST + name, schema=_TEXTS, source=session).to_expr()
            for name in lists
        }
        sql = str(session.compile(ask(rows, tables)))
    _remember(written, key, sql)
    return session.con.execute(sql).to_arrow_table()


def in_lists(rows: Table, lists: Mapping[str, Table]) -> Table:
    """Keep the rows whose columns each have a text of the list of that name: asks nothing else."""
    for column, texts in lists.items():
        rows = rows.semi_join(texts, [(column, TEXT)])
    return rows


def _remember(written: OrderedDict[Hashable, str], key: Hashable, sql: str) -> None:
    """Keep a statement as the newest of `MOST_STATEMENTS`."""
    written[key] = sql
    while len(written) > MOST_STATEMENTS:
        written.popitem(last=False)


class TablesAtHand(dict[str, Table]):
    """Tables by their names, read as those of an engine: of one cut already."""

    def table(self, name: str, *, cut: datetime | None = None) -> Table:  # noqa: ARG002 -- see above
        """Return the rows of a table."""
        return self[name]

    versions = table


class LocalTables:
    """A few rows at a time in a session's memory, asked by questions that are written once.

    For one thread. What Ibis takes to write a question is many times what a few rows take to
    answer it.
    """

    def __init__(self) -> None:
        self._session = ibis.duckdb.connect(threads=1)  # a few rows are nothing to share out
        self._written: OrderedDict[Hashable, str] = OrderedDict()

    def run(
        self,
        key: Hashable,
        tables: Mapping[str, pa.Table],
        ask: Callable[[TablesAtHand], Table],
    ) -> pa.Table:
        """Answer a question.

        ``key``: tells the question, and the schemas of its tables, from all others.
        ``ask``: makes the expression of the tables where it was not asked before.
        """
        connection = self._session.con
        for name, rows in tables.items():
            connection.register(name, rows)
        sql = self._written.pop(key, None)
        if sql is None:
            at_hand = TablesAtHand({name: self._session.table(name) for name in tables})
            sql = str(self._session.compile(ask(at_hand)))
        _remember(self._written, key, sql)
        return connection.execute(sql).to_arrow_table()


def _leaving_geometry(session: Any) -> Backend:  # noqa: ANN401 -- ibis ships no types
    session.raw_sql("SET enable_geoparquet_conversion = false")
    session.raw_sql("SET parquet_metadata_cache = true")  # a file's name tells its content
    session.raw_sql("SET enable_external_file_cache = false")  # the system keeps files once already
    return session
