"""How the find rate is learnt: the ``[score.model]`` section of ``gridwarden.toml``."""

from dataclasses import field
from typing import Annotated, Final

from pydantic import Field

from data.workspace.sections import number, section
from risk.config.words import PurposeWords

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
    words: float = number(0.3, high=5)
    """Of places whose operators' names share a word."""
    building: float = number(0.3, high=5)
    unit: float = number(1.0, high=5)
    area: float = number(0.15, high=5)
    """Of each bandwidth of the neighbourhood."""
    grade: float = number(0.6, high=5)
    """Of grades at every level, per standard deviation."""


@section
class ModelConfig:
    """The recipe of the find rate; who visited is nowhere in it.

    Bandwidths of a short walk and of a community's reach, and half-lives of one to four months, are
    what a street office would try as well; half-life and penalty are chosen by their evidence in
    the office's own past visits (`risk.find_rate.likelihood`).
    """

    area_bandwidths_m: tuple[Bandwidth, ...] = Field(default=(800.0, 2000.0), min_length=1)
    area_half_lives_days: tuple[Days, ...] = Field(default=(30.0, 60.0, 120.0), min_length=1)
    """Half-lives of a neighbourhood's finds to choose from."""
    area_strength: float = number(10.0, low=0.01, high=1e6)
    """Expected finds that "the neighbourhood is like everywhere" is worth."""
    area: bool = True
    """Use neighbourhoods. Teams have territories: an area can stand for who works there."""
    penalties: tuple[Penalty, ...] = Field(default=(30.0, 100.0, 400.0, 1600.0), min_length=1)
    """How firmly policy's weights are held to, in expected finds, to choose from."""
    prior: PriorWeights = field(default_factory=PriorWeights)
    purposes: PurposeWords = field(default_factory=PurposeWords)
    window_days: int = number(30, low=7, high=1_830)
    """Length of a training window."""
    burn_in_days: int = number(150, high=3_660)
    """History that a training window must have behind it."""
    visit_half_life_days: float = number(720.0, low=1, high=36_500)
    season_days: float = number(30.0, low=1, high=3_660)
    """Width (standard deviation) of the window in which the office's own level is taken."""
    least_grades: float = number(30.0, low=2, high=1e6)
    """Grades without which none is used; of a purpose, without which it is no group of its own."""
    count_cap: float = number(10.0, low=1, high=1e6)
    """Most problems that one visit counts."""
    no_history_days: float = number(730.0, low=1, high=36_500)
    """A place never visited counts as last visited this long ago."""
    top_classes: int = number(5, high=1_000)
    top_kinds: int = number(8, high=1_000)
    waiting: float = number(2.0, low=0.1, high=20)
    """How many times the finds a report brings that nobody has answered, until visits tell."""
    level: float = number(0.02, low=1e-4, high=0.5)
    """Finds that a full visit to a place brings of which nothing is known, until visits tell."""
    level_visits: float = number(20.0, low=0.1, high=1e6)
    """How many visits, finding at that level, it is worth (`risk.find_rate.prior`)."""
    windows: int = number(48, low=1, high=1_000)
    """Windows before the cut that are learnt from at most."""
    strength: float = number(0.5, low=0.1, high=100)
    """Of a building's rate about what its columns tell: its relative variance is the inverse of the
    sum of this and the next two (`risk.find_rate.own_rate`)."""
    strength_of_visit: float = number(0.1, high=100)
    """What each visit of the building adds."""
    strength_of_reports: float = number(2.0, high=100)
    """What it adds that the office keeps reports, once visits have shown what reports tell."""
    shared: float = number(0.5, low=0, high=1)
    """Share of this variance that buildings have in common with those next to them."""
