"""Move leads between cases, and back exactly."""

from collections.abc import Mapping, Sequence
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
from governance.cases.rules.transitions import WORKFLOW
from governance.cases.rules.workflow.transitions import Change
from governance.service import Component


class LeadMergeError(GridwardenError):
    """Leads cannot be put together or taken apart like this."""


class LeadMerger(Component):
    """Moves leads between cases; whoever calls it asked permission and writes the audit line."""

    _log: CaseLog

    def put_together(self, unit: UnitOfWork, actor: Actor, cases: Sequence[Case]) -> int:
        """Move the leads of cases to the one that is worked on most; return the decision's number.

        The earliest of their deadlines holds where the time to handle it runs.

        Raises `ActionError` when one is in another already, or on hold.
        """
        into = min(cases, key=lambda case: (-worked_on(case.stage), case.received_at, case.id))
        WORKFLOW.require(into.stage, CaseAction.MERGE)
        others = [case for case in cases if case.id != into.id]
        leads = unit.leads.of_cases({case.id for case in cases})
        moved = {each.case_no: [lead.id for lead in leads if lead.case_id == each.id]
                 for each in others}  # fmt: skip
        due = self._earliest_due(unit, actor, into, others, leads)
        for case in others:
            self._change(unit, actor, case, CaseAction.MERGE, {"merged_into": into.case_no})
            unit.leads.move(moved[case.case_no], to_case=into.id)
        _repeat_earliest(unit, into.id, leads)
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

    def _earliest_due(
        self, unit: UnitOfWork, actor: Actor, into: Case, others: Sequence[Case],
        leads: Sequence[Lead],
    ) -> datetime | None:  # fmt: skip
        """Return when a case is due that others go to: never later than any of them was.

        One that nobody accepted yet counts as if it were accepted now, once that one was.
        """
        due = [each.due_at for each in (into, *others) if each.due_at and each.clock == into.clock]
        if into.clock != ClockKind.HANDLE or into.due_at is None:
            return min(due) if into.clock == ClockKind.TRIAGE and due else into.due_at
        new = {case.id: case for case in others if case.clock == ClockKind.TRIAGE}
        of_new = [lead for lead in leads if lead.case_id in new]
        given = self._log.circumstances(unit, actor)
        about = self._log.of_cases(unit, new.values(), of_new, given)
        begun = (about[each.id].begin(ClockKind.HANDLE, again=bool(each.reopened))
                 for each in new.values())  # fmt: skip
        earliest: datetime = min([*due, *(each["due_at"] for each in begun)])
        return earliest

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


def _repeat_earliest(unit: UnitOfWork, case_id: int, leads: Sequence[Lead]) -> None:
    """Let a case repeat its earliest lead and count its leads; ``leads`` the earliest first."""
    values = {name: getattr(leads[0], name) for name in PLACE} if leads else {}
    unit.cases.place(case_id, {**values, "leads": len(leads)})
