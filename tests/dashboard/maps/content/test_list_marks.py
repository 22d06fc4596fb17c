"""What the map points out is what the list says."""

import numpy as np
import pandas as pd
import pytest
import shapely

from dashboard.maps.content import list_marks
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.maps.palette import TIERS


def listed(level: str, snapshot_id: str) -> pd.DataFrame:
    return map_layer(LayerChoice(level, snapshot_id)).sort_values("rank", ignore_index=True)


@pytest.mark.usefixtures("served_city")
@pytest.mark.parametrize("level", ["building", "cell:10", "cell:8", "grid", "community"])
def test_pins_are_the_first_ten_of_whatever_the_list_ranks_with_its_numbers(
    newest: str, level: str
) -> None:
    units = listed(level, newest)
    pins = list_marks.pins(level, units)
    assert [pin["unit"] for pin in pins] == units["unit"].head(10).tolist()
    assert [pin["number"] for pin in pins] == units["rank"].head(10).tolist()
    assert all(np.isfinite([pin["lon"], pin["lat"]]).all() for pin in pins)


@pytest.mark.usefixtures("served_city")
def test_a_pin_stands_on_its_building(newest: str) -> None:
    units = listed("building", newest).head(10)
    shapes = shapely.from_wkb([bytes(wkb) for wkb in units["geom"]])
    pins = list_marks.pins("building", units)
    points = shapely.points([(pin["lon"], pin["lat"]) for pin in pins])
    assert shapely.dwithin(shapes, points, 1e-6).all()


@pytest.mark.usefixtures("served_city")
def test_a_unit_without_a_place_has_no_pin_and_the_others_keep_their_numbers(newest: str) -> None:
    units = listed("building", newest).head(3)
    units.loc[1, ["geom", "lon", "lat"]] = None, np.nan, np.nan
    assert [pin["number"] for pin in list_marks.pins("building", units)] == [1, 3]


@pytest.mark.usefixtures("served_city")
def test_the_legends_counts_add_up_to_the_scored_buildings(newest: str) -> None:
    units = listed("building", newest)
    counts = list_marks.counts(units, [style.tier for style in TIERS])
    assert sum(counts) == (units["tier"] != "").sum()
    assert counts[0] == (units["tier"] == TIERS[0].tier).sum()


@pytest.mark.usefixtures("served_city")
@pytest.mark.parametrize("level", ["building", "cell:9", "grid", "community"])
def test_what_is_chosen_lies_in_the_box_that_is_looked_at(newest: str, level: str) -> None:
    units = listed(level, newest)
    (pin,) = list_marks.pins(level, units.head(1))
    box = list_marks.box_of(pin["unit"], newest)
    assert box is not None
    assert shapely.box(*box).contains(shapely.Point(pin["lon"], pin["lat"]))


@pytest.mark.usefixtures("served_city")
def test_nothing_known_has_no_box_and_nothing_left_no_bounds(newest: str) -> None:
    assert list_marks.box_of("nowhere", newest) is None
    assert list_marks.bounds(LayerChoice("building", newest, ("nowhere",))) is None
