"""Propose who takes which building; a named person approves, step by step or whole, or undoes."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from data.derived.unit_names import UnitNames
from governance.access.permissions import Action, Actor, require
from governance.assignment.build_problem import AssignmentError, AssignmentOptions, gather_inputs
from governance.assignment.constraints import ConstraintReader
from governance.assignment.proposal import (
    CURVE_COLUMNS,
    ROW_COLUMNS,
    Proposal,
    trade_off,
    work_out,
)
from governance.responsibility.chains import DutyReader, UnknownTargetError
from governance.responsibility.changes import ASSIGN, DutyError, DutyWriter
from governance.responsibility.resolve import WARDEN, texts_of
from governance.service import Resources, Service

if TYPE_CHECKING:
    from collections.abc import Collection

    from data.store.tables.duties import AssignmentProposal
    from data.store.unit_of_work import UnitOfWork
    from data.workspace.clock import Clock

LIST_COLUMNS = ("proposal_id", "made_at", "made_by", "valid_from", "stickiness", "moved",
                "max_over_mean", "state", "open_steps")  # fmt: skip
OPEN, PART, APPROVED, UNDONE = "open", "part", "approved", "undone"


class AssignmentService(Service):
    """Services that share buildings out among wardens."""

    def __init__(
        self,
        resources: Resources,
        *,
        constraint_reader: ConstraintReader,
        duty_reader: DutyReader,
        duty_writer: DutyWriter,
    ) -> None:
        super().__init__(resources)
        self._constraint_reader = constraint_reader
        self._duty_reader = duty_reader
        self._duty_writer = duty_writer

    def preview(self, actor: Actor, *, options: AssignmentOptions | None = None) -> Proposal:
        """Work a proposal out without keeping it.

        Raises
        ------
        AssignmentError
            When nobody could take a building, or a name in the options is unknown.
        """
        require(actor, Action.PROPOSE_ASSIGNMENT)
        asked = options or AssignmentOptions()
        begun = time.perf_counter()
        day = asked.valid_from or self._local_now().date()
        book = self._duty_reader.book(day)
        buildings = actor.scope.of_frame(book.buildings)
        if asked.communities:
            buildings = buildings[buildings["community_code"].isin(asked.communities)]
        scores = self._duty_reader.scores()["score"]
        inputs = gather_inputs(
            book, buildings, score=scores, limits=self._constraint_reader.limits(), options=asked
        )
        totals, before, rows, wardens = work_out(inputs, asked, book.names)
        rows.insert(1, "name", UnitNames(self._engine).of("building", rows["building_id"]))
        seconds = round(time.perf_counter() - begun, 3)
        none = pd.DataFrame(columns=list(CURVE_COLUMNS))
        return Proposal(
            proposal_id="",
            made_at=None,
            made_by="",
            valid_from=day,
            options=asked,
            totals=replace(totals, seconds=seconds),
            before=before,
            rows=rows[list(ROW_COLUMNS)],
            wardens=wardens,
            curve=trade_off(inputs, asked) if asked.curve else none,
        )

    def propose(self, actor: Actor, *, options: AssignmentOptions | None = None) -> Proposal:
        """Work a proposal out and keep it for somebody to approve."""
        require(actor, Action.PROPOSE_ASSIGNMENT)
        now = self._now()
        made = replace(
            self.preview(actor, options=options).identified(),
            made_at=self._local_now(),
            made_by=actor.id,
        )
        with self._workspace.store.begin() as unit:
            unit.assignments.keep(
                made.proposal_id, at=now, by=actor.id, valid_from=made.valid_from,
                content=made.content(),
            )  # fmt: skip
            unit.commit()
        self._record(
            actor, Action.PROPOSE_ASSIGNMENT, proposal=made.proposal_id, moved=made.totals.moved
        )
        return made

    def community_codes(self, actor: Actor, names: Collection[str]) -> list[str]:
        """Return the codes of communities by name or code.

        Raises
        ------
        UnknownTargetError
            When there is none of a name, or nothing in it is the actor's.
        """
        require(actor, Action.SEE_RESPONSIBILITY)
        book = self._duty_reader.book(None)
        known = set(actor.scope.of_frame(book.buildings)["community_code"])
        codes = [str(book.communities.get(name, name)) for name in names]
        strangers = [name for name, code in zip(names, codes, strict=True) if code not in known]
        if strangers:
            raise UnknownTargetError("target_unknown", seen=", ".join(strangers))
        return codes

    def proposal(self, actor: Actor, proposal_id: str) -> Proposal:
        """Return a kept proposal, as far as it concerns the actor.

        Raises
        ------
        AssignmentError
            When there is none of this id.
        """
        require(actor, Action.SEE_RESPONSIBILITY)
        with self._workspace.store.begin() as unit:
            kept = unit.assignments.proposal(proposal_id)
            if kept is None:
                raise AssignmentError("proposal_missing", seen=proposal_id)
            approved = _approved(unit, proposal_id)
            whole = Proposal.of_content(
                kept.content, proposal_id=kept.id, made_at=self.clock.to_local(kept.made_at),
                made_by=kept.made_by, valid_from=kept.valid_from, approved=approved,
            )  # fmt: skip
        if actor.scope.street:
            return whole
        rows = actor.scope.of_frame(whole.rows).reset_index(drop=True)
        people = set(rows["from_id"]) | set(rows["to_id"])
        wardens = whole.wardens[whole.wardens["person_id"].isin(people)]
        return replace(whole, rows=rows, wardens=wardens.reset_index(drop=True))

    def proposals(self, actor: Actor) -> pd.DataFrame:
        """List the newest proposals, newest first.

        Returns
        -------
        DataFrame
            `LIST_COLUMNS`; state is open, part, approved or undone, ``open_steps`` counts the
            wardens who would still get something.
        """
        require(actor, Action.SEE_RESPONSIBILITY)
        with self._workspace.store.begin() as unit:
            kept = unit.assignments.newest()
            rows = [_listed(unit, each, self.clock) for each in kept if _concerns(actor, each)]
        return pd.DataFrame(rows, columns=list(LIST_COLUMNS))

    def approve(
        self, actor: Actor, proposal_id: str, *, only: Collection[str] | None = None
    ) -> int:
        """Approve a proposal or steps of it, in the actor's name; return the change's number.

        Parameters
        ----------
        only
            Codes of communities, or ids of wardens who get what is proposed for them; None for all
            that is open.

        Raises
        ------
        AssignmentError
            ``proposal_outdated`` when a building has another warden by now than the proposal says,
            ``proposal_done`` when nothing of it is open.
        """
        require(actor, Action.APPROVE_ASSIGNMENT)
        proposal = self.proposal(actor, proposal_id)
        rows = proposal.rows
        rows = rows[rows["changed"].astype(bool) & rows["to_id"].ne("")]
        rows = rows[~rows["building_id"].isin(proposal.approved)]
        if only is not None:
            chosen = set(only)
            rows = rows[rows["community_code"].isin(chosen) | rows["to_id"].isin(chosen)]
        if rows.empty:
            raise AssignmentError("proposal_done", seen=proposal_id)
        start = max(proposal.valid_from, self._local_now().date())
        held = self._duty_reader.book(start).holders(WARDEN)
        now = pd.Series(texts_of(rows["building_id"], held), index=rows.index, dtype="str")
        outdated = rows.loc[now.ne(rows["from_id"]) & now.ne(rows["to_id"]), "building_id"]
        if len(outdated):
            raise AssignmentError(
                "proposal_outdated", seen=", ".join(outdated[:3]), rows=len(outdated)
            )
        duties = [
            {"target_kind": "building", "target_id": building, "duty": WARDEN,
             "person_id": person, "org": None, "pledge_on": None, "valid_from": start,
             "valid_to": None}
            for building, person in zip(rows["building_id"], rows["to_id"], strict=True)
        ]  # fmt: skip
        return self._duty_writer.replace(actor, duties, kind=ASSIGN, proposal_id=proposal_id)

    def undo(self, actor: Actor, proposal_id: str) -> int:
        """Take back all that was approved of a proposal; return how many duties that concerned.

        Raises
        ------
        DutyError
            When a later change builds on it.
        AssignmentError
            When nothing of it was approved, or not all of it is the actor's.
        """
        require(actor, Action.APPROVE_ASSIGNMENT)
        self.proposal(actor, proposal_id)
        with self._workspace.store.begin() as unit:
            changes = unit.duties.changes(proposal_id=proposal_id)
        open_ = changes[~changes["undone"].astype(bool) & changes["undoes"].isna()]
        if open_.empty:
            raise AssignmentError("proposal_open", seen=proposal_id)
        self._check_undo(open_)
        count = 0
        for change in open_["change_id"]:
            number, rows = self._duty_writer.undo(actor, int(change))
            count += rows
            self._record(
                actor, Action.APPROVE_ASSIGNMENT, proposal=proposal_id, change=number,
                undoes=int(change),
            )  # fmt: skip
        return count

    def _check_undo(self, changes: pd.DataFrame) -> None:
        """Refuse before anything is undone, so that steps are taken back together or not at all."""
        own = set(changes["change_id"])
        with self._workspace.store.begin() as unit:
            for change in changes["change_id"]:
                added, _ = unit.duties.of_change(int(change))
                gone = added[added["withdrawn_at"].notna()]
                later = unit.duties.withdrawing(gone["id"]) - own
                if later:
                    raise DutyError("change_built_upon", seen=int(change))


def _approved(unit: UnitOfWork, proposal_id: str) -> frozenset[str]:
    """Return the buildings whose change was approved and not taken back."""
    changes = unit.duties.changes(proposal_id=proposal_id)
    valid = changes[~changes["undone"].astype(bool)]
    parts = [unit.duties.of_change(int(number))[0] for number in valid["change_id"]]
    return frozenset().union(*(part["target_id"] for part in parts))


def _concerns(actor: Actor, kept: AssignmentProposal) -> bool:
    rows = pd.DataFrame(kept.content["rows"], columns=list(ROW_COLUMNS))
    return actor.scope.street or len(actor.scope.of_frame(rows)) > 0


def _listed(unit: UnitOfWork, kept: AssignmentProposal, clock: Clock) -> tuple[Any, ...]:
    rows = pd.DataFrame(kept.content["rows"], columns=list(ROW_COLUMNS))
    changed = rows[rows["changed"].astype(bool) & rows["to_id"].ne("")]
    approved = _approved(unit, kept.id)
    waiting = changed[~changed["building_id"].isin(approved)]
    if approved:
        state = PART if len(waiting) else APPROVED
    else:
        state = UNDONE if len(unit.duties.changes(proposal_id=kept.id)) else OPEN
    totals = kept.content["totals"]
    return (
        kept.id, clock.to_local(kept.made_at), kept.made_by, kept.valid_from,
        kept.content["options"]["stickiness"], totals["moved"], totals["max_over_mean"], state,
        waiting["to_id"].nunique(),
    )  # fmt: skip
