"""What a plan would come to, and what could be asked for instead."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NarrowerPlan:
    """What could be asked for so that all that is due is visited; None or () where nothing does.

    Parameters
    ----------
    period_days
        So many days between visits at least.
    communities, kinds
        Only these, those of the highest mean chance of a find.
    pair
        Only this community and in it this kind, of the highest mean chance, where whole communities
        and kinds are too many.
    weeks
        So many weeks from the first day on, at most `LONGEST_DAYS`.
    teams
        So many teams like those that go.
    """

    period_days: int | None
    communities: tuple[str, ...]
    kinds: tuple[str, ...]
    pair: tuple[str, str] | None
    weeks: int | None
    teams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanForecast:
    """What a plan would come to.

    Parameters
    ----------
    teams, shifts, stops
        That go out, and that they have time for.
    due, kept
        Buildings that fall due by the last day and can be visited; how many of them are.
    weeks
        After how many weeks at this pace nothing is due any more; None if never.
    finds, usual_finds
        Visits expected to find something; the same if the same teams went on the same days by the
        office's usual rules instead, with its own cadence, everywhere.
    narrower
        What could be asked for instead; None where all that is due is kept.
    """

    teams: int
    shifts: int
    stops: int
    due: int
    kept: int
    weeks: int | None
    finds: float
    usual_finds: float
    narrower: NarrowerPlan | None

    @property
    def share(self) -> float:
        """How much of what is due is kept, 0 to 1; 1 where nothing is due."""
        return self.kept / self.due if self.due else 1.0
