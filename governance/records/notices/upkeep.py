"""What becomes of notices by itself: they expire, and are doubted where a decision fell."""

from data.contracts.notice_vocabulary import DECIDED_ONLY, NoticeAction
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, automatic_scorer
from governance.records.notices.log import NoticeLog
from governance.service import Component

_STANDS = frozenset({"", "too_early"})
"""Answers of `why_not` of a decision that stands: the wait may have been made longer since."""


class NoticeUpkeep(Component):
    """Changes notices in the name of the server itself; it costs little where nothing changed."""

    _log: NoticeLog

    def catch_up(self) -> tuple[str, ...]:
        """Expire and doubt what is due, each with its line; return the numbers of what changed."""
        machine = automatic_scorer()
        with self._workspace.store.begin() as unit:
            changed = (*self._doubt(unit), *self._expire(unit))
            for number, action in changed:
                self._record_in(unit, machine, Action.APPROVE_NOTICES, notice=number, change=action)
            unit.commit()
        return tuple(number for number, _ in changed)

    def _doubt(self, unit: UnitOfWork) -> list[tuple[str, str]]:
        standing = unit.notices.standing_with_cases(DECIDED_ONLY)
        numbers = {no for notice in standing for no in notice.case_nos}
        given = self._log.circumstances(unit, automatic_scorer(), numbers)
        changed = []
        for notice in standing:
            unfounded = (
                no for no in notice.case_nos if given.why_not(no, notice.kind) not in _STANDS
            )
            if case_no := next(unfounded, ""):
                self._log.change(unit, notice, NoticeAction.DOUBT, {"doubted": case_no}, given)
                changed.append((notice.notice_no, str(NoticeAction.DOUBT)))
        return changed

    def _expire(self, unit: UnitOfWork) -> list[tuple[str, str]]:
        given = self._log.circumstances(unit, automatic_scorer(), ())
        over = unit.notices.run_out(given.now.date())
        for notice in over:
            self._log.change(unit, notice, NoticeAction.EXPIRE, {}, given)
        return [(notice.notice_no, str(NoticeAction.EXPIRE)) for notice in over]
