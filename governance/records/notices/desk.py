"""What people who work on notices are shown: lists, one notice, what can be told, and by when."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import pandas as pd

from data.contracts.notice_vocabulary import DECIDED_ONLY, OVER, NoticeKind, NoticeStage
from data.store.repositories.records.notice_lists import NoticeQuery
from governance.access.permissions import Action, Actor, require, require_whole
from governance.access.persons import own_names
from governance.cases.rules.workflow.views import ListPage, columns_of, history_rows
from governance.cases.views import with_clocks
from governance.records.notices.building_facts import ReminderPlaces
from governance.records.notices.case_facts import DecidedCases
from governance.records.notices.log import NoticeLog
from governance.records.notices.rules.conditions import problems_of
from governance.records.notices.rules.deadlines import SETTING, NoticeDeadline, NoticeDeadlines
from governance.records.notices.rules.decided import DecidedCase, free_from
from governance.records.notices.rules.state import NoticeState
from governance.records.notices.views import (
    CANDIDATES,
    OWING,
    NoticeView,
    allowed_actions,
    find_notice,
)
from governance.service import Service

LOOKED_BACK_DAYS: Final = 730
"""Decisions older than this are offered to no new notice: `again within two years` is over."""


class NoticeDeskService(Service):
    """Services that tell about notices, and the deadlines that they go by."""

    _log: NoticeLog
    _cases: DecidedCases
    _places: ReminderPlaces

    def page(self, actor: Actor, query: NoticeQuery | None = None) -> ListPage:
        """List notices of the actor's scope, a page at a time, by default what is due first.

        Returns `ListPage`: `data.store.repositories.records.notice_lists.LISTED`, with
        ``days_left``, ``overdue_days`` and ``card`` of today.
        """
        require(actor, Action.SEE_NOTICES)
        with self._workspace.store.begin() as unit:
            rows, total = unit.notice_lists.page(
                query or NoticeQuery(), inside=actor.scope.inside,
                reviewer=own_names(unit, actor),
            )  # fmt: skip
        return ListPage(self._clocked(rows), total)

    def counts(self, actor: Actor) -> dict[str, int]:
        """Count the actor's notices: by stage, ``red``, ``yellow``, ``waiting`` for the actor."""
        require(actor, Action.SEE_NOTICES)
        red, yellow = self._log.working_days().card_borders(self._local_now().date())
        with self._workspace.store.begin() as unit:
            return unit.notice_lists.counts(
                inside=actor.scope.inside, red_before=red, yellow_before=yellow,
                reviewer=own_names(unit, actor),
            )  # fmt: skip

    def waiting(self, actor: Actor) -> int:
        """Count what waits for the actor: notices to let go, appeals, decisions that fell."""
        require(actor, Action.APPROVE_NOTICES)
        return self.counts(actor)["waiting"]

    def notice(self, actor: Actor, notice_no: str) -> NoticeView:
        """Return a notice with its history and what the actor may do with it.

        Raises `UnknownNoticeError` when there is none of this number in the actor's scope.
        """
        require(actor, Action.SEE_NOTICES)
        with self._workspace.store.begin() as unit:
            notice = find_notice(unit, actor, notice_no)
            history = history_rows(unit.notices.events([notice.id]).get(notice.id, []))
            facts, state = columns_of(notice), NoticeState.of_row(notice)
            given = self._log.circumstances(unit, actor, notice.case_nos)
        shows = self._clocked(pd.DataFrame([facts])).iloc[0]
        clock = {name: shows[name] for name in ("days_left", "overdue_days", "card")}
        actions, not_now = allowed_actions(actor, state, given)
        return NoticeView(
            facts | clock, state.content_hash(), problems_of(state, given), history, actions,
            not_now,
        )  # fmt: skip

    def candidates(self, actor: Actor, kind: str) -> pd.DataFrame:
        """List cases of two years that a notice of a kind could tell of, newest decision first.

        Returns `CANDIDATES`: ``free_on`` is the first day on which it may be told, ``why_not`` the
        code of what speaks against it now, ``told_in`` the notice of this kind that has it.
        """
        require(actor, Action.DRAFT_NOTICES)
        begin = self._local_now().date() - timedelta(days=LOOKED_BACK_DAYS)
        if kind not in DECIDED_ONLY:
            return pd.DataFrame(columns=list(CANDIDATES))
        with self._workspace.store.begin() as unit:
            cases = self._cases.penalised(unit, since=begin, scope=actor.scope)
            given = self._log.circumstances(unit, actor, cases)
            told = unit.notices.told_cases(kind)
        rows = [
            [*_case_row(case), self._free(case, kind, given.deadlines),
             given.why_not(case.case_no, kind), told.get(case.case_no, "")]
            for case in cases.values()
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(CANDIDATES))

    def owing(self, actor: Actor) -> pd.DataFrame:
        """List owners and managers who have signed no pledge, columns `OWING`.

        ``reminded_in`` is the number of the reminder that is under way, else "".
        """
        require(actor, Action.DRAFT_NOTICES)
        owing = self._places.owing(actor)
        with self._workspace.store.begin() as unit:
            reminded = unit.notices.reminded(set(NoticeStage) - OVER)
        keys = zip(owing["building_id"], owing["duty"], strict=True)
        return owing.assign(reminded_in=[reminded.get(key, "") for key in keys])[list(OWING)]

    def exposed_periods(self, actor: Actor) -> frozenset[str]:
        """Return the quarters of which an exposure is out."""
        require(actor, Action.SEE_NOTICES)
        with self._workspace.store.begin() as unit:
            return unit.notice_lists.published_periods(NoticeKind.EXPOSURE)

    def people(self, actor: Actor) -> Mapping[str, str]:
        """Return account → name, of everybody whom a notice's history may name."""
        require(actor, Action.SEE_NOTICES)
        with self._workspace.store.begin() as unit:
            names = {each.login: each.name for each in unit.accounts.all()}
        return {**names, actor.id: actor.name}

    def deadlines(self, actor: Actor) -> tuple[NoticeDeadline, ...]:
        """List the deadlines that hold, each with its source."""
        require(actor, Action.SEE_NOTICES)
        with self._workspace.store.begin() as unit:
            return self._log.deadlines(unit).rows

    def set_deadline(
        self, actor: Actor, notice_deadline: NoticeDeadline
    ) -> tuple[NoticeDeadline, ...]:
        """Write a deadline of the office's own; clocks that run already keep their end.

        Raises `NotAllowedError` when the actor does not approve notices of the whole street.
        """
        require_whole(actor, Action.APPROVE_NOTICES)
        with self._workspace.store.begin() as unit:
            table = self._log.deadlines(unit).with_own(notice_deadline)
            unit.settings.put(SETTING, table.own())
            self._commit(
                unit, actor, Action.APPROVE_NOTICES, deadline=notice_deadline.clock,
                notice_kind=notice_deadline.kind, days=notice_deadline.days,
                counted_in=notice_deadline.unit,
            )  # fmt: skip
        return table.rows

    def _free(self, case: DecidedCase, kind: str, deadlines: NoticeDeadlines) -> date | None:
        if case.known_from is None:
            return None
        return free_from(case.known_from, kind=kind, deadlines=deadlines,
                         calendar=self._log.working_days())  # fmt: skip

    def _clocked(self, rows: pd.DataFrame) -> pd.DataFrame:
        return with_clocks(rows, self._log.working_days(), self._local_now().date())


def _case_row(case: DecidedCase) -> list[object]:
    return [case.case_no, case.decision_no, case.decided_on, case.served_on, case.outcome,
            case.party, case.estate, case.community_name]  # fmt: skip
