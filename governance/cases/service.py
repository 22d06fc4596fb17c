"""Cases as people work on them: the inbox, one case, what may be done with it and doing it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

import pandas as pd

from data.export.writers import as_bytes, write_frame
from data.store.repositories.cases.inbox import InboxQuery
from data.store.tables.cases import Case, Lead
from data.store.unit_of_work import UnitOfWork
from data.workspace.locks import WorkspaceBusyError
from governance.access.permissions import (
    Action,
    Actor,
    automatic_scorer,
    may,
    require,
    require_whole,
)
from governance.cases.log import CaseLog
from governance.cases.rules.changes import make_changes, replaced_by
from governance.cases.rules.deadlines import SETTING, Deadline
from governance.cases.rules.state import CaseState
from governance.cases.rules.transitions import BY_MERGING, WORKFLOW
from governance.cases.rules.workflow.transitions import ActionError
from governance.cases.rules.workflow.views import (
    ListPage,
    ManyAnswer,
    answer_each,
    columns_of,
    history_rows,
)
from governance.cases.texts import RESULT_COLUMNS, as_text, result_row
from governance.cases.upkeep.catch_up import CaseUpkeep, CaughtUp, Progress
from governance.cases.upkeep.decisions import DECISION_ACTIONS, DecisionRows
from governance.cases.views import (
    INBOX,
    CaseView,
    UnknownCaseError,
    allowed_actions,
    clock_of,
    lead_rows,
    with_clocks,
    with_replaced,
)
from governance.service import Service

RESULTS_FILE: Final = "results.xlsx"


class CaseService(Service):
    """Services about cases; none is for whoever may not know that a report led somewhere."""

    _log: CaseLog
    _upkeep: CaseUpkeep
    _decisions: DecisionRows

    def catch_up(self, actor: Actor, *, progress: Progress | None = None) -> CaughtUp:
        """Take in the tickets that imports brought, and what else changed outside of cases.

        To be called after an import, when a list of cases is opened, and by the server every few
        seconds; it costs little where nothing changed. The history names the server itself.

        ``progress``: called as (stage, done, total) where tickets came; total is 0 while they are
        compared with what is known. What it raises ends the work after the leads told as done.

        Raises `NotAllowedError` when the actor neither imports, nor sees cases, nor is the server.
        """
        if not any(may(actor, each) for each in (Action.SEE_CASES, Action.IMPORT)):
            require(actor, Action.SCORE)
        return self._upkeep.catch_up(progress)

    def inbox(self, actor: Actor, query: InboxQuery | None = None) -> ListPage:
        """List cases of the actor's scope, a page at a time, by default what is due first.

        Returns `ListPage`: `INBOX`.
        """
        require(actor, Action.SEE_CASES)
        with self._workspace.store.begin() as unit:
            rows, total = unit.case_lists.page(query or InboxQuery(), inside=actor.scope.inside)
        rows = with_clocks(rows, self._log.working_days(), self._local_now().date())
        return ListPage(rows[list(INBOX)], total)

    def counts(self, actor: Actor, *, staged: bool = True) -> dict[str, int]:
        """Count the actor's cases: by stage if asked, those due and those that wait."""
        require(actor, Action.SEE_CASES)
        red, yellow = self._log.working_days().card_borders(self._local_now().date())
        with self._workspace.store.begin() as unit:
            return unit.case_lists.counts(
                inside=actor.scope.inside, red_before=red, yellow_before=yellow,
                holder=actor.person_id or actor.id, staged=staged,
            )  # fmt: skip

    def case(self, actor: Actor, case_no: str) -> CaseView:
        """Return a case with its leads, its history and what the actor may do with it.

        Of leads that were merged into it from places outside the actor's scope nothing is told.

        Raises `UnknownCaseError` when there is none of this number in the actor's scope.
        """
        require(actor, Action.SEE_CASES)
        return self.several(actor, [case_no])[0]

    def several(self, actor: Actor, case_nos: Sequence[str]) -> tuple[CaseView, ...]:
        """Return cases as `case` does, in the order asked for, all read at once.

        Raises `UnknownCaseError` when there is none of one of these numbers in the actor's scope.
        """
        require(actor, Action.SEE_CASES)
        with self._workspace.store.begin() as unit:
            known = {case.case_no: case for case in unit.cases.by_numbers(case_nos)}
            cases = [_inside(actor, case_no, known.get(case_no)) for case_no in case_nos]
            leads: dict[int, list[Lead]] = {case.id: [] for case in cases}
            for each in unit.leads.of_cases(leads):
                if not each.community or actor.scope.covers_row(each):
                    leads[each.case_id].append(each)
            events = unit.cases.events(leads)
            days, today = self._log.working_days(), self._local_now().date()
            return tuple(
                CaseView(
                    columns_of(case) | clock_of(case.due_at, days, today),
                    lead_rows(leads[case.id]),
                    with_replaced(history_rows(events.get(case.id, []))),
                    allowed_actions(actor, case.stage),
                )
                for case in cases
            )

    def act(
        self,
        actor: Actor,
        case_no: str,
        action: str,
        facts: Mapping[str, str] | None = None,
        *,
        note: str = "",
        version: int | None = None,
    ) -> CaseState:
        """Change a case by one of the actions that its stage allows.

        ``action``: one of `CaseAction`.
        ``facts``: what the action asks for, as text.
        ``version``: the version that the actor saw; another one is refused.

        Raises `UnknownCaseError` when there is no such case in the actor's scope.
        Raises `ActionError` when the case's stage, a fact or a rule does not allow it.
        Raises `ChangedMeanwhileError` when somebody else changed the case since it was seen, or
        now.
        """
        require(actor, Action.SEE_CASES)
        with self._workspace.store.begin() as unit:
            case = _inside(actor, case_no, unit.cases.get(case_no))
            unit.cases.check_seen(case, version)
            state = self._apply(unit, actor, case, action, dict(facts or {}), note=note)
            unit.commit()
        if action in DECISION_ACTIONS:
            with suppress(WorkspaceBusyError):  # an import runs: it is written the next time
                self._decisions.write(automatic_scorer())
        return state

    def act_on_many(
        self,
        actor: Actor,
        case_nos: Sequence[str],
        action: str,
        facts: Mapping[str, str] | None = None,
    ) -> list[ManyAnswer]:
        """Do the same with many cases; each is changed or refused for itself."""
        require(actor, Action.SEE_CASES)
        return answer_each(case_nos, lambda case_no: self.act(actor, case_no, action, facts))

    def ticket_text(self, actor: Actor, case_no: str, ticket_no: str | None = None) -> str:
        """Return what happened with a ticket in the hotline's form, as one block to be copied.

        ``ticket_no``: of the case's tickets; the earliest when None.

        Raises `UnknownCaseError` when there is no such case in the actor's scope, or it has no such
        ticket.
        """
        for row in self._results(self.case(actor, case_no)):
            if ticket_no in {None, row["工单编号"]}:
                return as_text(row)
        raise UnknownCaseError("case_unknown", seen=ticket_no or case_no)

    def results_workbook(self, actor: Actor, case_nos: Sequence[str]) -> bytes:
        """Return the results of all tickets of cases as one workbook, in the hotline's columns.

        Numbers of telephones and identity are masked; who took the file is in the audit log.

        Raises `NotAllowedError` when the actor does not take leads in, who alone answers the
        hotline.
        Raises `UnknownCaseError` when one of the cases is not in the actor's scope.
        """
        require(actor, Action.TAKE_LEADS)
        rows = [
            row for no in dict.fromkeys(case_nos) for row in self._results(self.case(actor, no))
        ]
        frame = pd.DataFrame(rows, columns=list(RESULT_COLUMNS), dtype=str)
        content = as_bytes(RESULTS_FILE, partial(write_frame, frame))
        self._record_own_export(actor, file=RESULTS_FILE, cases=len(set(case_nos)), rows=len(rows))
        return content

    def _results(self, view: CaseView) -> list[dict[str, str]]:
        tickets = view.leads[view.leads["ticket_no"] != ""]
        return [result_row(view.facts, lead, view.history) for lead in tickets.to_dict("records")]

    def deadlines(self, actor: Actor) -> tuple[Deadline, ...]:
        """List the deadlines that hold, each with its source."""
        require(actor, Action.SEE_CASES)
        with self._workspace.store.begin() as unit:
            return self._log.deadlines(unit).rows

    def set_deadline(self, actor: Actor, deadline: Deadline) -> tuple[Deadline, ...]:
        """Write a deadline of the office's own; clocks that run already keep their end.

        Raises `NotAllowedError` when the actor does not manage cases of the whole street.
        """
        require_whole(actor, Action.MANAGE_CASES)
        with self._workspace.store.begin() as unit:
            table = self._log.deadlines(unit).with_own(deadline)
            unit.settings.put(SETTING, table.changed_rows())
            self._commit(
                unit, actor, Action.MANAGE_CASES, deadline=deadline.clock,
                channel=deadline.channel, nature=deadline.nature, days=deadline.days,
                counted_in=deadline.unit,
            )  # fmt: skip
        return table.rows

    def _apply(
        self, unit: UnitOfWork, actor: Actor, case: Case, action: str, facts: dict[str, str], *,
        note: str,
    ) -> CaseState:  # fmt: skip
        permitted = WORKFLOW.require(case.stage, action).require(actor)
        if action in BY_MERGING:
            raise ActionError("action_illegal", action=action, seen=case.stage)
        state = CaseState.of_row(case)
        leads = unit.leads.of_cases([case.id])
        given = self._log.circumstances(unit, actor)
        given = self._log.of_cases(unit, [case], leads, given)[case.id]
        for change in make_changes(state, action, facts, given, note=note):
            replaced = replaced_by(change, state)
            state = self._log.append(unit, case.id, state, change, given)
            self._record_in(
                unit,
                actor,
                permitted,
                case=case.case_no,
                change=change.action,
                to=change.to_stage,
                **({"replaced": replaced} if replaced else {}),
            )
        return state


def _inside(actor: Actor, case_no: str, case: Case | None) -> Case:
    if case is None or not actor.scope.covers_row(case):
        raise UnknownCaseError("case_unknown", seen=case_no)
    return case
