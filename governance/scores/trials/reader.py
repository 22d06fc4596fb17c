"""What is read of trials: which buildings are due on a plan, and what came of each."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from data.contracts.vocabulary import LOOKED, VisitResult
from data.workspace.clock import start_of
from governance.scores.trials.design import WEEK_DAYS, TrialDesign, Usual
from governance.scores.trials.protocol import drawn_of
from governance.service import Component
from governance.visits.base import known_texts
from risk.config.score import ScoreConfig
from risk.evaluation.trial.analysis import OUTCOME_COLUMNS

USUAL_WEEKS: Final = 26
_STRENGTH: Final[dict[str, int]] = {VisitResult.FOUND: 0, VisitResult.SUSPECTED: 1,
                                    VisitResult.NOTHING: 2}  # fmt: skip
_SCORED_VISITS: Final = 100


class TrialReader(Component):
    """Reads trials for the services about them, and for whoever makes plans."""

    def due(self, first: date, last: date) -> frozenset[str]:
        """Return the buildings that the trials that run have for a span of days.

        Those whose week begins by its last day, where nobody was since the trial began and where no
        published plan goes before the span. Whom it is told must not tell whoever is sent.
        """
        today = self._local_now().date()
        with self._workspace.store.begin() as unit:
            trials = [row.protocol or {} for row in unit.field_trials.sealed_within(first, last)]
            planned = unit.patrols.stops(since=today, until=first - timedelta(days=1))
        due: set[str] = set()
        for protocol in trials:
            design, drawn = TrialDesign.of_plain(protocol["design"]), drawn_of(protocol)
            begins = (drawn["week"] - 1) * WEEK_DAYS <= (last - design.first).days
            buildings = set(drawn.loc[begins, "building_id"])
            due |= buildings - set(self.visits(design.first, last, buildings)["building_id"])
        return frozenset(due - set(planned["building_id"]))

    def visits(
        self, first: date, last: date, buildings: Collection[str] | None = None
    ) -> pd.DataFrame:
        """Return building-days with a visit, by building and day, from files and recorded here.

        Returns ``building_id, day``; ``result`` of several the one that tells most of what was
        seen, ``""`` where nobody could look.
        """
        rows = self._engine.table("inspections").drop_null(["building_id", "event_at"])
        at = rows["event_at"]
        rows = rows.filter((at >= start_of(first)) & (at < start_of(last + timedelta(days=1))))
        if buildings is not None:
            rows = rows.filter(rows["building_id"].isin(sorted(buildings)))
        frame = rows.select("building_id", "event_at", "result").to_pyarrow().to_pandas()
        frame = known_texts(frame, ("building_id", "result"))
        day = frame["event_at"].astype("datetime64[us]").dt.normalize()
        rank = frame["result"].map(_STRENGTH).fillna(len(_STRENGTH)).astype(int)
        days = frame.assign(day=day, rank=rank).groupby(["building_id", "day"], sort=True)
        best = days["rank"].min().reset_index()
        words = dict(enumerate(map(str, _STRENGTH)))
        result = best["rank"].map(words).fillna("").astype("str")
        return best.assign(result=result)[["building_id", "day", "result"]]

    def usual(self, today: date) -> Usual:
        """Return how many visits a week were made of late, and how often somebody could look."""
        first = today - timedelta(weeks=USUAL_WEEKS)
        visits = self.visits(first, today - timedelta(days=1))
        if visits.empty:
            return Usual(visits_a_week=None, looked_share=None)
        days = (pd.Timestamp(today) - visits["day"].min()).days
        looked = float(visits["result"].isin(LOOKED).mean())
        weeks = max(days / WEEK_DAYS, 1.0)
        return Usual(visits_a_week=len(visits) / weeks, looked_share=looked or None)

    def outcomes(self, protocol: Mapping[str, Any], until: date) -> pd.DataFrame:
        """Return what came of every building drawn, up to a day of the trial's span.

        Returns `risk.evaluation.trial.analysis.OUTCOME_COLUMNS` and ``week``.
        """
        design, drawn = TrialDesign.of_plain(protocol["design"]), drawn_of(protocol)
        last = min(until, design.last)
        visits = self.visits(design.first, last, set(drawn["building_id"]))
        looks = visits[visits["result"].isin(LOOKED)]
        first = looks.sort_values("day").drop_duplicates("building_id")
        results = dict(zip(first["building_id"], first["result"], strict=True))
        result = pd.Series([results.get(b, "") for b in drawn["building_id"]], dtype="str")
        snapshot = self._snapshots.open(design.snapshot_id)
        worth = ScoreConfig.from_mapping(snapshot.config()).evidence.found
        outcomes = drawn.assign(
            foretold=drawn["score"] / _SCORED_VISITS,
            visited=drawn["building_id"].isin(visits["building_id"]),
            looked=result != "",
            found=result == VisitResult.FOUND,
            suspected=result == VisitResult.SUSPECTED,
            came=np.array([worth.get(each, 0.0) for each in result], dtype=float),
        )
        return outcomes[[*OUTCOME_COLUMNS, "week"]]
