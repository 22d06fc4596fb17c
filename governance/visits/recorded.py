"""Recorded visits as rows, for whoever reads a few: no frame, and no query engine where none is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from data.workspace.clock import start_of
from data.workspace.settings import read_section
from governance.access.permissions import Action, Actor, may, require
from governance.service import Service, lazy_parts
from governance.visits.rules.blinding import DERIVED_ORIGINS, blinded_kind, may_unblind
from governance.visits.rules.settings import SECTION, VisitRules

if TYPE_CHECKING:  # imported by what needs it: an account of the whole street does not
    import governance.visits.base

VISITS: Final = (
    "visit_id", "version", "at", "building_id", "name", "unit", "result", "kind", "signs",
    "pupils", "teachers", "note", "next_step", "retry_at", "origin", "photos", "mine",
    "may_undo", "recorded_at",
)  # fmt: skip


@lazy_parts
class RecordedVisitService(Service):
    """Services that tell what was seen at visits recorded here."""

    _visit_reader: governance.visits.base.VisitReader

    def listed(
        self,
        actor: Actor,
        *,
        building_id: str | None = None,
        since: date | None = None,
        until: date | None = None,
        own_only: bool = False,
        limit: int = 500,
        ending_with: Collection[str] = (),
    ) -> list[dict[str, Any]]:
        """List recorded visits of the actor's scope, newest first; never who made them.

        Of the buildings that are delegated to the actor, the actor's own visits alone.

        ``building_id``: only there.
        ``since``, ``until``: first and last day.
        ``own_only``: only the actor's own.
        ``limit``, ``ending_with``: at most so many of the newest; of these only the last to each
        door, with such an end.

        Returns `VISITS` of each; ``signs`` and ``photos`` are lists. How a visit came about
        (``origin``) is told only to whoever may know reasons; what a plan or chance brought about
        only to who makes plans.
        """
        require(actor, Action.SEE_VISITS)
        all_there = actor.scope.street and building_id is None
        one = None if building_id is None else [building_id]
        names = self._names_inside(actor, actor.delegated if all_there else one)
        ids = {*names}
        with self._workspace.store.begin() as unit:
            read = partial(
                unit.visits.holding_rows,
                since=None if since is None else start_of(since),
                before=None if until is None else start_of(until + timedelta(days=1)),
                limit=limit, ending_with=ending_with,
            )  # fmt: skip
            in_scope = None if all_there else ids - actor.delegated
            rows = read(buildings=in_scope, recorded_by=actor.id if own_only else None)
            if delegated := ids & actor.delegated:
                rows = [*rows, *read(buildings=delegated, recorded_by=actor.id)]
                rows = sorted(rows, key=lambda row: (row.at, row.id), reverse=True)[:limit]
            photos = unit.visits.photos([row.visit_id for row in rows])
        if all_there:
            names = self._names({row.building_id for row in rows})
        named = (
            row._asdict() | {"name": names.get(row.building_id, ""),
                             "photos": photos.get(row.visit_id, [])}
            for row in rows
        )  # fmt: skip
        return self._shown(actor, named)

    def _shown(self, actor: Actor, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return `VISITS` of rows as told to an actor."""
        rules = read_section(self._workspace.settings, SECTION, VisitRules)
        fresh_since = self.clock.utc() - timedelta(hours=rules.undo_hours)
        sees_reasons, knows_arm = may(actor, Action.SEE_REASONS), may_unblind(actor)
        shown = []
        for row in rows:
            kind, origin, is_own = row["kind"], row["origin"], row["recorded_by"] == actor.id
            is_fresh = row["recorded_at"] >= fresh_since
            known = sees_reasons and (knows_arm or origin not in DERIVED_ORIGINS)
            as_told = row | {
                "kind": kind if knows_arm else blinded_kind(kind, row["at"], rules),
                "origin": origin if known else "",
                "mine": is_own,
                "may_undo": is_own and is_fresh and may(actor, Action.RECORD_VISIT),
            }
            shown.append({name: as_told[name] for name in VISITS})
        return shown

    def _names_inside(self, actor: Actor, only: Collection[str] | None) -> dict[str, str]:
        """Return building → name of the actor's scope and what is delegated, or of some of it."""
        if actor.scope.street and only is not None:
            return self._names(only)
        buildings = self._visit_reader.buildings(
            actor, only=only, also=actor.delegated, scored=False
        )
        return dict(zip(buildings["building_id"], buildings["name"], strict=True))

    def _names(self, buildings: Collection[str]) -> dict[str, str]:
        """Return building → name, of no scope; what the register does not know is missing."""
        known = self._names_at_hand(buildings) if buildings else {}
        return self._visit_reader.names(buildings) if known is None else known
