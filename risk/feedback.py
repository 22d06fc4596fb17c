"""The loop in which patrols find what they went for: the urn of Ensign et al. (2018).

Two districts share a daily patrol. The urn holds a ball per known incident, coloured by district;
a drawn ball says where the patrol goes, and what it discovers there is added to the urn. Added
naively, the share of the patrol performs a Pólya urn: two equal districts drift apart and stay
apart, and of two unequal ones the worse gets everything in the end. Added at the weight that
`risk.outcome_sources` gives them, with a random arm, the share goes to that of the incidents.

Ensign, Friedler, Neville, Scheidegger and Venkatasubramanian (2018), "Runaway Feedback Loops in
Predictive Policing", Proceedings of Machine Learning Research 81.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.errors import GridwardenError
from risk.outcome_sources import DISCOVERED, outcome_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DISTRICTS = 2


class UrnError(GridwardenError):
    """The urn cannot be set up like this."""


@dataclass(frozen=True, kw_only=True)
class Urn:
    """Two districts and how the office learns about them.

    Parameters
    ----------
    incident_probability
        Probability that a patrol discovers an incident, in each district, above 0 to 1.
    start
        Balls of each district before the first round, above 0: what was known before.
    patrols_per_round
        How many patrols are drawn on one day from the same urn, at least 1.
    random_share
        Share of patrols whose district is drawn evenly: the random arm, 0 to 1.
    corrected
        Whether discovered incidents count by the inverse of the probability that we went (ours) or
        as one each (naive).
    """

    incident_probability: tuple[float, float]
    start: tuple[float, float] = (10.0, 10.0)
    patrols_per_round: int = 1
    random_share: float = 0.0
    corrected: bool = False

    def __post_init__(self) -> None:
        """Check the ranges."""
        usable = (
            len(self.incident_probability) == len(self.start) == DISTRICTS
            and all(0 < value <= 1 for value in self.incident_probability)
            and all(value > 0 for value in self.start)
            and self.patrols_per_round >= 1
            and 0 <= self.random_share <= 1
        )
        if not usable:
            raise UrnError(
                "urn_out_of_range",
                seen=str(self),
                expected="two probabilities above 0 to 1, two starts above 0, at least one patrol, "
                "a random share from 0 to 1",
            )

    @property
    def truth(self) -> float:
        """Share of the incidents that happen in the first district."""
        first, second = self.incident_probability
        return first / (first + second)


def run_urn(urn: Urn, *, rounds: int, runs: int, rng: np.random.Generator) -> Floats:
    """Let the patrols go for many rounds, many times over.

    Parameters
    ----------
    rounds, runs
        How many days, and how many independent repetitions.
    rng
        Source of all draws.

    Returns
    -------
    ndarray
        Share of the first district in the urn after each round, shape (rounds, runs).
    """
    balls = np.tile(np.array(urn.start, dtype=np.float64), (runs, 1))
    shares = np.empty((rounds, runs))
    for day in range(rounds):
        first = _chance_of_first(urn, balls)
        for _ in range(urn.patrols_per_round):
            _patrol(urn, balls, first, rng)
        shares[day] = balls[:, 0] / balls.sum(axis=1)
    return shares


def _chance_of_first(urn: Urn, balls: Floats) -> Floats:
    listed = balls[:, 0] / balls.sum(axis=1)
    return np.asarray((1 - urn.random_share) * listed + urn.random_share / DISTRICTS)


def _patrol(urn: Urn, balls: Floats, first: Floats, rng: np.random.Generator) -> None:
    """Send one patrol in each run and add to ``balls`` what it discovered."""
    runs = len(balls)
    district = (rng.random(runs) >= first).astype(np.int64)
    found = rng.random(runs) < np.array(urn.incident_probability)[district]
    worth = np.ones(runs)
    if urn.corrected:
        chance = np.where(district == 0, first, 1 - first)
        least = float(chance.min())
        source = np.full(runs, DISCOVERED)
        worth = outcome_weights(source, chance, reference=least) / least
    balls[np.arange(runs), district] += found * worth
