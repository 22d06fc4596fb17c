"""The design of a trial: plain values that can be shown and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from geo.errors import GridwardenError
from governance.scores.trials.settings import TrialRules

if TYPE_CHECKING:
    import pandas as pd

    from data.results.snapshot import Snapshot
    from risk.evaluation.trial.size import Assumptions

WEEK_DAYS: Final = 7
_SCORED_VISITS: Final = 100
_DIGITS: Final = 6
_LEAST: Final = 2
"""Buildings of an arm below which nothing can be compared."""


class TrialError(GridwardenError):
    """A trial cannot be made, sealed, cancelled or read so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOptions:
    """What is asked of a trial; None for what the office's settings, scores and visits say.

    ``power``, ``alpha``, ``visit_share``, ``low_until``, ``high_from``: as in `TrialRules`.
    ``low``, ``middle``, ``high``: share of visits with a look that find something, by arm; the mean
    score of the arm.
    """

    first: date | None = None
    """Its first day; the first Monday that is not over in time when None."""
    power: float | None = None
    alpha: float | None = None
    visit_share: float | None = None
    low_until: float | None = None
    high_from: float | None = None
    both: bool = True
    """Whether high against middle shall have the power, too, or high against low alone."""
    low: float | None = None
    middle: float | None = None
    high: float | None = None
    looked_share: float | None = None
    """Share of the buildings where somebody can look."""
    visits_a_week: float | None = None
    """Visits that the office makes, each building once a day."""

    def __post_init__(self) -> None:
        """Refuse shares that are none, and an office that never goes out."""
        from risk.evaluation.trial.size import ARMS

        inside = {n: getattr(self, n) for n in ("power", "alpha", "low_until", "high_from")}
        shares = {name: getattr(self, name) for name in ("visit_share", "looked_share")}
        rates = {name: getattr(self, name) for name in ARMS}
        wrong = [f"{n} {v}" for n, v in inside.items() if v is not None and not 0 < v < 1]
        wrong += [f"{n} {v}" for n, v in shares.items() if v is not None and not 0 < v <= 1]
        wrong += [f"{n} {v}" for n, v in rates.items() if v is not None and not 0 <= v <= 1]
        if self.visits_a_week is not None and not 0 < self.visits_a_week < 1e6:  # noqa: PLR2004
            wrong.append(f"visits_a_week {self.visits_a_week}")
        if (self.low_until or 0) > (self.high_from or 1):
            wrong.append(f"low_until {self.low_until}, high_from {self.high_from}")
        if wrong:
            raise TrialError("trial_options_wrong", seen=", ".join(wrong))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialDesign:
    """A trial as it is shown before it is sealed, with everything that its size follows from.

    ``snapshot_id``, ``scored_on``: the score that the arms follow from, and its day.
    ``first``, ``last``, ``read_from``, ``weeks``: its span, whole weeks, and from which day its
    result is read.
    ``power``, ``both``, ``alpha``, ``visit_share``, ``visits_a_week``, ``looked_share``,
    ``low_until``, ``high_from``: what it rests on.
    ``foretold``, ``assumed``, ``available``: by arm: the mean score as a share, the share of looks
    that are assumed to find something, and how many buildings could be drawn.
    ``needed``, ``per_arm``: buildings that each arm needs for the power, and that it has: as many,
    or all that there are and that the office reaches within the weeks that a trial may take.
    """

    snapshot_id: str
    scored_on: date
    first: date
    last: date
    read_from: date
    weeks: int
    power: float
    both: bool
    alpha: float
    visit_share: float
    visits_a_week: float
    looked_share: float
    low_until: float
    high_from: float
    foretold: dict[str, float]
    assumed: dict[str, float]
    available: dict[str, int]
    needed: int
    per_arm: int
    reached: dict[str, float]
    """Power of each comparison with ``per_arm`` buildings, high with low and high with middle."""

    @property
    def is_short(self) -> bool:
        """Whether street or time have too few buildings for the stated power."""
        return self.per_arm < self.needed

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return {n: v.isoformat() if isinstance(v, date) else v for n, v in asdict(self).items()}

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Return the design that `to_plain` wrote."""
        days = ("scored_on", "first", "last", "read_from")
        return cls(**{**plain, **{name: date.fromisoformat(plain[name]) for name in days}})


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What the office's own visits say: how many a week, and at what share somebody could look."""

    visits_a_week: float | None
    looked_share: float | None


def scores_of(snapshot: Snapshot) -> pd.Series:
    """Return the scores of the buildings that can be drawn, 0 to 100, by id: those with a place."""
    import pandas as pd

    from data.results.snapshot import BUILDING_KIND

    rows = snapshot.ranked(BUILDING_KIND, columns=["rank", "h3_r10", "score"])
    placed = rows[rows["h3_r10"] != ""]
    return pd.Series(placed["score"].to_numpy(float).round(_DIGITS), index=placed["unit"])


def design_trial(
    snapshot: Snapshot,
    options: TrialOptions,
    rules: TrialRules,
    usual: Usual,
    *,
    first: date,
    late_days: int,
) -> TrialDesign:
    """Work out size and length of a trial.

    ``late_days``: how long after a visit it can still be recorded.

    Raises `TrialError`: ``trial_too_few_buildings``, ``trial_visits_unknown``,
    ``trial_too_few_visits``.
    Raises `risk.evaluation.trial.size.TrialSizeError` where no size has the power.
    """
    from risk.evaluation.trial.size import ARMS, needed_per_arm, weeks_needed

    cuts = {n: getattr(options, n) or getattr(rules, n) for n in ("low_until", "high_from")}
    available, foretold = _drawable(scores_of(snapshot), cuts)
    weekly = options.visits_a_week or usual.visits_a_week
    looked = options.looked_share or usual.looked_share
    if not weekly or not looked:
        raise TrialError("trial_visits_unknown")
    assumptions = _assumptions(options, rules, foretold=foretold, looked_share=looked)
    needed = needed_per_arm(assumptions, both=options.both)
    share = options.visit_share or rules.visit_share
    reach = int(weekly * share * rules.most_weeks / len(ARMS))
    if reach < _LEAST:
        raise TrialError("trial_too_few_visits", seen=f"{weekly:.1f}", share=f"{share:.0%}")
    per_arm = min(needed, reach, *available.values())
    weeks = weeks_needed(len(ARMS) * per_arm, visits_a_week=weekly, share=share)
    last = first + timedelta(days=weeks * WEEK_DAYS - 1)
    return TrialDesign(
        snapshot_id=snapshot.snapshot_id, scored_on=snapshot.as_of, **cuts,
        first=first, last=last, read_from=last + timedelta(days=late_days + 1), weeks=weeks,
        power=assumptions.power, both=options.both, alpha=assumptions.alpha,
        visit_share=share, visits_a_week=round(weekly, 2), looked_share=round(looked, 4),
        foretold=foretold, assumed={arm: getattr(assumptions, arm) for arm in ARMS},
        available=available, needed=needed, per_arm=per_arm,
        reached=_power_reached(assumptions, per_arm),
    )  # fmt: skip


def _drawable(
    scores: pd.Series, cuts: Mapping[str, float]
) -> tuple[dict[str, int], dict[str, float]]:
    """Return by arm how many buildings there are, and the find rate that the score foretells."""
    from risk.evaluation.trial.draw import arms_of
    from risk.evaluation.trial.size import ARMS

    arms = arms_of(scores, **cuts, key=b"")
    available = {arm: int((arms == arm).sum()) for arm in ARMS}
    if min(available.values()) < _LEAST:
        raise TrialError("trial_too_few_buildings", seen=len(scores))
    return available, {arm: float(scores[arms == arm].mean()) / _SCORED_VISITS for arm in ARMS}


def _assumptions(
    options: TrialOptions, rules: TrialRules, *, foretold: Mapping[str, float], looked_share: float
) -> Assumptions:
    """Take what was asked for, else what the scores foretell and the settings say."""
    from risk.evaluation.trial.size import ARMS, Assumptions

    stated = {arm: getattr(options, arm) for arm in ARMS}
    assumed = {arm: foretold[arm] if stated[arm] is None else stated[arm] for arm in ARMS}
    return Assumptions(
        **assumed,
        looked_share=looked_share,
        alpha=options.alpha or rules.alpha,
        power=options.power or rules.power,
    )


def _power_reached(assumed: Assumptions, per_arm: int) -> dict[str, float]:
    """Return the power of the high arm's comparison with each of the others."""
    from risk.evaluation.trial.size import COMPARED, power_of

    return {
        other: power_of(
            assumed.rate(one), assumed.rate(other), per_arm=per_arm, alpha=assumed.alpha
        )
        for one, other in COMPARED
    }
