"""Write changes of duties, each with its audit line; a change never rewrites the past."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd

from data.store.repositories.responsibility.duties import FIELDS
from data.store.repositories.versioned import ChangedMeanwhileError
from data.store.unit_of_work import UnitOfWork
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor
from governance.responsibility.claims import targets_of
from governance.responsibility.duty_reader import DutyReader, UnknownTargetError
from governance.responsibility.duty_register import DutyRegister
from governance.responsibility.resolve import TARGETS, day_of
from governance.service import Component

ASSIGN, UNDO = "assignment", "undo"


class DutyError(GridwardenError):
    """A duty cannot be changed so."""


class DutyWriter(Component):
    """Changes duties together with their audit lines; asks nobody's permission."""

    _duty_reader: DutyReader

    @contextmanager
    def exclusive(self) -> Iterator[UnitOfWork]:
        """Open a unit of work during which nobody else changes a duty; it is committed at its end.

        What a decision rests on is read in it, before the first change.
        """
        with self._workspace.store.begin() as unit:
            unit.duties.hold_all()
            yield unit
            unit.commit()

    def newest_change(self) -> int:
        """Return the number of the newest change, 0 where there is none."""
        with self._workspace.store.begin() as unit:
            return unit.duties.newest_change()

    def undo(
        self,
        unit: UnitOfWork,
        actor: Actor,
        change_ids: Sequence[int],
        *,
        action: Action,
        **facts: object,
    ) -> tuple[list[int], int]:
        """Take changes back; return the numbers of the new changes and how many duties it were.

        Raises `UnknownTargetError` when any target of any of them is not the actor's; nothing is
        changed then.
        Raises `DutyError` when a later change builds on one of them; nothing is changed then.
        """
        parts = {change_id: unit.duties.of_change(change_id) for change_id in change_ids}
        self._check_undo(unit, actor, parts)
        numbers, duties = [], 0
        for change_id, (added, withdrawn) in parts.items():
            number = unit.duties.change(
                at=self._now(), by=actor.id, kind=UNDO, undoes=change_id,
                add=[plain_duty(row) for row in withdrawn.to_dict("records")],
                withdraw=[int(duty_id) for duty_id in added["id"]],
            )  # fmt: skip
            self._record_in(unit, actor, action, **facts, change=number, undoes=change_id)
            numbers.append(number)
            duties += len(added) + len(withdrawn)
        return numbers, duties

    def replace(
        self,
        unit: UnitOfWork,
        actor: Actor,
        rows: list[dict[str, Any]],
        *,
        seen: int | None = None,
        **about: Any,  # noqa: ANN401 -- as `change` takes them
    ) -> int:
        """Add duties and cut what was decided before out of their days.

        ``seen``: the newest change that the actor could know of; None when all was read in the
        unit.
        ``about``: what else `change` takes.

        Raises `ChangedMeanwhileError` when one of these duties was decided on after `seen`.
        """
        targets: dict[str, set[str]] = {}
        for row in rows:
            targets.setdefault(row["target_kind"], set()).add(row["target_id"])
        before: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        for held in unit.duties.held(targets=targets).to_dict("records"):
            key = (held["target_kind"], held["target_id"], held["duty"])
            numbers = {"id": held["id"], "change_id": held["change_id"]}
            before.setdefault(key, []).append(numbers | plain_duty(held))
        add, withdraw = [], []
        for row in rows:
            for old in before.get((row["target_kind"], row["target_id"], row["duty"]), []):
                if seen is not None and old["change_id"] > seen:
                    raise ChangedMeanwhileError("duty_changed_meanwhile")
                if _overlap(old, row):
                    withdraw.append(int(old["id"]))
                    add.extend(_left_of(old, row))
            add.append(row)
        return self.change(unit, actor, add=add, withdraw=withdraw, **about)

    def change(
        self,
        unit: UnitOfWork,
        actor: Actor,
        *,
        kind: str,
        add: list[dict[str, Any]],
        withdraw: Iterable[int],
        reason: str = "",
        proposal_id: str | None = None,
    ) -> int:
        """Add and withdraw duties as one change, and write it down."""
        number = unit.duties.change(
            at=self._now(), by=actor.id, kind=kind, reason=reason, add=add,
            withdraw=list(withdraw), proposal_id=proposal_id,
        )  # fmt: skip
        action = Action.APPROVE_ASSIGNMENT if kind == ASSIGN else Action.EDIT_RESPONSIBILITY
        about = {} if proposal_id is None else {"proposal": proposal_id}
        self._record_in(unit, actor, action, change=number, kind=kind, duties=len(add),
                        reason=reason, **about)  # fmt: skip
        return number

    def check_inside(
        self, actor: Actor, register: DutyRegister, targets: Mapping[str, Collection[str]]
    ) -> None:
        """Refuse targets that are not there or reach beyond what is the actor's.

        ``targets``: target kind → ids.
        """
        for kind, ids in targets.items():
            if kind not in TARGETS:
                raise UnknownTargetError("target_unknown", seen=kind)
            column = register.buildings[TARGETS[kind]]
            members = register.buildings[column.isin(list(ids))]
            inside = actor.scope.of_frame(members)
            foreign = members.loc[
                ~members["building_id"].isin(inside["building_id"]), TARGETS[kind]
            ]
            beyond = sorted((set(ids) - set(members[TARGETS[kind]])) | set(foreign))
            if beyond:
                raise UnknownTargetError("target_unknown", seen=", ".join(beyond[:3]))

    def _check_undo(
        self, unit: UnitOfWork, actor: Actor, parts: Mapping[int, tuple[pd.DataFrame, pd.DataFrame]]
    ) -> None:
        duties = pd.concat([rows for part in parts.values() for rows in part])
        targets = targets_of(duties)
        self.check_inside(actor, self._duty_reader.register(unit=unit), targets)
        for change_id, (added, _) in parts.items():
            if added["withdrawn_at"].notna().any():
                raise DutyError("change_built_upon", seen=change_id)


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
    fields = {name: old[name] for name in FIELDS}
    left = []
    if old["valid_from"] < new["valid_from"]:
        left.append(fields | {"valid_to": new["valid_from"]})
    if new["valid_to"] is not None and (
        old["valid_to"] is None or old["valid_to"] > new["valid_to"]
    ):
        left.append(fields | {"valid_from": new["valid_to"]})
    return left
