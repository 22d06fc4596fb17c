"""What limits an assignment: stairs, languages, fixed pairs, absences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict, Unpack

import pandas as pd

from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor, require
from governance.responsibility.duty_reader import DutyReader
from governance.responsibility.duty_writer import DutyError, DutyWriter
from governance.responsibility.people import staff_seen
from governance.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentLimits:
    """What is noted about wardens and buildings."""

    wardens: pd.DataFrame
    """``person_id, max_stairs, languages``."""
    buildings: pd.DataFrame
    """``building_id, languages, lift, fixed_person_id``."""
    absences: pd.DataFrame
    """``id, person_id, since, until``; ``until`` is the first day back."""

    def away(self, on: date) -> frozenset[str]:
        """Return who is away on a day."""
        moment = pd.Timestamp(on)
        absences = self.absences
        lasting = absences["until"].isna() | (absences["until"] > moment)
        return frozenset(absences.loc[(absences["since"] <= moment) & lasting, "person_id"])


class BuildingNeed(TypedDict, total=False):
    """What a building asks of its warden."""

    languages: Sequence[str]
    """All of which its warden must speak."""
    lift: bool | None
    """Whether it has one; None leaves it to the number of storeys (7 or more have one)."""
    fixed_person_id: str | None
    """The warden it stays with in every proposal; None for none."""


def read_limits(unit: UnitOfWork) -> AssignmentLimits:
    """Return the wardens' limits, the buildings' needs and the absences."""
    wardens, buildings, absences = unit.assignments.limits()
    return AssignmentLimits(wardens=wardens, buildings=buildings, absences=absences)


class ConstraintService(Service):
    """Services about what limits an assignment."""

    _duty_reader: DutyReader
    _duty_writer: DutyWriter

    def limits(self, actor: Actor) -> AssignmentLimits:
        """Return what is noted about wardens and buildings inside the actor's scope."""
        require(actor, Action.PROPOSE_ASSIGNMENT)
        with self._workspace.store.begin() as unit:
            limits = read_limits(unit)
        register = self._duty_reader.register()
        needs, wardens, absences = limits.buildings, limits.wardens, limits.absences
        noted = register.buildings["building_id"].isin(needs["building_id"])
        inside = set(actor.scope.of_frame(register.buildings[noted])["building_id"])
        people = set(staff_seen(actor, register)["person_id"])
        return AssignmentLimits(
            wardens=wardens[wardens["person_id"].isin(people)].reset_index(drop=True),
            buildings=needs[needs["building_id"].isin(inside)].reset_index(drop=True),
            absences=absences[absences["person_id"].isin(people)].reset_index(drop=True),
        )

    def set_warden_limit(
        self, actor: Actor, person_id: str, *, max_stairs: int | None, languages: Sequence[str] = ()
    ) -> None:
        """Note how many storeys without a lift a warden climbs, and which languages they speak.

        ``max_stairs``: highest storey they can be asked to climb to; None for no limit.
        ``languages``: besides Mandarin.
        """
        require(actor, Action.EDIT_RESPONSIBILITY)
        self._check_person(actor, person_id)
        with self._workspace.store.begin() as unit:
            unit.assignments.limit_warden(person_id, max_stairs=max_stairs, languages=languages)
            self._commit(
                unit, actor, Action.EDIT_RESPONSIBILITY, person=person_id, max_stairs=max_stairs,
                languages=sorted(set(languages)),
            )  # fmt: skip

    def set_building_need(
        self, actor: Actor, building_id: str, **need: Unpack[BuildingNeed]
    ) -> None:
        """Note what a building asks of its warden; what is not given stays as it was noted."""
        require(actor, Action.EDIT_RESPONSIBILITY)
        self._duty_writer.check_inside(
            actor, self._duty_reader.register(), {"building": [building_id]}
        )
        if person := need.get("fixed_person_id"):
            self._check_person(actor, person)
        with self._workspace.store.begin() as unit:
            unit.assignments.need(building_id, **need)
            self._commit(unit, actor, Action.EDIT_RESPONSIBILITY, building=building_id, **need)

    def set_absence(
        self, actor: Actor, person_id: str, *, since: date, until: date | None = None
    ) -> int:
        """Note that a person is away from a day on; `until` is the first day back."""
        require(actor, Action.EDIT_RESPONSIBILITY)
        self._check_person(actor, person_id)
        if until is not None and until <= since:
            raise DutyError("duty_dates", seen=until, expected=since)
        with self._workspace.store.begin() as unit:
            number = unit.assignments.add_absence(person_id, since=since, until=until)
            noted = {"person": person_id, "since": str(since), "until": until and str(until)}
            self._commit(unit, actor, Action.EDIT_RESPONSIBILITY, absence=number, **noted)
        return number

    def remove_absence(self, actor: Actor, absence_id: int) -> bool:
        """Forget an absence; False when there was none."""
        require(actor, Action.EDIT_RESPONSIBILITY)
        with self._workspace.store.begin() as unit:
            absences = read_limits(unit).absences
            for person in absences.loc[absences["id"] == absence_id, "person_id"]:
                self._check_person(actor, person)
            removed = unit.assignments.remove_absence(absence_id)
            if removed:
                action = Action.EDIT_RESPONSIBILITY
                self._record_in(unit, actor, action, absence=absence_id, removed=True)
            unit.commit()
        return removed

    def _check_person(self, actor: Actor, person_id: str) -> None:
        """Refuse a person who is not on the staff, or not among the actor's."""
        staff = staff_seen(actor, self._duty_reader.register())
        if person_id not in set(staff["person_id"]):
            raise DutyError("person_unknown", seen=person_id)
