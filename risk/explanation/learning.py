"""What the weights behind a snapshot's scores are, and what they were learnt from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from data.results.snapshot import Snapshot
from risk.config.find_rate import OUTCOME_LEVELS
from risk.design.names import history
from risk.find_rate.columns import REPORTED, factor_of

OUTCOME: Final = "found"
COLUMN_OF_FACTOR: Final[Mapping[str, str]] = {
    **{name: name for name in REPORTED},
    **{factor_of(name): name for name in (history(OUTCOME, level) for level in OUTCOME_LEVELS)},
}
"""The column whose weight is told as the factor's; other factors are made of several alike."""


@dataclass(frozen=True, kw_only=True)
class Weight:
    """Weight of a factor: policy's, and what the office's past made of it.

    Both multiply the factor's x; alike where there was nothing to learn from. ``error`` is the
    standard error of the second, None where an earlier model knew none.
    """

    prior: float
    posterior: float
    error: float | None = None


@dataclass(frozen=True, kw_only=True)
class Learning:
    """How the weights of a snapshot came about.

    ``visits``, ``finds``: visits with a result that they were learnt from, and how many found
    something; 0 where an earlier model learnt from something else.
    """

    model: str
    """``find_rate``, or ``scorecard`` of earlier versions, whose score is another number."""
    state: str
    """``policy`` where no visit has taught the weights yet, ``learnt`` otherwise."""
    visits: int
    finds: float
    weights: Mapping[str, Weight]
    """By factor, of factors that have one weight."""
    guesses_purposes: bool = False
    """Whether visits that do not tell what they were for were taken for revisits after a find."""
    complaint_slope: float = 1.0
    """How many times as much the weights counted at visits that a complaint led to."""


def read_learning(snapshot: Snapshot) -> Learning:
    """Read how the weights of a snapshot came about."""
    manifest = snapshot.manifest
    if snapshot.is_of_earlier_model:
        return _read_scorecard(snapshot.model, manifest["scorecard"])
    facts = manifest["score"]
    return Learning(
        model=snapshot.model,
        state=facts["state"],
        visits=facts["visits"],
        finds=facts["finds"],
        weights={
            factor: Weight(
                prior=facts["prior"][column],
                posterior=facts["weights"][column],
                error=facts["standard_errors"][column],
            )
            for factor, column in COLUMN_OF_FACTOR.items()
            if column in facts["weights"]
        },
        guesses_purposes=facts.get("guesses_purposes", False),
        complaint_slope=facts.get("complaint_slope", 1.0),
    )


def _read_scorecard(model: str, card: Mapping[str, Any]) -> Learning:
    """Read an earlier model's; one from before weights could move has policy's."""
    prior: Mapping[str, float] = card.get("learning", {}).get("prior", card["weights"])
    return Learning(
        model=model,
        state=card.get("source", "policy"),
        visits=0,
        finds=0.0,
        weights={
            name: Weight(prior=prior.get(name, 0.0), posterior=weight)
            for name, weight in card["weights"].items()
        },
    )
