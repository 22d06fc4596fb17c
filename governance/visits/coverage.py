"""Say how much of what was due was visited, and what was not: by place and tier."""

from datetime import date, timedelta
from typing import Final

import ibis
import pandas as pd
from ibis.expr.types import Table

from data.contracts.vocabulary import LOOKED
from data.derived.answers.unit_names import UnitNames
from data.derived.placing.building_ends import standing, stands
from data.workspace.clock import start_of
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, require
from governance.service import Service
from governance.visits.base import VisitReader, known_texts
from governance.visits.due_counts import BY, count_due, count_late, late_rows, with_due_days
from governance.visits.rules.cadence import CadenceProposal, propose_cadence

BREACHES: Final = ("building_id", "name", "tier", "grid_code", "community_code", "due_on",
                   "days_late", "last_at", "last_result")  # fmt: skip


CAPACITY_WEEKS: Final = 8
"""So many weeks back visits are counted to say how many are made."""


class CoverageError(GridwardenError):
    """A period or a grouping cannot be measured."""


class CoverageService(Service):
    """Services about coverage; derived from visits, never asked for, never per person."""

    _visit_reader: VisitReader

    def summary(
        self, actor: Actor, *, since: date, until: date, by: str = "community"
    ) -> pd.DataFrame:
        """Count the buildings that were due in a period and those of them that were visited.

        Those that no longer stand on its last day are left out.

        ``since``, ``until``: first and last day; both count.
        ``by``: ``community``, ``grid`` or ``street``.

        Returns ``unit, name, tier`` (``""`` for all), ``due, visited, looked, share`` (0 to 1, NaN
        where nothing was due), ``few`` (fewer than ten were due: the share says little),
        ``breaches, most_late_days``.

        Raises `CoverageError` when the period ends before it begins, or the grouping is unknown.
        """
        require(actor, Action.SEE_REASONS)
        if by not in BY:
            raise CoverageError("coverage_grouping_unknown", seen=by, expected=", ".join(BY))
        if until < since:
            raise CoverageError("period_ends_before_it_begins", since=str(since), until=str(until))
        rows = self._due_rows(actor, since=since, until=until)
        table = count_due(rows, since=since, until=until, by=by)
        names = UnitNames(self._engine).of(by, table["unit"])
        table.insert(1, "name", names)
        return table

    def breaches(self, actor: Actor, *, on: date | None = None) -> pd.DataFrame:
        """List the buildings that were due before a day and not visited since, latest first.

        Returns columns `BREACHES`. A building never visited has been due since the office's first
        import.
        """
        require(actor, Action.SEE_REASONS)
        late = self._late_rows(actor, on or self._local_now().date())
        late = late.order_by(ibis.desc("days_late"), "building_id")
        frame: pd.DataFrame = late.to_pyarrow().to_pandas()
        frame = known_texts(frame, ("tier", "grid_code", "community_code", "last_result"))
        named = frame.assign(
            name=UnitNames(self._engine).of("building", frame["building_id"]),
            due_on=pd.to_datetime(frame["due_day"], unit="D").astype("datetime64[us]"),
        )
        return named[list(BREACHES)]

    def late(self, actor: Actor) -> tuple[int, int]:
        """Count what `breaches` lists today, and the days of the one that waits longest."""
        require(actor, Action.SEE_REASONS)
        return count_late(self._late_rows(actor, self._local_now().date()))

    def cadence(self, actor: Actor) -> CadenceProposal:
        """Say what the cadence asks for, beside the visits of the last eight weeks.

        A building visited several times a day counts once.
        """
        require(actor, Action.SEE_REASONS)
        today = self._local_now().date()
        buildings = self._visit_reader.buildings(actor, on=today)
        buildings = buildings[stands(buildings, today)]
        rows = self._engine.table("inspections").drop_null("building_id")
        since = start_of(today - timedelta(weeks=CAPACITY_WEEKS))
        rows = rows.filter((rows["event_at"] >= since) & (rows["event_at"] < start_of(today)))
        days = rows.select("building_id", day=rows["event_at"].date()).distinct()
        seen = days.to_pyarrow().to_pandas()
        made = seen["building_id"].isin(buildings["building_id"]).sum() / CAPACITY_WEEKS
        return propose_cadence(buildings["tier"], made=float(made), rules=self._visit_reader.rules)

    def _late_rows(self, actor: Actor, day: date) -> Table:
        """Return what was due before a day, since the first import where it was never visited."""
        tomorrow = day + timedelta(days=1)
        rows = self._due_rows(actor, since=tomorrow, until=tomorrow)
        days = [each.imported_at.date() for each in self._workspace.lake.imports()]
        return late_rows(rows, on=day, never_due=min([*days, day]))

    def _due_rows(self, actor: Actor, *, since: date, until: date) -> Table:
        """Return the buildings of a scope as `with_due_days` does; nothing of them is read.

        Those that stand on the last day: of one that was pulled down no visit is due any more.
        """
        register = standing(self._engine.table("buildings"), until)
        inside = actor.scope.of_rows(register.select("building_id", "community_code", "grid_code"))
        snapshot = self._visit_reader.snapshot(since)
        tiers = None
        if snapshot is not None:
            tiers = self._engine.snapshot_rows(snapshot.path_of("buildings"))
            tiers = tiers.select("building_id", "tier")
        seen = self._seen(since=since, until=until)
        return with_due_days(inside, tiers, seen, rules=self._visit_reader.rules)

    def _seen(self, *, since: date, until: date) -> Table:
        """Return per building the last visit before a period, and the visits in it."""
        begun, ended = start_of(since), start_of(until + timedelta(days=1))
        table = self._engine.table("inspections")
        rows = table.drop_null("building_id").filter(table["event_at"] < ended)
        old, new = rows["event_at"] < begun, rows["event_at"] >= begun
        return rows.group_by("building_id").agg(
            last_at=rows["event_at"].max(where=old),
            last_result=rows["result"].argmax(rows["event_at"], where=old),
            visits=rows.count(where=new),
            looked=rows.count(where=new & rows["result"].isin(list(LOOKED))),
        )
