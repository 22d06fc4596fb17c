"""What a plan would come to, and what could be asked for instead."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NarrowerPlan:
    """What could be asked for so that all that is due is visited; None or () where nothing does.

    ``communities``, ``kinds``: only these, those of the highest mean chance of a find.
    """

    period_days: int | None
    """So many days between visits at least."""
    communities: tuple[str, ...]
    kinds: tuple[str, ...]
    pair: tuple[str, str] | None
    """Only this community and in it this kind, of the highest mean chance, where whole communities
    and kinds are too many.
    """
    weeks: int | None
    """So many weeks from the first day on, at most `LONGEST_DAYS`."""
    teams: int
    """So many teams like those that go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanForecast:
    """What a plan would come to.

    ``teams``, ``shifts``, ``stops``: that go out, and that they have time for.
    ``due``, ``kept``: buildings that fall due by the last day and can be visited; how many of them
    are.
    ``finds``, ``usual_finds``: visits expected to find something; the same if the same teams went
    on the same days by the office's usual rules instead, with its own cadence, everywhere.
    """

    teams: int
    shifts: int
    stops: int
    due: int
    kept: int
    weeks: int | None
    """After how many weeks at this pace nothing is due any more; None if never."""
    finds: float
    usual_finds: float
    narrower: NarrowerPlan | None
    """What could be asked for instead; None where all that is due is kept."""

    @property
    def share(self) -> float:
        """How much of what is due is kept, 0 to 1; 1 where nothing is due."""
        return self.kept / self.due if self.due else 1.0
