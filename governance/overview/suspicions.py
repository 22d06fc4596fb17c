"""Suspicions that wait for a grid chief: where, since when, until when, and who looks."""

import secrets
from datetime import datetime
from typing import Final

import pandas as pd

from data.calendars.working_days import WorkingDays
from data.contracts.vocabulary import Duty, VisitResult
from data.derived.answers.unit_names import UnitNames
from data.derived.placing.building_ends import ended_by
from governance.access.permissions import Action, Actor, require
from governance.overview.facts import LATE, LEFT_OPEN, SUSPECTED, find_waiting
from governance.responsibility.duty_reader import DutyReader
from governance.service import Component, Service
from governance.visits.base import VisitReader
from governance.visits.rules.new_visit import NewVisit, VisitReceipt, VisitRefusedError
from governance.visits.service import VisitService
from governance.visits.worklist import WorklistService

MOST_VISITS: Final = 20_000
_KEY_BYTES: Final = 16
SUSPICIONS: Final = (
    "visit_id", "building_id", "name", "community", "unit", "at", "signs", "note", "photos",
    "next_step", "retry_at", "working_days_left", "chief",
)  # fmt: skip


class WaitingPlaces(Component):
    """Finds the places whose last visit asked for another that is late, or for a chief's look."""

    _worklist: WorklistService

    def of(
        self, actor: Actor, *, now: datetime, building_id: str | None = None
    ) -> dict[str, pd.DataFrame]:
        """Return `governance.overview.facts.find_waiting` of the actor's own scope.

        What a plan lends gives the visit and nothing that follows from it. Nothing waits at a
        building that no longer stands.
        """
        visits = self._worklist.visits(
            actor, building_id=building_id, limit=MOST_VISITS, ending_with=LEFT_OPEN
        )
        ended = ended_by(self._engine.table("buildings"), now.date())
        left_out = actor.delegated.union(ended)
        return find_waiting(visits[~visits["building_id"].isin(left_out)], now=now)


class SuspicionService(Service):
    """Services about what was suspected and nobody has looked at since."""

    _duty_reader: DutyReader
    _visit_reader: VisitReader
    _visits: VisitService
    _waiting_places: WaitingPlaces

    def waiting(self, actor: Actor, *, building_id: str | None = None) -> pd.DataFrame:
        """List the places whose suspicion waits for a grid chief, the earliest due first.

        A later visit to the same door settles it, whoever makes it.

        ``building_id``: only there.

        Returns `SUSPICIONS`: the visit that left it open. ``photos`` are their SHA-256,
        ``working_days_left`` counts the working days until ``retry_at``, negative once it has
        passed (None without a time), ``chief`` names the grid chief, "" where nobody has the duty
        or the actor may not know.

        Raises `NotAllowedError` when the actor sees no visits, or the building is not one of
        theirs.
        """
        require(actor, Action.SEE_VISITS)
        return self._pinned()._waiting(actor, building_id)  # noqa: SLF001 -- of its own class

    def _waiting(self, actor: Actor, building_id: str | None) -> pd.DataFrame:
        if building_id is not None and self._visit_reader.building(actor, building_id) is None:
            return pd.DataFrame(columns=list(SUSPICIONS))
        now, days = self._local_now(), WorkingDays(self._visit_reader.calendar)
        rows = self._waiting_places.of(actor, now=now, building_id=building_id)[SUSPECTED]
        if rows.empty:
            return pd.DataFrame(columns=list(SUSPICIONS))
        rows = rows.reset_index(drop=True)
        left = [
            None if pd.isna(due) else days.read(due, now.date()).balance
            for due in pd.to_datetime(rows["retry_at"])
        ]
        described = rows.assign(
            community=self._communities(actor, rows["building_id"]),
            working_days_left=pd.Series(left, index=rows.index, dtype=object),
            chief=self._duty_reader.holder_names(
                actor, rows["building_id"], Duty.GRID_CHIEF, on=now.date()
            ),
        )
        return described[list(SUSPICIONS)]

    def settle(self, actor: Actor, visit_id: str, *, found: bool) -> VisitReceipt:
        """Record that a chief looked where something was suspected: a visit now, at that door.

        ``visit_id``: the visit that left the suspicion open.
        ``found``: whether it is confirmed; else nothing was found. What comes next is proposed from
        it.

        Raises `VisitRefusedError`: ``suspicion_settled`` when none of the actor's waits under this
        id any more.
        """
        require(actor, Action.SEE_REASONS)
        require(actor, Action.RECORD_VISIT)
        rows = self._waiting_places.of(actor, now=self._local_now())[SUSPECTED]
        for row in rows[rows["visit_id"] == visit_id].itertuples():
            result = VisitResult.FOUND if found else VisitResult.NOTHING
            return self._visits.record(
                actor,
                NewVisit(
                    key=f"settle/{secrets.token_hex(_KEY_BYTES)}",
                    building_id=str(row.building_id), unit=str(row.unit), result=result,
                ),
            )  # fmt: skip
        raise VisitRefusedError("suspicion_settled", seen=visit_id)

    def late_appointments(self, actor: Actor) -> pd.DataFrame:
        """List the places whose appointment passed without a visit, the earliest first.

        Returns as `governance.visits.worklist.WorklistService.visits`: the last visit to each
        place.
        """
        require(actor, Action.SEE_VISITS)
        return self._waiting_places.of(actor, now=self._local_now())[LATE].reset_index(drop=True)

    def _communities(self, actor: Actor, units: pd.Series) -> list[str]:
        known = self._visit_reader.buildings(actor, only=set(units), scored=False)
        names = UnitNames(self._engine).of("community", known["community_code"])
        by_building = dict(zip(known["building_id"], names, strict=True))
        return [str(by_building.get(each) or "") for each in units]
