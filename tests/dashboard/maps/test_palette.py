"""Tiers can be told apart by everyone."""

from itertools import combinations

import numpy as np
import pytest

from dashboard.maps.palette import NO_TIER, TIERS, tier_order, tier_style

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])
LEAST_DIFFERENCE = 25


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHT)
def test_every_two_tiers_differ_for_every_kind_of_sight(sight: str) -> None:
    seen = {style.tier: lab(SIGHT[sight] @ linear(style.fill)) for style in TIERS}
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) >= LEAST_DIFFERENCE, (one, other)


def test_tiers_differ_by_pattern_as_well() -> None:
    assert len({style.pattern for style in TIERS}) == len(TIERS)


@pytest.mark.parametrize("style", [*TIERS, NO_TIER], ids=lambda style: style.tier or "none")
def test_text_in_a_tiers_outline_colour_reads_on_white(style) -> None:  # noqa: ANN001 -- parametrised
    luminance = float(TO_XYZ[1] @ linear(style.outline))
    assert 1.05 / (luminance + 0.05) >= 4.5


def test_an_unknown_tier_is_drawn_as_not_scored() -> None:
    assert tier_style("紫") == NO_TIER
    assert [tier_order(t) for t in ("红", "橙", "黄", "蓝", "紫")] == [0, 1, 2, 3, -1]
