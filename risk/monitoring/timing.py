"""Training rows of the time factors: visits with their results, and times of complaints."""

from datetime import datetime

import pandas as pd

from risk.config.score import ScoreConfig
from risk.events.expressions import text_of
from risk.events.fetch import fetch
from risk.events.provenance import source_of_visits
from risk.events.repeats import once_per_visit
from risk.events.rows import FeatureSource, known_rows
from risk.models.time_factors import COUNT, STRATUM

AT = "at"


def visits_by_time(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> pd.DataFrame:
    """Read every visit known before the cut: when, whether it found something, what caused it.

    The frame: ``at``, ``count`` (1 or 0) and ``stratum``, as
    `risk.models.time_factors.learn_time_factors` reads.
    """
    table = once_per_visit(known_rows(source, "inspections", cut, dated=True))
    result = text_of(table, "result")
    frame = fetch(
        table.select(
            **{
                AT: table["event_at"],
                COUNT: result.isin(list(config.evidence.confirmed)).cast("int64"),
                STRATUM: source_of_visits(table, config.model.purposes),
            }
        )
    )
    return frame.assign(**{AT: frame[AT].astype("datetime64[us]")})


def complaint_moments(source: FeatureSource, *, cut: datetime) -> pd.Series:
    """Read when every complaint known before the cut was made."""
    table = known_rows(source, "complaints", cut, dated=True)
    return pd.Series(fetch(table.select(**{AT: table["event_at"]}))[AT].astype("datetime64[us]"))
