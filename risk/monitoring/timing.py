"""Training rows of the time factors: visits with their results, and times of complaints."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import pandas as pd

from risk.events.expressions import text_of
from risk.events.fetch import fetch
from risk.events.provenance import SourceRules, source_of_visits
from risk.events.rows import FeatureSource, known_rows
from risk.models.time_factors import COUNT, STRATUM

AT = "at"


def visits_by_time(
    source: FeatureSource, *, cut: datetime, rules: SourceRules, found: Collection[str]
) -> pd.DataFrame:
    """Read every visit known before the cut: when, whether it found something, what caused it.

    ``found``: results that are a confirmed find.

    The frame: ``at``, ``count`` (1 or 0) and ``stratum``, as
    `risk.models.time_factors.learn_time_factors` reads.
    """
    table = known_rows(source, "inspections", cut, dated=True)
    result = text_of(table, "result")
    frame = fetch(
        table.select(
            **{
                AT: table["event_at"],
                COUNT: result.isin(sorted(found)).cast("int64"),
                STRATUM: source_of_visits(table, rules),
            }
        )
    )
    return frame.assign(**{AT: frame[AT].astype("datetime64[us]")})


def complaint_moments(source: FeatureSource, *, cut: datetime) -> pd.Series:
    """Read when every complaint known before the cut was made."""
    table = known_rows(source, "complaints", cut, dated=True)
    return pd.Series(fetch(table.select(**{AT: table["event_at"]}))[AT].astype("datetime64[us]"))
