"""Bulletins: the figures of a period, compared, and what waits, for whoever may see notices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import pandas as pd

from data.calendars.calendar import Calendar
from data.calendars.working_days import WorkingDays
from data.derived.answers.unit_names import UnitNames
from data.store.repositories.records.case_counts import COUNTED as CASES
from data.store.repositories.records.case_counts import WAITING
from data.workspace.clock import start_of
from governance.access.permissions import Action, Actor, may, require
from governance.records.bulletins.figures import ALL, COUNTS, measure
from governance.records.bulletins.periods import (
    BulletinKind,
    Period,
    PeriodError,
    period_before,
    period_of_last_year,
    periods_until,
    read_period,
)
from governance.records.bulletins.visit_counts import COUNTED as SEEN
from governance.records.bulletins.visit_counts import count_visits, visits_began_at
from governance.records.ledger.service import LedgerService
from governance.service import Service
from governance.visits.coverage import CoverageService

LEDGER: Final = ("on_ledger", "came_in", "went_out")
VISITS: Final = (*SEEN, "covered", "due")
SOON_DAYS: Final = 7
"""What is due within so many days after the period is asked for in the bulletin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """What a bulletin is made from; no name of a person is in it.

    ``period``, ``before``, ``year_before``: what it is about, and what it is compared with; None
    where there is no such period.
    ``until``, ``over``: last day counted, and whether the period is past.
    """

    period: Period
    before: Period
    year_before: Period | None
    until: date
    over: bool
    made_at: datetime
    """Local time."""
    whole: bool
    """Whether it is of the whole street."""
    figures: pd.DataFrame
    """`governance.records.bulletins.figures.FIGURE_COLUMNS`; all communities together first."""
    names: dict[str, str]
    """Community code → name."""
    waiting: pd.DataFrame
    """`WAITING`: by community and clock what is overdue at the end, and due in a week after it."""
    known_later: int
    """Visits of the period that became known, or were changed, after its end: a bulletin made
    before had other figures.
    """
    began: dict[str, date]
    """Of ``cases`` and ``visits``, since when they are on file where that is later than the
    period's first moment.
    """

    def value(self, figure: str, community: str = ALL) -> pd.Series:
        """Return the row of a figure.

        Raises `KeyError` when there is no such figure, or no such community in the bulletin.
        """
        rows = self.figures
        found = rows[(rows["figure"] == figure) & (rows["community"] == community)]
        if not len(found):
            raise KeyError(figure, community)
        return found.iloc[0]


class BulletinService(Service):
    """Services about bulletins; never of single wardens, never of who complained."""

    _coverage: CoverageService
    _ledger: LedgerService

    def periods(self, actor: Actor, kind: BulletinKind) -> list[Period]:
        """List the periods of a kind that have begun, newest first."""
        require(actor, Action.SEE_NOTICES)
        today = self._local_now().date()
        return periods_until(BulletinKind(kind), today, self._calendar())

    def last_full(self, actor: Actor, kind: BulletinKind) -> Period | None:
        """Return the newest period of a kind that is over; None where there is none."""
        today = self._local_now().date()
        over = (each for each in self.periods(actor, kind) if each.last < today)
        return next(over, None)

    def bulletin(self, actor: Actor, kind: BulletinKind, period: str) -> Bulletin:
        """Work out the figures of a period, as far as the actor sees cases and visits.

        ``period``: ``2026-W47``, ``2026-11``, ``2026-Q4``, ``2026-summer_break``.

        Raises `PeriodError` when there is no such period, or it has not begun.
        """
        require(actor, Action.SEE_NOTICES)
        calendar, now = self._calendar(), self._local_now()
        span = read_period(BulletinKind(kind), period, calendar)
        if span.begun > now:
            raise PeriodError("period_not_begun", seen=period, first=str(span.first))
        pinned = self._pinned()
        began = pinned._began()  # noqa: SLF001 -- of its own class
        before, year = period_before(span, calendar), period_of_last_year(span, calendar)
        counts = pinned._counts(actor, span)  # noqa: SLF001 -- as above
        earlier, year_ago = (
            None if each is None else pinned._compared(actor, each, began)  # noqa: SLF001 -- as above
            for each in (before, year)
        )
        figures = measure(counts[list(COUNTS)], earlier, year_ago)
        codes = [code for code in figures["community"].unique() if code != ALL]
        names = UnitNames(self._engine).of("community", codes)
        return Bulletin(
            period=span, before=before, year_before=year if year_ago is not None else None,
            until=min(span.last, now.date()), over=span.last < now.date(),
            made_at=now.replace(microsecond=0), whole=actor.scope.street, figures=figures,
            names=dict(zip(codes, map(str, names), strict=True)),
            waiting=self._waiting(actor, span), known_later=_known_later(counts),
            began={kind: at.date() for kind, at in began.items() if at and at > span.begun},
        )  # fmt: skip

    def _began(self) -> dict[str, datetime | None]:
        """Return since when there are cases and visits on file."""
        with self._workspace.store.begin() as unit:
            return {"cases": unit.case_counts.began_at(), "visits": visits_began_at(self._engine)}

    def _compared(
        self, actor: Actor, period: Period, began: Mapping[str, datetime | None]
    ) -> pd.DataFrame | None:
        """Return the counts of an earlier period, NaN of what was not on file from its beginning.

        None where nothing was.
        """
        known = {kind for kind, at in began.items() if at is not None and at <= period.begun}
        if not known:
            return None
        counts = self._counts(actor, period)[list(COUNTS)].astype(float)
        columns = {"cases": (*CASES, *LEDGER), "visits": VISITS}
        unknown = [n for kind in columns.keys() - known for n in columns[kind] if n in counts]
        return counts.assign(**dict.fromkeys(unknown, float("nan")))

    def _counts(self, actor: Actor, period: Period) -> pd.DataFrame:
        """Return community → `COUNTS`, ``visits`` and ``known_later``."""
        visits = count_visits(self._engine, period.begun, period.ended, scope=actor.scope)
        with self._workspace.store.begin() as unit:
            counted = unit.case_counts.of(
                period.begun, self._counted_until(period), red_before=self._red_before(period),
                inside=actor.scope.inside,
            )  # fmt: skip
        cases = pd.DataFrame.from_dict(counted, orient="index")
        covered = self._coverage.summary(actor, since=period.first, until=period.last)
        covered = covered[covered["tier"] == ""].set_index("unit")
        covered = covered[["visited", "due"]].rename(columns={"visited": "covered"})
        counts = pd.concat([visits, cases, covered, self._on_ledger(actor, period)], axis=1)
        counts = counts.reindex(columns=[*COUNTS, "visits", "known_later"])
        return counts.fillna(0).astype("int64")

    def _on_ledger(self, actor: Actor, period: Period) -> pd.DataFrame:
        """Return community → `LEDGER` of a period; nothing of an actor who sees no ledger."""
        if not may(actor, Action.SEE_LEDGER):
            return pd.DataFrame(columns=list(LEDGER), dtype="int64")
        counted = self._ledger.figures(actor, period.first, period.last)
        return counted[list(LEDGER)]

    def _waiting(self, actor: Actor, period: Period) -> pd.DataFrame:
        ended = self._counted_until(period)
        soon = ended + timedelta(days=SOON_DAYS)
        with self._workspace.store.begin() as unit:
            rows = unit.case_counts.waiting(
                period.begun, ended, soon, red_before=self._red_before(period),
                inside=actor.scope.inside,
            )  # fmt: skip
        return pd.DataFrame(rows, columns=list(WAITING))

    def _counted_until(self, period: Period) -> datetime:
        """Return the end of a period, or of today while it runs: later days have no figures yet."""
        return min(period.ended, start_of(self._local_now().date() + timedelta(days=1)))

    def _red_before(self, period: Period) -> datetime:
        """Return before what a case was due that has a red card once a period is over, or today."""
        day = min(period.ended.date(), self._local_now().date())
        return start_of(WorkingDays(self._calendar()).card_borders(day)[0])

    def _calendar(self) -> Calendar:
        return Calendar.read(self._workspace)


def _known_later(counts: pd.DataFrame) -> int:
    """Count the visits that a bulletin made at the end of the period did not have.

    None where it had no visit at all: the period lies before the office's first import.
    """
    later, all_of_them = (int(counts[name].sum()) for name in ("known_later", "visits"))
    return later if later < all_of_them else 0
