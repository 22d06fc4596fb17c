"""Scores that nobody asked for and that newer ones stand for: which go, and their deletion."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from data.integrity.file_changes import FileKind
from data.results.run_log import Run
from data.workspace.clock import utc_naive
from governance.access.permissions import Action, Actor
from governance.scores.automatic_rules import ScoringRules
from governance.scores.monitoring import PINNED
from governance.service import Component


class SupersededScores(Component):
    """Deletes scores; whoever uses it has asked permission."""

    def delete(self, actor: Actor, rules: ScoringRules) -> list[str]:
        """Delete the scores that need not be kept, each with its line in the audit log.

        Those that people asked for stay, and so do the pinned one and those behind an export.
        Plans and evaluations rest on no snapshot: they hold what they were made from.
        """
        chosen = {"now": self._now(), "today": self.clock.today(), "rules": rules}
        runs = self._snapshots.runs()
        candidates = superseded(runs, needed=(), **chosen)
        if not candidates:
            return []
        needed = self._needed(since=min(run.at for run in runs if run.at is not None))
        gone = superseded(runs, needed=needed, **chosen)
        for snapshot_id in gone:
            with self._resources.file_changes.change(
                FileKind.DELETED_SNAPSHOT, actor=actor.id, action=Action.SCORE.value
            ) as announce:
                announce(snapshot_id, deleted=snapshot_id, automatic=True)
                self._snapshots.delete(snapshot_id)
        return gone

    def _needed(self, *, since: datetime) -> set[str]:
        """Return the snapshots that are pinned, or that something left the office with."""
        with self._workspace.store.begin() as unit:
            pinned = unit.settings.get(PINNED) or {}
            exports = unit.audit.find(action=Action.EXPORT.value, since=utc_naive(since))
            named = {event.facts.get("snapshot_id") for event in exports}
        return {str(name) for name in (*named, pinned.get("snapshot_id")) if name}


def superseded(
    runs: Sequence[Run],
    *,
    now: datetime,
    today: date,
    needed: Collection[str],
    rules: ScoringRules,
) -> list[str]:
    """Return the snapshots that need not be kept: nobody asked for them and better ones are there.

    Parameters
    ----------
    runs
        Oldest first.
    now
        Aware.
    needed
        Snapshots that something rests on.
    """
    newest = {run.snapshot_id: run for run in runs}
    current = {run.day: run.snapshot_id for run in runs}
    last_of_week = {day.isocalendar()[:2]: day for day in sorted(current)}
    asked_for = {run.snapshot_id for run in runs if not run.automatic or run.at is None}
    since, daily = (
        now - timedelta(hours=rules.keep_all_hours),
        today - timedelta(days=rules.keep_daily_days),
    )
    return [
        name
        for name, run in newest.items()
        if name not in asked_for
        and name not in needed
        and (
            (run.at is not None and run.at < since)
            if current[run.day] != name
            else run.day < daily and run.day != last_of_week[run.day.isocalendar()[:2]]
        )
    ]
