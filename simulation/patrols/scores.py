"""Score a simulated office with the product's own features, scorecard and learning.

The tables grow week by week. To be able to afford a score a week, times are told as distances from
one fixed moment, so that every week's expressions are alike and compile once: nothing in features
or learning reads the calendar, only differences of times.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
from ibis.expr.types import Table
from numpy.typing import NDArray

from data.contracts.registry import TABLES
from data.lake.schema import (
    LAKE_COLUMNS,
    PLACEMENT_COLUMNS,
    REGISTER_COLUMNS,
    current_schema,
)
from geo.arrays import Floats
from geo.cells import cells_of_points
from risk.config.score import ScoreConfig
from risk.features.build import build_features
from risk.models.weights import Learning, learn_weights
from risk.scoring.ranking import add_ranks
from risk.scoring.scorecard import POINTS_PER_EVENT, Scorecard
from risk.visit_yield.fit import learn_find_chance
from risk.visit_yield.model import FindModel
from risk.visit_yield.open_reports import read_waiting
from risk.visit_yield.rules import FindRules
from risk.visit_yield.training import PastScores
from simulation.patrols.office import Office
from simulation.truth.inspections import RESULTS

MOMENT = datetime(2030, 1, 7)  # noqa: DTZ001 -- a local Monday to which all times are moved
_TEXTS = {
    "complaints": ("ticket_no", "reporter_key", "source", "category", "nature", "status",
                   "is_true"),
    "violations": (),
    "inspections": ("inspection_id", "unit_id", "raw_address", "result", "mode", "purpose",
                    "party_key", "place_kind"),
    "rentals": ("unit_id", "filing_no", "status", "lessee_key", "lessee_kind", "purpose"),
}  # fmt: skip
_OTHERS: dict[str, dict[str, pa.DataType]] = {
    "complaints": {},
    "violations": {},
    "inspections": {"minutes": pa.float64()},
    "rentals": {"start_date": pa.timestamp("us"), "end_date": pa.timestamp("us")},
}


class GrowingTables:
    """The office's tables in DuckDB, as `risk.events.rows.FeatureSource`; replaced week by week."""

    def __init__(self, register: pa.Table) -> None:
        self._connection = ibis.duckdb.connect()
        self._connection.raw_sql("SET threads = 1")
        self._compile = self._connection.compile
        self._known: dict[Any, str] = {}
        self._connection.compile = self._compile_once
        no_grids = current_schema(TABLES["grids"], placed=False).empty_table()
        self._views = {
            name: self._connection.create_table(name, rows, temp=True)
            for name, rows in (("buildings", register), ("grids", no_grids))
        }

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

    def table(self, name: str, *, cut: datetime | None = None) -> Table:
        """Return the rows learnt before the cut."""
        rows = self._views[name]
        return rows if cut is None else rows.filter(rows["learnt_at"] < ibis.literal(cut))

    def _compile_once(self, expression: Any, **options: Any) -> str:  # noqa: ANN401 -- Ibis's own
        key = expression.op()
        if key not in self._known:
            self._known[key] = self._compile(expression, **options)
        return self._known[key]


def fill_table(rows: pd.DataFrame, types: dict[str, pa.DataType]) -> pa.Table:
    """Bring columns to their types; what is not there is null."""
    return pa.table({name: _column(rows, name, kind) for name, kind in types.items()})


def _column(rows: pd.DataFrame, name: str, kind: pa.DataType) -> pa.Array:
    if name not in rows:
        return pa.nulls(len(rows), kind)
    # A column without rows has numbers where texts belong; Arrow takes it for neither.
    return pa.array(rows[name], kind) if len(rows) else pa.array([], kind)


@dataclass(kw_only=True)
class Scorer:
    """The product's score of every building, as of the Monday of a week.

    Without the season, which raises and lowers all scores alike.

    Parameters
    ----------
    score_weeks
        An office scores anew every so many weeks, and plans by the last score until then.
    refit_weeks, keep_weeks
        Weights are learnt anew, and scores kept to learn the chance of a find from, as often.
    """

    score_weeks: int = 2
    refit_weeks: int = 13
    config: ScoreConfig = field(default_factory=ScoreConfig)
    tables: GrowingTables | None = None
    learning: Learning | None = None
    keep_weeks: int = 4
    past: list[tuple[int, pd.Series]] = field(default_factory=list)
    finds: FindModel | None = None
    ranked: pd.DataFrame | None = None
    _ranked_on: int = -(10**6)
    _learnt_on: int = -(10**6)
    _finds_on: int = -(10**6)

    def rank(self, office: Office, day: int) -> pd.DataFrame:
        """Return ``score``, ``expected`` (events within the horizon) and ``tier`` by building."""
        if self.ranked is None or day - self._ranked_on >= 7 * self.score_weeks:
            self.ranked, self._ranked_on = self._rank_anew(office, day), day
        return self.ranked

    def _rank_anew(self, office: Office, day: int) -> pd.DataFrame:
        tables = self.bring_up_to_date(office, day)
        if self.learning is None or day - self._learnt_on >= 7 * self.refit_weeks:
            policy = asdict(self.config.weights)
            self.learning = learn_weights(tables, cut=MOMENT, policy=policy, config=self.config)
            self._learnt_on = day
        features = build_features(tables, cut=MOMENT, config=self.config)
        card = Scorecard.of(features, self.config, self.learning.posterior)
        scored = card.score(features).buildings
        ranked = add_ranks(scored, key="building_id", shares=self.config.tier_shares)
        ranked = ranked.set_index("building_id").reindex(office.buildings["building_id"])
        ranked = ranked.assign(expected=ranked["score"] / POINTS_PER_EVENT)
        if day - (self.past[-1][0] if self.past else -(10**6)) >= 7 * self.keep_weeks:
            self.past.append((day, ranked["expected"]))
        return ranked[["score", "expected", "tier"]]

    def find_chance(self, day: int) -> FindModel:
        """Return the model of the chance that one visit finds something, as of the week.

        It holds past visits against the scores that were kept every `keep_weeks` before them.
        """
        assert self.tables is not None
        assert self.learning is not None
        if self.finds is None or (day == self._ranked_on and self._finds_due(day)):
            past = [
                PastScores(cut=MOMENT - timedelta(days=day - then), expected=expected)
                for then, expected in self.past
                if then < day
            ]
            self.finds = learn_find_chance(
                self.tables,
                cut=MOMENT,
                config=self.config,
                weights=self.learning.posterior,
                past=past,
            )
            self._finds_on = day
        return self.finds

    def told_at(self, office: Office, day: int) -> pd.Series:
        """Return when the latest report was made that waits for a visit, NaT none; by building."""
        tables = self.bring_up_to_date(office, day)
        waiting = read_waiting(tables, cut=MOMENT, config=self.config, rules=FindRules())
        return pd.Series(waiting.reindex(office.buildings["building_id"]).to_numpy())

    def _finds_due(self, day: int) -> bool:
        return day - self._finds_on >= 7 * self.keep_weeks

    def bring_up_to_date(self, office: Office, day: int) -> GrowingTables:
        """Put what the office knows on the Monday of a week into the tables."""
        if self.tables is None:
            self.tables = GrowingTables(_register(office))
        ids = office.buildings["building_id"].to_numpy()
        for name, rows in (
            ("complaints", _complaints(office, ids, day)),
            ("inspections", _inspections(office, ids, day)),
            ("violations", _violations(office, ids, day)),
            ("rentals", _rentals(office, ids, day)),
        ):
            self.tables.replace(name, rows)
        return self.tables


def _register(office: Office) -> pa.Table:
    b = office.buildings
    lon, lat = b["lon"].to_numpy(np.float64), b["lat"].to_numpy(np.float64)
    rows = b[["building_id", "kind", "lon", "lat", "grid_code", "community_code"]].assign(
        household_count=b["households"],
        rental_count=b["rentals"],
        h3_r10=cells_of_points(lon, lat, resolution=10),
        learnt_at=np.datetime64("2000-01-01", "us"),
    )
    return fill_table(rows, REGISTER_COLUMNS)


def _moments(days: pd.Series | Floats, day: int, hour: int) -> NDArray[np.datetime64]:
    """Return times of days since the start, moved so that the Monday of the week is `MOMENT`."""
    hours = (np.asarray(days, dtype=np.int64) - day) * 24 + hour
    return np.datetime64(MOMENT, "us") + hours.astype("timedelta64[h]").astype("timedelta64[us]")


def _placed(rows: pd.DataFrame, ids: NDArray[Any], name: str, building: pd.Series) -> pd.DataFrame:
    return rows.assign(
        row_key=[f"{name}-{number:07d}" for number in range(len(rows))],
        building_id=ids[building.to_numpy(np.int64)],
        match_level="building",
        match_score=1.0,
    )


def _complaints(office: Office, ids: NDArray[Any], day: int) -> pd.DataFrame:
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
    return _placed(rows, ids, "complaints", r["building"])


def _inspections(office: Office, ids: NDArray[Any], day: int) -> pd.DataFrame:
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
    return _placed(rows, ids, "inspections", v["building"])


def _violations(office: Office, ids: NDArray[Any], day: int) -> pd.DataFrame:
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
    return _placed(rows, ids, "violations", found["building"][kept])


def _rentals(office: Office, ids: NDArray[Any], day: int) -> pd.DataFrame:
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
    return _placed(rows, ids, "rentals", lease["building"])
