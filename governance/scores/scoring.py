"""Score the street, and say what stands on top and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from data.derived.answers.unit_names import UnitNames
from data.engine import Engine
from data.results.snapshot import BUILDING_KIND, Snapshot
from data.workspace.cache import Cache
from data.workspace.settings import read_section
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, require, require_whole
from governance.scores.automatic.superseded import SupersededScores
from governance.scores.blinding import as_far_as_seen, scoped, without_chance
from governance.scores.live import LiveScores, ScoreWithNews
from governance.scores.score_writer import ScoreWriter
from governance.service import Resources, Service, SnapshotReader
from governance.visits.rules.blinding import may_unblind
from governance.visits.rules.settings import SECTION, VisitRules
from risk.explanation.explain import Explanation, explain
from risk.explanation.learning import read_learning
from risk.explanation.lookup import find_members, find_unit, unknown_unit
from risk.scoring.run import ScoreResult

_KEPT: Final = 64
SNAPSHOT_COLUMNS = ("snapshot_id", "as_of", "buildings", "cells", "config_hash", "model", "state")


class ScoreRefusedError(GridwardenError):
    """A day has not come yet, or a score cannot be taken back."""


@dataclass(frozen=True, kw_only=True)
class ExplainedUnit(Explanation):
    """An explanation with the name people know the unit by."""

    name: str


class ScoringService(Service):
    """Services about the score."""

    _snapshot_reader: SnapshotReader
    _writer: ScoreWriter
    _live: LiveScores
    _superseded: SupersededScores

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._explanations: Cache[Explanation] = Cache(_KEPT)

    def run(
        self,
        actor: Actor,
        *,
        as_of: date | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> ScoreResult:
        """Score every building and unit with what was known by the end of a day.

        ``as_of``: the day; today when None.
        ``progress``: called as (stage, done, total).

        Raises `ScoreRefusedError`: ``score_in_future``: by the office's clock the day has not come.
        """
        require_whole(actor, Action.SCORE)
        self._require_past(as_of)
        if progress:
            progress("score", 0, 1)
        result = self._writer.write(actor, self._writer.inputs(), as_of or self.clock.today())
        if progress:
            progress("score", 1, 1)
        return result

    def run_days(
        self,
        actor: Actor,
        as_of_days: Sequence[date],
        *,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> list[ScoreResult]:
        """Score several days with what is known now; the same results as one `run` for each.

        What the days share is worked out once, and kept in memory meanwhile.

        Raises `ScoreRefusedError`: ``score_in_future``.
        """
        require_whole(actor, Action.SCORE)
        self._require_past(*as_of_days)
        report = progress or (lambda _stage, _done, _total: None)
        inputs, results = self._writer.inputs(remember=True), []
        for number, day in enumerate(as_of_days):
            report("score", number, len(as_of_days))
            results.append(self._writer.write(actor, inputs, day))
        report("score", len(as_of_days), len(as_of_days))
        return results

    def take_back(self, actor: Actor, snapshot_id: str) -> None:
        """Delete a score that should not have been made; the one before it is current again.

        Raises `SnapshotError`: ``snapshot_missing``.
        Raises `ScoreRefusedError`: ``score_needed``: a pinned score, or one that a field trial or
        an export rests on.
        """
        require_whole(actor, Action.SCORE)
        self._snapshots.open(snapshot_id)
        if snapshot_id in self._superseded.needed():
            raise ScoreRefusedError("score_needed", seen=snapshot_id)
        self._superseded.delete_one(actor, snapshot_id, automatic=False)

    def _require_past(self, *days: date | None) -> None:
        today = self.clock.today()
        late = [day for day in days if day is not None and day > today]
        if late:
            raise ScoreRefusedError(
                "score_in_future", seen=max(late).isoformat(), expected=today.isoformat()
            )

    def snapshots(self, actor: Actor) -> pd.DataFrame:
        """List the current snapshot of each date, newest first.

        Returns ``snapshot_id, as_of, buildings, cells, config_hash``, ``model`` (one of
        `data.results.snapshot`) and ``state`` (``policy`` where no visit has taught it yet).
        """
        require(actor, Action.SEE_MAP)
        rows = [
            {
                "snapshot_id": snapshot.snapshot_id,
                "as_of": snapshot.as_of,
                "buildings": snapshot.manifest["units"][BUILDING_KIND],
                "cells": snapshot.manifest["units"].get("cell:10", 0),
                "config_hash": snapshot.config_hash,
                "model": snapshot.model,
                "state": read_learning(snapshot).state,
            }
            for snapshot in reversed(self._snapshots.by_date())
        ]
        return pd.DataFrame(rows, columns=list(SNAPSHOT_COLUMNS))

    def ahead(self, actor: Actor) -> dict[str, date]:
        """Return the scores of days that have not come: id → day, the earliest first.

        A clock was ahead when they were made. Nothing shows them until then, unless they are taken
        back.
        """
        require(actor, Action.SCORE)
        return {each.snapshot_id: each.as_of for each in self._snapshots.ahead()}

    def explain(
        self, actor: Actor, unit: str, *, snapshot_id: str | None = None, rows: bool = True
    ) -> ExplainedUnit:
        """Take one unit's score apart, down to the rows behind each factor.

        Without ``rows`` the points alone, which come at once. Rows of visits tell what chance
        chose to nobody but who makes plans.

        Raises `UnknownUnitError` when nothing scored has this name, or it is not the actor's to
        see.
        """
        require(actor, Action.SEE_REASONS)
        if rows:
            require(actor, Action.SEE_ROWS)
        snapshot = self._snapshot_reader.snapshot(snapshot_id)
        kind, unit = self._find_inside(actor, snapshot, unit)
        engine = self._engine.pinned()
        answer = (
            self._explained(snapshot, engine, kind, unit) if rows else explain(snapshot, None, unit)
        )
        names = UnitNames(engine).of(answer.unit_kind, [answer.unit])
        seen = as_far_as_seen(answer, snapshot, actor.scope)
        if not may_unblind(actor):
            rules = read_section(self._workspace.settings, SECTION, VisitRules)
            seen = without_chance(seen, rules)
        return ExplainedUnit(
            **{name: getattr(seen, name) for name in seen.__dataclass_fields__}, name=names[0]
        )

    def _explained(self, snapshot: Snapshot, engine: Engine, kind: str, unit: str) -> Explanation:
        """Take a score apart with all rows, whoever asked; those of a building are kept.

        A page asks again at each click. Of sums there may be ten thousand rows.
        """
        if kind != BUILDING_KIND:
            return explain(snapshot, engine, unit)
        key = (snapshot.snapshot_id, unit, engine.state)
        return self._explanations.get(key, lambda: explain(snapshot, engine, unit))

    def with_news(
        self, actor: Actor, unit: str, *, snapshot_id: str | None = None
    ) -> ScoreWithNews | None:
        """Return the score of a building with what came to it since the newest score was made.

        None where nothing came, where only a full score can tell what it makes, for other units,
        and where no server scores by itself.

        Raises `UnknownUnitError` when nothing scored has this name, or it is not the actor's to
        see.
        """
        require(actor, Action.SEE_REASONS)
        snapshot = self._snapshot_reader.snapshot(snapshot_id)
        kind, name = self._find_inside(actor, snapshot, unit)
        if kind != BUILDING_KIND:
            return None
        return self._live.of_building(snapshot.snapshot_id, name)

    def trend(self, actor: Actor, unit: str) -> pd.DataFrame:
        """Follow a unit through the snapshots, oldest first.

        Returns as `data.results.snapshots.SnapshotStore.history`; rows of another ``model`` are
        another number, and no part of one line.
        """
        require(actor, Action.SEE_REASONS)
        kind, name = self._find_inside(actor, self._snapshot_reader.snapshot(None), unit)
        return self._snapshots.history(kind, name)

    def _find_inside(self, actor: Actor, snapshot: Snapshot, unit: str) -> tuple[str, str]:
        """Find a unit all of whose buildings are the actor's to see.

        Raises `UnknownUnitError` when there is none: what is somebody else's answers as if it were
        not there.
        """
        kind, name = find_unit(snapshot, unit)
        if actor.scope.street:
            return kind, name
        members = find_members(snapshot, kind, name)
        inside = scoped(members, actor.scope)
        if inside.empty or len(inside) < len(members):
            raise unknown_unit(unit)
        return kind, name
