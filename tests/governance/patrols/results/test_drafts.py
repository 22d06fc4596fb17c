"""Two drafts beside each other: their figures, and the buildings of one of them alone."""

from dataclasses import replace

import pytest
from actors import person

from governance.access.permissions import Actor, NotAllowedError
from governance.office import Office
from tests.governance.patrols.results.afterwards_street import MONDAY, STOPS, keep, plan_of


def keep_two(desk: Office) -> None:
    """Keep a draft of all stops and one without those at B1."""
    keep(desk, plan_of(plan_id="W1"), published=False)
    keep(desk, plan_of(plan_id="W2", stops=STOPS[1:]), published=False)


def test_a_building_of_one_draft_alone_is_told_with_its_day_and_the_red_ones_are_counted(
    after: Office, actor: Actor
) -> None:
    keep_two(after)
    one, other = after.drafts.compare(actor, "W1", "W2")
    (row,) = one.alone.to_dict("records")
    assert (row["building_id"], row["day"].date()) == ("B1", MONDAY)
    assert other.alone.empty
    assert (one.red_served, other.red_served, one.red_left, one.teams) == (6, 5, 0, 1)


def test_buildings_of_one_draft_alone_stand_by_tier_and_then_by_day(
    after: Office, actor: Actor
) -> None:
    plan = plan_of(plan_id="W1")
    tiers = ["黄", "红", "橙", "蓝", "红", "红"]
    keep(after, replace(plan, stops=plan.stops.assign(tier=tiers)), published=False)
    keep(after, plan_of(plan_id="W2", stops=STOPS[-1:]), published=False)
    alone = after.drafts.compare(actor, "W1", "W2")[0].alone
    assert alone["building_id"].tolist() == ["B2", "B5", "B3", "B1", "B4"]


def test_drafts_alone_are_listed_the_last_changed_first(after: Office, actor: Actor) -> None:
    keep_two(after)
    assert set(after.drafts.drafts(actor)["plan_id"]) == {"W1", "W2"}
    after.plans.publish(actor, "W1", version=1)
    assert after.drafts.drafts(actor)["plan_id"].tolist() == ["W2"]


def test_who_makes_no_plans_compares_none(after: Office) -> None:
    keep_two(after)
    for asked in (after.drafts.drafts, lambda who: after.drafts.compare(who, "W1", "W2")):
        with pytest.raises(NotAllowedError):
            asked(person("warden"))
