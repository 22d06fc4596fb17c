"""What an office can set about its backtests: the ``[backtest]`` section of ``gridwarden.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from risk.settings_reader import ScoreConfigError, find_problems, number, read_section

if TYPE_CHECKING:
    from collections.abc import Mapping

LEARNT_AT_START, LEARNT_AT_FIRST_INSPECTION = "start", "first_inspection"
LEARNT_AT_INSPECTION_IN_TERM: Final = "inspection_in_term"
REGISTER_RULES: Final = (
    LEARNT_AT_START,
    LEARNT_AT_FIRST_INSPECTION,
    LEARNT_AT_INSPECTION_IN_TERM,
)


@dataclass(frozen=True, kw_only=True)
class BacktestSettings:
    """How a backtest of this office is to be read.

    Raises
    ------
    ScoreConfigError
        Listing every value out of range.
    """

    register_learnt: str = LEARNT_AT_START
    """When a registered unit (a lease, a licence) counts as known.

    ``start``: from its start. ``first_inspection``: once its unit was inspected at all, for
    registers that hold only inspected units. ``inspection_in_term``: once its unit was inspected on
    or after its start, for registers whose very terms were written down at inspections: there the
    newest term tells the past that a visit is coming.
    """
    k: int = number(200, low=1, high=1_000_000)
    """How many units a week's real capacity can look at, for precision, recall, churn and flags."""
    tie_seed: int = number(2015, low=0, high=2**31)
    """Seed of the hash that orders units of equal score, the same for every method."""
    interval_level: float = number(0.95, low=0.5, high=0.999)
    """Probability that the intervals over origins are meant to hold."""

    def __post_init__(self) -> None:
        """Check the ranges."""
        problems = find_problems(self, "backtest") if isinstance(self.register_learnt, str) else []
        problems = [each for each in problems if not each.startswith("backtest.register_learnt")]
        if self.register_learnt not in REGISTER_RULES:
            expected = " or ".join(REGISTER_RULES)
            problems.append(
                f"backtest.register_learnt is {self.register_learnt!r}; expected {expected}"
            )
        if problems:
            raise ScoreConfigError(problems)

    @classmethod
    def from_mapping(cls, raw: Mapping[str, Any]) -> BacktestSettings:
        """Read the parsed section.

        Raises
        ------
        ScoreConfigError
            Listing every unknown key, wrong kind and value out of range.
        """
        return read_section(cls, raw, "backtest")
