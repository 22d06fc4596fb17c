"""The map of the street for papers: every community has the colour of its count."""

import io

import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dashboard.maps.street_picture import CLASSES, class_breaks, class_of, street_picture


@given(st.lists(st.integers(0, 10_000), max_size=40))
def test_classes_keep_the_order_of_counts_and_none_has_its_own(counts: list[int]) -> None:
    breaks = class_breaks(counts)
    assert breaks[0] == 0
    assert list(breaks) == sorted(set(breaks))
    classes = [class_of(count, breaks) for count in sorted(counts)]
    assert classes == sorted(classes)
    assert all((each == 0) == (count == 0) for each, count in zip(classes, sorted(counts),
                                                                  strict=True))  # fmt: skip
    assert max(classes, default=0) < len(CLASSES)


@pytest.fixture
def communities() -> pd.DataFrame:
    squares = [shapely.box(117.1 + n / 100, 36.1, 117.11 + n / 100, 36.11) for n in range(3)]
    return pd.DataFrame({"unit": ["a", "b", "c"], "name": ["甲社区", "乙社区", "丙社区"],
                         "geom": shapely.to_wkb(squares)})  # fmt: skip


NO_GROUND = pd.DataFrame({name: [] for name in ("kind", "level", "name", "name_en", "geom")})


def test_more_is_darker_and_the_unknown_is_grey(communities: pd.DataFrame) -> None:
    drawn = Image.open(io.BytesIO(street_picture(communities, NO_GROUND, {"a": 0, "b": 9},
                                                 legend="发现问题")))  # fmt: skip
    assert drawn.size == (1000, 760)
    none, most, unknown = (drawn.convert("L").getpixel((x, 280)) for x in (120, 420, 880))
    assert none > unknown > most  # type: ignore[operator]


def test_a_street_without_borders_is_an_empty_picture(communities: pd.DataFrame) -> None:
    drawn = street_picture(communities.head(0), NO_GROUND, {}, legend="")
    assert Image.open(io.BytesIO(drawn)).size == (1000, 760)


def test_whose_the_base_map_is_stands_in_a_corner(communities: pd.DataFrame) -> None:
    corners = []
    for credit in ("", "© Somebody"):
        drawn = Image.open(io.BytesIO(street_picture(communities, NO_GROUND, {}, legend="发现问题",
                                                     credit=credit)))  # fmt: skip
        corners.append(drawn.convert("L").crop((850, 730, 1000, 760)).getextrema())
    (least, most), (dark, _) = corners
    assert least == most > dark
