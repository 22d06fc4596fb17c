"""What the map reads."""

import pandas as pd
import pytest

from governance.access.permissions import Actor
from governance.access.scopes import Scope
from governance.office import Office

CELLS = ("cell:8", "cell:9", "cell:10")


@pytest.mark.parametrize("layer", CELLS)
def test_cells_sum_their_buildings(seen_scored: Office, actor: Actor, layer: str) -> None:
    buildings = seen_scored.risk_map.layer(actor, layer="building")
    assert seen_scored.risk_map.layer(actor, layer=layer)["score"].sum() >= buildings["score"].sum()


@pytest.mark.parametrize("layer", CELLS)
def test_a_filter_leaves_only_the_sums_of_what_it_kept(
    seen_scored: Office, actor: Actor, layer: str
) -> None:
    homes = seen_scored.risk_map.layer(actor, layer="building", kinds=["住宅"])
    assert homes["unit"].sort_values().tolist() == ["B1", "B2", "B3", "B4"]
    cells = seen_scored.risk_map.layer(actor, layer=layer, kinds=["住宅"])
    assert cells["buildings"].sum() == 4
    assert cells["score"].sum() == pytest.approx(homes["score"].sum())
    assert cells["rank"].tolist() == list(range(1, len(cells) + 1))


def test_a_filter_that_keeps_nothing_shows_nothing(seen_scored: Office, actor: Actor) -> None:
    assert seen_scored.risk_map.layer(actor, layer="building", kinds=["厂房"]).empty
    assert seen_scored.risk_map.layer(actor, layer="cell:9", kinds=["厂房"]).empty


def test_a_building_is_found_by_any_words_of_its_address(seen_scored: Office, actor: Actor) -> None:
    assert seen_scored.risk_map.find(actor, "花园 7号")["unit"].tolist() == ["B7"]
    assert seen_scored.risk_map.find(actor, "b7")["unit"].tolist() == ["B7"]
    assert seen_scored.risk_map.find(actor, "没有这个小区").empty


@pytest.mark.parametrize("text", ["", "花园", "B", "花园 b 2号", "%", "_"])
@pytest.mark.parametrize("role", ["planner", "warden"])
def test_a_search_tells_of_a_building_what_the_layer_tells(
    seen_scored: Office, actor: Actor, role: str, text: str
) -> None:
    inside = seen_scored.risk_map.layer(actor, layer="building")["unit"].tail(5)
    scope = Scope(street=role == "planner", buildings=frozenset(inside))
    actor = Actor(id="someone", name="someone", roles=(role,), scope=scope)
    layer = seen_scored.risk_map.layer(actor, layer="building")
    searched = (layer["unit"] + " " + layer["name"] + " " + layer["std_address"]).str.casefold()
    held = searched.map(lambda known: all(word in known for word in text.casefold().split()))
    expected = layer[held].head(4).reset_index(drop=True)
    found = seen_scored.risk_map.find(actor, text, limit=4)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
