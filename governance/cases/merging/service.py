"""The same event over several channels: proposed, put together, kept apart, taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import pandas as pd

from data.store.tables.cases import Case
from data.store.tables.lead_merges import LeadMerge
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor, require
from governance.cases.merging.merger import LeadMergeError, LeadMerger
from governance.cases.merging.open_leads import OpenLeads
from governance.cases.merging.proposal import Proposal, make_proposals
from governance.cases.merging.propose import Decided, group_leads
from governance.cases.merging.rows import rows_of_leads
from governance.service import Service


@dataclass(frozen=True, slots=True)
class MergeDecision:
    """A decision that stands."""

    merge_id: int
    at: pd.Timestamp
    by: str
    into: str | None
    """The case that leads went to; None where cases were kept apart."""
    case_nos: tuple[str, ...]
    """The cases that leads came from, or that were kept apart."""


class LeadMergingService(Service):
    """Services about the same event over several channels; raw rows stay as they are."""

    _open: OpenLeads
    _merger: LeadMerger

    def proposals(self, actor: Actor) -> list[Proposal]:
        """List cases whose leads are likely of one event, the surest first.

        At least one case of each is open; a closed one is told of only beside an open one. Pairs
        that were kept apart are not proposed again.
        """
        require(actor, Action.MERGE_LEADS)
        with self._workspace.store.begin() as unit:
            leads = self._open.read(unit, actor)
            decided = Decided(unit.lead_merges.apart())
        if leads.empty:
            return []
        grouped = group_leads(rows_of_leads(leads), decided=decided)
        return make_proposals(leads, grouped)

    def decisions(self, actor: Actor, *, limit: int = 50) -> list[MergeDecision]:
        """List the decisions that stand about cases of the actor's scope, the newest first."""
        require(actor, Action.MERGE_LEADS)
        with self._workspace.store.begin() as unit:
            return [
                MergeDecision(each.id, pd.Timestamp(each.at), each.by, each.into,
                              tuple(each.moved))
                for each in unit.lead_merges.standing(limit)
                if all(_seen(actor, unit.cases.get(number)) for number in _cases_of(each))
            ]  # fmt: skip

    def accept(self, actor: Actor, case_nos: Sequence[str], *, apart: Sequence[str] = ()) -> int:
        """Put the leads of cases together in the one that is worked on most.

        ``case_nos``: two at least.
        ``apart``: cases that are not of this event, and are not proposed with these again.

        Returns the number of the decision, by which it is taken back.

        Raises `LeadMergeError` when they are fewer than two, or one is unknown.
        Raises `ActionError` when one is in another already, or on hold.
        """
        require(actor, Action.MERGE_LEADS)
        with self._workspace.store.begin() as unit:
            unit.cases.hold_all()
            cases, others = _cases(unit, actor, case_nos), _cases(unit, actor, apart)
            _check(cases, others)
            case_leads, foreign = _leads(unit, cases), _leads(unit, others)
            merge_id = self._merger.put_together(unit, actor, cases)
            pairs = [pair for group in foreign for lead in group for pair in product(
                [each for some in case_leads for each in some], [lead])]  # fmt: skip
            unit.lead_merges.keep_apart(merge_id, pairs)
            self._commit(unit, actor, Action.MERGE_LEADS, decision=merge_id,
                            cases=list(case_nos), apart=list(apart))  # fmt: skip
        return merge_id

    def reject(self, actor: Actor, case_nos: Sequence[str]) -> int:
        """Keep cases apart, each from each, and return the number of the decision.

        Raises `LeadMergeError` when they are fewer than two, or one is unknown.
        """
        require(actor, Action.MERGE_LEADS)
        with self._workspace.store.begin() as unit:
            unit.cases.hold_all()
            cases = _cases(unit, actor, case_nos)
            _check(cases, [])
            leads = _leads(unit, cases)
            merge_id = unit.lead_merges.add(
                at=self._local_now(), by=actor.id, into=None,
                moved={case.case_no: some for case, some in zip(cases, leads, strict=True)},
                before={},
            )  # fmt: skip
            pairs = [pair for at, some in enumerate(leads) for others in leads[at + 1 :]
                     for pair in product(some, others)]  # fmt: skip
            unit.lead_merges.keep_apart(merge_id, pairs)
            self._commit(unit, actor, Action.MERGE_LEADS, decision=merge_id, cases=[],
                            apart=list(case_nos))  # fmt: skip
        return merge_id

    def unmerge(self, actor: Actor, merge_id: int) -> None:
        """Take a decision back: every lead, case and pair is what it was before it.

        Histories are never shortened: they tell of both, and versions have grown.

        Raises `LeadMergeError` when there is no such decision, it was taken back, or a later one
        stands on it.
        """
        require(actor, Action.MERGE_LEADS)
        with self._workspace.store.begin() as unit:
            unit.cases.hold_all()
            merge = unit.lead_merges.get(merge_id)
            if merge is None or merge.undone_at is not None:
                raise LeadMergeError("merge_unknown", seen=merge_id)
            numbers = _cases_of(merge)
            _cases(unit, actor, numbers)
            if merge.into is not None:
                self._merger.take_apart(unit, actor, merge)
            unit.lead_merges.take_back(merge, at=self._local_now(), by=actor.id)
            self._commit(unit, actor, Action.MERGE_LEADS, taken_back=merge_id, cases=numbers)


def _cases(unit: UnitOfWork, actor: Actor, case_nos: Sequence[str]) -> list[Case]:
    found = []
    for number in dict.fromkeys(case_nos):
        case = unit.cases.get(number)
        if case is None or not _seen(actor, case):
            raise LeadMergeError("merge_case_unknown", seen=number)
        found.append(case)
    return found


def _seen(actor: Actor, case: Case | None) -> bool:
    return case is not None and actor.scope.covers_row(case)


def _check(cases: Sequence[Case], others: Sequence[Case]) -> None:
    if len(cases) < 2 or {case.id for case in cases} & {case.id for case in others}:  # noqa: PLR2004 -- two of something
        raise LeadMergeError("merge_too_few", seen=len(cases))


def _leads(unit: UnitOfWork, cases: Sequence[Case]) -> list[list[int]]:
    return [[lead.id for lead in unit.leads.of_cases([case.id])] for case in cases]


def _cases_of(merge: LeadMerge) -> list[str]:
    return [*([merge.into] if merge.into else []), *merge.moved]
