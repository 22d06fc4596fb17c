"""Hand over: which building went from whom to whom, and what is open there; never a complaint."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from data.derived.unit_names import UnitNames
from governance.access.permissions import Action, Actor, require
from governance.responsibility.chains import DutyReader
from governance.responsibility.resolve import texts_of
from governance.service import Resources, Service
from governance.visits.rules.settings import CLOSED, SUSPECTED

if TYPE_CHECKING:
    from datetime import date

    from governance.responsibility.duty_book import DutyBook

HANDOVER_COLUMNS = ("handover_id", "change_id", "at", "valid_from", "duty", "building_id", "name",
                    "from_id", "from_person", "to_id", "to_person", "tier", "last_visit_at",
                    "last_result", "visits_90d", "open")  # fmt: skip
UNSETTLED = (SUSPECTED, *CLOSED)
"""Results of a visit after which somebody has to go again."""
WINDOW = timedelta(days=90)
MOST_DAYS = 6
"""Of how many days at most the answers before and after a change are compared."""


class HandoverService(Service):
    """Services for handing buildings over."""

    def __init__(self, resources: Resources, *, duty_reader: DutyReader) -> None:
        super().__init__(resources)
        self._duty_reader = duty_reader

    def rows(self, actor: Actor, *, since: datetime | date) -> pd.DataFrame:
        """List what changed hands by decisions since a local time, newest first.

        Returns
        -------
        DataFrame
            `HANDOVER_COLUMNS`, one row per building and duty; ``open`` says that the last visit
            left something to do. Changes that were taken back are left out.
        """
        require(actor, Action.SEE_RESPONSIBILITY)
        start = (
            since if isinstance(since, datetime) else datetime.combine(since, datetime.min.time())
        )
        with self._workspace.store.begin() as unit:
            changes = unit.duties.changes(since=self.clock.to_utc(start))
        kept = changes[~changes["undone"].astype(bool) & changes["undoes"].isna()]
        parts = [
            self._of_change(int(number), at)
            for number, at in zip(kept["change_id"], kept["at"], strict=True)
        ]
        if not parts:
            return pd.DataFrame(columns=list(HANDOVER_COLUMNS))
        frame = pd.concat(parts, ignore_index=True)
        codes = self._duty_reader.book(None).buildings.set_index("building_id")
        frame = frame.join(codes[["grid_code", "community_code"]], on="building_id")
        return self._with_matters(actor.scope.of_frame(frame).reset_index(drop=True))

    def sheet(
        self,
        actor: Actor,
        *,
        since: datetime | date,
        person_id: str | None = None,
    ) -> pd.DataFrame:
        """Return `rows` for a sheet that leaves the office, and write down that it was taken.

        Parameters
        ----------
        person_id
            Only what this person gives or takes; None for everybody.
        """
        frame = self.rows(actor, since=since)
        if person_id is not None:
            frame = frame[(frame["from_id"] == person_id) | (frame["to_id"] == person_id)]
        self._record(actor, Action.SEE_RESPONSIBILITY, handovers=len(frame), person=person_id)
        return frame.reset_index(drop=True)

    def _of_change(self, change_id: int, at: datetime) -> pd.DataFrame:
        """Compare who answers before and after a change, on the days at which it could differ."""
        with self._workspace.store.begin() as unit:
            added, gone = unit.duties.of_change(change_id)
            moment = pd.Timestamp(at)
            after = unit.duties.held(known_at=moment.to_pydatetime())
            same_time = after["change_id"] > change_id
            before = unit.duties.held(known_at=moment.to_pydatetime())
            before = pd.concat([before[before["change_id"] < change_id], gone])
            before = before.drop_duplicates("id")
        rows = pd.concat([added, gone])
        days = sorted(
            {d.date() for name in ("valid_from", "valid_to") for d in rows[name].dropna()}
        )
        book = self._duty_reader.book(None)
        found = [
            _differences(book.deciding(before, on=day), book.deciding(after[~same_time], on=day))
            for day in days[-MOST_DAYS:]
        ]
        columns = ["valid_from", "duty", "building_id", "from_id", "to_id"]
        every = pd.concat(found) if found else pd.DataFrame(columns=columns)
        first = every.drop_duplicates(["building_id", "duty"])
        local = self.clock.to_local(moment.to_pydatetime())
        return first.assign(change_id=change_id, at=local)

    def _with_matters(self, frame: pd.DataFrame) -> pd.DataFrame:
        ids = frame["building_id"]
        names = self._duty_reader.book(None).names
        visits = self._last_visits(set(ids))
        frame = frame.join(visits, on="building_id")
        frame = frame.assign(
            name=UnitNames(self._engine).of("building", ids),
            from_person=[names.get(p, p) for p in frame["from_id"]],
            to_person=[names.get(p, p) for p in frame["to_id"]],
            tier=texts_of(ids, self._duty_reader.scores()["tier"]),
            last_result=frame["last_result"].fillna(""),
            visits_90d=frame["visits_90d"].fillna(0).astype("int64"),
            handover_id=frame["change_id"].astype("str") + ":" + frame["from_id"] + "→"
            + frame["to_id"],
        )  # fmt: skip
        frame["open"] = frame["last_result"].isin(UNSETTLED)
        frame = frame.sort_values(
            ["change_id", "from_id", "to_id", "name"], ascending=[False, True, True, True]
        )
        return frame[list(HANDOVER_COLUMNS)].reset_index(drop=True)

    def _last_visits(self, buildings: set[str]) -> pd.DataFrame:
        """Return the last visit of each building, its result, and how many in 90 days."""
        table = self._engine.table("inspections")
        table = table.filter(table["building_id"].isin(sorted(buildings)))
        frame = table.select("building_id", "at", "result").to_pandas().sort_values("at")
        groups = frame.groupby("building_id")
        recent = frame[frame["at"] >= pd.Timestamp(self._local_now() - WINDOW)]
        return pd.DataFrame(
            {
                "last_visit_at": groups["at"].last(),
                "last_result": groups["result"].last(),
                "visits_90d": recent.groupby("building_id").size(),
            }
        )


def _differences(before: DutyBook, after: DutyBook) -> pd.DataFrame:
    """Return the buildings and duties that somebody else answers for."""
    keys = ["building_id", "duty"]

    def holders(book: DutyBook) -> pd.Series[Any]:
        rows = book.answers
        who = rows["person_id"].where(rows["person_id"].ne(""), rows["org"])
        return who.set_axis(pd.MultiIndex.from_frame(rows[keys]))

    both = pd.DataFrame({"from_id": holders(before), "to_id": holders(after)}).fillna("")
    changed = both[both["from_id"] != both["to_id"]].reset_index(names=keys)
    return changed.assign(valid_from=pd.Timestamp(after.on))
