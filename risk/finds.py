"""The chance that one visit finds something, given the score, and how many finds a list may bring.

For a building of which the score expects E confirmed events within the horizon, one visit finds
something with probability

    p = 1 - exp(-μ),   ln μ = level + slope · ln(E / reference) + evening · e + revisit · r

the probability of at least one of a Poisson number of finds, so that the likelihood of visits that
found something or did not is that of the complementary log-log link (McCullagh and Nelder 1989,
Generalized Linear Models, 2nd ed., section 4.3). The mode under a Normal prior – slope about 1:
finds in proportion to E – is found by Newton steps; its uncertainty is the curvature there.

What is assumed: that a list's visits look as past visits did which no report caused and that were
no sweep; that what such visits had found is told by E, the evening and whether it was a revisit;
and that weeks scatter about this by a factor of their own, as far as past weeks have. A closed door
is a visit that found nothing. With fewer finds than the rules ask for, policy stays and says so.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from geo.errors import GridwardenError
from risk.find_visits import EVENING, EXPECTED, FOUND, REVISIT, WEEK, read_find_visits
from risk.settings_reader import ScoreConfigError, find_problems, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from risk.config import ScoreConfig
    from risk.find_visits import PastScores
    from risk.signals import FeatureSource

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

State = Literal["policy", "learnt"]
TERMS: Final = ("level", "slope", "evening", "revisit")
LEAST_EXPECTED: Final = 1e-6
"""A score of 0 is taken as this expected count."""
MOST_CHANCE: Final = 0.95
_LEAST_SLOPE: Final = 0.05
_STEPS: Final = 60
_DRAWS: Final = 1_000
_DIGITS: Final = 9
_LEAST_WEEKS: Final = 4


class FindsError(GridwardenError):
    """A chance or an expected count cannot be used."""


@dataclass(frozen=True, kw_only=True)
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
    """Standard deviation of the effects of the evening and of a revisit, on the log scale."""
    least_told: float = number(5.0, high=1e6)
    """Finds on either side without which an effect is not told apart."""
    evening_from_hour: float = number(18.0, low=12, high=24)
    swept_modes: tuple[str, ...] = ("拉网",)
    """Ways of visiting that look through a door only: not what a plan's visit is."""
    report_words: tuple[str, ...] = ("线索",)
    """Words in the purpose of a visit that a report caused, besides those of the score's policy."""

    def __post_init__(self) -> None:
        """Check kinds and ranges."""
        if problems := find_problems(self, "score.finds"):
            raise ScoreConfigError(problems)


@dataclass(frozen=True, kw_only=True)
class FindModel:
    """Chance of a find per visit.

    Parameters
    ----------
    state
        ``policy`` where there was not enough to learn from, ``learnt`` otherwise.
    terms
        Level, slope, and effects of the evening (beside the usual mix of day and evening) and of a
        revisit, as in `TERMS`; shape (4,).
    covariance
        Of the terms, shape (4, 4).
    reference
        Expected count at which the level holds, > 0.
    evening_share
        Share of evenings among the visits learnt from.
    week_spread
        Standard deviation of the log of a week's own factor.
    visits, finds, finds_needed
        What it stands on, and what policy asks for.
    trained_from, trained_until
        First and last moment of the visits read, local time; None where there are none.
    """

    state: State
    terms: Floats
    covariance: Floats
    reference: float
    evening_share: float
    week_spread: float
    visits: int
    finds: int
    finds_needed: float
    trained_from: datetime | None
    trained_until: datetime | None

    def chance(
        self,
        expected: Floats,
        *,
        evening: Bools | bool | None = None,
        revisit: Bools | bool = False,
    ) -> Floats:
        """Return the chance that one visit finds something.

        Parameters
        ----------
        expected
            Expected count within the horizon (score / 1000), ≥ 0, shape (n,); NaN where unknown.
        evening
            Whether the visit is in the evening; the usual mix of both when None.
        revisit
            Whether it goes back to where something was found.

        Returns
        -------
        ndarray
            0 to `MOST_CHANCE`, NaN where the expected count is, shape (n,).

        Raises
        ------
        FindsError
            For an expected count below 0.
        """
        e = np.asarray(expected, np.float64)
        if (e < 0).any():
            raise FindsError("expected_count_negative", seen=float(np.nanmin(e)), expected="≥ 0")
        z = np.log(np.maximum(e, LEAST_EXPECTED) / self.reference)
        shift = 0.0 if evening is None else np.asarray(evening, np.float64) - self.evening_share
        level, slope, at_evening, again = self.terms
        eta = level + slope * z + at_evening * shift + again * np.asarray(revisit, np.float64)
        return np.asarray(np.minimum(_chance(eta), MOST_CHANCE))

    def interval(self, chances: Floats, level: float) -> tuple[float, float]:
        """Return how many finds a list of visits may bring: both ends inclusive.

        The terms and the week's factor are drawn from what is known of them, then each visit's
        outcome; the ends are quantiles of the number found. Always the same for the same list.

        Parameters
        ----------
        chances
            As `chance` gives them, one per visit; NaN counts as 0.
        level
            Probability that the number is inside, above 0, below 1.

        Raises
        ------
        FindsError
            For chances outside 0 to 1 or such a level.
        """
        p = np.nan_to_num(np.asarray(chances, np.float64))
        if (p < 0).any() or (p > 1).any() or not 0 < level < 1:
            raise FindsError("chance_out_of_range", seen=f"{p.min(initial=0):g}, {level:g}",
                             expected="chances from 0 to 1, a level between 0 and 1")  # fmt: skip
        if not (p > 0).any():
            return 0.0, 0.0
        found = self._draw(p[p > 0])
        tail = (1 - level) / 2
        low, high = np.quantile(found, [tail, 1 - tail], method="inverted_cdf")
        return float(low), float(high)

    def facts(self) -> dict[str, Any]:
        """Return plain values: what it says, and on how much it stands."""
        return {
            "state": self.state,
            **{name: float(value) for name, value in zip(TERMS, self.terms, strict=True)},
            "covariance": self.covariance.tolist(),
            **{
                name: getattr(self, name)
                for name in ("reference", "evening_share", "week_spread", "visits", "finds",
                             "finds_needed")
            },
            "trained_from": None if self.trained_from is None else self.trained_from.isoformat(),
            "trained_until": None if self.trained_until is None else self.trained_until.isoformat(),
        }  # fmt: skip

    def _draw(self, p: Floats) -> Floats:
        """Draw the number found of visits with these chances, `_DRAWS` times."""
        rng = np.random.default_rng(len(p))
        eta = np.log(-np.log1p(-np.minimum(p, MOST_CHANCE)))
        z = (eta - self.terms[0]) / self.terms[1]
        off = rng.multivariate_normal(np.zeros(2), self.covariance[:2, :2], size=_DRAWS)
        week = self.week_spread * (rng.standard_normal(_DRAWS) - self.week_spread / 2)
        drawn = eta + off[:, :1] + off[:, 1:] * z + week[:, None]
        chance = _chance(drawn)
        # A sum of unlike chances, by the binomial with its mean and variance.
        mean, square = chance.sum(axis=1), (chance**2).sum(axis=1)
        trials = np.maximum(np.ceil(mean**2 / square - 1e-9), 1.0)
        number = rng.binomial(trials.astype(np.int64), np.minimum(mean / trials, 1.0))
        return np.asarray(number, dtype=np.float64)


def learn_find_chance(
    source: FeatureSource,
    *,
    cut: datetime,
    config: ScoreConfig,
    weights: Mapping[str, float] | None = None,
    rules: FindRules | None = None,
    past: Sequence[PastScores] = (),
) -> FindModel:
    """Learn the chance of a find per visit from visits known at ``cut``.

    Each visit is held against its building's expected count as of the start of its window, so
    nothing that it or a later visit found is in its features. Where scores are worked out again,
    their weights were learnt on the same months; scores kept from the past knew nothing of it.

    Parameters
    ----------
    source
        The engine.
    cut
        Local time; nothing learnt later is read.
    config
        Policy of the score.
    weights
        The snapshot's (``manifest["scorecard"]["weights"]``); policy's when None.
    rules
        See `FindRules`; its defaults when None.
    past
        Scores kept from the past, by which visits are read without working scores out again: only
        of the same policy as ``config``.
    """
    rule = rules or FindRules()
    betas = asdict(config.weights) if weights is None else dict(weights)
    visits, typical = read_find_visits(
        source, cut=cut, config=config, weights=betas, rules=rule, past=past
    )
    return fit_find_chance(visits, rules=rule, typical=typical, until=cut)


def fit_find_chance(
    visits: pd.DataFrame, *, rules: FindRules, typical: float, until: datetime | None = None
) -> FindModel:
    """Fit visits and their outcomes.

    Parameters
    ----------
    visits
        ``expected`` (≥ 0), ``found``, ``revisit`` (bool), ``evening`` (0, 1, NaN unknown),
        ``week`` (datetime64, its Monday); one row per building, day and part of the day.
    rules
        Prior, and what is enough.
    typical
        Expected count at which policy's level holds where no visit was made.
    until
        Noted as the end of what was learnt from.
    """
    e = np.maximum(visits[EXPECTED].to_numpy(np.float64), LEAST_EXPECTED)
    y = visits[FOUND].to_numpy(bool)
    reference = float(np.exp(np.log(e).mean())) if len(e) else max(typical, LEAST_EXPECTED)
    evening, revisit = visits[EVENING].to_numpy(np.float64), visits[REVISIT].to_numpy(np.float64)
    known = ~np.isnan(evening)
    share = float(evening[known].mean()) if known.any() else 0.0
    prior = np.array([np.log(rules.level), rules.slope, 0.0, 0.0])
    spread = np.array([rules.level_spread, rules.slope_spread, *[rules.effect_spread] * 2])
    model = FindModel(
        state="policy",
        terms=prior,
        covariance=np.diag(spread**2),
        reference=reference,
        evening_share=share,
        week_spread=0.0,
        visits=len(y),
        finds=int(y.sum()),
        finds_needed=rules.least_finds,
        trained_from=visits[WEEK].min().to_pydatetime() if len(y) else None,
        trained_until=until if len(y) else None,
    )
    if model.finds < max(rules.least_finds, 1.0):
        return model
    columns = [np.ones(len(y)), np.log(e / reference), np.where(known, evening - share, 0.0)]
    x = np.column_stack([*columns, revisit])
    told = [_is_told(y, evening == 1, evening == 0, rules), _is_told(y, revisit == 1, None, rules)]
    free = np.array([True, True, *told])
    terms, covariance = _fit(x, y, prior=prior, spread=spread, free=free)
    week = _week_spread(visits[WEEK], y, _chance(x @ terms))
    learnt: dict[str, Any] = {"state": "learnt", "terms": terms, "covariance": covariance}
    return FindModel(**{**vars(model), **learnt, "week_spread": week})


def compare_with_visits(chances: Floats, found: Bools, *, parts: int = 10) -> pd.DataFrame:
    """Set expected finds beside made ones, by parts of equal size from the least chance up.

    Returns
    -------
    DataFrame
        ``visits``, ``chance_from``, ``chance_to``, ``expected``, ``found``; one row per part that
        has any visit. Visits of one chance may fall into two parts, in the order given.
    """
    order = np.argsort(chances, kind="stable")
    rows = [
        {
            "visits": len(part),
            "chance_from": float(chances[part].min()),
            "chance_to": float(chances[part].max()),
            "expected": float(chances[part].sum()),
            "found": int(found[part].sum()),
        }
        for part in np.array_split(order, parts)
        if len(part)
    ]
    return pd.DataFrame(rows, columns=["visits", "chance_from", "chance_to", "expected", "found"])


def _chance(eta: Floats) -> Floats:
    return np.asarray(-np.expm1(-np.exp(np.minimum(eta, 5.0))))


def _is_told(y: Bools, yes: Bools, no: Bools | None, rules: FindRules) -> bool:
    """Say whether either side had enough finds for an effect of its own."""
    other = ~yes if no is None else no
    return bool(min(y[yes].sum(), y[other].sum()) >= max(rules.least_told, 1.0))


def _fit(
    x: Floats, y: Bools, *, prior: Floats, spread: Floats, free: Bools
) -> tuple[Floats, Floats]:
    """Return the mode and the inverse of the curvature there; a term not free stays 0, unknown."""
    precision = np.where(free, spread**-2.0, 0.0)[free]
    x, centre = x[:, free], prior[free]
    b = centre.copy()
    for _ in range(_STEPS):
        mean = np.exp(np.minimum(x @ b, 5.0))
        # d/dη of ln(1 - e^-μ) is μ/(e^μ - 1), of -μ is -μ; the expected curvature is their product.
        pull = mean / np.expm1(np.maximum(mean, 1e-12))
        gradient = x.T @ np.where(y, pull, -mean) - precision * (b - centre)
        curvature = x.T @ (x * (mean * pull)[:, None]) + np.diag(precision)
        step = np.linalg.solve(curvature, gradient)
        b = b + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        b[1] = max(b[1], _LEAST_SLOPE)
        if np.abs(step).max() < 10.0**-_DIGITS:
            break
    terms, covariance = np.zeros(len(prior)), np.zeros((len(prior), len(prior)))
    terms[free] = np.round(b, _DIGITS)
    covariance[np.ix_(free, free)] = np.linalg.inv(curvature)
    return terms, covariance


def _week_spread(week: pd.Series, y: Bools, chance: Floats) -> float:
    """Return how weeks scatter beyond chance, by moments: σ² = Σ ((O - E)² - V) / Σ E².

    O finds, E = Σ p and V = Σ p(1 - p) of each week; at least 0, and 0 with few weeks.
    """
    columns = {"o": y.astype(np.float64), "e": chance, "v": chance * (1 - chance)}
    sums = pd.DataFrame(columns, index=week.index).groupby(week).sum()
    if len(sums) < _LEAST_WEEKS:
        return 0.0
    beyond = float(((sums["o"] - sums["e"]) ** 2 - sums["v"]).sum())
    return float(np.sqrt(max(beyond / float((sums["e"] ** 2).sum()), 0.0)))
