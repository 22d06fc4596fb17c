"""How the visit model learns: the ``[score.model]`` section of ``gridwarden.toml``, range-checked.

The grids are searched at each origin on windows that ended before it; everything else is set.
"""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Final, Literal

from pydantic import Field

from data.workspace.sections import number, section
from risk.config.words import PurposeWords

Targets = Literal["listed", "known"]
LISTED: Final = "listed"
KNOWN: Final = "known"
OUTCOMES: Final = ("found", "critical", "other")
"""What a visit can bring: a find, a critical one, a count of other problems."""
OUTCOME_LEVELS: Final = ("kind_class", "party", "building", "unit")
"""Whose history counts, widest first; the first sets what the others are compared with."""
Bandwidth = Annotated[float, Field(ge=50, le=50_000)]
Days = Annotated[float, Field(ge=1, le=36_500)]
Penalty = Annotated[float, Field(ge=1e-3, le=1e9)]


@section
class PriorWeights:
    """Policy's weight (per unit of log ratio) of the same outcome's history at each level."""

    kind_class: float = number(0.5, high=5)
    party: float = number(0.3, high=5)
    building: float = number(0.3, high=5)
    unit: float = number(0.5, high=5)
    area: float = number(0.15, high=5)
    """Of each bandwidth of the neighbourhood."""


@section
class ModelConfig:
    """The recipe of the visit model that backtests evaluate; who visited is nowhere in it.

    Bandwidths of a short walk and of a community's reach, and half-lives of one to four months, are
    what a street office would try as well; the numbers were settled on Chicago's inspections, and
    half-life and penalty are chosen anew at each origin from the office's own past.
    """

    area_bandwidths_m: tuple[Bandwidth, ...] = Field(default=(800.0, 2000.0), min_length=1)
    area_half_lives_days: tuple[Days, ...] = Field(default=(30.0, 60.0, 120.0), min_length=1)
    """Grid of half-lives of a neighbourhood's finds, chosen at each origin."""
    area_strength: float = number(10.0, low=0.01, high=1e6)
    """Expected finds that "the neighbourhood is like everywhere" is worth."""
    area: bool = True
    """Use neighbourhoods. Teams have territories: an area can stand for who works there."""
    penalties: tuple[Penalty, ...] = Field(default=(100.0, 400.0, 1600.0), min_length=1)
    """Grid of ridge penalties, chosen at each origin."""
    reach_penalties: tuple[Penalty, ...] = Field(default=(400.0,), min_length=1)
    prior: PriorWeights = field(default_factory=PriorWeights)
    purposes: PurposeWords = field(default_factory=PurposeWords)
    window_days: int = number(61, low=7, high=1_830)
    """Length of a training window."""
    burn_in_days: int = number(150, high=3_660)
    """History that a training window must have behind it."""
    least_windows: int = number(2, low=1, high=1_000)
    """Windows without which nothing is fitted."""
    least_events: float = number(50.0, high=1e9)
    """Finds without which nothing is fitted: policy's weights stay as they are."""
    due_knots_days: tuple[Days, ...] = Field(default=(30.0, 90.0, 180.0, 365.0), min_length=1)
    """Days since the last result from which on another visit becomes likelier: what an office's
    cycles are, where it has any. Of whether a visit comes, for evaluation alone."""
    visit_half_life_days: float = number(720.0, low=1, high=36_500)
    reach_half_life_days: float = number(180.0, low=1, high=36_500)
    season_days: float = number(30.0, low=1, high=3_660)
    """Width (standard deviation) of the window in which the office's own level is taken."""
    count_cap: float = number(10.0, low=1, high=1e6)
    """Most problems that one visit counts."""
    no_history_days: float = number(730.0, low=1, high=36_500)
    """A place never visited counts as last visited this long ago."""
    top_classes: int = number(5, high=1_000)
    top_kinds: int = number(8, high=1_000)
    targets: Targets = LISTED
    """``listed``: a unit never met takes name, kind and place from the list of visits to come;
    ``known``: only what earlier visits of any purpose told."""
