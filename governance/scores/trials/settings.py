"""The ``[trials]`` section of ``gridwarden.toml``: what a field trial is designed with."""

from typing import Final

from data.workspace.sections import number, section, wrong_setting

SECTION: Final = "trials"


@section
class TrialRules:
    """What a field trial is designed with unless something else is asked for."""

    power: float = number(0.8, low=0.5, high=0.99)
    """Chance to show a difference that is there."""
    alpha: float = number(0.05, low=0.001, high=0.2)
    """Chance to show one that is not there, two-sided."""
    visit_share: float = number(0.3, low=0.01, high=1)
    """Share of the usual visits that a trial may take."""
    low_until: float = number(0.3333, low=0.01, high=0.98)
    high_from: float = number(0.6667, low=0.02, high=0.99)
    """Shares of the buildings, lowest score first, where the low arm ends and the high begins."""
    most_weeks: int = number(26, low=1, high=104)
    """No trial is longer, since scores and streets change; it has less power instead."""

    def __post_init__(self) -> None:
        """Refuse a low arm that reaches into the high one."""
        if self.low_until > self.high_from:
            raise wrong_setting(
                "more_than_other", key="low_until", seen=self.low_until, other="high_from"
            )
