"""Scores that nobody asked for and that newer ones stand for: which go, and their deletion."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from data.integrity.file_changes import FileKind
from data.results.run_log import Run
from data.workspace.clock import utc_naive
from governance.access.permissions import Action, Actor
from governance.scores.automatic.rules import ScoringRules
from governance.scores.monitoring import PINNED
from governance.service import Component


class SupersededScores(Component):
    """Deletes scores; whoever uses it has asked permission."""

    def delete(self, actor: Actor, rules: ScoringRules) -> list[str]:
        """Delete the scores that need not be kept, each with its line in the audit log.

        Those that people asked for stay, and so do the pinned one and those behind an export.
        Plans and evaluations rest on no snapshot: they hold what they were made from.
        """
        runs = self._snapshots.runs()
        found = superseded(runs, now=self._now(), today=self.clock.today(), rules=rules)
        if not found:
            return []
        times = [run.at for run in runs if run.at is not None and run.snapshot_id in found]
        needed = self.needed(since=min(times))
        unneeded = [snapshot_id for snapshot_id in found if snapshot_id not in needed]
        for snapshot_id in unneeded:
            self.delete_one(actor, snapshot_id, automatic=True)
        return unneeded

    def delete_one(self, actor: Actor, snapshot_id: str, *, automatic: bool) -> None:
        """Delete a score, with its line in the audit log."""
        with self._resources.file_changes.change(
            FileKind.DELETED_SNAPSHOT, actor=actor.id, action=Action.SCORE.value
        ) as announce:
            announce(snapshot_id, deleted=snapshot_id, automatic=automatic)
            self._snapshots.delete(snapshot_id)

    def needed(self, *, since: datetime | None = None) -> set[str]:
        """Return the snapshots that are pinned, tried in the field, or behind an export."""
        with self._workspace.store.begin() as unit:
            pinned = unit.settings.get(PINNED) or {}
            after = None if since is None else utc_naive(since)
            exports = unit.audit.find(action=Action.EXPORT.value, since=after)
            named = {event.facts.get("snapshot_id") for event in exports}
            tried = {trial.design["snapshot_id"] for trial in unit.field_trials.all()}
        return {str(name) for name in (*named, *tried, pinned.get("snapshot_id")) if name}


def superseded(
    runs: Sequence[Run], *, now: datetime, today: date, rules: ScoringRules
) -> list[str]:
    """Return the snapshots that nobody asked for and that newer ones stand for.

    ``runs``: oldest first.
    ``now``: aware.
    """
    newest = {run.snapshot_id: run for run in runs}
    current = {run.day: run.snapshot_id for run in runs}
    last_of_week = {day.isocalendar()[:2]: day for day in sorted(current)}
    requested = {run.snapshot_id for run in runs if not run.automatic}
    since = now - timedelta(hours=rules.keep_all_hours)
    daily_since = today - timedelta(days=rules.keep_daily_days)

    def stands_for_its_time(run: Run) -> bool:
        if run.at is None:
            return True
        if current[run.day] != run.snapshot_id:
            return run.at >= since
        return run.day >= daily_since or run.day == last_of_week[run.day.isocalendar()[:2]]

    kept = requested | {name for name, run in newest.items() if stands_for_its_time(run)}
    return [name for name in newest if name not in kept]
