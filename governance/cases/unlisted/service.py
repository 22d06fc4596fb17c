"""On no list: buildings with signals that no register of institutions and no ledger names."""

from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd

from data.derived.unit_names import UnitNames
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


class UnlistedService(Service):
    """Services about buildings that are on no list, in the order of the one score."""

    _links: LinkService

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._lists: Cache[pd.DataFrame] = Cache(_KEPT)

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
        key = (
            actor.scope, may(actor, Action.SEE_LINKS), engine.state, on_ledger, since,
            latest and latest.snapshot_id, str(self._workspace.settings),
        )  # fmt: skip
        return self._lists.get(key, lambda: self._read(actor, engine, since=since, latest=latest))

    def _read(
        self, actor: Actor, engine: Engine, *, since: datetime, latest: Snapshot | None
    ) -> pd.DataFrame:
        config = read_score_config(self._workspace.settings)
        found = signals(engine, since=since, config=config)
        moved = self._moved_in(actor)
        found = found.join(moved.rename("moved_in"), how="outer") if len(moved) else found
        with self._workspace.store.begin() as unit:
            known = listed(engine) | unit.ledger.listed_buildings()
        found = found[~found.index.isin(known)].reset_index(names="building_id")
        scored = _scored(_in_scope(actor, engine, found), latest)
        ranked = scored.sort_values(["score", "building_id"], ascending=[False, True],
                                    na_position="last", ignore_index=True)  # fmt: skip
        return ranked[[name for name in UNLISTED_COLUMNS if name in ranked]]

    def _moved_in(self, actor: Actor) -> pd.Series:
        if not may(actor, Action.SEE_LINKS):
            return pd.Series(dtype="int64")
        return self._links.moved_in(actor)


def _in_scope(actor: Actor, engine: Engine, found: pd.DataFrame) -> pd.DataFrame:
    register = engine.table("buildings")
    codes = actor.scope.of_rows(register).select("building_id", "community_code", "grid_code")
    joined = found.merge(codes.to_pandas(), on="building_id")
    counts = [name for name in (*SIGNALS, "moved_in") if name in joined]
    joined[counts] = joined[counts].fillna(0).astype("int64")
    return joined.assign(name=UnitNames(engine).of(BUILDING_KIND, joined["building_id"]))


def _scored(found: pd.DataFrame, latest: Snapshot | None) -> pd.DataFrame:
    """Add the newest score of the map; NaN where there is none."""
    if latest is None:
        return found.assign(score=np.nan, tier=None, rank=np.nan)
    ranked = latest.ranked(BUILDING_KIND)[["unit", "score", "tier", "rank"]]
    joined = found.merge(ranked, left_on="building_id", right_on="unit", how="left")
    return joined.drop(columns="unit")
