"""Layers of the map are asked for once, until something changes."""

import pytest

from dashboard.maps.layer_cache import (
    LayerChoice,
    cached,
    forget_answers,
    forget_layers,
    grids_payload,
    map_layer,
)
from dashboard.runtime import context
from governance.access.permissions import Actor, NotAllowedError, Scope
from governance.office import Office
from gridwarden.compose import open_office


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


def test_an_import_made_elsewhere_is_seen_and_other_work_changes_nothing(
    served_city: Office, newest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    choice = LayerChoice("building", newest)
    first = map_layer(choice)
    forget_answers()  # as after a decision
    assert map_layer(choice) is first
    monkeypatch.setattr(served_city.risk_map, "state", lambda _: "another import")
    forget_answers()  # or after two seconds
    assert map_layer(choice) is not first


def test_what_another_process_says_is_out_of_date_is_asked_for_again(
    served_city: Office,
) -> None:
    asked: list[str] = []

    def ask() -> int:
        return cached("figure", count)

    def count() -> int:
        asked.append("x")
        return len(asked)

    assert [ask(), ask()] == [1, 1]
    elsewhere = open_office(served_city._workspace.root)
    elsewhere.operations.outdate_answers()
    elsewhere.close()
    assert [ask(), ask()] == [2, 2]


def test_who_may_not_see_the_map_is_given_nothing_that_others_were_shown(
    served_city: Office, newest: str
) -> None:
    choice = LayerChoice("building", newest)
    map_layer(choice)
    nobody = Actor(id="n", name="n", roles=(), scope=Scope.whole())
    context.provide(served_city, everyone=nobody)
    with pytest.raises(NotAllowedError):
        map_layer(choice)
