"""Move leads between cases, and back exactly."""

from collections.abc import Mapping, Sequence
from typing import Any

from data.contracts.case_vocabulary import CaseAction, Stage
from data.store.history import encoded
from data.store.tables.cases import Case, Lead
from data.store.tables.lead_merges import LeadMerge
from data.store.unit_of_work import UnitOfWork
from geo.errors import GridwardenError
from governance.access.permissions import Actor
from governance.cases.intake import PLACE, over_by_tickets
from governance.cases.log import CaseLog
from governance.cases.merging.clocks import (
    AFTER,
    HANDLED_BY,
    clock_apart,
    clock_together,
    due_otherwise,
    running,
)
from governance.cases.merging.proposal import worked_on
from governance.cases.rules.changes import make_changes, updated
from governance.cases.rules.circumstances import Circumstances
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

        The earliest of their deadlines holds.

        Raises `ActionError` when one is in another already, or on hold.
        """
        into = min(cases, key=lambda case: (-worked_on(case.stage), case.received_at, case.id))
        WORKFLOW.require(into.stage, CaseAction.MERGE)
        others = [case for case in cases if case.id != into.id]
        leads = unit.leads.of_cases({case.id for case in cases})
        moved = {each.case_no: [lead.id for lead in leads if lead.case_id == each.id]
                 for each in others}  # fmt: skip
        about = self._log.of_cases(unit, cases, leads, self._log.circumstances(unit, actor))
        values = clock_together(into, others, about)
        for case in others:
            self._change(unit, actor, case, CaseAction.MERGE, {"merged_into": into.case_no})
            unit.leads.move(moved[case.case_no], to_case=into.id)
        _repeat_earliest(unit, into.id, leads)
        before = encoded(
            running(into)
            | {f"{name}{AFTER}": value for name, value in (running(into) | values).items()}
        )
        before[HANDLED_BY] = encoded({case.case_no: about[case.id].ticket_due for case in cases})
        self._note(unit, actor, into, values, "+ " + ", ".join(moved))
        return unit.lead_merges.add(
            at=self._local_now(), by=actor.id, into=into.case_no, moved=moved, before=before
        )

    def take_apart(self, unit: UnitOfWork, actor: Actor, merge: LeadMerge) -> None:
        """Give leads back to the cases that they came from, which learn what came meanwhile.

        Raises `LeadMergeError` when a later decision moved them on.
        """
        into = unit.cases.get(str(merge.into))
        held = unit.leads.of_cases([into.id]) if into else []
        moved = {lead for leads in merge.moved.values() for lead in leads}
        if into is None or not moved <= {lead.id for lead in held} or into.merged_into:
            raise LeadMergeError("merge_built_on", seen=merge.id)
        rest = [lead for lead in held if lead.id not in moved]
        given = self._log.circumstances(unit, actor)
        with_all, alone = (
            self._log.of_cases(unit, [into], some, given)[into.id] for some in (held, rest)
        )
        for number, ids in merge.moved.items():
            if (case := unit.cases.get(number)) is not None:
                self._change(unit, actor, case, CaseAction.UNMERGE, {})
                unit.leads.move(ids, to_case=case.id)
                self._learn_news(unit, number, merge.before, given)
        _repeat_earliest(unit, into.id, rest)
        values = clock_apart(into, merge.before, with_all=with_all.ticket_due, alone=alone)
        self._note(unit, actor, into, values, "− " + ", ".join(merge.moved))

    def _learn_news(
        self, unit: UnitOfWork, case_no: str, before: Mapping[str, Any], given: Circumstances
    ) -> None:
        """Tell a case what its tickets said while its leads were in another."""
        (case,) = unit.cases.by_numbers([case_no])
        leads = unit.leads.of_cases([case.id])
        about = self._log.of_cases(unit, [case], leads, given)[case.id]
        state, over = CaseState.of_row(case), over_by_tickets(leads)
        due_changed = due_otherwise(before, case_no, about.ticket_due)
        if due_changed or (over and state.stage == Stage.NEW):
            news = "due_at" if due_changed and over is None else "status"
            change = updated(
                state,
                about,
                over=over,
                due_changed=due_changed,
                note=f"{', '.join(lead.ticket_no for lead in leads)}: {news}",
            )
            self._log.append(unit, case.id, state, change, about)

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
