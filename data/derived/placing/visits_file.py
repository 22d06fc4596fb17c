"""The files of visits as inspections, made from the files before and what was recorded since.

The log of visits only grows, so a file that was made of its first ``rows`` versions, the newest
numbered ``newest``, still holds for every visit that has no version since. Only the others are
read from the store again; the outcome is the same as from all of it.

Of a long log, visits that are new since the file was made lie in a small file beside it: a file of
a million takes seconds to write. Together they have the rows of one that is made anew, in another
order. It is made anew once a visit of its own has another version, or `MOST_NEWER` have come.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.contracts.registry import TABLES
from data.derived.cache import make_once
from data.derived.join import (
    PLACE_ORDER,
    ROWS_PER_GROUP,
    add_placement,
    columns_of,
    to_schema,
)
from data.derived.placing.place import Placer
from data.derived.visits import TABLE, rows_of_visits
from data.lake.schema import (
    IMPORT_ID,
    PLACEMENT_COLUMNS,
    ROW_KEY,
    SOURCE_ROW,
    current_schema,
)
from data.store.repositories.visits import VisitsState
from data.store.unit_of_work import Store

_NAME: Final = re.compile(r"visits-(?P<made>[0-9a-f]+)-(?P<rows>\d+)-(?P<newest>\d+)\.parquet")
_NEWER: Final = "visits_since-"
SHORT_LOG: Final = 20_000
"""Of so many versions or fewer there is one file: it is written in no time."""
MOST_NEWER: Final = 2_000
"""Versions in the file beside, which is made anew with each."""
REPEATED_KEYS: Final = pa.schema([current_schema(TABLES[TABLE], placed=True).field(ROW_KEY)])
"""What is kept of the visits that were exported and came back as a file."""
_PLACED_BY: Final = (IMPORT_ID, ROW_KEY, "building_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFiles:
    """The files of the visits that were recorded up to a state of the log."""

    folder: Path
    fingerprint: str
    """Of what they are made from beside the visits."""
    state: VisitsState
    """Versions that were added after it are left out."""
    store: Store
    placer: Callable[[], Placer]
    """Gives the placer of now, when something is to be placed."""
    zone: tzinfo
    """Time zone of the office."""
    unread_s: float
    """As of `data.derived.cache.make_once`."""

    def paths(self) -> tuple[Path, ...]:
        """Return the files with all versions of recorded visits, made where they are missing."""
        if not self.state.rows:
            return ()
        existing = self.existing()
        before = existing[0] if existing else self._to_add_to()
        if before is None or before == self._whole:
            return (self._make_whole(self._whole, until=self.state.newest),)
        old = _state_of(before)
        assert old is not None  # noqa: S101 -- its name was found by that pattern
        newer = make_once(
            self._newer_path(before), lambda new: self._write_newer(new, after=old.newest),
            instead_of=f"{_NEWER}*.parquet", unread_s=self.unread_s,
        )  # fmt: skip
        return self._make_whole(before, until=old.newest), newer

    def existing(self) -> tuple[Path, ...]:
        """Return the files that are there and hold all: one, or that and the one beside it."""
        if self._whole.is_file():
            return (self._whole,)
        made = self.folder.glob(f"visits-{self.fingerprint}-*.parquet")
        pairs = ((each, self._newer_path(each)) for each in made)
        return next((pair for pair in pairs if pair[1].is_file()), ())

    @property
    def _whole(self) -> Path:
        rows, newest = self.state.rows, self.state.newest
        return self.folder / f"visits-{self.fingerprint}-{rows}-{newest}.parquet"

    def _newer_path(self, before: Path) -> Path:
        made = before.stem.removeprefix("visits-")
        return before.with_name(f"{_NEWER}{made}-{self.state.rows}-{self.state.newest}.parquet")

    def _make_whole(self, path: Path, *, until: int) -> Path:
        def write(new: Path) -> None:
            before = _before(self.folder, path, newest=until)
            rows = _built(self.store, self.placer, before, until=until, zone=self.zone)
            pq.write_table(rows, new, row_group_size=ROWS_PER_GROUP)

        return make_once(path, write, instead_of="visits-*.parquet", unread_s=self.unread_s)

    def _to_add_to(self) -> Path | None:
        """Return the file that what came since can lie beside; None where all is to be written."""
        before = _before(self.folder, self._whole, newest=self.state.newest)
        old = _state_of(before) if before else None
        if old is None or self.state.rows <= SHORT_LOG:
            return None
        if self.state.rows - old.rows > MOST_NEWER:
            return None
        with self.store.begin() as unit:
            if unit.visits.state(until=old.newest) != old:
                return None
            came = unit.visits.log(after=old.newest, until=self.state.newest)
        are_new = (came.groupby("visit_id")["version"].min() == 1).all()
        return before if are_new else None

    def _write_newer(self, path: Path, *, after: int) -> None:
        with self.store.begin() as unit:
            came = unit.visits.log(after=after, until=self.state.newest)
        schema = current_schema(TABLES[TABLE], placed=True)
        pq.write_table(_rows(came, self.placer, schema, self.zone), path)


def repeated_keys_path(files: Path, visits: Path, *, unread_s: float) -> Path:
    """Return the file of the keys of recorded visits that files tell of as well (`REPEATED_KEYS`).

    It is made once, so that no question about a few rows has to compare the keys of all.

    ``files``, ``visits``: derived files of the table of inspections. ``unread_s``: as of
    `data.derived.cache.make_once`.
    """
    return make_once(
        visits.with_name(f"told_twice-{files.stem}-{visits.stem}.parquet"),
        lambda new: _write_repeated_keys(new, files, visits),
        instead_of="told_twice-*.parquet",
        unread_s=unread_s,
    )


def _write_repeated_keys(path: Path, files: Path, visits: Path) -> None:
    keys = [pq.read_table(each, columns=[ROW_KEY])[ROW_KEY] for each in (visits, files)]
    few, many = sorted(keys, key=len)
    both = many.filter(pc.is_in(many, value_set=few.combine_chunks())).unique()
    pq.write_table(pa.table({ROW_KEY: both}, schema=REPEATED_KEYS), path)


def _built(
    store: Store, placer: Callable[[], Placer], before: Path | None, *, until: int, zone: tzinfo
) -> pa.Table:
    schema = current_schema(TABLES[TABLE], placed=True)
    with store.begin() as unit:
        old = _state_of(before) if before else None
        if before is None or old is None or unit.visits.state(until=old.newest) != old:
            return _rows(unit.visits.log(until=until), placer, schema, zone)
        changed = unit.visits.log(after=old.newest, until=until, whole_visits=True)
    unchanged = pq.read_table(before, schema=schema)
    again = pa.array(changed["visit_id"].unique(), pa.large_string())
    unchanged = unchanged.filter(pc.invert(pc.is_in(unchanged[ROW_KEY], value_set=again)))
    return _sorted(pa.concat_tables([unchanged, _rows(changed, placer, schema, zone)]))


def _rows(
    log: pd.DataFrame, placer: Callable[[], Placer], schema: pa.Schema, zone: tzinfo
) -> pa.Table:
    """Put visits, their versions and their placement side by side, as of a table's rows."""
    if not len(log):
        return schema.empty_table()
    rows = rows_of_visits(log, zone)
    placed = placer().place(rows.select(list(_PLACED_BY)))
    columns = add_placement(columns_of(rows), placed.select(list(PLACEMENT_COLUMNS)))
    return _sorted(to_schema(columns, schema, len(rows)))


def _sorted(rows: pa.Table) -> pa.Table:
    order = [(name, "ascending") for name in (*PLACE_ORDER, SOURCE_ROW)]
    return rows.sort_by(order).combine_chunks()


def _state_of(path: Path) -> VisitsState | None:
    match = _NAME.fullmatch(path.name)
    return VisitsState(int(match["rows"]), int(match["newest"])) if match else None


def _before(within: Path, path: Path, *, newest: int) -> Path | None:
    """Return the newest file that was made alike of a state up to a version."""
    wanted = path.name.removeprefix(".").split("-")[1]
    earlier = [
        (state.newest, other)
        for other in within.glob(f"visits-{wanted}-*.parquet")
        if (state := _state_of(other)) is not None and state.newest <= newest
    ]
    return max(earlier)[1] if earlier else None
