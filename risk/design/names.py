"""Names of the features of a place, what policy says of each, and which belong together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from risk.config.find_rate import OUTCOMES, ModelConfig, PriorWeights

HISTORY: Final = "history"
LAST: Final = "last"
AREA: Final = "area"
AREA_SIZE: Final = "area_size"
VISITS: Final = "visits"
SINCE: Final = ("unit.since", "unit.result_since")
"""Logs of days that also have a square where purposes of visits are filled in (`squared`)."""
FAULT: Final = "fault"
"""Names the histories of grades, as `OUTCOMES` do those of finds."""


def history(outcome: str, level: str) -> str:
    """Name the log ratio of an outcome at a level."""
    return f"{HISTORY}.{outcome}.{level}"


def last(outcome: str) -> str:
    """Name the surplus of an outcome at a unit's last visit."""
    return f"{LAST}.{outcome}"


def area(outcome: str, bandwidth_m: float, half_life_days: float) -> str:
    """Name the log ratio of an outcome in the neighbourhood."""
    return f"{AREA}.{outcome}.{bandwidth_m:g}m.{half_life_days:g}d"


def squared(name: str) -> str:
    """Name the square of a feature."""
    return f"{name}.squared"


def is_raised_only(name: str) -> bool:
    """Say whether policy lets the feature only raise a risk: more found before is never better."""
    return _part(name) in {HISTORY, LAST, AREA}


def prior_weight(name: str, event: str, prior: PriorWeights) -> float:
    """Return policy's weight of a feature, per unit of the feature, for an outcome to come."""
    part, *rest = name.split(".")
    if part == HISTORY and rest[0] == FAULT:
        return prior.grade
    if not rest or rest[0] != event:
        return 0.0
    if part == AREA:
        return prior.area
    return float(getattr(prior, rest[1])) if part == HISTORY else 0.0


def risk_features(
    names: Iterable[str], *, half_life_days: float | None, config: ModelConfig
) -> list[str]:
    """List the features of the risk of a visit, with neighbourhoods of one half-life or of none."""
    chosen = []
    for name in names:
        part = _part(name)
        if part == AREA_SIZE and half_life_days is None:
            continue
        if part == AREA and not _of_half_life(name, half_life_days, config):
            continue
        chosen.append(name)
    return chosen


def _part(name: str) -> str:
    return name.split(".", 1)[0]


def _of_half_life(name: str, half_life_days: float | None, config: ModelConfig) -> bool:
    if half_life_days is None:
        return False
    wanted = {
        area(outcome, width, half_life_days)
        for outcome in OUTCOMES
        for width in config.area_bandwidths_m
    }
    return name in wanted
