"""Bars of places on papers."""

import io

import numpy as np
import pytest
from PIL import Image, ImageColor

from dashboard.charts.bars_picture import BEFORE, NOW, bars_picture

ROW_PX = 44


@pytest.mark.parametrize(
    ("colour", "within", "counts"), [(NOW, 0.34, [2, 4, 1]), (BEFORE, 0.65, [3, 0, 1])]
)
def test_each_place_has_its_bars_in_its_own_row_as_long_as_its_counts(
    colour: str, within: float, counts: list[int]
) -> None:
    places = [("甲", 2, 3), ("乙", 4, None), ("丙", 1, 1)]
    picture = np.asarray(Image.open(io.BytesIO(bars_picture(places, now="本周", before="上周"))))
    rows = [picture[round(ROW_PX * (number + within))] for number in (1, 2, 3)]
    lengths = [int((row == ImageColor.getrgb(colour)).all(axis=1).sum()) for row in rows]
    unit = lengths[2]
    assert unit > 100
    assert lengths == pytest.approx([unit * count for count in counts], rel=0.05)
