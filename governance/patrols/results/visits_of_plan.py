"""What is read of a plan once it runs: who was where."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

import pandas as pd

from data.contracts.vocabulary import VisitKind
from data.workspace.clock import start_of
from governance.patrols.base import PlanSolver
from governance.patrols.results.compare_arms import most_conclusive
from governance.patrols.routing.model.settings import DAY, EVENING
from governance.service import Component
from governance.visits.base import known_texts

SEEN_COLUMNS: Final = ("row_key", "building_id", "at", "day", "part", "hour", "result", "mode",
                       "unannounced", "orgs", "people", "person_times", "person",
                       "account")  # fmt: skip
_READ: Final = ("row_key", "building_id", "event_at", "result", "mode", "unannounced", "orgs",
                "people", "person_times")  # fmt: skip
_MODES_FIRST: Final = (VisitKind.JOINT, VisitKind.DRAWN, VisitKind.REVISIT)
"""Of several records of one visit, the way that only one of them tells of."""


class PlanOutcomes(Component):
    """The parts that services about what came of a plan share."""

    _plan_solver: PlanSolver

    def visits_within(
        self, first: date, last: date, *, buildings: Collection[str] | None = None
    ) -> pd.DataFrame:
        """Return every visit of a span, from files and recorded here: `SEEN_COLUMNS`, by time.

        ``at`` local; ``part`` ``day`` or ``evening``; ``hour`` NA where only the day is known;
        ``person`` who recorded it (their number in the staff, else the account) and ``account``,
        ``""`` for one from a file. For the server alone.
        """
        begun, ended = start_of(first), start_of(last + timedelta(days=1))
        rows = self._engine.table("inspections").drop_null(["building_id", "event_at"])
        rows = rows.filter((rows["event_at"] >= begun) & (rows["event_at"] < ended))
        if buildings is not None:
            rows = rows.filter(rows["building_id"].isin(sorted(buildings)))
        frame = rows.select(*_READ).to_pyarrow().to_pandas().rename(columns={"event_at": "at"})
        with self._workspace.store.begin() as unit:
            recorded = unit.visits.holding(buildings=buildings, since=begun, before=ended)
        named = recorded["person_id"].where(recorded["person_id"].notna(), recorded["recorded_by"])
        people = dict(zip(recorded["visit_id"], named.astype("str"), strict=True))
        accounts = dict(zip(recorded["visit_id"], recorded["recorded_by"], strict=True))
        at = frame["at"].astype("datetime64[us]")
        hour = at.dt.hour.astype("Int64").mask(at == at.dt.normalize())
        late = hour.fillna(0) >= self._plan_solver.rules.evening_from_hour
        visits = known_texts(
            frame.assign(
                at=at,
                day=at.dt.normalize(),
                hour=hour,
                part=late.map({True: EVENING, False: DAY}).astype("str"),
                person=[people.get(key, "") for key in frame["row_key"]],
                account=[accounts.get(key, "") for key in frame["row_key"]],
            ),
            ("result", "mode", "orgs", "people", "person", "account"),
        )
        return visits.sort_values(["at", "row_key"], ignore_index=True)[list(SEEN_COLUMNS)]


def building_days(visits: pd.DataFrame, *by: str) -> pd.DataFrame:
    """Return one row per building and day (and ``by``): a joint visit by two people is one.

    Returns ``building_id, day`` and ``by``; ``result`` what tells most; ``mode`` jointly, by chance
    or again where any record says so, else that of the last; ``unannounced`` when any was.
    """
    keys = ["building_id", "day", *by]
    if visits.empty:
        return visits[[*keys, "result", "mode", "unannounced"]]
    days = visits.groupby(keys, sort=True).agg(
        result=("result", most_conclusive),
        mode=("mode", _one_mode),
        unannounced=("unannounced", _any),
    )
    return days.reset_index()


def _one_mode(modes: pd.Series) -> str:
    known = set(modes)
    return next((mode for mode in _MODES_FIRST if mode in known), str(modes.iloc[-1]))


def _any(flags: pd.Series) -> bool | None:
    known = flags.dropna()
    return bool(known.any()) if len(known) else None
