"""Score the street, and say what stands on top and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from data.snapshots import BUILDING_KIND, Snapshot
from geo.errors import GridwardenError
from governance.access import Action, Actor, require
from governance.desk import Desk
from governance.names import UnitNames
from risk.config import ScoreConfig
from risk.explain import Explanation, explain, find_unit
from risk.run import ScoreResult, run_score

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

TOP_COLUMNS = ("rank", "tier", "unit", "name", "score", "low", "high", "exposure", "rate_raw",
               "rate_smoothed")  # fmt: skip


class NothingScoredError(GridwardenError):
    """The workspace holds no score yet."""


@dataclass(frozen=True, kw_only=True)
class ExplainedUnit(Explanation):
    """An explanation with the name people know the unit by."""

    name: str


class AssessmentDesk(Desk):
    """Services about the score."""

    def score(
        self,
        actor: Actor,
        *,
        as_of: date | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> ScoreResult:
        """Score every building and unit with what was known by the end of a day.

        Parameters
        ----------
        as_of
            The day; today when None.
        progress
            Called as (stage, done, total).

        Raises
        ------
        NotAllowedError
            When the actor may not score.
        """
        require(actor, Action.SCORE)
        if progress:
            progress("score", 0, 1)
        result = run_score(
            self._engine,
            self._snapshots,
            as_of=as_of or self._local_now().date(),
            config=ScoreConfig.from_mapping(self._workspace.settings.section("score")),
            now=self._now(),
        )
        if progress:
            progress("score", 1, 1)
        self._record(actor, Action.SCORE, snapshot_id=result.snapshot_id, as_of=str(result.as_of))
        return result

    def snapshots(self, actor: Actor) -> pd.DataFrame:
        """List the current snapshot of each date, newest first.

        Returns
        -------
        DataFrame
            ``snapshot_id, as_of, buildings, cells, config_hash``.
        """
        require(actor, Action.SEE_MAP)
        rows = [
            {
                "snapshot_id": snapshot.snapshot_id,
                "as_of": snapshot.as_of,
                "buildings": snapshot.manifest["units"][BUILDING_KIND],
                "cells": snapshot.manifest["units"].get("cell:10", 0),
                "config_hash": snapshot.config_hash,
            }
            for snapshot in reversed(self._snapshots.by_date())
        ]
        return pd.DataFrame(
            rows, columns=["snapshot_id", "as_of", "buildings", "cells", "config_hash"]
        )

    def top(
        self,
        actor: Actor,
        *,
        unit: str = BUILDING_KIND,
        k: int = 20,
        snapshot_id: str | None = None,
        leaves_as: str | None = None,
    ) -> pd.DataFrame:
        """List the k highest-ranked units of a kind.

        Parameters
        ----------
        leaves_as
            Name of the file in which the list leaves the office, which needs its own permission
            and is written down; None when it is only looked at.

        Returns
        -------
        DataFrame
            Columns `TOP_COLUMNS`, best rank first. Ties as in `risk.ranking.add_ranks`.
        """
        require(actor, Action.SEE_MAP if leaves_as is None else Action.EXPORT)
        snapshot = self._snapshot(snapshot_id)
        ranked = snapshot.ranked(unit).head(k)
        named = ranked.assign(name=UnitNames(self._engine).of(unit, ranked["unit"]))
        if leaves_as is not None:
            facts = {"file": leaves_as, "snapshot_id": snapshot.snapshot_id, "unit": unit}
            self._record(actor, Action.EXPORT, **facts, rows=len(named))
        return named[[name for name in TOP_COLUMNS if name in named]]

    def explain(
        self, actor: Actor, unit: str, *, snapshot_id: str | None = None, rows: bool = True
    ) -> ExplainedUnit:
        """Take one unit's score apart, down to the rows behind each factor.

        Without ``rows`` the points alone, which come at once.

        Raises
        ------
        UnknownUnitError
            When nothing scored has this name.
        """
        require(actor, Action.SEE_ROWS if rows else Action.SEE_MAP)
        answer = explain(self._snapshot(snapshot_id), self._engine if rows else None, unit)
        names = UnitNames(self._engine).of(answer.unit_kind, [answer.unit])
        return ExplainedUnit(**_shallow(answer), name=names[0])

    def trend(self, actor: Actor, unit: str) -> pd.DataFrame:
        """Follow a unit through the snapshots, oldest first.

        Returns
        -------
        DataFrame
            As `data.snapshots.SnapshotStore.history`.
        """
        require(actor, Action.SEE_MAP)
        kind, name = find_unit(self._snapshot(None), unit)
        return self._snapshots.history(kind, name)

    def _snapshot(self, snapshot_id: str | None) -> Snapshot:
        """Return a snapshot by its id, the latest when None."""
        if snapshot_id is not None:
            return self._snapshots.open(snapshot_id)
        latest = self._snapshots.latest()
        if latest is None:
            raise NothingScoredError(
                "nothing_scored", what_to_do="Import files, then score: gridwarden -w DIR score"
            )
        return latest


def _shallow(answer: Explanation) -> dict[str, Any]:
    return {name: getattr(answer, name) for name in answer.__dataclass_fields__}
