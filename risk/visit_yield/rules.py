"""Prior of the chance of a find per visit: the policy behind `risk.visit_yield.fit`."""

from __future__ import annotations

from data.workspace.sections import number, section


@section
class FindRules:
    """What is believed of a visit before any was made, and how much of the past is read."""

    windows: int = number(3, low=0, high=100)
    """Windows back from the cut, each scored as of its start; 0 never learns. So many scores kept
    from the past do without working out any."""
    window_days: int = number(30, low=7, high=366)
    """Days for which a score is taken to hold: older ones tell less of what a visit finds."""
    most_days: int = number(365, low=7, high=3_660)
    """How far back scores kept from the past are read."""
    least_finds: float = number(20.0, high=1e6)
    """Finds without which policy stays as it is."""
    level: float = number(0.02, low=1e-4, high=0.5)
    """Finds that a visit to a building of the typical expected count brings."""
    level_spread: float = number(1.0, low=0.01, high=5)
    """Standard deviation of the log of the level."""
    slope: float = number(1.0, low=0.1, high=2)
    slope_spread: float = number(0.3, low=0.01, high=5)
    effect_spread: float = number(1.0, low=0.01, high=5)
    """Standard deviation of the effects of the evening, a revisit and a waiting report, on the log
    scale."""
    waiting: float = number(2.0, low=0.1, high=20)
    """How many times the finds a report brings that nobody has answered, until visits tell."""
    least_told: float = number(5.0, high=1e6)
    """Finds on either side without which an effect is not told apart."""
    evening_from_hour: float = number(18.0, low=12, high=24)
    swept_modes: tuple[str, ...] = ("拉网",)
    """Ways of visiting that look through a door only: not what a plan's visit is."""
    report_categories: tuple[str, ...] = ("教育", "培训")
    """A report waits when its category holds one of these words or is unknown."""
    waiting_days: int = number(180, low=1, high=3_660)
    """A report that nobody has answered for so long waits no longer."""
