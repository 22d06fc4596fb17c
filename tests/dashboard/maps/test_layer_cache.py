"""Layers of the map are asked for once, until something changes."""

import pytest

from dashboard.maps.layer_cache import LayerChoice, forget_layers, grids_payload, map_layer
from dashboard.runtime import context
from governance.access.permissions import Actor, Scope
from governance.office import Office


@pytest.mark.usefixtures("served_city")
def test_a_layer_is_asked_for_once_until_it_is_forgotten(newest: str) -> None:
    choice = LayerChoice("grid", newest)
    first = map_layer(choice)
    assert map_layer(choice) is first
    payload = grids_payload(choice)
    assert grids_payload(choice) is payload
    forget_layers()
    assert map_layer(choice) is not first
    assert grids_payload(choice) == payload


def test_people_of_one_sight_share_a_layer_and_others_do_not(
    served_city: Office, newest: str
) -> None:
    choice = LayerChoice("building", newest)
    first = map_layer(choice)
    community = frozenset([str(first["community_code"].iloc[0])])
    again = Actor(id="other", name="other", roles=("planner",), scope=Scope.whole())
    part = Actor(id="p", name="p", roles=("planner",), scope=Scope(communities=community))
    warden = Actor(id="w", name="w", roles=("warden",), scope=Scope.whole())
    for actor, shares in ((again, True), (part, False), (warden, False)):
        context.provide(served_city, everyone=actor)
        assert (map_layer(choice) is first) == shares
    assert "score" not in map_layer(choice)
