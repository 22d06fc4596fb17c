"""What limits an assignment: stairs, languages, fixed pairs, absences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

import pandas as pd

from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor, require
from governance.responsibility.duty_reader import DutyReader
from governance.responsibility.duty_writer import DutyError, DutyWriter
from governance.service import Component, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentLimits:
    """What is noted about wardens and buildings.

    Parameters
    ----------
    wardens
        ``person_id, max_stairs, languages``.
    buildings
        ``building_id, languages, lift, fixed_person_id``.
    absences
        ``id, person_id, since, until``; ``until`` is the first day back.
    """

    wardens: pd.DataFrame
    buildings: pd.DataFrame
    absences: pd.DataFrame

    def away(self, on: date) -> frozenset[str]:
        """Return who is away on a day."""
        moment = pd.Timestamp(on)
        gone = self.absences
        lasting = gone["until"].isna() | (gone["until"] > moment)
        return frozenset(gone.loc[(gone["since"] <= moment) & lasting, "person_id"])


class Unset(Enum):
    """That a value is not given, where None is one."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


class ConstraintReader(Component):
    """Reads what limits an assignment."""

    def limits(self, unit: UnitOfWork | None = None) -> AssignmentLimits:
        """Return the wardens' limits, the buildings' needs and the absences.

        Parameters
        ----------
        unit
            The unit of work to read in; None opens one.
        """
        if unit is None:
            with self._workspace.store.begin() as own:
                return self.limits(own)
        wardens, buildings, absences = unit.assignments.limits()
        return AssignmentLimits(wardens=wardens, buildings=buildings, absences=absences)


class ConstraintService(Service):
    """Services about what limits an assignment."""

    _constraint_reader: ConstraintReader
    _duty_reader: DutyReader
    _duty_writer: DutyWriter

    def limits(self, actor: Actor) -> AssignmentLimits:
        """Return what is noted about wardens and buildings inside the actor's scope."""
        require(actor, Action.PROPOSE_ASSIGNMENT)
        limits = self._constraint_reader.limits()
        register = self._duty_reader.register(None)
        inside = set(actor.scope.of_frame(register.buildings)["building_id"])
        people = set(register.staff["person_id"]) if actor.scope.street else self._staff_of(inside)
        needs, wardens, absences = limits.buildings, limits.wardens, limits.absences
        return AssignmentLimits(
            wardens=wardens[wardens["person_id"].isin(people)].reset_index(drop=True),
            buildings=needs[needs["building_id"].isin(inside)].reset_index(drop=True),
            absences=absences[absences["person_id"].isin(people)].reset_index(drop=True),
        )

    def set_warden_limit(
        self, actor: Actor, person_id: str, *, max_stairs: int | None, languages: Sequence[str] = ()
    ) -> None:
        """Note how many storeys without a lift a warden climbs, and which languages they speak.

        Parameters
        ----------
        max_stairs
            Highest storey they can be asked to climb to; None for no limit.
        languages
            Besides Mandarin.
        """
        require(actor, Action.EDIT_RESPONSIBILITY)
        self._check_person(actor, person_id)
        with self._workspace.store.begin() as unit:
            unit.assignments.limit_warden(person_id, max_stairs=max_stairs, languages=languages)
            self._note(
                unit, actor, person=person_id, max_stairs=max_stairs,
                languages=sorted(set(languages)),
            )  # fmt: skip
            unit.commit()

    def set_building_need(
        self,
        actor: Actor,
        building_id: str,
        *,
        languages: Sequence[str] | Unset = UNSET,
        lift: bool | Unset | None = UNSET,
        fixed_person_id: str | Unset | None = UNSET,
    ) -> None:
        """Note what a building asks of its warden, and the one whom it is fixed to.

        What is not given stays as it was noted.

        Parameters
        ----------
        languages
            All of which its warden must speak.
        lift
            Whether it has one; None leaves it to the number of storeys (7 or more have one).
        fixed_person_id
            The warden it stays with in every proposal; None for none.
        """
        require(actor, Action.EDIT_RESPONSIBILITY)
        self._duty_writer.check_inside(
            actor, self._duty_reader.register(None), {"building": [building_id]}
        )
        if isinstance(fixed_person_id, str):
            self._check_person(actor, fixed_person_id)
        given = {"languages": languages, "lift": lift, "fixed_person_id": fixed_person_id}
        noted = {name: value for name, value in given.items() if value is not UNSET}
        with self._workspace.store.begin() as unit:
            unit.assignments.need(building_id, **noted)
            self._note(unit, actor, building=building_id, **noted)
            unit.commit()

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
            self._note(
                unit, actor, absence=number, person=person_id, since=str(since),
                until=until and str(until),
            )  # fmt: skip
            unit.commit()
        return number

    def remove_absence(self, actor: Actor, absence_id: int) -> bool:
        """Forget an absence; False when there was none."""
        require(actor, Action.EDIT_RESPONSIBILITY)
        with self._workspace.store.begin() as unit:
            absences = self._constraint_reader.limits(unit).absences
            for person in absences.loc[absences["id"] == absence_id, "person_id"]:
                self._check_person(actor, person)
            removed = unit.assignments.remove_absence(absence_id)
            if removed:
                self._note(unit, actor, absence=absence_id, removed=True)
            unit.commit()
        return removed

    def _note(self, unit: UnitOfWork, actor: Actor, **facts: object) -> None:
        action = Action.EDIT_RESPONSIBILITY.value
        unit.audit.add(at=self._now(), actor=actor.id, action=action, facts=facts)

    def _check_person(self, actor: Actor, person_id: str) -> None:
        """Refuse a person who is not on the staff, or not among the actor's."""
        register = self._duty_reader.register(None)
        known = person_id in set(register.staff["person_id"])
        if known and not actor.scope.street:
            inside = set(actor.scope.of_frame(register.buildings)["building_id"])
            known = person_id in self._staff_of(inside)
        if not known:
            raise DutyError("person_unknown", seen=person_id)

    def _staff_of(self, buildings: set[str]) -> set[str]:
        """Return who answers for any of some buildings."""
        resolved = self._duty_reader.register(None).resolved
        return set(resolved.loc[resolved["building_id"].isin(buildings), "person_id"]) - {""}
