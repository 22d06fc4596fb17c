"""What a town does week by week: how things come about, who is told of, and who is visited."""

from typing import NamedTuple


class Behaviour(NamedTuple):
    """Weekly rates per 1,000 places and the habits of those who tutor, tell and look.

    A place is a building, or a unit where visits are to units. Two worlds: with ``find_rate`` 0
    hidden sites open, are found once and move on; with ``find_rate`` above 0 nothing opens or
    ends, and every full visit to place i finds something with chance 1 - exp(-rate), where rate is
    ``find_rate`` times the true risk of place and month (mean one), whatever was found before.
    """

    weeks: int = 104
    """How long the town is followed, after half a year that is not told of."""
    # Sites.
    openings: float = 2.6
    life_weeks: float = 34.0
    moves_on: float = 0.62
    true_reports_per_site: float = 0.118
    # Rates.
    find_rate: float = 0.0
    rate_reports: float = 0.0
    """Complaints about what is there, at the mean rate and where people report as elsewhere."""
    closed_doors: float = 0.12
    """Share of the visits that learn nothing, whatever is there."""
    # Those who tell.
    false_reports: float = 4.2
    other_reports: float = 1.6
    serial_share: float = 0.09
    repeat_mean: float = 0.42
    reporting_spread: float = 0.65
    """Standard deviation of the log of how readily a community reports."""
    # Those who look.
    patrols: float = 24.0
    """Visits by habit: where people live, where was found before, where effort goes."""
    rota: float = 0.0
    """Visits to the places longest not visited."""
    spot_checks: float = 0.7
    """Visits to places drawn at random, each alike."""
    follow_up_share: float = 0.82
    """Share of the places reported in a week that are visited for it."""
    revisit_share: float = 0.7
    revisit_days: tuple[int, ...] = (30, 60)
    """Days after a find when somebody comes back, each with ``revisit_share``."""
    revisit_sees: float = 1.0
    """Effort of a revisit in a world of rates: it looks after what was found before."""
    campaign_weeks: tuple[int, ...] = (3, 4, 18, 27, 29, 31, 40)
    effort_spread: float = 0.5
    evenings: bool = True
    """Whether some visits are in the evening; then those by day see `DAY_SEES` of what is there."""

    @property
    def days(self) -> int:
        """Return how many days the town is followed."""
        return 7 * self.weeks


BEHAVIOUR = Behaviour()
"""The demonstration's."""

DAY_SEES = 0.7
"""Effort of a visit by day where there are visits in the evening too, in a world of rates."""
