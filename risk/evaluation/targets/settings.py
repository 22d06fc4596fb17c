"""What an office can set about its backtests: the ``[backtest]`` section of ``gridwarden.toml``."""

from typing import Annotated, Final, Literal

from pydantic import Field

from data.workspace.sections import number, section

LEARNT_AT_START: Final = "start"
LEARNT_AT_FIRST_INSPECTION: Final = "first_inspection"
LEARNT_AT_INSPECTION_IN_TERM: Final = "inspection_in_term"
Capacity = Annotated[int, Field(ge=1, le=1_000_000)]
RegisterRule = Literal["start", "first_inspection", "inspection_in_term"]


@section
class BacktestSettings:
    """How a backtest of this office is to be read."""

    register_learnt: RegisterRule = LEARNT_AT_START
    """When a registered unit (a lease, a licence) counts as known.

    ``start``: from its start. ``first_inspection``: once its unit was inspected at all, for
    registers that hold only inspected units. ``inspection_in_term``: once its unit was inspected on
    or after its start, for registers whose very terms were written down at inspections: there the
    newest term tells the past that a visit is coming.
    """
    k: int = number(0, high=1_000_000)
    """How many units a week's work can look at, for precision, recall, churn and flags; 0: as many
    as the office visited a week before the windows."""
    capacities: tuple[Capacity, ...] = ()
    """Further numbers of units for which precision and recall are measured."""
    tie_seed: int = number(2015, low=0, high=2**31)
    """Seed of the hash that orders units of equal score, the same for every method."""
    interval_level: float = number(0.95, low=0.5, high=0.999)
    """Probability that the intervals over origins are meant to hold."""
