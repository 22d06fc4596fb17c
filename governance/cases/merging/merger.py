"""Move leads between cases, and back exactly."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from data.contracts.case_vocabulary import CaseAction, ClockKind
from data.store.history import encoded
from data.store.tables.cases import Case, Lead
from data.store.tables.lead_merges import LeadMerge
from data.store.unit_of_work import UnitOfWork
from geo.errors import GridwardenError
from governance.access.permissions import Actor
from governance.cases.intake import PLACE
from governance.cases.log import CaseLog
from governance.cases.merging.proposal import worked_on
from governance.cases.rules.changes import make_changes
from governance.cases.rules.state import CaseState
from governance.cases.rules.workflow.transitions import Change
from governance.service import Component


class LeadMergeError(GridwardenError):
    """Leads cannot be put together or taken apart like this."""


class LeadMerger(Component):
    """Moves leads between cases; whoever calls it asked permission and writes the audit line."""

    _log: CaseLog

    def put_together(self, unit: UnitOfWork, actor: Actor, cases: Sequence[Case]) -> int:
        """Move the leads of cases to the one that is worked on most; return the decision's number.

        The earliest deadline of all their tickets holds where the time to handle it runs.
        """
        into = min(cases, key=lambda case: (-worked_on(case.stage), case.received_at, case.id))
        others = [case for case in cases if case.id != into.id]
        leads = unit.leads.of_cases({case.id for case in cases})
        moved = {each.case_no: [lead.id for lead in leads if lead.case_id == each.id]
                 for each in others}  # fmt: skip
        for case in others:
            self._change(unit, actor, case, CaseAction.MERGE, {"merged_into": into.case_no})
            unit.leads.move(moved[case.case_no], to_case=into.id)
        _repeat_earliest(unit, into.id, leads)
        due = _earliest_due(into, leads)
        before = encoded({"due_at": into.due_at, "due_at_after": due})
        values = {} if due == into.due_at else {"due_at": due}
        self._note(unit, actor, into, values, "+ " + ", ".join(moved))
        return unit.lead_merges.add(
            at=self._local_now(), by=actor.id, into=into.case_no, moved=moved, before=before
        )

    def take_apart(self, unit: UnitOfWork, actor: Actor, merge: LeadMerge) -> None:
        """Give leads back to the cases that they came from.

        Raises `LeadMergeError` when a later decision moved them on.
        """
        into = unit.cases.get(str(merge.into))
        held = unit.leads.of_cases([into.id]) if into else []
        moved = {lead for leads in merge.moved.values() for lead in leads}
        if into is None or not moved <= {lead.id for lead in held} or into.merged_into:
            raise LeadMergeError("merge_built_on", seen=merge.id)
        for number, ids in merge.moved.items():
            if (case := unit.cases.get(number)) is not None:
                self._change(unit, actor, case, CaseAction.UNMERGE, {})
                unit.leads.move(ids, to_case=case.id)
        _repeat_earliest(unit, into.id, [lead for lead in held if lead.id not in moved])
        now, after = encoded({"due_at": into.due_at})["due_at"], merge.before["due_at_after"]
        values = {} if now != after else {"due_at": merge.before["due_at"]}
        self._note(unit, actor, into, values, "− " + ", ".join(merge.moved))

    def _change(
        self, unit: UnitOfWork, actor: Actor, case: Case, action: str, facts: Mapping[str, str]
    ) -> None:
        given = self._log.circumstances(unit, actor).of(vars(case))
        state = CaseState.of_row(case)
        for change in make_changes(state, action, dict(facts), given):
            state = self._log.append(unit, case.id, state, change, given)

    def _note(
        self, unit: UnitOfWork, actor: Actor, case: Case, values: dict[str, Any], note: str
    ) -> None:
        """Let a case's history tell that leads came or went."""
        state = CaseState.of_row(case)
        change = Change(action=CaseAction.UPDATE, seq=state.version + 1, from_stage=state.stage,
                        to_stage=state.stage, facts=encoded(values), note=note)  # fmt: skip
        given = self._log.circumstances(unit, actor)
        self._log.append(unit, case.id, state, change, given)


def _earliest_due(into: Case, leads: Collection[Lead]) -> datetime | None:
    due = min((lead.due_at for lead in leads if lead.due_at), default=None)
    if due is None or into.clock != ClockKind.HANDLE or into.due_at is None:
        return into.due_at
    return min(due, into.due_at)


def _repeat_earliest(unit: UnitOfWork, case_id: int, leads: Sequence[Lead]) -> None:
    """Let a case repeat its earliest lead and count its leads; ``leads`` the earliest first."""
    values = {name: getattr(leads[0], name) for name in PLACE} if leads else {}
    unit.cases.place(case_id, {**values, "leads": len(leads)})
