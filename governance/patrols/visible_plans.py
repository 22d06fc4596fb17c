"""Which plans of a list concern somebody who sees a part of the street, with the sums of it."""

from datetime import date
from typing import Final

import pandas as pd

from data.workspace.cache import Cache
from governance.access.permissions import Actor
from governance.access.scopes import Scope
from governance.patrols.blinding import open_uncovered
from governance.service import Component, Resources
from governance.visits.rules.blinding import may_unblind

_KEPT: Final = 1_000


class VisiblePlans(Component):
    """Keeps of each version of a plan, which never changes, where it goes and what it leaves."""

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._kept: Cache[tuple[pd.DataFrame, Scope]] = Cache(_KEPT)
        self._left_there: Cache[bool] = Cache(_KEPT)

    def counts(self, actor: Actor, plans: pd.DataFrame) -> pd.DataFrame:
        """Return the plans of a list that concern an actor, with the sums of the actor's part.

        ``plans``: ``plan_id``, ``version`` and ``last``.
        """
        parts, concerns = [], []
        for row in zip(plans["plan_id"], plans["version"], plans["last"], strict=True):
            stops, left = self._codes(actor, *row)
            parts.append(actor.scope.of_frame(stops))
            concerns.append(bool(len(parts[-1])) or self._leaves(actor, left, *row))
        shown = plans.assign(
            stops=[len(part) for part in parts],
            expected_finds=[float(part["find_chance"].sum()) for part in parts],
        )
        return shown[pd.Series(concerns, index=shown.index, dtype=bool)].reset_index(drop=True)

    def _codes(
        self, actor: Actor, plan_id: str, version: int, last: date
    ) -> tuple[pd.DataFrame, Scope]:
        """Return a plan's stops, and the codes of the places that it leaves uncovered.

        In a large street these are nearly all buildings; communities and grids are few.
        """

        def read() -> tuple[pd.DataFrame, Scope]:
            with self._workspace.store.begin() as unit:
                stops = unit.patrols.stop_places(plan_id, version)
                codes = unit.patrols.left_codes(plan_id, version)
            if codes is None:
                return stops, _codes_of(self._left(actor, plan_id, version, last))
            return stops, _codes_of(codes if may_unblind(actor) else codes[codes["open"]])

        return self._kept.get((plan_id, version, may_unblind(actor)), read)

    def _leaves(self, actor: Actor, codes: Scope, plan_id: str, version: int, last: date) -> bool:
        """Say whether a plan leaves anything uncovered that an actor may be told of.

        Which buildings it leaves is looked up for whoever answers for single ones.
        """
        scope = actor.scope
        if codes.communities & scope.communities or codes.grids & scope.grids:
            return True
        key = plan_id, version, may_unblind(actor), scope
        return bool(scope.buildings) and self._left_there.get(
            key,
            lambda: bool(len(scope.of_frame(self._left(actor, plan_id, version, last)))),
        )

    def _left(self, actor: Actor, plan_id: str, version: int, last: date) -> pd.DataFrame:
        """Return the places that a plan leaves uncovered, as far as an actor may know of them."""
        with self._workspace.store.begin() as unit:
            left = unit.patrols.left_places(plan_id, version)
        return left if may_unblind(actor) else open_uncovered(left, last)


def _codes_of(rows: pd.DataFrame) -> Scope:
    return Scope(
        communities=frozenset(rows["community_code"].dropna()),
        grids=frozenset(rows["grid_code"].dropna()),
    )
