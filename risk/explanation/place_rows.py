"""The rows of a place, read by themselves and judged as they are among all.

What a row is worth follows from the row and a few others: an older ticket that it repeats, another
file's row of the same visit. So those are looked up, and the expressions of `risk.events.rows`,
written once, run over what was found.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from ibis import ir

from data.derived.backends.duckdb_sessions import (
    TEXT,
    LocalTables,
    OnePerThread,
    TablesAtHand,
    ask_about_texts,
    in_lists,
)
from data.lake.schema import FORM_TAGS
from data.lake.validity import ALWAYS
from data.workspace.cache import Cache
from risk import schema as c
from risk.arrays import among_texts, select_by_text
from risk.config.score import ScoreConfig
from risk.events.provenance import (
    DECIDED,
    OUTCOME_SOURCE,
    REPORTED,
    source_of_visits,
)
from risk.events.rows import (
    SIGNALS,
    FeatureSource,
    assign_to_place,
    known_buildings,
    wanted_columns,
)
from risk.explanation.nowhere_rows import NO_ROWS, read_nowhere, read_nowhere_at, state_of_rows
from risk.explanation.pointed_tickets import POINTS_TO, TICKET, buildings_of_tickets
from risk.features.visit_results import VISIT_TEXTS

FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "complaints": ("source", "category", "nature", "status", "is_true", FORM_TAGS),
    "violations": ("form", "disguise", "stage", "penalty", "lead_source"),
    "inspections": ("result", "mode", "place_kind", "purpose", "action"),
    "rentals": ("lessee_kind", "purpose", "unit_kind", "status"),
    "adverts": ("site", "kind", FORM_TAGS),
}
"""The only columns of a row that an explanation shows: nothing that names or quotes a person."""
SOURCE_OF_TABLE: Final = {"complaints": REPORTED, "violations": DECIDED}
_KEEP: Final = {
    **FACTS,
    "inspections": tuple(dict.fromkeys((*FACTS["inspections"], *VISIT_TEXTS))),
}
_REGISTER: Final = (c.BUILDING, c.LEARNT_AT)
_ANYWHERE: Final = ("complaints", "violations", "inspections", "adverts")
"""Tables whose rows count where no building is known."""
_LOCAL_TABLES: Final = OnePerThread(LocalTables)
_ANSWERS_OF_NONE: Final[Cache[pd.DataFrame]] = Cache(64)


@dataclass(frozen=True, kw_only=True)
class EvidenceScope:
    """The part of the map whose rows are wanted.

    ``unlocated_column``, ``unlocated_values``: which rows without a building belong to it; none
    where the column is None.
    """

    buildings: Sequence[str]
    """Ids of its buildings."""
    unlocated_column: str | None = None
    unlocated_values: Sequence[str] = ()

    def select(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the assigned rows that belong to it."""
        inside = among_texts(frame[c.BUILDING], self.buildings)
        if self.unlocated_column is not None:
            inside |= among_texts(frame[self.unlocated_column], self.unlocated_values)
        return frame if inside.all() else frame[inside]


class PlaceRows:
    """Rows of one place as `risk.events.rows` judges them among all rows of the source.

    ``source``: where all rows are.
    ``place``: whose rows are wanted.
    ``unknown``: buildings that rows name and the register does not know (`risk.events.rows`); where
    None it takes all rows to tell.
    """

    def __init__(
        self,
        source: FeatureSource,
        place: EvidenceScope,
        *,
        cut: datetime,
        config: ScoreConfig,
        unknown: Collection[str] | None = None,
    ) -> None:
        self.place, self.config, self.cut = place, config, cut
        self._source = source
        self._unknown = None if unknown is None else {"", *unknown}
        self._buildings = set(place.buildings)
        self._tables: dict[str, ir.Table] = {}
        self._frames: dict[str, pd.DataFrame] = {}
        self._known_buildings: pa.Table | None = None
        self._raw = {name: self._read_place(name) for name in SIGNALS}
        self._add_older_tickets()
        self._add_copies()
        if config.exposure.counts_after_first_inspection:
            units = self._texts("rentals", "unit_id")
            self._add("inspections", "unit_id", units)

    def assigned(self, name: str) -> pd.DataFrame:
        """Return the rows of a table of `SIGNALS` at the place, each where it counts.

        The frame: as of `risk.events.rows.assigned_rows`, with the texts that an explanation reads
        and ``outcome_source``.
        """
        return self.place.select(self._judged(name))

    def visits_of(self, parties: Collection[str]) -> pd.DataFrame:
        """Return the visits to some operators anywhere, as `assigned` does."""
        if not parties:
            return self._judged("inspections").head(0)
        self._add("inspections", "party_key", parties)
        visits = self._judged("inspections")
        return select_by_text(visits, "party_key", parties)

    def visits_at(self, buildings: Collection[str]) -> pd.DataFrame:
        """Return the visits to other buildings, as `assigned` does."""
        self._add("inspections", c.BUILDING, buildings)
        visits = self._judged("inspections")
        return select_by_text(visits, c.BUILDING, buildings)

    def _judged(self, name: str) -> pd.DataFrame:
        if name not in self._frames:
            self._frames[name] = self._judge(name)
        return self._frames[name]

    def _judge(self, name: str) -> pd.DataFrame:
        tables = {name: self._raw[name], "buildings": self._register()}
        if name == "rentals" and self.config.exposure.counts_after_first_inspection:
            tables["inspections"] = self._raw["inspections"]
        cut, config = self.cut, self.config
        key = (name, cut, config.config_hash, *(str(table.schema) for table in tables.values()))

        def judge(local: TablesAtHand) -> ir.Table:
            rows = SIGNALS[name](local, cut=cut, config=config, keep=_KEEP[name])
            how = ibis.literal(SOURCE_OF_TABLE.get(name, ""))
            if name == "inspections":
                how = source_of_visits(rows, config.model.purposes)
            return assign_to_place(rows.mutate(**{OUTCOME_SOURCE: how}), local["buildings"])

        def ask() -> pd.DataFrame:
            frame: pd.DataFrame = _LOCAL_TABLES.current().run(key, tables, judge).to_pandas()
            texts = [*_KEEP[name], OUTCOME_SOURCE, c.BUILDING, c.H3_R10, c.GRID, c.COMMUNITY]
            return frame.astype(dict.fromkeys(texts, "str"))

        return ask() if len(self._raw[name]) else _ANSWERS_OF_NONE.get(key, ask).copy()

    def _read_place(self, name: str) -> pa.Table:
        """Read the rows of the buildings and, of sums, those of no building that it knows.

        Each by a query that Parquet's extremes can cut short: rows lie in order of building.
        """
        table, buildings = self._known(name), self.place.buildings
        column, values = self.place.unlocated_column, self.place.unlocated_values
        if state_of_rows(self._source, name) == NO_ROWS:
            return table.schema().to_pyarrow().empty_table()
        if column is None or name not in _ANYWHERE:
            return _rows_in(table, {c.BUILDING: buildings})
        if self._unknown is None:
            condition = {c.BUILDING: buildings, column: values}
            rows = [
                _rows_in(table, {c.BUILDING: buildings}),
                ask_about_texts(table, condition, _elsewhere),
            ]
            return pa.concat_tables(rows)
        rows = [_rows_in(table, {c.BUILDING: buildings}), self._nowhere(name, {column: values})]
        if strange := self._unknown - {"", *buildings}:
            rows.append(_rows_in(table, {c.BUILDING: strange, column: values}))
        return pa.concat_tables(rows)

    def _nowhere(self, name: str, texts: Mapping[str, Collection[str]]) -> pa.Table:
        return read_nowhere(self._source, name, self._known(name), texts, cut=self.cut)

    def _known(self, name: str) -> ir.Table:
        if name not in self._tables:
            table = self._source.table(name, cut=self.cut)
            wanted = wanted_columns(name, _KEEP[name])
            columns = (column for column in table.columns if column in wanted)
            self._tables[name] = table.select(*columns)
        return self._tables[name]

    def _add_older_tickets(self) -> None:
        """Add the tickets, wherever they are, that tickets of the place point to.

        Tickets lie in no order, but it is known at which buildings the few are that are wanted.
        """
        tickets = self._texts("complaints", POINTS_TO)
        buildings = buildings_of_tickets(self._source, tickets, cut=self.cut) if tickets else set()
        if buildings is None:
            self._add("complaints", TICKET, tickets)
            return
        if elsewhere := buildings - {""} - self._buildings:
            condition = {c.BUILDING: elsewhere, TICKET: tickets}
            self._join("complaints", _rows_in(self._known("complaints"), condition))
        if "" in buildings:
            self._join("complaints", self._nowhere("complaints", {TICKET: tickets}))

    def _add_copies(self) -> None:
        """Add the rows that may tell again of visits to no building that is known.

        Copies share what the rows name as their building; where they name none, their moment.
        """
        name, visits = "inspections", self._raw["inspections"]
        self._add(name, c.BUILDING, self._texts(name, c.BUILDING) - self._buildings)
        times = visits[c.EVENT_AT].filter(pc.is_null(visits[c.BUILDING])).drop_null().unique()
        if len(times):
            at, rows = times.to_pylist(), self._known(name)
            self._join(name, read_nowhere_at(self._source, name, rows, at, cut=self.cut))

    def _texts(self, name: str, column: str) -> set[str]:
        raw = self._raw[name]
        if column not in raw.column_names:
            return set()
        return {str(text) for text in raw[column].drop_null().unique().to_pylist()} - {""}

    def _add(self, name: str, column: str, texts: Collection[str]) -> None:
        table = self._known(name)
        if texts and column in table.columns:
            self._join(name, _rows_in(table, {column: texts}))

    def _join(self, name: str, more: pa.Table) -> None:
        """Add rows that were found to those that are there, each once."""
        before = self._raw[name]
        present = pc.is_in(more[c.ROW_KEY], value_set=before[c.ROW_KEY].combine_chunks())
        new = more.filter(pc.invert(present)).cast(before.schema)
        self._raw[name] = pa.concat_tables([before, new])
        self._frames.pop(name, None)
        self._known_buildings = None

    def _register(self) -> pa.Table:
        """Return what the register knew of the buildings that the rows name.

        A scored building was known at the cut, so where no other is named nothing is asked.
        """
        if self._known_buildings is None:
            buildings = self._buildings
            others = set().union(*(self._texts(name, c.BUILDING) for name in SIGNALS)) - buildings
            known = pa.table(
                {c.BUILDING: pa.array(sorted(buildings), pa.large_string()),
                 c.LEARNT_AT: pa.array([ALWAYS] * len(buildings), pa.timestamp("us"))}
            )  # fmt: skip
            if others:
                table = known_buildings(self._source, self.cut).select(*_REGISTER)
                found = _rows_in(table, {c.BUILDING: others})
                known = pa.concat_tables([known, found.cast(known.schema)])
            self._known_buildings = known
        return self._known_buildings


def _rows_in(table: ir.Table, texts: Mapping[str, Collection[str]]) -> pa.Table:
    """Read the rows that have one of some texts in each of some columns."""
    return ask_about_texts(table, texts, in_lists)


def _elsewhere(rows: ir.Table, lists: Mapping[str, ir.Table]) -> ir.Table:
    others = rows.anti_join(lists[c.BUILDING], [(c.BUILDING, TEXT)])
    return in_lists(others, {name: lists[name] for name in lists if name != c.BUILDING})
