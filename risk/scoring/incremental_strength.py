"""The strength of a prior, looked at again only where what changed could change it."""

from typing import Final

import numpy as np

from risk.arrays import Codes, Floats
from risk.features.empirical_bayes import LEAST_EXPECTED, STRENGTHS, log_marginal, prior_strength

MOST_DRIFT: Final = 0.05
_TOLERANCE: Final = 1e-6


class StrengthWatch:
    """`risk.features.empirical_bayes.prior_strength` of many places while a few of them change.

    With h(k) the log marginal likelihood at strength k less that at the best one, a place's
    part moves by no more than |ε|·|k - b|·E·(|O - E| + 0.05·E)·1.05 / ((b + E)·(k + E)·0.95²) when
    its E is multiplied by e^ε, |ε| ≤ 0.05. While the margins exceed what all E together may have
    moved, and what the changed places did, the strength is what it was.

    ``found``, ``expected``: O and E of each place, shape (places,).
    """

    def __init__(self, found: Floats, expected: Floats) -> None:
        self.found, self.expected = found, expected
        self.strength = prior_strength(found, expected)
        sums = _sums(found, expected)
        known = expected > LEAST_EXPECTED
        o, e = found[known], expected[known]
        best = int(np.flatnonzero(self.strength == STRENGTHS)[0])
        self._best, self._margin = best, sums[best] - sums
        size = e * (np.abs(o - e) + MOST_DRIFT * e) * (1 + MOST_DRIFT) / (1 - MOST_DRIFT) ** 2
        apart = np.abs(STRENGTHS - self.strength)
        over = (self.strength + e)[:, None] * (STRENGTHS + e[:, None])
        self._reach = (size[:, None] * apart / over).sum(axis=0)

    def holds(self, changed: Codes, found: Floats, expected: Floats, *, drift: float) -> bool:
        """Say whether the strength is certain to be the same.

        ``changed``: places that have other counts, each once; numbers from the size on are new
        ones.
        ``found``, ``expected``: their O and E now.
        ``drift``: the most by which the log of any E may have moved.
        """
        if drift > MOST_DRIFT:
            return False
        known = changed[changed < len(self.found)]
        moved = _sums(found, expected) - _sums(self.found[known], self.expected[known])
        margin = self._margin + (moved[self._best] - moved) - drift * self._reach
        margin[self._best] = np.inf
        return bool((margin > _TOLERANCE * (1 + np.abs(self._margin))).all())


def _sums(found: Floats, expected: Floats) -> Floats:
    known = expected > LEAST_EXPECTED
    return np.asarray(log_marginal(found[known], expected[known]).sum(axis=0))
