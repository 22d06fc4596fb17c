"""One evaluation: target, candidates, methods and splits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from geo.errors import GridwardenError
from risk.evaluation.targets.geography import UNITS
from risk.evaluation.targets.origins import Split
from risk.evaluation.targets.questions import ALL, EVENTS, INSPECTED

AMONG: Final = (INSPECTED, ALL)
"""The usual question first: among all units an evaluation mostly shows where visits are made."""


class BacktestError(GridwardenError):
    """What was asked cannot be evaluated on this workspace."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to evaluate."""

    event: str
    """One of `risk.evaluation.targets.questions.EVENTS`."""
    unit: str
    """One of `risk.evaluation.targets.geography.UNITS`."""
    among: str
    """``all`` or ``inspected``."""
    splits: Sequence[Split]
    horizon: str
    """The horizon as asked, such as ``90d`` or ``2mo``; windows of one horizon are summed up
    together.
    """
    methods: tuple[str, ...] = ()
    """Names; all that can run where empty."""
    k: int | None = None
    """How many units a week's work can look at; the settings' where None."""
    area: bool = True
    """Whether the score may use neighbourhoods; without, only ``score_no_area`` runs."""

    def __post_init__(self) -> None:
        """Check the words."""
        for name, expected in (("event", EVENTS), ("unit", UNITS), ("among", AMONG)):
            if getattr(self, name) not in expected:
                raise BacktestError(
                    "backtest_option_unknown",
                    option=name,
                    seen=getattr(self, name),
                    expected=" or ".join(expected),
                )
        if not self.splits:
            raise BacktestError(
                "backtest_option_unknown",
                option="origins",
                seen="none",
                expected="at least one window within the data",
            )
