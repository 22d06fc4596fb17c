"""Score a simulated office with the product's own find rate.

The tables grow week by week. To be able to afford a score a week, times are told as distances from
one fixed moment, so that every week's expressions are alike and compile once: nothing in features
or learning reads the calendar, only differences of times.
"""

from dataclasses import dataclass, field
from datetime import datetime

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from data.contracts.registry import TABLES
from data.derived.backends.written_sql import writing_sql_once
from data.lake.schema import LAKE_COLUMNS, PLACEMENT_COLUMNS, REGISTER_COLUMNS, current_schema
from geo.arrays import Bools, Floats
from geo.cells import cells_of_points
from risk.config.score import ScoreConfig
from risk.events.open_reports import read_waiting
from risk.find_rate.intervals import draw_chances
from risk.find_rate.knowledge import known_at
from risk.find_rate.list_interval import ListInterval
from risk.find_rate.model import FindRate, learn_find_rate
from risk.find_rate.points import score_buildings
from risk.find_rate.visit_chance import VisitChance
from risk.scoring.aggregate import finish_buildings
from simulation.patrols.office import Office
from simulation.sources import UncorrectedTables, fill_table
from simulation.truth.inspections import FOUND, RESULTS, SUSPECTED

MOMENT = datetime(2030, 1, 7)  # noqa: DTZ001 -- a local Monday to which all times are moved
_TEXTS = {
    "complaints": ("ticket_no", "reporter_key", "source", "category", "nature", "status",
                   "is_true"),
    "violations": (),
    "inspections": ("inspection_id", "unit_id", "raw_address", "result", "mode", "purpose",
                    "party_key", "place_kind", "risk_class"),
    "rentals": ("unit_id", "filing_no", "status", "lessee_key", "lessee_kind", "purpose"),
}  # fmt: skip
_OTHERS: dict[str, dict[str, pa.DataType]] = {
    "complaints": {},
    "violations": {},
    "inspections": {
        "minutes": pa.float64(),
        "critical_count": pa.float64(),
        "other_count": pa.float64(),
    },
    "rentals": {"start_date": pa.timestamp("us"), "end_date": pa.timestamp("us")},
}


class GrowingTables(UncorrectedTables):
    """The office's tables in DuckDB, replaced week by week."""

    def __init__(self, register: pa.Table) -> None:
        self._connection = ibis.duckdb.connect()
        self._connection.raw_sql("SET threads = 1")
        writing_sql_once(self._connection)
        none = {
            name: current_schema(TABLES[name], placed=name != "grids").empty_table()
            for name in ("grids", "adverts")
        }
        super().__init__({
            name: self._connection.create_table(name, rows, temp=True)
            for name, rows in {"buildings": register, **none}.items()
        })  # fmt: skip

    def replace(self, name: str, rows: pd.DataFrame) -> None:
        """Take new rows in place of a table's old ones."""
        types = {**dict.fromkeys(_TEXTS[name], pa.string()), **_OTHERS[name]}
        table = fill_table(rows, types | LAKE_COLUMNS | PLACEMENT_COLUMNS)
        if name not in self._views:
            self._views[name] = self._connection.create_table(name, table, temp=True)
            return
        self._connection.con.register("coming", table)
        self._connection.con.execute(f"DELETE FROM {name}")  # noqa: S608 -- a name of our own
        columns = ", ".join(table.column_names)
        self._connection.con.execute(f"INSERT INTO {name} BY NAME SELECT {columns} FROM coming")  # noqa: S608
        self._connection.con.unregister("coming")


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """The score of a Monday.

    ``visits``, ``interval``: what it says of a visit to each building, and of a list of them.
    """

    buildings: pd.DataFrame
    """``score``, its interval and ``tier``, by building in the order of the office."""
    visits: VisitChance
    interval: ListInterval
    waited: Bools
    """Whether a report waited at each building on that Monday, shape (buildings,)."""


@dataclass(kw_only=True)
class Scorer:
    """The product's score of every building, as of the Monday of a week."""

    score_weeks: int = 2
    """An office scores anew every so many weeks, and plans by the last score until then."""
    refit_weeks: int = 13
    """The find rate is learnt anew as often."""
    config: ScoreConfig = field(default_factory=ScoreConfig)
    tables: GrowingTables | None = None
    rate: FindRate | None = None
    ranking: Ranking | None = None
    _ranked_on: int = -(10**6)
    _learnt_on: int = -(10**6)
    _reported_on: int = -(10**6)
    _reported: pd.Series | None = None

    def rank(self, office: Office, day: int) -> Ranking:
        """Return the score that the office plans by in the week that begins on a day."""
        if self.ranking is None or day - self._ranked_on >= 7 * self.score_weeks:
            self.ranking, self._ranked_on = self._rank_anew(office, day), day
        return self.ranking

    def _rank_anew(self, office: Office, day: int) -> Ranking:
        tables, config = self.bring_up_to_date(office, day), self.config
        known = known_at(tables, cut=MOMENT, config=config)
        if self.rate is None or day - self._learnt_on >= 7 * self.refit_weeks:
            self.rate, self._learnt_on = learn_find_rate(tables, known, config=config), day
        scored = score_buildings(known, self.rate)
        buildings = finish_buildings(scored, draw_chances(known, self.rate), config)
        facts = self.rate.facts()
        ordered = buildings.set_index("building_id").reindex(office.buildings["building_id"])
        return Ranking(
            buildings=ordered[["score", "low", "high", "tier"]],
            visits=VisitChance.of(buildings, facts),
            interval=ListInterval.of(buildings, facts, config),
            waited=self.reported_at(office, day).notna().to_numpy(bool),
        )

    def chance(self, office: Office, day: int) -> Floats:
        """Return the chance that one visit to each building finds something in a week."""
        ranking = self.rank(office, day)
        waits = self.reported_at(office, day).notna().to_numpy(bool)
        return ranking.visits.chance(
            office.buildings["building_id"],
            revisit=np.isin(office.last_results(), (FOUND, SUSPECTED)),
            reported_since=waits & ~ranking.waited,
            answered_since=ranking.waited & ~waits,
        )

    def reported_at(self, office: Office, day: int) -> pd.Series:
        """Return when the latest report was made that waits for a visit, NaT none; by building."""
        if self._reported is None or day != self._reported_on:
            tables = self.bring_up_to_date(office, day)
            waiting = read_waiting(tables, cut=MOMENT, config=self.config)
            of_buildings = waiting.reindex(office.buildings["building_id"]).to_numpy()
            self._reported, self._reported_on = pd.Series(of_buildings), day
        return self._reported

    def bring_up_to_date(self, office: Office, day: int) -> GrowingTables:
        """Put what the office knows on the Monday of a week into the tables."""
        if self.tables is None:
            self.tables = GrowingTables(_register(office))
        places = _places(office)
        for name, rows in (
            ("complaints", _complaints(office, places, day)),
            ("inspections", _inspections(office, places, day)),
            ("violations", _violations(office, places, day)),
            ("rentals", _rentals(office, places, day)),
        ):
            self.tables.replace(name, rows)
        return self.tables


def _places(office: Office) -> pd.DataFrame:
    """Return code and place of each building, in the order of the office."""
    b = office.buildings
    lon, lat = b["lon"].to_numpy(np.float64), b["lat"].to_numpy(np.float64)
    places = b[["building_id", "lon", "lat", "grid_code", "community_code"]]
    return places.assign(h3_r10=cells_of_points(lon, lat, resolution=10))


def _register(office: Office) -> pa.Table:
    b = office.buildings
    rows = _places(office).assign(
        kind=b["kind"],
        household_count=b["households"],
        rental_count=b["rentals"],
        learnt_at=np.datetime64("2000-01-01", "us"),
    )
    return fill_table(rows, REGISTER_COLUMNS)


def _moments(days: pd.Series | Floats, day: int, hour: int) -> NDArray[np.datetime64]:
    """Return times of days since the start, moved so that the Monday of the week is `MOMENT`."""
    hours = (np.asarray(days, dtype=np.int64) - day) * 24 + hour
    return np.datetime64(MOMENT, "us") + hours.astype("timedelta64[h]").astype("timedelta64[us]")


def _placed(
    rows: pd.DataFrame, places: pd.DataFrame, name: str, building: pd.Series
) -> pd.DataFrame:
    at = places.iloc[building.to_numpy(np.int64)].set_axis(rows.index)
    return rows.assign(
        row_key=[f"{name}-{number:07d}" for number in range(len(rows))],
        match_level="building",
        match_score=1.0,
    ).join(at)


def _complaints(office: Office, places: pd.DataFrame, day: int) -> pd.DataFrame:
    r = office.reports
    at = _moments(r["day"], day, 10)
    rows = pd.DataFrame(
        {
            "ticket_no": [f"T{number}" for number in range(len(r))],
            "reporter_key": [f"r{key}" for key in r["reporter"]],
            "source": "12345热线",
            "category": np.where(r["tutoring"], "教育/校外培训", "城市管理/其他"),
            "nature": "投诉",
            "event_at": at,
            "learnt_at": at,
        }
    )
    return _placed(rows, places, "complaints", r["building"])


def _inspections(office: Office, places: pd.DataFrame, day: int) -> pd.DataFrame:
    v = office.visits
    night = v["night"].to_numpy(bool)
    at = np.where(night, _moments(v["day"], day, 19), _moments(v["day"], day, 15))
    rows = pd.DataFrame(
        {
            "inspection_id": [f"V{number}" for number in range(len(v))],
            "result": np.array(RESULTS, dtype=object)[v["result"].to_numpy(np.int64)],
            "mode": v["mode"],
            "purpose": v["purpose"],
            "minutes": v["minutes"].astype(float),
            "party_key": np.where(v["operator"] == -1, "", "o" + v["operator"].astype(str)),
            "event_at": at,
            "learnt_at": at,
        }
    )
    return _placed(rows, places, "inspections", v["building"])


def _violations(office: Office, places: pd.DataFrame, day: int) -> pd.DataFrame:
    """Decide 38 % of the finds some weeks later, as the demonstration does."""
    v = office.visits
    found = v[v["result"] == RESULTS.index("属实")]
    key = found["day"].to_numpy(np.int64) * 7_919 + found["building"].to_numpy(np.int64) * 104_729
    decided = found["day"].to_numpy(np.int64) + 10 + key % 45
    kept = (key % 100 < 38) & (decided + 6 < day)
    rows = pd.DataFrame(
        {
            "event_at": _moments(decided[kept], day, 0),
            "learnt_at": _moments(decided[kept] + 6, day, 0),
        }
    )
    return _placed(rows, places, "violations", found["building"][kept])


def _rentals(office: Office, places: pd.DataFrame, day: int) -> pd.DataFrame:
    lease = office.leases
    start, filed = _moments(lease["start_day"], day, 0), _moments(lease["filed_day"], day, 0)
    rows = pd.DataFrame(
        {
            "unit_id": [f"U{unit}" for unit in lease["unit"]],
            "lessee_key": [f"L{unit}" for unit in lease["unit"]],
            "lessee_kind": np.where(lease["business"], "企业", "个人"),
            "purpose": "居住",
            "start_date": start,
            "end_date": start + np.timedelta64(365, "D"),
            "event_at": filed,
            "learnt_at": filed,
        }
    )
    return _placed(rows, places, "rentals", lease["building"])
