"""What one visit is likely to find, as learnt from past visits; learnt once for each score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import pandas as pd

from data.calendars.calendar import Calendar
from data.engine import Engine
from data.results.snapshot import BUILDING_KIND, Snapshot
from data.results.snapshots import SnapshotStore
from data.workspace.cache import Cache
from data.workspace.folder import Workspace
from data.workspace.settings import read_section
from governance.patrols.routing.model.problem import Bools, Floats
from governance.patrols.routing.model.settings import PatrolRules
from governance.patrols.routing.model.shifts import usual_worth
from risk.config.score import ScoreConfig
from risk.scoring.scorecard import POINTS_PER_EVENT
from risk.visit_yield.fit import learn_find_chance
from risk.visit_yield.model import FindModel
from risk.visit_yield.open_reports import read_waiting
from risk.visit_yield.rules import FindRules
from risk.visit_yield.training import PastScores

_USUAL_DAYS: Final = 365
_MOMENT: Final = timedelta(microseconds=1)
"""What was recorded just now counts, too."""
_MODELS: Cache[FindModel] = Cache(8)


@dataclass(frozen=True)
class Chances:
    """The score of a day, and what it says of a visit.

    Parameters
    ----------
    scores
        Score by building id.
    model
        Turns expected counts into chances.
    """

    scores: pd.Series
    model: FindModel

    def of(self, building_ids: pd.Series, waiting: Bools) -> tuple[Floats, Floats, Floats]:
        """Return score, expected count and chance of each building; 0 where none was scored.

        Parameters
        ----------
        waiting
            Whether a report of the building waits for an answer.
        """
        score = building_ids.map(self.scores).fillna(0.0).to_numpy(float)
        expected = score / POINTS_PER_EVENT
        return score, expected, self.model.chance(expected, waiting=waiting)


def read_chances(
    workspace: Workspace, engine: Engine, snapshots: SnapshotStore, snapshot: Snapshot
) -> Chances:
    """Return the chances that a score gives; the model is kept for when it is asked again."""
    key = str(workspace.root.absolute()), snapshot.snapshot_id
    model = _MODELS.get(key, lambda: _learn(workspace, engine, snapshots, snapshot))
    return Chances(scores=_scores_of(snapshot), model=model)


def read_told_at(
    workspace: Workspace, engine: Engine, building_ids: pd.Series, *, now: datetime
) -> pd.Series:
    """Return when the latest report was made that waits for an answer, NaT where none does."""
    config = read_section(workspace.settings, "score", ScoreConfig)
    waiting = read_waiting(engine, cut=now + _MOMENT, config=config, rules=FindRules())
    return pd.Series(waiting.reindex(building_ids).to_numpy(), index=building_ids.index)


def read_usual_worth(
    engine: Engine, snapshot: Snapshot, calendar: Calendar, rules: PatrolRules
) -> float:
    """Return the mean worth of the times of the visits of the last year."""
    visits = engine.table("inspections", cut=snapshot.cut).drop_null(["event_at"])
    since = snapshot.cut - timedelta(days=_USUAL_DAYS)
    times = visits.filter(visits["event_at"] >= since).select("event_at").to_pyarrow()
    return usual_worth(times.to_pandas()["event_at"], calendar, rules)


def _learn(
    workspace: Workspace, engine: Engine, snapshots: SnapshotStore, snapshot: Snapshot
) -> FindModel:
    past = [
        PastScores(cut=each.cut, expected=_scores_of(each) / POINTS_PER_EVENT)
        for each in snapshots.by_date()
        if each.config_hash == snapshot.config_hash and each.cut <= snapshot.cut
    ]
    return learn_find_chance(
        engine,
        cut=snapshot.cut,
        config=read_section(workspace.settings, "score", ScoreConfig),
        weights=snapshot.manifest.get("scorecard", {}).get("weights"),
        past=past,
    )


def _scores_of(snapshot: Snapshot) -> pd.Series:
    ranked = snapshot.ranked(BUILDING_KIND)
    return pd.Series(ranked["score"].to_numpy(float), index=ranked["unit"].to_numpy(object))
