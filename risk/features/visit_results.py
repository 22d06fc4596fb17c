"""Visits before a cut: where each is located, its finds, and the finds expected of it.

What is expected of a visit is what the office finds on the average of those weeks, as thoroughly as
this one looked (`risk.events.signals`), times the ratio of visits of this purpose.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd
from ibis import ir

from risk import schema as c
from risk.arrays import Codes, Floats, Texts
from risk.config.score import ScoreConfig
from risk.events.decay import decay_weights
from risk.events.fetch import day_of, days_of, fetch
from risk.events.provenance import OUTCOME_SOURCE, source_of_visits
from risk.events.purposes import classify_purposes
from risk.events.rows import FeatureSource, assigned_rows
from risk.features.empirical_bayes import local_mean, log_ratio, prior_strength, sum_by_code

VISIT_TEXTS: Final = ("result", "unit_id", "party_key", "place_kind", "purpose", "mode")
DECAY: Final = "decay"
PURPOSE: Final = "purpose_class"
LEVEL: Final = "level"
"""What the office finds, per effort, on the average of those weeks."""
RATIO: Final = "ratio"
"""Log of how many times this a visit of such a purpose finds."""


@dataclass(frozen=True, kw_only=True)
class VisitResults:
    """Visits before a cut, and who rents where."""

    rows: pd.DataFrame
    """One row per visit in order of ``row_key``: where it was assigned, the texts of `VISIT_TEXTS`,
    ``purpose_class``, ``decay`` (its decay factor, 0 to 1), ``found`` and ``expected`` (NaN where
    the visit brought no result), before the kind of building; ``day``, ``level`` and ``ratio``,
    which make the expected finds (`expected_finds`).
    """
    tenants: pd.DataFrame
    """``building_id`` and ``party`` of the leases that run."""


def read_visit_results(
    inspections: ir.Table, rentals: ir.Table, *, cut: datetime, config: ScoreConfig
) -> VisitResults:
    """Read the visits known before the cut with what each found and was expected to find.

    ``inspections``, ``rentals``: assigned rows of before the cut (`assigned_visits`).
    """
    texts = (*VISIT_TEXTS, OUTCOME_SOURCE, c.BUILDING, c.H3_R10, c.GRID, c.MATCH_LEVEL)
    table = inspections.select(*texts, c.ROW_KEY, c.EVENT_AT, c.SURE, c.EFFORT)
    rows = fetch(table).sort_values(c.ROW_KEY, ignore_index=True)
    rows = rows.astype(dict.fromkeys(texts, "str"))
    leases = rentals.filter(
        rentals[c.ACTIVE] & (rentals[c.TENANT] != "") & (rentals[c.BUILDING] != "")
    )
    renting = leases.select(**{c.BUILDING: leases[c.BUILDING], "party": leases[c.TENANT]})
    tenants = fetch(renting.distinct()).astype("str").sort_values([c.BUILDING, "party"])
    return VisitResults(
        rows=add_expected_finds(rows, cut=cut, config=config),
        tenants=tenants.reset_index(drop=True),
    )


def assigned_visits(
    source: FeatureSource, *, cut: datetime, config: ScoreConfig
) -> tuple[ir.Table, ir.Table]:
    """Select the inspections and leases known before the cut, each where it counts."""
    inspections = assigned_rows(source, "inspections", cut=cut, config=config, keep=VISIT_TEXTS)
    how = source_of_visits(inspections, config.model.purposes)
    inspections = inspections.mutate(**{OUTCOME_SOURCE: how})
    return inspections, assigned_rows(source, "rentals", cut=cut, config=config)


def add_expected_finds(
    rows: pd.DataFrame, *, cut: datetime, config: ScoreConfig, usual: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Add to visits what each found and was expected to find, and what this is made of.

    ``rows``: as in `VisitResults`; every visit of the office where ``usual`` is None. ``usual``: of
    the office (`usual_finds`); a visit that came since is measured by the nearest day that it
    knows, the earlier of two, and by 1 where it knows no other of the purpose.
    """
    rule = config.histories
    find_weights = {**dict.fromkeys(config.evidence.not_found, 0.0), **config.evidence.found}
    found: Floats = np.asarray(rows["result"].map(find_weights), dtype=np.float64)
    day = days_of(rows[c.EVENT_AT])
    decay = decay_weights(
        (day_of(cut) - day).astype(np.float64), half_life_days=rule.half_life_days
    )
    decay = decay * rows[c.SURE].to_numpy(np.float64)
    text = rows["purpose"].where(rows["purpose"] != "", rows["mode"])
    purpose = classify_purposes(text, config.model.purposes)
    seen = ~np.isnan(found)
    effort = rows[c.EFFORT].to_numpy(np.float64)[seen]
    level, ratio = np.full((2, len(rows)), np.nan)
    if usual is not None:
        level[seen], ratio[seen] = _nearest_usual(usual, day[seen], purpose[seen])
    else:
        level[seen] = local_mean(day[seen], found[seen], width_days=rule.season_days, effort=effort)
        ratio[seen] = _by_code(purpose[seen], found[seen], level[seen] * effort)
    return rows.assign(**{PURPOSE: purpose, DECAY: decay, "found": found, LEVEL: level,
                          RATIO: ratio, "expected": expected_finds(level, rows[c.EFFORT], ratio),
                          c.DAY: day})  # fmt: skip


def _nearest_usual(usual: pd.DataFrame, day: Codes, purpose: Texts) -> tuple[Floats, Floats]:
    """Return level and ratio of days and purposes, some of which the office did not know."""
    if usual.empty:
        return np.zeros(len(day)), np.zeros(len(day))
    days, levels = usual.drop_duplicates(c.DAY)[[c.DAY, LEVEL]].to_numpy(np.float64).T
    after = np.searchsorted(days, day).clip(max=len(days) - 1)
    before = (np.searchsorted(days, day, side="right") - 1).clip(min=0)
    nearest = np.where(np.abs(days[after] - day) < np.abs(day - days[before]), after, before)
    ratios = usual.drop_duplicates(PURPOSE).set_index(PURPOSE)[RATIO]
    return levels[nearest], ratios.reindex(purpose).fillna(0.0).to_numpy(np.float64)


def expected_finds(level: Floats, effort: pd.Series, ratio: Floats) -> Floats:
    """Return what visits of such a level, effort and log ratio of their purpose usually find."""
    return np.asarray(level * effort.to_numpy(np.float64) * np.exp(ratio))


def usual_finds(visits: VisitResults) -> pd.DataFrame:
    """Return ``level`` and ``ratio`` of every day and purpose at which a visit brought a result.

    With them `expected_finds` says of a few visits what the whole office's would be needed for. The
    frame: sorted by ``day`` (since 1970-01-01) and ``purpose_class``, each pair once.
    """
    keys = [c.DAY, PURPOSE]
    with_result = visits.rows.loc[visits.rows["found"].notna(), [*keys, LEVEL, RATIO]]
    frame = with_result.drop_duplicates(keys).sort_values(keys, ignore_index=True)
    return frame.astype({c.DAY: np.int64, PURPOSE: "str"})


def _by_code(texts: Texts, found: Floats, expected: Floats) -> Floats:
    """Return the log ratio of each row's class."""
    codes, names = pd.factorize(texts)
    o, e = sum_by_code(codes, found, len(names)), sum_by_code(codes, expected, len(names))
    return log_ratio(o, e, prior_strength(o, e))[codes]
