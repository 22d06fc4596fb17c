"""On no list: buildings with signals that no register of institutions and no ledger names."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import pandas as pd

from data.derived.answers.followed_answers import FollowedAnswers
from data.derived.answers.unit_names import UnitNames
from data.derived.backends.duckdb_sessions import ask_about_texts, in_lists
from data.derived.placing.building_ends import standing
from data.engine import Engine
from data.results.snapshot import BUILDING_KIND, Snapshot
from data.workspace.cache import Cache
from data.workspace.clock import start_of
from governance.access.permissions import Action, Actor, may, require
from governance.cases.links.service import LinkService
from governance.cases.unlisted.signals import SIGNALS, listed, signals
from governance.service import Resources, Service
from risk.config.score import read_score_config

UNLISTED_COLUMNS: Final = ("rank", "building_id", "name", "community_code", "score", "tier",
                           *SIGNALS, "moved_in", "newest")  # fmt: skip
WITHIN_DAYS: Final = 365
_KEPT: Final = 4


@dataclass(frozen=True, slots=True)
class _Found:
    """Buildings on no list with a signal, without their score; who moved in anywhere."""

    rows: pd.DataFrame
    moved_in: pd.Series


class UnlistedService(Service):
    """Services about buildings that are on no list, in the order of the one score."""

    _links: LinkService

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._found: FollowedAnswers[_Found] = FollowedAnswers(_KEPT)
        self._lists: Cache[pd.DataFrame] = Cache(_KEPT)
        self._scores: Cache[pd.DataFrame] = Cache(1)

    def buildings(self, actor: Actor) -> pd.DataFrame:
        """List buildings on no list with a signal within a year, the highest score first.

        The score is the one of the map; buildings that it does not know come last. ``moved_in``
        counts who came there after a check elsewhere, told to who may see links.

        Returns `UNLISTED_COLUMNS`, as far as the actor sees the street; ``moved_in`` only for who
        may see links. Kept as long as nothing changes that it follows from; never to be changed in
        place.
        """
        require(actor, Action.SEE_REASONS)
        require(actor, Action.SEE_COMPLAINTS)
        engine, latest = self._engine.pinned(), self._snapshots.latest()
        since = start_of(self.clock.today() - timedelta(days=WITHIN_DAYS))
        with self._workspace.store.begin() as unit:
            on_ledger = tuple(unit.ledger.state())
        key = (actor.scope, may(actor, Action.SEE_LINKS), on_ledger, since,
               str(self._workspace.settings))  # fmt: skip
        found = self._found.get(
            key, engine, self._workspace.store,
            read=lambda: self._read(actor, engine, since),
            follow=lambda before, visited: self._follow(actor, engine, since, before, visited),
        )  # fmt: skip
        scored = (key, engine.state, latest and latest.snapshot_id)
        return self._lists.get(scored, lambda: _ranked(found.rows, self._scores_of(latest)))

    def _scores_of(self, latest: Snapshot | None) -> pd.DataFrame:
        """Return ``unit, score, tier, rank`` of all buildings; kept, for visits come oftener."""
        columns = ["score", "tier", "rank"]
        if latest is None:
            return pd.DataFrame(columns=["unit", *columns]).astype({"score": float, "rank": float})
        return self._scores.get(
            latest.snapshot_id, lambda: latest.ranked(BUILDING_KIND, columns=columns)
        )

    def _read(self, actor: Actor, engine: Engine, since: datetime) -> _Found:
        moved = self._moved_in(actor)
        return _Found(self._rows(actor, engine, since, moved), moved)

    def _follow(
        self, actor: Actor, engine: Engine, since: datetime, before: _Found, visited: set[str]
    ) -> _Found:
        """Return what is found now, read anew of the buildings that visits may tell of."""
        moved = self._moved_in(actor)
        if moved.empty != before.moved_in.empty:  # which is a column more, or fewer
            return self._read(actor, engine, since)
        ways = moved.reindex(moved.index.union(before.moved_in.index), fill_value=0)
        others = ways.ne(before.moved_in.reindex(ways.index, fill_value=0))
        at = visited | set(ways.index[others])
        kept = before.rows[~before.rows["building_id"].isin(at)]
        again = self._rows(actor, engine, since, moved, at=at)
        rows = pd.concat([kept, again], ignore_index=True) if len(again) else kept
        return _Found(rows, moved)

    def _rows(
        self, actor: Actor, engine: Engine, since: datetime, moved: pd.Series, *,
        at: Collection[str] | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Return the buildings on no list that have a signal, without their score.

        ``moved``: as of `LinkService.moved_in`.
        ``at``: only these; all where None.
        """
        config = read_score_config(self._workspace.settings)
        found = signals(engine, since=since, config=config, at=at)
        found = found.join(moved.rename("moved_in"), how="outer") if len(moved) else found
        with self._workspace.store.begin() as unit:
            known = listed(engine, at=at) | unit.ledger.listed_buildings(at)
        wanted = ~found.index.isin(known) if at is None else found.index.isin({*at} - known)
        return _in_scope(
            actor, engine, found[wanted].reset_index(names="building_id"), on=self.clock.today()
        )

    def _moved_in(self, actor: Actor) -> pd.Series:
        if not may(actor, Action.SEE_LINKS):
            return pd.Series(dtype="int64")
        return self._links.moved_in(actor)


def _in_scope(actor: Actor, engine: Engine, found: pd.DataFrame, *, on: date) -> pd.DataFrame:
    """Return those of the buildings that are in an actor's scope and stand on a day."""
    register = standing(engine.table("buildings"), on)
    codes = actor.scope.of_rows(register).select("building_id", "community_code", "grid_code")
    some = ask_about_texts(codes, {"building_id": found["building_id"]}, in_lists).to_pandas()
    joined = found.merge(some, on="building_id")
    counts = [name for name in (*SIGNALS, "moved_in") if name in joined]
    joined[counts] = joined[counts].fillna(0).astype("int64")
    return joined.assign(name=UnitNames(engine).of(BUILDING_KIND, joined["building_id"]))


def _ranked(found: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return them by their score, NaN where there is none: `UNLISTED_COLUMNS`."""
    scored = found.merge(scores, left_on="building_id", right_on="unit", how="left")
    order = scored.sort_values(["score", "building_id"], ascending=[False, True],
                               na_position="last", ignore_index=True)  # fmt: skip
    return order[[name for name in UNLISTED_COLUMNS if name in order]]
