"""What follows from a visit as it was sent: what comes next, how it came about, of which kind."""

import hashlib
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Final

import pandas as pd

from data.contracts.vocabulary import SOMETHING, NextStep, VisitKind, VisitOrigin
from data.store.repositories.patrols.earlier_stops import EarlierStop
from data.workspace.clock import start_of
from governance.access.permissions import Actor
from governance.service import Component
from governance.visits.base import VisitReader, ids_of, with_last
from governance.visits.rules.blinding import DERIVED_ORIGINS
from governance.visits.rules.daily_list import due_dates, is_drawn, is_rested
from governance.visits.rules.follow_up import propose_next_step
from governance.visits.rules.new_visit import NewVisit
from governance.visits.rules.visit_kind import kind_of_visit, minutes_since

RANDOM_ARM: Final = "random"
"""The arm of a published stop that chance alone chose."""
_ID_DIGITS: Final = 16


class VisitClassifier(Component):
    """The parts that say of a visit what nobody is asked."""

    _visit_reader: VisitReader

    def first_version(
        self, actor: Actor, visit: NewVisit, *, stop: EarlierStop | None = None
    ) -> dict[str, Any]:
        """Return the row of a new visit: what was sent, and what follows from it.

        ``stop``: of the actor's team, as it was published then; as plans are now when None.
        """
        rules, at = self._visit_reader.rules, visit.at or self._local_now()
        proposed = propose_next_step(
            visit.result, at, rules=rules, calendar=self._visit_reader.calendar
        )
        step = proposed.step if visit.next_step is None else visit.next_step
        retry = visit.retry_at or (proposed.retry_at if step == proposed.step else None)
        arm, is_joint_stop = self._stop_facts(actor, visit.building_id, at.date(), stop)
        origin = self._visit_origin(visit, arm, at)
        around = timedelta(minutes=rules.joint_minutes)
        with self._workspace.store.begin() as unit:
            others = unit.visits.neighbours_in_time(
                building_id=visit.building_id,
                since=at - around,
                until=at + around,
                other_than=actor.id,
            )
            before = unit.visits.last_before(recorded_by=actor.id, at=at, since=start_of(at.date()))
        joint = others > 0 or is_joint_stop
        return asdict(visit) | self.stamp(actor) | {
            "visit_id": visit_id_of(actor, visit.key),
            "version": 1,
            "withdrawn": False,
            "at": at,
            "signs": list(visit.signs),
            "next_step": step,
            "retry_at": None if step == NextStep.NONE else retry,
            "origin": origin,
            "kind": kind_of_visit(at, origin=origin, joint=joint, rules=rules),
            "minutes": minutes_since(before, at, rules=rules),
        }  # fmt: skip

    def _visit_origin(self, visit: NewVisit, arm: str | None, at: datetime) -> str:
        """Return how a visit came about; ``arm``: of the published stop that it is at, if any.

        Where something was found before it is a revisit; at a stop of a published plan the plan's,
        or the random arm's if chance put it there; else what chance drew and was not due is the
        random arm.
        """
        if visit.origin not in DERIVED_ORIGINS:
            return visit.origin
        last = self._visit_reader.last_at_buildings([visit.building_id], before=start_of(at.date()))
        if len(last) and last["last_result"].iloc[0] in SOMETHING:
            return VisitOrigin.REVISIT
        if arm is not None:
            return VisitOrigin.RANDOM if arm == RANDOM_ARM else VisitOrigin.PLAN
        if visit.origin == VisitOrigin.PLAN:
            return VisitOrigin.PLAN
        return self._drawn_origin(visit, last, at.date())

    def _drawn_origin(self, visit: NewVisit, last: pd.DataFrame, day: date) -> str:
        """Return whether the day's draw brought a visit about, or nothing in particular."""
        if not is_drawn(
            visit.building_id, on=day, rules=self._visit_reader.rules, draw=self._visit_reader.draw
        ):
            return VisitOrigin.OWN
        known, rules = with_last(self._tier_of(visit.building_id), last), self._visit_reader.rules
        if not is_rested(known["last_at"], on=day, rules=rules).all():
            return VisitOrigin.OWN
        due = due_dates(known, rules=rules).iloc[0]
        not_due = due == due and due.date() > day  # noqa: PLR0124 -- NaT is not itself
        return VisitOrigin.RANDOM if not_due else VisitOrigin.OWN

    def _stop_facts(
        self, actor: Actor, building_id: str, day: date, earlier: EarlierStop | None
    ) -> tuple[str | None, bool]:
        """Return the arm of the stop at a building, if any, and whether it is a joint check.

        Of an earlier plan's where it is given, else of a plan that is published for a day, whatever
        the stop's day: of that very day where there are several, and joint for its team alone.
        """
        if earlier is not None:
            return earlier.arm, earlier.mode == VisitKind.JOINT
        with self._workspace.store.begin() as unit:
            stops = unit.patrols.stops(buildings=[building_id], spans=day)
            if not len(stops):
                return None, False
            stops = stops.assign(other=stops["day"] != day).sort_values("other", kind="stable")
            stop = stops.iloc[0]
            is_joint = stop["mode"] == VisitKind.JOINT and str(stop["team_id"]) in (
                unit.patrols.teams_of_members(ids_of(actor))
            )
        return str(stop["arm"]), is_joint

    def _tier_of(self, building_id: str) -> pd.DataFrame:
        tier = self._visit_reader.tier(building_id)
        return pd.DataFrame({"building_id": [building_id], "tier": [tier]})

    def stamp(self, actor: Actor) -> dict[str, Any]:
        """Return who records a visit, and when (UTC, naive)."""
        at = self.clock.utc()
        return {"recorded_at": at, "recorded_by": actor.id, "person_id": actor.person_id}


def visit_id_of(actor: Actor, key: str) -> str:
    """Name a visit after who sent it under which key, so that it has the same name when resent."""
    digest = hashlib.sha256(f"{actor.id}\x1f{key}".encode()).hexdigest()
    return f"V{digest[:_ID_DIGITS].upper()}"
