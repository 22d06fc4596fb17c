"""Let the engine sum every table of events, for one cut or for several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

import pandas as pd
from ibis import ir

from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.at_cuts import (
    RowsToSum,
    elsewhere,
    finds_only,
    one_below_the_other,
    repeated_rows,
    side_by_side,
)
from risk.events.confirmed import mark_own_events
from risk.events.cuts import Cuts
from risk.events.open_reports import REPORT_TEXTS, VISIT_TEXTS
from risk.events.rows import PLACE_KEYS, FeatureSource, settled_rows
from risk.features.aggregates import (
    sum_complaints,
    sum_inspections,
    sum_rentals,
    sum_shared_tenants,
    sum_violations,
)
from risk.features.sums import Sums

CUTS_AT_ONCE: Final = 12
"""So many cuts are summed side by side in one pass, for memory."""
_KEPT: Final = {"complaints": REPORT_TEXTS, "inspections": VISIT_TEXTS}
_BUILDING_KEYS: Final = (c.CUT, c.BUILDING)


def read_sums(
    source: FeatureSource, *, cut: Cuts, config: ScoreConfig, ids: pd.Index[Any]
) -> dict[str, Sums]:
    """Sum complaints, violations, inspections, rentals and shared tenants per place.

    ``ids``: of the register, in order.
    """
    asked = {
        "complaints": ("complaints", PLACE_KEYS, partial(sum_complaints, config=config)),
        "inspections": ("inspections", PLACE_KEYS, partial(sum_inspections, config=config)),
        "rentals": ("rentals", _BUILDING_KEYS, sum_rentals),
        "shared_tenants": ("rentals", _BUILDING_KEYS, sum_shared_tenants),
    }
    sums = {
        name: _sums(source, table, keys, add_up, cut=cut, config=config, ids=ids)
        for name, (table, keys, add_up) in asked.items()
    }
    finds = settled_rows(finds_only(source, config), "inspections", cut=cut, config=config)
    decisions = settled_rows(source, "violations", cut=cut, config=config)
    violations = sum_violations(mark_own_events(decisions, finds), config=config)
    return {**sums, "violations": Sums.read(violations, (), ids)}


def _sums(
    source: FeatureSource,
    name: str,
    keys: Sequence[str],
    add_up: Callable[[RowsToSum], ir.Table],
    *,
    cut: Cuts,
    config: ScoreConfig,
    ids: pd.Index[Any],
) -> Sums:
    """Sum a table, for several cuts side by side where that can be."""
    keep = _KEPT.get(name, ())
    only_visited = name == "rentals" and config.exposure.counts_after_first_inspection
    if isinstance(cut, datetime) or only_visited:
        rows = settled_rows(source, name, cut=cut, config=config, keep=keep)
        return Sums.read(add_up(one_below_the_other(rows, keys)), (), ids)
    repeated = repeated_rows(source, name, cuts=cut, config=config)
    rest = settled_rows(elsewhere(source, cut), name, cut=cut, config=config, keep=keep)
    if repeated is not None and name == "complaints":  # may repeat a ticket of another place
        rest = rest.anti_join(repeated, [c.CUT, c.ROW_KEY]).select(*rest.columns)
    beside = [
        (some, add_up(side_by_side(source, name, cuts=some, config=config, keep=keep,
                                   left_out=repeated)))
        for some in _parts(cut)
    ]  # fmt: skip
    return Sums.read(add_up(one_below_the_other(rest, keys)), beside, ids)


def _parts(cuts: Sequence[datetime]) -> Iterator[Sequence[datetime]]:
    for first in range(0, len(cuts), CUTS_AT_ONCE):
        yield cuts[first : first + CUTS_AT_ONCE]
