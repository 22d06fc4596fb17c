"""Key institutions and people: lists of their own, and when each is followed up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import pandas as pd

from data.contracts.ledger_vocabulary import OF_PEOPLE, KeyList
from data.derived.answers.unit_names import UnitNames
from data.privacy.pseudonyms import hide_numbers, mask_name
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor, require, require_whole
from governance.cases.rules.workflow.transitions import ActionError
from governance.cases.rules.workflow.views import with_names
from governance.records.ledger.appointments import SETTING, FollowUp, LedgerAppointments
from governance.records.ledger.rules.occasions import AHEAD_DAYS, Occasion
from governance.records.ledger.sources import LedgerSources
from governance.records.ledger.views import UnknownLineError, sees_names
from governance.service import Service

KEY_COLUMNS: Final = ("subject_id", "key_list", "name", "place", "address", "building_id",
                      "community", "community_name", "note", "added_on", "last_on", "due_on",
                      "until", "occasion")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKeySubject:
    """An institution or a person to be followed up; never a pupil."""

    key_list: str
    """One of `KeyList`."""
    name: str
    note: str
    """Why: what was reported, when it was converted or closed."""
    building_id: str = ""
    """Where to look; "" where nobody knows, which only an actor of the whole street may enter."""
    address: str = ""


class KeyListService(Service):
    """Services about key institutions and people."""

    _appointments: LedgerAppointments
    _sources: LedgerSources

    def subjects(self, actor: Actor, lists: Sequence[str] = ()) -> pd.DataFrame:
        """List who is followed up, of some lists or all, of the actor's scope; what is due first.

        Returns `KEY_COLUMNS`: ``due_on`` and ``until`` are the first and last day of the occasion
        in which nobody has looked yet, ``occasion`` its kind; None and "" where none waits.
        People's names are masked for who need not know them.
        """
        require(actor, Action.SEE_LEDGER)
        until = self._local_now().date() + timedelta(days=AHEAD_DAYS)
        with self._workspace.store.begin() as unit:
            found = unit.key_subjects.current(lists=lists, inside=actor.scope.inside)
            ups = self._appointments.follow_ups(unit, found, until=until)
            rows = [_row(each, clear=sees_names(actor, None)) for each in ups]
        frame = pd.DataFrame(rows, columns=list(KEY_COLUMNS), dtype=object)
        frame = with_names(frame, UnitNames(self._engine))
        return frame.sort_values("due_on", na_position="last", kind="stable", ignore_index=True)

    def add(self, actor: Actor, new_subject: NewKeySubject) -> int:
        """Put an institution or a person on a list and return the number.

        Raises `ActionError` or `UnknownLineError` when a fact is missing, or the place is unknown
        or out of scope.
        """
        require(actor, Action.EDIT_LEDGER)
        if new_subject.key_list not in set(KeyList):
            raise ActionError(
                "fact_wrong", field="key_list", seen=new_subject.key_list,
                expected=", ".join(KeyList),
            )  # fmt: skip
        for field in ("name", "note"):
            if not getattr(new_subject, field).strip():
                raise ActionError("fact_missing", action="enter", field=field)
        community, grid, known = self._place(actor, new_subject.building_id)
        with self._workspace.store.begin() as unit:
            number = unit.key_subjects.add(
                key_list=new_subject.key_list, name=hide_numbers(new_subject.name.strip()),
                address=hide_numbers(new_subject.address.strip()) or known,
                building_id=new_subject.building_id,
                community=community, grid=grid, note=hide_numbers(new_subject.note.strip()),
                added_on=self._local_now().date(), added_by=actor.id, end_reason="",
            )  # fmt: skip
            self._commit(unit, actor, Action.EDIT_LEDGER, key_subject=number,
                            key_list=new_subject.key_list, change="added")  # fmt: skip
        return number

    def end(self, actor: Actor, subject_id: int, *, reason: str) -> None:
        """End following somebody up.

        Raises `ActionError` or `UnknownLineError` when no reason is told, or there is none of this
        number in the actor's scope.
        """
        require(actor, Action.EDIT_LEDGER)
        if not reason.strip():
            raise ActionError("fact_missing", action="enter", field="reason")
        self._end(actor, subject_id, on=self._local_now().date(), reason=reason.strip())

    def take_up_again(self, actor: Actor, subject_id: int) -> None:
        """Follow somebody up again whose end was a mistake; refusals as `end`."""
        require(actor, Action.EDIT_LEDGER)
        self._end(actor, subject_id, on=None, reason="")

    def occasions(self, actor: Actor) -> tuple[Occasion, ...]:
        """List the occasions of now and of the next weeks, the office's own among them."""
        require(actor, Action.SEE_LEDGER)
        with self._workspace.store.begin() as unit:
            occasions = self._appointments.occasions(unit)
            return tuple(sorted({*occasions, *self._appointments.of_office(unit)}))

    def set_occasions(self, actor: Actor, occasions: Sequence[Occasion]) -> tuple[Occasion, ...]:
        """Write the occasions of the office's own, in place of those before.

        Raises `NotAllowedError` when the actor does not edit the ledger of the whole street.
        """
        require_whole(actor, Action.EDIT_LEDGER)
        rows = [{"first": str(each.first), "last": str(each.last), "kind": str(each.kind),
                 "name": each.name} for each in sorted(occasions)]  # fmt: skip
        with self._workspace.store.begin() as unit:
            unit.settings.put(SETTING, rows)
            self._commit(unit, actor, Action.EDIT_LEDGER, occasions=len(rows))
        return self.occasions(actor)

    def _end(self, actor: Actor, subject_id: int, *, on: date | None, reason: str) -> None:
        with self._workspace.store.begin() as unit:
            self._find(unit, actor, subject_id)
            by = None if on is None else actor.id
            unit.key_subjects.end([subject_id], on=on, by=by, reason=hide_numbers(reason))
            change = "taken_up_again" if on is None else "ended"
            self._commit(unit, actor, Action.EDIT_LEDGER, key_subject=subject_id, change=change)

    def _find(self, unit: UnitOfWork, actor: Actor, subject_id: int) -> None:
        found = unit.key_subjects.get(subject_id)
        if found is None or not actor.scope.covers_row(found):
            raise UnknownLineError("ledger_key_unknown", seen=subject_id)

    def _place(self, actor: Actor, building_id: str) -> tuple[str, str, str]:
        """Return community, grid and address of a building in the actor's scope."""
        if not building_id:
            if not actor.scope.street:
                raise ActionError("fact_missing", action="enter", field="building_id")
            return "", "", ""
        found = self._sources.places([building_id]).get(building_id)
        if found is None or not actor.scope.covers(
            building=building_id, grid=found[1], community=found[0]
        ):
            raise UnknownLineError("ledger_place_unknown", seen=building_id)
        return found


def _row(up: FollowUp, *, clear: bool) -> list[object]:
    """Return somebody who is followed up as a row of `KEY_COLUMNS`, names of places left out."""
    each, due = up.subject, up.occasion
    shown = each.name if clear or each.key_list not in OF_PEOPLE else mask_name(each.name)
    days = (due.first, due.last, due.kind) if due else (None, None, "")
    return [each.id, each.key_list, shown, "", each.address, each.building_id, each.community, "",
            each.note, each.added_on, up.last_on, *days]  # fmt: skip
