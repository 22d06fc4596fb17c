"""Hand over: which building went from whom to whom, and what is open there; never a complaint."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from data.contracts.vocabulary import VisitResult
from data.derived.answers.unit_names import UnitNames
from data.workspace.clock import start_of
from governance.access.permissions import Action, Actor, require
from governance.responsibility.claims import claims_about, targets_of
from governance.responsibility.duty_reader import DutyReader
from governance.responsibility.duty_register import DutyRegister
from governance.responsibility.resolve import texts_of
from governance.service import Service

HANDOVER_COLUMNS = ("change_id", "at", "valid_from", "duty", "building_id", "name",
                    "from_id", "from_person", "to_id", "to_person", "tier", "last_visit_at",
                    "last_result", "visits_90d", "open")  # fmt: skip
DIFFERENCE_COLUMNS = ("valid_from", "duty", "building_id", "from_id", "to_id")
_CLOSED: Final = (VisitResult.REFUSED, VisitResult.NOBODY, VisitResult.NO_ENTRY)
"""Results of who met a closed door; where everybody has left (`GONE`) there is no door to try."""
UNSETTLED = (VisitResult.SUSPECTED, *_CLOSED)
"""Results of a visit after which somebody has to go again."""
WINDOW = timedelta(days=90)
MOST_DAYS = 6
"""Of how many days at most the duties before and after a change are compared."""


class HandoverService(Service):
    """Services for handing buildings over."""

    _duty_reader: DutyReader

    def rows(self, actor: Actor, *, since: date) -> pd.DataFrame:
        """List what changed hands by decisions since a day, newest first.

        Returns `HANDOVER_COLUMNS`, one row per building and duty; ``open`` says that the last visit
        left something to do. Changes that were taken back are left out.
        """
        require(actor, Action.SEE_RESPONSIBILITY)
        start = start_of(since)
        with self._workspace.store.begin() as unit:
            changes = unit.duties.changes(since=self.clock.to_utc(start))
            duties = unit.duties.history()
        changes = changes[~changes["undone"].astype(bool) & changes["undoes"].isna()]
        register = self._duty_reader.register()
        parts = [
            _of_change(register, duties, int(number)).assign(at=self.clock.to_local(at))
            for number, at in zip(changes["change_id"], changes["at"], strict=True)
        ]
        if not parts:
            return pd.DataFrame(columns=list(HANDOVER_COLUMNS))
        frame = pd.concat(parts, ignore_index=True)
        codes = register.buildings.set_index("building_id")[["grid_code", "community_code"]]
        frame = actor.scope.of_frame(frame.join(codes, on="building_id"))
        return self._with_details(frame.reset_index(drop=True), register.names)

    def sheet(self, actor: Actor, *, since: date, person_id: str | None = None) -> pd.DataFrame:
        """Return `rows` for a sheet that leaves the office, and write down that it was taken.

        ``person_id``: only what this person gives or takes; None for everybody.
        """
        frame = self.rows(actor, since=since)
        if person_id is not None:
            frame = frame[(frame["from_id"] == person_id) | (frame["to_id"] == person_id)]
        self._record(actor, Action.SEE_RESPONSIBILITY, handovers=len(frame), person=person_id)
        return frame.reset_index(drop=True)

    def _with_details(self, frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
        ids = frame["building_id"]
        visits = self._last_visits(set(ids))
        frame = frame.join(visits, on="building_id")
        frame = frame.assign(
            name=UnitNames(self._engine).of("building", ids),
            from_person=[names.get(p, p) for p in frame["from_id"]],
            to_person=[names.get(p, p) for p in frame["to_id"]],
            tier=texts_of(ids, self._duty_reader.scores()["tier"]),
            last_result=frame["last_result"].fillna(""),
            visits_90d=frame["visits_90d"].fillna(0).astype("int64"),
        )
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


def _of_change(register: DutyRegister, duties: pd.DataFrame, change_id: int) -> pd.DataFrame:
    """Compare who has a duty before and after a change, on the days at which it could differ.

    Only the buildings that it can have touched are resolved.

    ``duties``: every duty ever recorded, as
    `data.store.repositories.responsibility.duties.Duties.history` gives them.
    """
    touched = duties[(duties["change_id"] == change_id) | (duties["withdrawn_in"] == change_id)]
    days = sorted(
        {day.date() for name in ("valid_from", "valid_to") for day in touched[name].dropna()}
    )
    if not days:
        return pd.DataFrame(columns=["change_id", *DIFFERENCE_COLUMNS])
    part = register.of_targets(targets_of(touched))
    about = claims_about(duties, part.buildings)
    before, after = _known_after(about, change_id - 1), _known_after(about, change_id)
    differences = [
        _differences(part.as_decided(before, on=day), part.as_decided(after, on=day))
        for day in days[-MOST_DAYS:]
    ]
    first = pd.concat(differences).drop_duplicates(["building_id", "duty"])
    return first.assign(change_id=change_id)


def _known_after(duties: pd.DataFrame, change_id: int) -> pd.DataFrame:
    """Return the duties that held after a change; the numbers of changes tell their order."""
    withdrawn = duties["withdrawn_in"].fillna(np.inf)
    return duties[(duties["change_id"] <= change_id) & (withdrawn > change_id)]


def _differences(before: DutyRegister, after: DutyRegister) -> pd.DataFrame:
    """Return the buildings and duties that somebody else has: `DIFFERENCE_COLUMNS`."""
    keys = ["building_id", "duty"]

    def holders(register: DutyRegister) -> pd.Series[Any]:
        rows = register.resolved
        who = rows["person_id"].where(rows["person_id"].ne(""), rows["org"])
        return who.set_axis(pd.MultiIndex.from_frame(rows[keys]))

    both = pd.DataFrame({"from_id": holders(before), "to_id": holders(after)}).fillna("")
    changed = both[both["from_id"] != both["to_id"]].reset_index(names=keys)
    return changed.assign(valid_from=pd.Timestamp(after.on))[list(DIFFERENCE_COLUMNS)]
