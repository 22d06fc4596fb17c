"""Tiers as they are drawn: fill, outline, pattern and letter, readable without colour vision.

Fills differ by at least 25 CIELAB units for normal sight and for simulated protanopia,
deuteranopia and tritanopia (Machado, Oliveira and Fernandes 2009), which a test checks.
"""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class TierStyle:
    """How one tier is drawn.

    ``fill``, ``outline``: CSS colours of the area and its border; text in ``outline`` on white
    reads at 4.5:1.
    """

    tier: str
    """The stored name: 红, 橙, 黄 or 蓝."""
    fill: str
    outline: str
    pattern: str
    """``cross``, ``stripe``, ``dots`` or ``plain``: what tells tiers apart without colour."""
    width_px: float
    """Border width; the highest tier has the heaviest border."""

    def as_json(self) -> dict[str, str | float]:
        """Return the fields for the browser, with the colour of what is written on the fill."""
        return asdict(self) | {"on_fill": "#ffffff" if self is TIERS[0] else "#1d2733"}


TIERS: tuple[TierStyle, ...] = (
    TierStyle("红", "#a3123a", "#6d0a25", "cross", 1.6),
    TierStyle("橙", "#ee7a30", "#96440c", "stripe", 1.2),
    TierStyle("黄", "#f9e08b", "#7a6108", "dots", 0.9),
    TierStyle("蓝", "#a6c8e8", "#2f6798", "plain", 0.7),
)
NO_TIER = TierStyle("", "#e3e6ea", "#5f6875", "plain", 0.7)
_BY_NAME = {style.tier: style for style in TIERS}
_ORDER = {style.tier: place for place, style in enumerate(TIERS)}


def tier_style(tier: str) -> TierStyle:
    """Return how a tier is drawn; an unscored unit is grey."""
    return _BY_NAME.get(tier, NO_TIER)


def tier_order(tier: str) -> int:
    """Return 0 for the highest tier, rising; -1 for an unscored unit."""
    return _ORDER.get(tier, -1)
