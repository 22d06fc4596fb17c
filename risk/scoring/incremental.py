"""What one new visit or complaint makes of a building's score, without scoring the office again.

The state is made once from a score. It keeps what a building's score is made of: the rows of
complaints, what visits summed to, sums over the office, and the visits. A new row changes these,
and the building asked for is scored with the same weights.

**The cut is that of the score.** A new row counts where it happened and was learnt before it, as it
would have in the score itself; any other is refused (`NeedsFullScoreError`). Decayed weights are
whole multiples of 2^-32 as of this cut, so sums are exact, whatever order rows come in; a later
cut, whose multiples are others, is a new score.

**What is not done here**: weights, their errors and the level are learnt at the next score, and
intervals, ranks and tiers follow from all buildings together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from geo.cells import disk, parents
from risk import schema as c
from risk.arrays import Columns, Floats
from risk.design.kernel import RESOLUTION
from risk.design.units import UNIT
from risk.events.decay import QUANTA_PER_UNIT
from risk.events.fetch import fetch
from risk.events.rows import FeatureSource, assigned_rows
from risk.features.empirical_bayes import log_ratio
from risk.features.factors import COUNTED, factor_columns
from risk.features.neighbours import NEIGHBOUR_STEPS
from risk.features.reporting import reporting_rate
from risk.find_rate.columns import DOORS, REPORTED, WAITING
from risk.find_rate.knowledge import WHOLE
from risk.find_rate.points import POINT_COLUMNS, score_places
from risk.scoring.incremental_facts import Place
from risk.scoring.incremental_reports import ReportState
from risk.scoring.incremental_rows import (
    KEEP,
    UNTIL,
    Hashes,
    RowJudge,
    full_score_needed,
    judged_rows,
)
from risk.scoring.incremental_visits import VisitState
from risk.scoring.score_as_of import OfficeScore

_SUMMED: Final = (c.COMPLAINTS, c.VIOLATIONS, c.FOUND, c.NOT_FOUND, c.NO_ACCESS)
_AROUND: Final = {c.COMPLAINTS, c.VIOLATIONS, c.FOUND}


@dataclass(frozen=True, kw_only=True)
class BuildingScore:
    """Score of a building (0 to 100) and its points by factor, which add up to it exactly."""

    score: float
    points: Mapping[str, float]


class OfficeState:
    """A score that takes new rows in.

    ``source``: the rows that the score was made of; read once, here.
    ``score``: the score.
    """

    def __init__(self, source: FeatureSource, score: OfficeScore) -> None:
        known = score.known
        self._known, self._rate, self._config = known, score.rate, known.config
        self._judge = RowJudge(known.cut, known.config)
        self._buildings = known.features.buildings
        self._ids = pd.Index(self._buildings[c.BUILDING])
        self._counted = {
            name: self._buildings[name].to_numpy(np.float64)
            for name in (*COUNTED, c.EXPOSURE)
            if name in self._buildings
        }
        by_building = known.by_building
        self._by_building = {str(name): by_building[name].to_numpy() for name in by_building}
        self._usual = dict(known.features.usual)
        communities = self._buildings.groupby(c.COMMUNITY)[[c.COMPLAINTS, c.EXPOSURE]].sum()
        self._reported = communities[c.COMPLAINTS].to_dict()
        self._doors = communities[c.EXPOSURE].to_dict()
        self._exposure = float(self._buildings[c.EXPOSURE].sum())
        self._added: dict[str, dict[str, float]] = {}
        self._ring = _Ring(self._buildings)
        rows = {name: self._read(source, name) for name in KEEP}
        self._reports = ReportState(rows["complaints"], self._config.caps)
        visits = rows["inspections"]
        self._moments = Hashes(visits[c.BUILDING], visits[c.EVENT_AT])
        self._answered = visits.groupby(c.BUILDING)[UNTIL].max().to_dict()
        self._visits = VisitState(known, score.rate)

    @property
    def buildings(self) -> list[str]:
        """Ids of the register's buildings, sorted."""
        return [str(building) for building in self._ids]

    def _read(self, source: FeatureSource, name: str) -> pd.DataFrame:
        cut, config = self._known.cut, self._config
        assigned = assigned_rows(source, name, cut=cut, config=config, keep=KEEP[name])
        return fetch(judged_rows(assigned, name, config))

    def add_complaint(self, row: Mapping[str, Any]) -> None:
        """Add a complaint.

        ``row``: a row of the table complaints as an engine gives it: ``row_key``, ``event_at``,
        ``learnt_at`` (local), the columns of its placement, and what it says; what is not there is
        unknown.

        Raises `NeedsFullScoreError` when it is not known before the cut, or other complaints repeat
        it.
        """
        judged = self._judged("complaints", row)
        place = tuple(str(judged[name]) for name in (c.BUILDING, c.H3_R10, c.GRID, c.COMMUNITY))
        self._count(place, c.COMPLAINTS, self._reports.add(place, judged))

    def add_visit(self, row: Mapping[str, Any]) -> None:
        """Add a visit.

        ``row``: as of `add_complaint`, of the table inspections.

        Raises `NeedsFullScoreError` when it is not known before the cut, may tell of a visit that
        is known, or changes how others are read.
        """
        if self._config.exposure.counts_after_first_inspection:
            raise full_score_needed("visits_count_units", row[c.ROW_KEY])
        judged = self._judged("inspections", row)
        building = str(judged[c.BUILDING])
        moment = (building, judged[c.EVENT_AT])
        if self._moments.holds(*moment):
            raise full_score_needed("visit_may_be_known", row[c.ROW_KEY])
        self._visits.add(self._judge.facts(judged, row))
        self._moments.add(*moment)
        if pd.notna(judged[UNTIL]):
            before = self._answered.get(building)
            self._answered[building] = (
                max(judged[UNTIL], before) if pd.notna(before) else judged[UNTIL]
            )
        if judged[c.SIGNAL] in _SUMMED:
            place = (building, str(judged[c.H3_R10]), "", "")
            self._count(place, str(judged[c.SIGNAL]), int(judged[c.DECAYED_WEIGHT]))

    def _judged(self, name: str, row: Mapping[str, Any]) -> dict[str, Any]:
        if row.get(c.BUILDING) in self._known.features.ended:
            raise full_score_needed("building_ended", row[c.BUILDING])
        return self._judge.judge(name, row, registered=row.get(c.BUILDING) in self._ids)

    def _count(self, place: tuple[str, ...], name: str, quanta: int) -> None:
        """Add quanta to a sum of a building, or of a place without one."""
        weight, building = quanta / QUANTA_PER_UNIT, place[0]
        if building:
            sums = self._added.setdefault(building, {})
            sums[name] = sums.get(name, 0.0) + weight
            if self._exposure > 0:
                self._usual[name] = self._usual[name] + weight / self._exposure
            if name == c.COMPLAINTS:
                self._reported[self._of(building, c.COMMUNITY)] += weight
        if name in _AROUND:
            worth = weight * (self._config.ring_complaint if name == c.COMPLAINTS else 1.0)
            cell = self._of(building, c.H3_R10) if building else place[1]
            self._ring.add(building, cell, worth)

    def _of(self, building: str, column: str) -> str:
        return str(self._buildings[column].iloc[self._ids.get_loc(building)])

    def score_of(self, building: str) -> BuildingScore:
        """Return the score of a building as `score_as_of` would with these weights.

        Its own places, sums, neighbourhood, ring and histories are exact.
        """
        at = int(self._ids.get_loc(building))
        cell = str(self._buildings[c.H3_R10].iloc[at])
        coarse = str(parents(np.array([cell]), RESOLUTION)[0])
        places, design = self._visits.design(building, {"cell": coarse, "h3_r10": cell})
        design |= self._of_building(building, at, places)
        absent, one = np.zeros(len(places)), np.zeros(len(places), dtype=np.int64)
        x = [design.get(name, absent) for name in self._rate.columns]
        scored = score_places(x, self._rate, one, 1, config=self._config)
        points = {
            name.removeprefix(c.POINTS_PREFIX): float(scored[name][0]) for name in POINT_COLUMNS
        }
        return BuildingScore(score=float(scored[c.SCORE][0]), points=points)

    def _of_building(self, building: str, at: int, places: Sequence[Place]) -> Columns:
        """Return the columns that places take over from their building."""
        columns = {name: float(values[at]) for name, values in self._by_building.items()}
        sums = self._added.get(building, {})
        features = {name: values[at : at + 1] for name, values in self._counted.items()}
        features |= {name: features[name] + sums.get(name, 0.0) for name in _SUMMED}
        features[c.RING] = self._ring.log_ratio(at, self._config.ring_events)
        reporting = self._reporting(self._of(building, c.COMMUNITY))
        factors = factor_columns(features, usual=self._usual, reporting=reporting)
        columns |= {name: float(factors[name][0]) for name in REPORTED if name in factors}
        reported, answered = self._reports.waiting(building), self._answered.get(building)
        waits = pd.notna(reported) and (pd.isna(answered) or reported > answered)
        columns[WAITING] = float(waits)
        whole = [place[UNIT].startswith(WHOLE) or place[UNIT] == building for place in places]
        every = {name: np.full(len(places), value) for name, value in columns.items()}
        return every | {DOORS: np.where(whole, columns[DOORS], 0.0)}

    def _reporting(self, community: str) -> Floats:
        """Return how readily a community reports (`reporting_rates`), shape (1,)."""
        if not community:
            return np.ones(1)
        complaints, doors = np.array([[self._reported[community]], [self._doors[community]]])
        return reporting_rate(complaints, doors, usual=self._usual[c.COMPLAINTS])


class _Ring:
    """Events around each building, with those that were added."""

    def __init__(self, buildings: pd.DataFrame) -> None:
        self._events = buildings[c.RING_EVENTS].to_numpy(np.float64)
        self._exposure = buildings[c.RING_EXPOSURE].to_numpy(np.float64)
        self._cells = buildings[c.H3_R10]
        self._ids = buildings[c.BUILDING]
        self._count = self._cells.value_counts().to_dict()
        self._whole, self._doors = float(self._events.sum()), float(self._exposure.sum())
        self._of_cell: dict[str, float] = {}
        self._of_building: dict[str, float] = {}

    def add(self, building: str, cell: str, worth: float) -> None:
        """Add what an event is worth at a cell, and at a building if it is one's."""
        if not cell:
            return
        self._of_cell[cell] = self._of_cell.get(cell, 0.0) + worth
        others = sum(self._count.get(each, 0) for each in _disc(cell)) - bool(building)
        self._whole += worth * others
        if building:
            self._of_building[building] = self._of_building.get(building, 0.0) + worth

    def log_ratio(self, at: int, prior: float) -> Floats:
        """Return the log of a building's ring over the city's (`add_neighbourhood`), shape (1,)."""
        cell, events = str(self._cells.iloc[at]), float(self._events[at])
        if cell and self._of_cell:
            events += sum(self._of_cell.get(each, 0.0) for each in _disc(cell))
            events -= self._of_building.get(str(self._ids.iloc[at]), 0.0)
        city = self._whole / self._doors if self._doors > 0 else 0.0
        return log_ratio(np.array([events]), city * self._exposure[at : at + 1], prior)


def _disc(cell: str) -> list[str]:
    around: list[str] = disk(np.array([cell]), NEIGHBOUR_STEPS)[1].tolist()
    return around
