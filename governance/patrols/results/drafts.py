"""Drafts beside each other: what each would bring, and which buildings one of them alone visits."""

from dataclasses import dataclass

import pandas as pd

from governance.access.permissions import Action, Actor, require
from governance.patrols.plans import PlanService
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.vocabulary import PlanState
from governance.service import Service
from risk.scoring.ranking import RED, TIERS


@dataclass(frozen=True, slots=True)
class ComparedDraft:
    """A draft as far as it lies in the actor's scope."""

    plan: Plan
    teams: int
    """That have a stop."""
    red_served: int
    red_left: int
    """Buildings of the highest tier that should be on it and are not."""
    alone: pd.DataFrame
    """Its buildings that the other draft does not visit, of the highest tier first, then in the
    order of its days: ``building_id``, ``name``, ``tier``, ``building_kind``, ``day``.
    """


class DraftService(Service):
    """Services that lay drafts of plans beside each other before one of them is published."""

    _plans: PlanService

    def drafts(self, actor: Actor) -> pd.DataFrame:
        """List the drafts, last changed first; columns as `PlanService.all` gives them."""
        require(actor, Action.MAKE_PLAN)
        plans = self._plans.all(actor)
        plans = plans[plans["state"] == PlanState.DRAFT]
        return plans.sort_values("made_at", ascending=False, ignore_index=True)

    def compare(
        self, actor: Actor, plan_id: str, other_id: str
    ) -> tuple[ComparedDraft, ComparedDraft]:
        """Return two plans with what tells them apart.

        Raises `PlanError` as `PlanService.get`.
        """
        require(actor, Action.MAKE_PLAN)
        one, other = (self._plans.get(actor, each) for each in (plan_id, other_id))
        return _compared(one, other), _compared(other, one)


def _compared(plan: Plan, other: Plan) -> ComparedDraft:
    stops = plan.stops.merge(plan.shifts[["shift_id", "team_id", "day"]], on="shift_id")
    stops = stops.sort_values(["day", "arrive"], kind="stable")
    red = set(stops.loc[stops["tier"] == RED, "building_id"])
    left = plan.uncovered
    missed = set(left.loc[left["tier"] == RED, "building_id"]) - red
    alone = stops[~stops["building_id"].isin(other.stops["building_id"])]
    alone = alone.drop_duplicates("building_id")
    alone = alone.sort_values("tier", key=_from_highest, kind="stable", ignore_index=True)
    return ComparedDraft(
        plan=plan,
        teams=stops["team_id"].nunique(),
        red_served=len(red),
        red_left=len(missed),
        alone=alone[["building_id", "name", "tier", "building_kind", "day"]],
    )


def _from_highest(tiers: pd.Series) -> pd.Series:
    return tiers.map({tier: place for place, tier in enumerate(TIERS)})
