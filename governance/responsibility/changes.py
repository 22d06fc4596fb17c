"""Change who answers for something; a change never rewrites the past, and can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from data.store.repositories.duties import FIELDS
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, require
from governance.responsibility.chains import DutyReader, UnknownTargetError, day_of
from governance.responsibility.duty_book import DUTIES
from governance.service import Resources, Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from governance.responsibility.duty_book import DutyBook

SET, END, CORRECT, ASSIGN, UNDO = "set", "end", "correct", "assignment", "undo"
TARGET_COLUMNS = {"building": "building_id", "estate": "estate", "grid": "grid_code",
                  "community": "community_code"}  # fmt: skip


class DutyError(GridwardenError):
    """A duty cannot be changed so."""


class DutyWriter(Service):
    """Changes duties for services that asked permission before."""

    def __init__(self, resources: Resources, *, duty_reader: DutyReader) -> None:
        super().__init__(resources)
        self._duty_reader = duty_reader

    def undo(self, actor: Actor, change_id: int) -> tuple[int, int]:
        """Take a change back; return the new change and how many duties it concerned."""
        with self._workspace.store.begin() as unit:
            changes = unit.duties.changes().set_index("change_id")
            if change_id not in changes.index:
                raise DutyError("change_missing", seen=change_id)
            if changes.loc[change_id, "undone"]:
                raise DutyError("change_undone", seen=change_id)
            added, gone = unit.duties.of_change(change_id)
            targets = pd.concat([added, gone])[["target_kind", "target_id"]].drop_duplicates()
            book = self._duty_reader.book(None)
            for kind, target in targets.itertuples(index=False):
                self.inside(actor, book, kind, target)
            if added["withdrawn_at"].notna().any():
                raise DutyError("change_built_upon", seen=change_id)
            number = unit.duties.change(
                at=self._now(), by=actor.id, kind=UNDO, undoes=change_id,
                add=[plain_duty(row) for row in gone.to_dict("records")],
                withdraw=[int(each) for each in added["id"]],
            )  # fmt: skip
            unit.commit()
        return number, len(added) + len(gone)

    def replace(
        self,
        actor: Actor,
        rows: list[dict[str, Any]],
        *,
        kind: str,
        reason: str = "",
        proposal_id: str | None = None,
    ) -> int:
        """Add duties and cut what was decided before out of their days."""
        targets: dict[str, set[str]] = {}
        for row in rows:
            targets.setdefault(row["target_kind"], set()).add(row["target_id"])
        with self._workspace.store.begin() as unit:
            held = unit.duties.held(targets=targets)
        before: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        for found in held.to_dict("records"):
            key = (found["target_kind"], found["target_id"], found["duty"])
            before.setdefault(key, []).append({"id": found["id"], **plain_duty(found)})
        add, withdraw = [], []
        for row in rows:
            for old in before.get((row["target_kind"], row["target_id"], row["duty"]), []):
                if _overlap(old, row):
                    withdraw.append(int(old["id"]))
                    add.extend(_left_of(old, row))
            add.append(row)
        return self.change(
            actor, kind=kind, reason=reason, add=add, withdraw=withdraw, proposal_id=proposal_id
        )

    def change(
        self,
        actor: Actor,
        *,
        kind: str,
        reason: str,
        add: list[dict[str, Any]],
        withdraw: Iterable[int],
        proposal_id: str | None = None,
    ) -> int:
        """Add and withdraw duties as one change, and write it down."""
        action = Action.APPROVE_ASSIGNMENT if kind == ASSIGN else Action.EDIT_RESPONSIBILITY
        require(actor, action)
        with self._workspace.store.begin() as unit:
            number = unit.duties.change(
                at=self._now(), by=actor.id, kind=kind, reason=reason, add=add,
                withdraw=list(withdraw), proposal_id=proposal_id,
            )  # fmt: skip
            unit.commit()
        facts = {"change": number, "kind": kind, "duties": len(add), "reason": reason}
        if proposal_id is not None:
            facts["proposal"] = proposal_id
        self._record(actor, action, **facts)
        return number

    def inside(self, actor: Actor, book: DutyBook, kind: str, target: str) -> None:
        """Refuse a target that is not there or reaches beyond what is the actor's."""
        column = TARGET_COLUMNS.get(kind)
        if column is None:
            raise UnknownTargetError("target_unknown", seen=kind)
        members = book.buildings[book.buildings[column] == target]
        if members.empty or len(actor.scope.of_frame(members)) < len(members):
            raise UnknownTargetError("target_unknown", seen=target)


class DutyChangeService(Service):
    """Services that change duties."""

    def __init__(
        self, resources: Resources, *, duty_reader: DutyReader, duty_writer: DutyWriter
    ) -> None:
        super().__init__(resources)
        self._duty_reader = duty_reader
        self._duty_writer = duty_writer

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
        correction and needs a reason.

        Parameters
        ----------
        target_kind, target_id
            A building, estate, grid or community.
        valid_to
            First day on which it no longer holds; None for until further notice.

        Raises
        ------
        DutyError
            When the duty, its holder or its days cannot be.
        UnknownTargetError
            When the target is not there, or not the actor's.
        """
        require(actor, Action.EDIT_RESPONSIBILITY)
        row = {
            "target_kind": target_kind, "target_id": target_id, "duty": duty,
            "person_id": person_id or None, "org": org or None, "pledge_on": pledge_on,
            "valid_from": valid_from, "valid_to": valid_to,
        }  # fmt: skip
        self._check(actor, row, reason=reason)
        return self._duty_writer.replace(actor, [row], kind=SET, reason=reason)

    def end(self, actor: Actor, duty_id: int, *, on: date, reason: str = "") -> int:
        """End a duty that was decided here: `on` is the first day without it."""
        require(actor, Action.EDIT_RESPONSIBILITY)
        old = self._open_duty(actor, duty_id)
        if on < self._local_now().date() and not reason:
            raise DutyError("duty_past_needs_reason", seen=on)
        ended = [old | {"valid_to": on}] if on > old["valid_from"] else []
        return self._duty_writer.change(
            actor, kind=END, reason=reason, add=ended, withdraw=[duty_id]
        )

    def correct(self, actor: Actor, duty_id: int, *, reason: str, **fields: Any) -> int:  # noqa: ANN401 -- any field of a duty
        """Correct what was decided wrongly; both versions stay on record, with who and why.

        Parameters
        ----------
        fields
            Any of person_id, org, pledge_on, valid_from, valid_to.
        """
        require(actor, Action.EDIT_RESPONSIBILITY)
        old = self._open_duty(actor, duty_id)
        wrong = set(fields) - {"person_id", "org", "pledge_on", "valid_from", "valid_to"}
        if wrong:
            raise DutyError("duty_unusable", seen=", ".join(sorted(wrong)))
        if not reason:
            raise DutyError("duty_past_needs_reason", seen=old["valid_from"])
        corrected = old | fields
        self._check(actor, corrected, reason=reason)
        return self._duty_writer.change(
            actor, kind=CORRECT, reason=reason, add=[corrected], withdraw=[duty_id]
        )

    def undo(self, actor: Actor, change_id: int) -> int:
        """Take a change back; return the number of the change that does so.

        Raises
        ------
        DutyError
            When there is no such change, it is undone already, or a later one builds on it.
        """
        require(actor, Action.EDIT_RESPONSIBILITY)
        undone, _ = self._duty_writer.undo(actor, change_id)
        self._record(actor, Action.EDIT_RESPONSIBILITY, change=undone, undoes=change_id)
        return undone

    def changes(self, actor: Actor, *, since: datetime | None = None) -> pd.DataFrame:
        """List decisions about duties since a local time, newest first.

        Returns
        -------
        DataFrame
            ``change_id, at`` (naive UTC)``, by, kind, reason, rows, proposal_id, undone``.
        """
        require(actor, Action.EDIT_RESPONSIBILITY)
        with self._workspace.store.begin() as unit:
            frame = unit.duties.changes(since=since)
        return frame[["change_id", "at", "by", "kind", "reason", "rows", "proposal_id", "undone"]]

    def _open_duty(self, actor: Actor, duty_id: int) -> dict[str, Any]:
        """Return a duty that holds, as the fields of its row."""
        with self._workspace.store.begin() as unit:
            found = unit.duties.one(duty_id)
        if found is None or found["withdrawn_at"] is not None:
            raise DutyError("duty_missing", seen=duty_id)
        self._duty_writer.inside(
            actor, self._duty_reader.book(None), found["target_kind"], found["target_id"]
        )
        return plain_duty(found)

    def _check(self, actor: Actor, row: Mapping[str, Any], *, reason: str) -> None:
        book = self._duty_reader.book(None)
        self._duty_writer.inside(actor, book, row["target_kind"], row["target_id"])
        if row["duty"] not in DUTIES:
            raise DutyError("duty_unusable", seen=row["duty"])
        if not row["person_id"] and not row["org"]:
            raise DutyError("duty_nobody", seen=row["duty"])
        if row["person_id"] and row["person_id"] not in set(book.staff["person_id"]):
            raise DutyError("person_unknown", seen=row["person_id"])
        if row["valid_to"] is not None and row["valid_to"] <= row["valid_from"]:
            raise DutyError("duty_dates", seen=row["valid_to"], expected=row["valid_from"])
        if row["valid_from"] < self._local_now().date() and not reason:
            raise DutyError("duty_past_needs_reason", seen=row["valid_from"])


def plain_duty(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the fields of a duty with days instead of times and None instead of blanks."""
    days = {name: day_of(row[name]) for name in ("pledge_on", "valid_from", "valid_to")}
    texts = {
        name: (None if pd.isna(row[name]) else row[name]) for name in FIELDS if name not in days
    }
    return texts | days


def _overlap(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    ends_before = old["valid_to"] is not None and old["valid_to"] <= new["valid_from"]
    begins_after = new["valid_to"] is not None and old["valid_from"] >= new["valid_to"]
    return not (ends_before or begins_after)


def _left_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what remains of an older duty before and after a newer one."""
    kept = {name: old[name] for name in FIELDS}
    left = []
    if old["valid_from"] < new["valid_from"]:
        left.append(kept | {"valid_to": new["valid_from"]})
    if new["valid_to"] is not None and (
        old["valid_to"] is None or old["valid_to"] > new["valid_to"]
    ):
        left.append(kept | {"valid_from": new["valid_to"]})
    return left
