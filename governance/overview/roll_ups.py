"""Figures for the office above: what this one tells of itself, and what those below it told."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from data.calendars.calendar import Calendar
from data.calendars.working_days import WorkingDays
from data.derived.placing.building_ends import standing
from data.ingest.coordinates.known_shapes import border_rings
from data.results.roll_ups import Count, Figures, RollUp, RollUpError, total, with_week
from data.results.snapshot import Snapshot
from data.workspace.clock import start_of
from governance.access.permissions import Action, Actor, local_owner, require, require_whole
from governance.service import Service
from governance.visits.coverage import CoverageService
from risk.schema import COMMUNITY

EVERY: Final = timedelta(hours=1)
"""So often figures are told anew."""
_RECENT: Final = timedelta(days=28)
_COVERED: Final = timedelta(days=30)
_STREET, _PER_HUNDRED = "street", 100.0
_COMMUNITY_KIND = "community"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeBelow:
    """An office directly below, as it tells of itself.

    ``key``, ``name``: its key in the installation, and what people call it.
    """

    key: str
    name: str
    problem: str = ""
    """Code of why there are no figures: ``roll_up_missing`` or ``roll_up_unreadable``; empty for
    none.
    """
    told_at: datetime | None = None
    """When it told the newest, UTC; None where there are none."""
    weeks: dict[str, Figures]
    """As of `RollUp`."""
    outline: tuple[tuple[tuple[float, float], ...], ...] = ()
    """As of `RollUp`."""

    @property
    def newest(self) -> Figures | None:
        """The figures of the newest week; None where there are none."""
        return self.weeks[max(self.weeks)] if self.weeks else None


class RollUpService(Service):
    """The service of figures that offices of one installation tell each other."""

    _coverage: CoverageService

    def has_below(self) -> bool:
        """Say whether any office is below this one; asked before anybody is known."""
        place = self._resources.place
        return place is not None and bool(place.below)

    def below(self, actor: Actor) -> tuple[OfficeBelow, ...]:
        """Return what each office directly below tells of itself, in the installation's order.

        Raises `NotAllowedError` when the actor does not answer for the whole of the office above
        them.
        """
        require_whole(actor, Action.SEE_OFFICES)
        return self._below()

    def tell(self, actor: Actor, *, anyway: bool = False) -> bool:
        """Write the figures of this week for the office above, unless that was done within an hour.

        ``anyway``: also if it was.

        Returns whether they were written; never outside an installation.

        Raises `NotAllowedError` when it is neither the server nor the machine's owner who asks.
        """
        require(actor, Action.TELL_FIGURES)
        place = self._resources.place
        now = self.clock.utc()
        if place is None:
            return False
        known = self._read(place.key)
        if not anyway and known is not None and timedelta(0) <= now - known.told_at < EVERY:
            return False
        year, week, _ = self.clock.today().isocalendar()
        figures, weeks = self._with_below(), known.weeks if known else {}
        name = f"{year}-W{week:02d}"
        changed = weeks.get(name) != figures
        roll_up = RollUp(
            office=place.key, name=place.name, told_at=now.replace(microsecond=0),
            weeks=with_week(weeks, name, figures), outline=border_rings(self._workspace),
        )  # fmt: skip
        if changed:
            self._record(actor, Action.TELL_FIGURES, week=name, offices=figures.offices)
        roll_up.write(place.rollups)
        return True

    def _below(self) -> tuple[OfficeBelow, ...]:
        place = self._resources.place
        names = place.below if place else {}
        return tuple(self._office_below(key, name) for key, name in names.items())

    def _office_below(self, key: str, name: str) -> OfficeBelow:
        place = self._resources.place
        try:
            found = RollUp.read(place.rollups, key) if place else None
        except RollUpError as error:
            return OfficeBelow(key=key, name=name, problem=error.code, weeks={})
        if found is None:
            return OfficeBelow(key=key, name=name, problem="roll_up_missing", weeks={})
        return OfficeBelow(
            key=key, name=name, told_at=found.told_at, weeks=dict(found.weeks),
            outline=found.outline,
        )  # fmt: skip

    def _read(self, key: str) -> RollUp | None:
        """Return this office's own file; a damaged one is written anew."""
        place = self._resources.place
        try:
            return RollUp.read(place.rollups, key) if place else None
        except RollUpError:
            return None

    def _with_below(self) -> Figures:
        newest = (each.newest for each in self._below())
        return total([self._figures(), *(each for each in newest if each is not None)])

    def _count_cases(self, end: datetime) -> tuple[Count, Count, Count]:
        """Return the cases received lately, open and overdue at the end of today."""
        today = self._local_now().date()
        red, _ = WorkingDays(Calendar.read(self._workspace)).card_borders(today)
        with self._workspace.store.begin() as unit:
            counted = unit.case_counts.of(end - _RECENT, end, red_before=start_of(red), inside=None)
        received, open_, overdue = (
            Count.of(sum(each[name] for each in counted.values()))
            for name in ("received", "open", "overdue")
        )
        return received, open_, overdue

    def _figures(self) -> Figures:
        """Count what is told of this office alone."""
        now = self._local_now()
        end = start_of(now.date() + timedelta(days=1))
        received, open_, overdue = self._count_cases(end)
        events = self._engine.table("complaints")["event_at"]
        recent = ((events >= end - _RECENT) & (events < end)).sum()
        due, visited = self._due_and_visited(now.date())
        late, _ = self._coverage.late(local_owner())
        newest = self._snapshots.latest()
        expected, low, high = _expected(newest) if newest else (0.0, 0.0, 0.0)
        register = standing(self._engine.table("buildings"), now.date())
        return Figures(
            buildings=Count.of(int(register.count().execute())),
            complaints=Count.of(int(recent.execute() or 0)),
            cases_received=received,
            cases_open=open_,
            cases_overdue=overdue,
            # Most of the rest is overdue, which is told as well.
            visits_due=Count.of(visited) + Count.of(due - visited),
            visited=Count.of(visited),
            visits_overdue=Count.of(late),
            scored=int(newest is not None),
            expected=expected,
            expected_low=low,
            expected_high=high,
        )

    def _due_and_visited(self, today: date) -> tuple[int, int]:
        """Count the buildings that were due lately, and those of them that were visited."""
        since = today - _COVERED
        rows = self._coverage.summary(local_owner(), since=since, until=today, by=_STREET)
        rows = rows[rows["tier"].eq("")]
        return int(rows["due"].sum()), int(rows["visited"].sum())


def _expected(snapshot: Snapshot) -> tuple[float, float, float]:
    """Return expected finds of a score, and the ends of their intervals, each added up."""
    buildings = snapshot.table("buildings", columns=["score", "low", "high", COMMUNITY])
    parts = [buildings]
    if _COMMUNITY_KIND in snapshot.unit_kinds:
        parts = [snapshot.ranked(_COMMUNITY_KIND), buildings[buildings[COMMUNITY].isna()]]
    score, low, high = (
        round(sum(float(part[end].sum()) for part in parts) / _PER_HUNDRED, 2)
        for end in ("score", "low", "high")
    )
    return score, low, high
