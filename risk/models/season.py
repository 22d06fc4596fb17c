"""Calendar factor of the coming horizon against average days, the same for every building.

Holidays, school breaks and the weeks before exams bring more or fewer complaints. What they brought
so far is learnt per kind of day (`risk.models.time_factors`); the horizon's mixture of them raises
or lowers every score alike, so no rank moves, only the number of events that the scores add up to.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd

from data.calendars.calendar import Calendar
from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.fetch import fetch
from risk.events.rows import FeatureSource, complaint_rows
from risk.models.time_factors import (
    KIND,
    LEARNT,
    LEVEL,
    OFFSET_KINDS,
    STATE,
    TimeRules,
    horizon_offset,
    learn_day_factors,
)


@dataclass(frozen=True, kw_only=True)
class Season:
    """The season of one horizon.

    Parameters
    ----------
    offset
        Log of how much its days hold beside average ones; 0 where nothing was learnt.
    learnt
        Kinds of day that were learnt, each with its ratio, as ``kind yes`` or ``kind no``.
    unknown_years
        Years of the horizon that the calendar does not know: their days count as average.
    """

    offset: float
    learnt: dict[str, float]
    unknown_years: tuple[int, ...]

    @property
    def factor(self) -> float:
        """What every expectation is multiplied by, > 0."""
        return float(np.exp(self.offset))

    def facts(self) -> dict[str, Any]:
        """Return plain values for the manifest."""
        return asdict(self) | {"factor": self.factor, "unknown_years": list(self.unknown_years)}


NO_SEASON: Final = Season(offset=0.0, learnt={}, unknown_years=())
_DIGITS: Final = 9


def learn_season(
    source: FeatureSource, *, cut: datetime, config: ScoreConfig, calendar: Calendar
) -> Season:
    """Learn from the complaints before the cut what the days from it on hold.

    ``config``: ``horizon_days`` says how far.
    """
    end = cut + timedelta(days=config.horizon_days)
    unknown = tuple(calendar.unknown_years(cut.year, end.year))
    moments = _voices(source, cut=cut, config=config)
    if moments.empty:
        return Season(offset=0.0, learnt={}, unknown_years=unknown)
    factors = learn_day_factors(
        moments,
        first=moments.min().to_pydatetime(),
        cut=cut,
        calendar=calendar,
        rules=TimeRules(),
    )
    offset = horizon_offset(factors, cut=cut, horizon_days=config.horizon_days, calendar=calendar)
    used = factors[(factors[STATE] == LEARNT) & factors[KIND].isin(OFFSET_KINDS)]
    return Season(
        offset=round(offset, _DIGITS) + 0.0,
        learnt={
            f"{kind} {level}": round(float(ratio), _DIGITS)
            for kind, level, ratio in zip(used[KIND], used[LEVEL], used["ratio"], strict=True)
        },
        unknown_years=unknown,
    )


def _voices(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> pd.Series:
    """Read the days of complaints; who calls ten times a day is heard once in the whole office."""
    rows = complaint_rows(source, cut=cut, config=config)
    place = ibis.ifelse(rows[c.BUILDING] == "", rows[c.ROW_KEY], rows[c.BUILDING])
    who = ibis.ifelse(rows[c.REPORTER] == c.UNKNOWN_REPORTER, place, rows[c.REPORTER])
    days = fetch(rows.select(who=who, day=rows[c.DAY]).distinct())["day"]
    return pd.Series(days.astype("datetime64[us]").sort_values(ignore_index=True))
