"""What one visit is likely to find, as the score says it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import pandas as pd

from data.calendars.calendar import Calendar
from data.engine import Engine
from data.results.snapshot import Snapshot
from governance.patrols.routing.model.problem import Bools, Floats
from governance.patrols.routing.model.settings import PatrolRules
from governance.patrols.routing.model.shifts import UsualWorth, usual_worth
from governance.visits.base import are_among
from risk.config.score import ScoreConfig
from risk.find_rate.list_interval import ListInterval
from risk.find_rate.visit_chance import VisitChance

_USUAL_DAYS: Final = 365


@dataclass(frozen=True, kw_only=True)
class Chances:
    """The score of a day, and what it says of a visit."""

    visits: VisitChance
    """The chance of a visit to each building."""
    interval: ListInterval
    """How many finds a list of visits may bring."""
    waited: frozenset[str]
    """Buildings where a report waited when the score was made."""

    def of(
        self, building_ids: pd.Series, *, waiting: Bools, revisit: Bools
    ) -> tuple[Floats, Floats]:
        """Return score and chance of each building, shape (n,); 0 where none was scored.

        ``waiting``: whether a report of the building waits for an answer now.
        ``revisit``: whether something was found there last time.
        """
        waited = are_among(building_ids, self.waited)
        chance = self.visits.chance(
            building_ids,
            revisit=revisit,
            reported_since=waiting & ~waited,
            answered_since=waited & ~waiting,
        )
        return building_ids.map(self.visits.scores).fillna(0.0).to_numpy(float), chance


def read_chances(snapshot: Snapshot, waited: Collection[str]) -> Chances:
    """Return the chances that a score gives; not of one by an earlier model.

    ``waited``: buildings where a report waited when the score was made.
    """
    buildings, facts = snapshot.table("buildings"), snapshot.manifest["score"]
    config = ScoreConfig.from_mapping(snapshot.config())
    return Chances(
        visits=VisitChance.of(buildings, facts),
        interval=ListInterval.of(buildings, facts, config),
        waited=frozenset(waited),
    )


def read_usual_worth(
    engine: Engine, snapshot: Snapshot, calendar: Calendar, rules: PatrolRules, chances: Chances
) -> UsualWorth:
    """Return the worth of a time at which the score holds, from the visits of the last year."""
    visits = engine.table("inspections", cut=snapshot.cut).drop_null(["event_at"])
    since = snapshot.cut - timedelta(days=_USUAL_DAYS)
    times = visits.filter(visits["event_at"] >= since).select("event_at").to_pyarrow()
    at = times.to_pandas()["event_at"]
    return usual_worth(at, calendar, rules, effects=chances.visits.part_effects())
