"""What is laid over the map: each part for those who may, and of buildings they may see."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from case_street import case_no, lead, take_in
from two_communities import FOREIGN, OWN, OWN_SCOPE

from dashboard.maps.content import over_layers
from dashboard.maps.layer_cache import LayerChoice, map_layer
from governance.access.permissions import Actor, NotAllowedError, Scope, local_owner
from governance.office import Office

OWNER = local_owner()


@pytest.fixture
def two(own_two: Office) -> Office:
    return own_two


def newest_of(office: Office) -> str:
    return str(office.scores.snapshots(OWNER)["snapshot_id"].iloc[0])


def places(office: Office, units: tuple[str, ...]) -> set[tuple[float, float]]:
    frame = office.risk_map.layer(OWNER, layer="building").set_index("unit")
    return {(round(frame.lon[u], 6), round(frame.lat[u], 6)) for u in units}


def drawn(content: dict[str, Any]) -> set[tuple[float, float]]:
    return {(lon, lat) for lon, lat in (point["place"] for point in content["points"])}


def test_a_warden_is_offered_neither_reports_nor_change() -> None:
    warden = Actor(id="w", name="w", roles=("warden",), scope=OWN_SCOPE)
    assert not {"waiting", "change"} & set(over_layers.offered(warden, days=3))
    assert {"waiting", "change"} <= set(over_layers.offered(OWNER, days=3))
    assert "change" not in over_layers.offered(OWNER, days=1)


def test_reports_that_wait_are_those_without_a_later_visit(
    serve: Callable[..., Any], two: Office
) -> None:
    """Every building was visited in October; all complaints came in November."""
    serve(two, OWNER)
    points = drawn(over_layers.content("waiting", newest_of(two)))
    assert points == places(two, OWN + FOREIGN)


def test_reports_are_shown_within_ones_scope_alone(serve: Callable[..., Any], two: Office) -> None:
    serve(two, Actor(id="m", name="m", roles=("office_manager",), scope=OWN_SCOPE))
    assert drawn(over_layers.content("waiting", newest_of(two))) == places(two, OWN)
    assert two.risk_map.waiting_reports(OWNER) == sorted(OWN + FOREIGN)


def test_a_warden_who_asks_for_reports_is_refused(serve: Callable[..., Any], two: Office) -> None:
    serve(two, Actor(id="w", name="w", roles=("warden",), scope=Scope.whole()))
    with pytest.raises(NotAllowedError):
        over_layers.content("waiting", newest_of(two))


def test_change_marks_what_came_to_or_left_the_two_highest_tiers(
    serve: Callable[..., Any], two: Office
) -> None:
    serve(two, OWNER)
    days = two.scores.snapshots(OWNER).set_index("as_of")["snapshot_id"]
    tiers = [
        map_layer(LayerChoice("building", str(days[each]))).set_index("unit")["tier"]
        for each in sorted(days.index)
    ]
    high = [tier.isin(["红", "橙"]) for tier in tiers]
    changed = [unit for unit in high[0].index if high[0][unit] != high[1][unit]]
    points = over_layers.content("change", str(days[max(days.index)]))["points"]
    assert drawn({"points": points}) == places(two, tuple(changed))
    assert {point["kind"] for point in points} <= {"rise", "fall"}


def test_the_first_score_has_nothing_to_compare_with(
    serve: Callable[..., Any], two: Office
) -> None:
    serve(two, OWNER)
    oldest = str(two.scores.snapshots(OWNER)["snapshot_id"].iloc[-1])
    assert over_layers.content("change", oldest)["points"] == []


def test_next_weeks_routes_go_through_the_plans_stops_in_order(
    planned_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = str(planned_office.plans.all(OWNER)["plan_id"].iloc[0])
    plan = planned_office.plans.get(OWNER, plan_id)
    monkeypatch.setattr(over_layers, "WEEK", plan.first - planned_office.clock.today())
    lines = over_layers.content("routes", "")["lines"]
    stops = plan.stops.dropna(subset=["lon", "lat"]).sort_values(["shift_id", "place"])
    wanted = [
        part[["lon", "lat"]].to_numpy(float).round(6).tolist()
        for _, part in stops.groupby("shift_id")
    ]
    assert wanted
    assert [line["places"] for line in lines] == wanted


def test_a_week_without_a_plan_has_no_routes(serve: Callable[..., Any], two: Office) -> None:
    serve(two, OWNER)
    assert two.plans.of_week(OWNER, date(2026, 12, 1)) is None
    assert over_layers.content("routes", newest_of(two))["lines"] == []


def test_open_cases_are_laid_over_by_their_stage_within_ones_scope_and_never_for_a_warden(
    serve: Callable[..., Any], two: Office
) -> None:
    take_in(two, *(lead(number) for number in range(1, 6)))
    two.cases.act(OWNER, case_no(1), "accept", {})
    serve(two, Actor(id="m", name="m", roles=("office_manager",), scope=OWN_SCOPE))
    content = over_layers.content("cases", newest_of(two))
    assert drawn(content) == places(two, OWN)
    kinds = {point["unit"]: (point["kind"], point["sign"]) for point in content["points"]}
    expected = two.case_desk.open_places(OWNER)
    order = list(over_layers.CASE_HUES)
    assert kinds == {u: (expected[u], str(order.index(expected[u]) + 1)) for u in OWN}
    warden = Actor(id="w", name="w", roles=("warden",), scope=Scope.whole())
    assert "cases" not in over_layers.offered(warden, days=3)
    serve(two, warden)
    with pytest.raises(NotAllowedError):
        over_layers.content("cases", newest_of(two))
