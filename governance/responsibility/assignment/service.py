"""Propose who takes which building; a named person approves, step by step or whole, or undoes."""

import time
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

import pandas as pd

from data.contracts.vocabulary import Duty
from data.derived.answers.building_names import short_names
from data.store.unit_of_work import UnitOfWork
from data.workspace.cache import Cache
from governance.access.permissions import Action, Actor, require
from governance.responsibility.assignment.assignment_cache import AssignmentCache
from governance.responsibility.assignment.build_problem import (
    AssignmentError,
    AssignmentOptions,
    Inputs,
    gather_inputs,
)
from governance.responsibility.assignment.constraints import AssignmentLimits, read_limits
from governance.responsibility.assignment.part_of_proposal import part_of_proposal
from governance.responsibility.assignment.proposal import ROW_COLUMNS, Proposal, trade_off, work_out
from governance.responsibility.assignment.proposal_list import list_proposals
from governance.responsibility.assignment.solver.problem import Ints, Rules
from governance.responsibility.duty_reader import DutyReader, UnknownTargetError
from governance.responsibility.duty_register import DutyRegister
from governance.responsibility.duty_writer import ASSIGN, DutyWriter
from governance.responsibility.people import account_names
from governance.responsibility.resolve import texts_of
from governance.service import Resources, Service

KEPT_PREVIEWS: Final = 8
"""Of a district's each has some 30 MB; what is asked for beside is read from `AssignmentCache`."""


class _Given(NamedTuple):
    """What a proposal is worked out of, beside what is asked for."""

    register: DutyRegister
    score: pd.DataFrame
    limits: AssignmentLimits


class AssignmentService(Service):
    """Services that share buildings out among wardens."""

    _duty_reader: DutyReader
    _duty_writer: DutyWriter
    _shares: AssignmentCache

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._previews: Cache[tuple[_Given, Proposal]] = Cache(KEPT_PREVIEWS)

    def preview(self, actor: Actor, *, options: AssignmentOptions | None = None) -> Proposal:
        """Work a proposal out without storing it; never to be changed in place.

        Raises `AssignmentError` when nobody could take a building, or a name in the options is
        unknown.
        """
        require(actor, Action.PROPOSE_ASSIGNMENT)
        options = options or AssignmentOptions()
        with self._workspace.store.begin() as unit:
            limits = read_limits(unit)
        register = self._duty_reader.register(options.valid_from)
        return self._kept(actor, options, _Given(register, self._duty_reader.scores(), limits))

    def _kept(self, actor: Actor, options: AssignmentOptions, given: _Given) -> Proposal:
        limits = given.limits
        noted = [each.to_csv() for each in (limits.wardens, limits.buildings, limits.absences)]
        # What is kept holds the register and the score that it is of: nothing else has their ids.
        key = (actor.scope, repr(options), id(given.register), id(given.score), *noted)
        return self._previews.get(key, lambda: (given, self._preview(actor, options, given)))[1]

    def _preview(self, actor: Actor, options: AssignmentOptions, given: _Given) -> Proposal:
        register, score, limits = given
        begun = time.perf_counter()
        buildings = actor.scope.of_frame(register.standing)
        if options.communities:
            buildings = buildings[buildings["community_code"].isin(options.communities)]
        inputs = gather_inputs(
            register, buildings, score=score["score"], limits=limits, options=options
        )
        if options.curve:  # all else is the same without it
            without = replace(options, curve=False)
            usual = self._kept(actor, without, given)
            curve = trade_off(inputs, options, usual.totals, share=self._share)
            return replace(usual, options=options, curve=curve)
        made = work_out(inputs, options, register, share=self._share)
        names = texts_of(made.rows["building_id"], short_names(inputs.buildings))
        seconds = round(time.perf_counter() - begun, 3)
        return replace(
            made,
            totals=replace(made.totals, seconds=seconds),
            rows=made.rows.assign(name=names)[list(ROW_COLUMNS)],
        )

    def _share(self, inputs: Inputs, options: AssignmentOptions, stickiness: float) -> Ints:
        rules = Rules(stickiness=stickiness, most_moved=options.limit)
        return self._shares.share(inputs.instance, rules, seed=options.seed)

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
            facts = {"proposal": made.proposal_id, "moved": made.totals.moved}
            self._commit(unit, actor, Action.PROPOSE_ASSIGNMENT, **facts)
        return made

    def community_codes(self, actor: Actor, names: Collection[str]) -> list[str]:
        """Return the codes of communities by name or code.

        Raises `UnknownTargetError` when there is none of a name, or nothing in it is the actor's.
        """
        require(actor, Action.SEE_RESPONSIBILITY)
        register = self._duty_reader.register()
        known = set(actor.scope.of_frame(register.buildings)["community_code"])
        codes = [str(register.communities.get(name, name)) for name in names]
        strangers = [name for name, code in zip(names, codes, strict=True) if code not in known]
        if strangers:
            raise UnknownTargetError("target_unknown", seen=", ".join(strangers))
        return codes

    def proposal(self, actor: Actor, proposal_id: str) -> Proposal:
        """Return a stored proposal, as far as it concerns the actor.

        Of a part of the street rows, wardens and totals are those of the part; what only the whole
        tells is NaN, and there is no curve.

        Raises `AssignmentError` when there is none of this id.
        """
        require(actor, Action.SEE_RESPONSIBILITY)
        with self._workspace.store.begin() as unit:
            return self._visible(unit, actor, proposal_id)

    def proposals(self, actor: Actor) -> pd.DataFrame:
        """List the newest proposals, newest first.

        Returns `LIST_COLUMNS`; ``made_by`` is a name, state is open, part, approved or undone,
        ``open_steps`` counts the wardens who would still get something. Of a part of the street all
        counts are those of the part, and ``max_over_mean`` is NaN.
        """
        require(actor, Action.SEE_RESPONSIBILITY)
        with self._workspace.store.begin() as unit:
            frame = list_proposals(unit, actor.scope, self.clock)
            return frame.assign(made_by=frame["made_by"].replace(account_names(unit)))

    def approve(
        self, actor: Actor, proposal_id: str, *, only: Collection[str] | None = None
    ) -> int:
        """Approve a proposal or steps of it, in the actor's name; return the change's number.

        ``only``: codes of communities, or ids of wardens who get what is proposed for them; None
        for all that is open.

        Raises `AssignmentError`: ``proposal_outdated`` when a building has another warden by now
        than the proposal says, ``proposal_building_ended`` when one no longer stands,
        ``taker_gone`` when somebody who would get a building no longer works here or is away,
        ``proposal_done`` when nothing of it is open.
        """
        require(actor, Action.APPROVE_ASSIGNMENT)
        with self._duty_writer.exclusive() as unit:
            proposal = self._visible(unit, actor, proposal_id)
            rows = _open_rows(proposal, only)
            start = max(proposal.valid_from, self.clock.today())
            self._check_facts(unit, rows, start)
            duties = [
                {"target_kind": "building", "target_id": building, "duty": Duty.WARDEN.value,
                 "person_id": person, "org": None, "pledge_on": None, "valid_from": start,
                 "valid_to": None}
                for building, person in zip(rows["building_id"], rows["to_id"], strict=True)
            ]  # fmt: skip
            return self._duty_writer.replace(
                unit, actor, duties, kind=ASSIGN, proposal_id=proposal_id
            )

    def undo(self, actor: Actor, proposal_id: str) -> int:
        """Take back all that was approved of a proposal, whole or not at all.

        Returns how many duties that concerned.

        Raises `AssignmentError` when there is no such proposal or nothing of it was approved.
        Raises `UnknownTargetError` when not all of it is the actor's.
        Raises `DutyError` when a later change builds on it.
        """
        require(actor, Action.APPROVE_ASSIGNMENT)
        with self._duty_writer.exclusive() as unit:
            if not unit.assignments.holds(proposal_id):
                raise AssignmentError("proposal_missing", seen=proposal_id)
            changes = unit.duties.changes(proposal_id=proposal_id)
            approved = changes[~changes["undone"].astype(bool) & changes["undoes"].isna()]
            if approved.empty:
                raise AssignmentError("proposal_open", seen=proposal_id)
            _, duties = self._duty_writer.undo(
                unit, actor, [int(number) for number in approved["change_id"]],
                action=Action.APPROVE_ASSIGNMENT, proposal=proposal_id,
            )  # fmt: skip
        return duties

    def _visible(self, unit: UnitOfWork, actor: Actor, proposal_id: str) -> Proposal:
        stored = unit.assignments.proposal(proposal_id)
        if stored is None:
            raise AssignmentError("proposal_missing", seen=proposal_id)
        whole = Proposal.of_content(
            stored.content, proposal_id=stored.id, made_at=self.clock.to_local(stored.made_at),
            made_by=stored.made_by, valid_from=stored.valid_from,
            approved=unit.duties.approved_buildings(proposal_id),
        )  # fmt: skip
        if actor.scope.street:
            return whole
        return part_of_proposal(whole, actor.scope.of_frame(whole.rows).reset_index(drop=True))

    def _check_facts(self, unit: UnitOfWork, rows: pd.DataFrame, start: date) -> None:
        """Refuse rows whose building stands no more or has another warden, or without their taker.

        ``start``: the first day on which they would hold.
        """
        register = self._duty_reader.register(start, unit=unit)
        ended = rows.loc[~rows["building_id"].isin(register.standing["building_id"]), "name"]
        if len(ended):
            raise AssignmentError(
                "proposal_building_ended", seen=", ".join(ended[:3]), rows=len(ended)
            )
        held = register.holders(Duty.WARDEN)
        now = pd.Series(texts_of(rows["building_id"], held), index=rows.index, dtype="str")
        outdated = rows.loc[now.ne(rows["from_id"]) & now.ne(rows["to_id"]), "building_id"]
        if len(outdated):
            raise AssignmentError(
                "proposal_outdated", seen=", ".join(outdated[:3]), rows=len(outdated)
            )
        working = set(register.staff.loc[register.staff["active"], "person_id"])
        present = working - read_limits(unit).away(start)
        lost = rows.loc[~rows["to_id"].isin(list(present)), "to_id"]
        if len(lost):
            takers = sorted({register.names.get(person) or person for person in lost})
            raise AssignmentError("taker_gone", seen=", ".join(takers[:3]), rows=len(lost))


def _open_rows(proposal: Proposal, only: Collection[str] | None) -> pd.DataFrame:
    """Return the changes that nobody approved yet, of the chosen steps."""
    rows = proposal.rows[proposal.rows["changed"].astype(bool) & proposal.rows["to_id"].ne("")]
    rows = rows[~rows["building_id"].isin(proposal.approved)]
    if only is not None:
        steps = set(only)
        rows = rows[rows["community_code"].isin(steps) | rows["to_id"].isin(steps)]
    if rows.empty:
        raise AssignmentError("proposal_done", seen=proposal.proposal_id)
    return rows
