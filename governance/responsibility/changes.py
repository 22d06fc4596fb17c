"""Change who answers for something; a change never rewrites the past, and can be taken back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd

from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor, require
from governance.responsibility.duty_reader import DutyReader
from governance.responsibility.duty_writer import DutyError, DutyWriter, plain_duty
from governance.responsibility.people import account_names
from governance.responsibility.resolve import DUTIES
from governance.service import Service

SET, END = "set", "end"


class DutyChangeService(Service):
    """Services that change duties."""

    _duty_reader: DutyReader
    _duty_writer: DutyWriter

    def set_duty(  # noqa: PLR0913 -- a duty has so many parts
        self,
        actor: Actor,
        *,
        target_kind: str,
        target_id: str,
        duty: str,
        person_id: str | None = None,
        org: str | None = None,
        valid_from: date,
        valid_to: date | None = None,
        pledge_on: date | None = None,
        reason: str = "",
    ) -> int:
        """Say who has a duty from a day on; return the number of the change.

        Whoever was decided on before keeps the days before it. Setting what lies in the past is a
        correction and needs a reason; what was written down before stays on record.

        ``target_kind``, ``target_id``: a building, estate, grid or community.
        ``valid_to``: first day on which it no longer holds; None for until further notice.

        Raises `DutyError` when the duty, its holder or its days cannot be.
        Raises `UnknownTargetError` when the target is not there, or not the actor's.
        Raises `ChangedMeanwhileError` when somebody else sets the same duty at the same moment.
        """
        require(actor, Action.EDIT_RESPONSIBILITY)
        row = {
            "target_kind": target_kind, "target_id": target_id, "duty": duty,
            "person_id": person_id or None, "org": org or None, "pledge_on": pledge_on,
            "valid_from": valid_from, "valid_to": valid_to,
        }  # fmt: skip
        seen = self._duty_writer.newest_change()
        with self._duty_writer.exclusive() as unit:
            self._check(unit, actor, row, reason=reason)
            return self._duty_writer.replace(unit, actor, [row], seen=seen, kind=SET, reason=reason)

    def end(self, actor: Actor, duty_id: int, *, on: date, reason: str = "") -> int:
        """End a duty that was decided here: `on` is the first day without it.

        Raises `DutyError`: ``duty_missing`` when it does not hold, ``duty_ends_earlier`` when it is
        to end before `on` anyway, ``duty_past_needs_reason`` for a past day without a reason.
        """
        require(actor, Action.EDIT_RESPONSIBILITY)
        with self._duty_writer.exclusive() as unit:
            old = self._open_duty(unit, actor, duty_id)
            if on < self.clock.today() and not reason:
                raise DutyError("duty_past_needs_reason", seen=on)
            if old["valid_to"] is not None and on > old["valid_to"]:
                raise DutyError("duty_ends_earlier", seen=on, expected=old["valid_to"])
            ended = [old | {"valid_to": on}] if on > old["valid_from"] else []
            return self._duty_writer.change(
                unit, actor, kind=END, reason=reason, add=ended, withdraw=[duty_id]
            )

    def undo(self, actor: Actor, change_id: int) -> int:
        """Take a change back; return the number of the change that does so.

        Raises `DutyError` when there is no such change, it is undone already, or a later one builds
        on it.
        """
        require(actor, Action.EDIT_RESPONSIBILITY)
        with self._duty_writer.exclusive() as unit:
            changes = unit.duties.changes().set_index("change_id")
            if change_id not in changes.index:
                raise DutyError("change_missing", seen=change_id)
            if changes.loc[change_id, "undone"]:
                raise DutyError("change_undone", seen=change_id)
            numbers, _ = self._duty_writer.undo(
                unit, actor, [change_id], action=Action.EDIT_RESPONSIBILITY
            )
        return numbers[0]

    def changes(self, actor: Actor, *, since: datetime | None = None) -> pd.DataFrame:
        """List decisions about duties since a local time, newest first.

        Returns ``change_id, at`` (naive UTC)``, by``
        (name)``, kind, reason, rows, proposal_id, undone``.
        """
        require(actor, Action.EDIT_RESPONSIBILITY)
        with self._workspace.store.begin() as unit:
            frame = unit.duties.changes(since=since)
            frame = frame.assign(by=frame["by"].replace(account_names(unit)))
        return frame[["change_id", "at", "by", "kind", "reason", "rows", "proposal_id", "undone"]]

    def _open_duty(self, unit: UnitOfWork, actor: Actor, duty_id: int) -> dict[str, Any]:
        """Return a duty that holds, as the fields of its row."""
        duty = unit.duties.one(duty_id)
        if duty is None or duty["withdrawn_at"] is not None:
            raise DutyError("duty_missing", seen=duty_id)
        self._duty_writer.check_inside(
            actor,
            self._duty_reader.register(unit=unit),
            {duty["target_kind"]: [duty["target_id"]]},
        )
        return plain_duty(duty)

    def _check(
        self, unit: UnitOfWork, actor: Actor, row: Mapping[str, Any], *, reason: str
    ) -> None:
        register = self._duty_reader.register(unit=unit)
        self._duty_writer.check_inside(actor, register, {row["target_kind"]: [row["target_id"]]})
        if row["duty"] not in DUTIES:
            raise DutyError("duty_unusable", seen=row["duty"])
        if not row["person_id"] and not row["org"]:
            raise DutyError("duty_nobody", seen=row["duty"])
        if row["person_id"] and row["person_id"] not in set(register.staff["person_id"]):
            raise DutyError("person_unknown", seen=row["person_id"])
        if row["valid_to"] is not None and row["valid_to"] <= row["valid_from"]:
            raise DutyError("duty_dates", seen=row["valid_to"], expected=row["valid_from"])
        if row["valid_from"] < self.clock.today() and not reason:
            raise DutyError("duty_past_needs_reason", seen=row["valid_from"])
