"""Names of the columns that pass between the modules of ``risk`` and into snapshots."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

# Where: as the engine names them.
BUILDING: Final = "building_id"
H3_R10: Final = "h3_r10"
GRID: Final = "grid_code"
COMMUNITY: Final = "community_code"
MATCH_LEVEL: Final = "match_level"
KIND: Final = "kind"
LON: Final = "lon"
LAT: Final = "lat"

CERTAINTY: Final = "match_score"

# When, and which row.
CUT: Final = "cut"
DAY: Final = "day"
EVENT_AT: Final = "event_at"
LEARNT_AT: Final = "learnt_at"
ENDED_ON: Final = "ended_on"
IMPORTED_AT: Final = "imported_at"
ROW_KEY: Final = "row_key"

# What a row says (`risk.events.rows`).
DECAYED_WEIGHT: Final = "decayed_weight"
SIGNAL: Final = "signal"
CONFIRMS: Final = "confirms"
VISIT_ONLY: Final = "visit"
EFFORT: Final = "effort"
SURE: Final = "sure"
REPORTER: Final = "reporter"
UNKNOWN_REPORTER: Final = ""
REGISTERED_UNIT: Final = "registered_unit"
TENANT: Final = "tenant"
ACTIVE: Final = "active"
BUSINESS: Final = "business"

# How many doors.
DWELLINGS: Final = "dwellings"
"""户数; NaN where unknown."""
REGISTERED: Final = "registered_units"
"""Active registered units; NaN where unknown, which is not 0."""
EXPOSURE: Final = "exposure"
EXPOSURE_KNOWN: Final = "exposure_known"
"""False where dwellings or registered units had to be estimated."""

# What was seen: decayed weights (1 is an event of today) and plain counts.
COMPLAINTS: Final = "complaints"
COMPLAINT_REPORTERS: Final = "complaint_reporters"
COMPLAINT_REPORT_DAYS: Final = "complaint_report_days"
ADVERTS: Final = "adverts"
"""Of distinct contacts, each its weightiest advert; absent where no advert is known."""
VIOLATIONS: Final = "violations"
FOUND: Final = "inspections_found"
NOT_FOUND: Final = "inspections_not_found"
NO_ACCESS: Final = "inspections_no_access"
BUSINESS_TENANT: Final = "rental_business_tenant"
SHARED_TENANT: Final = "rental_shared_tenant"
SHORT_TERM: Final = "rental_short_term"
CONFIRMED: Final = "confirmed_events"
"""Confirmed events within the rate window, undecayed."""
VISITS: Final = "visits"
DAYS_SINCE_VISIT: Final = "days_since_visit"
"""Days since the last visit; NaN where there was none."""
RING_EVENTS: Final = "ring_events"
RING_EXPOSURE: Final = "ring_exposure"
RING: Final = "ring"
UNVISITED: Final = "unvisited"

# What visits found, against what such visits usually find: log ratios by level
# (`risk.features.relative_risk`).
HISTORY_UNIT: Final = "history_unit"
HISTORY_OPERATOR: Final = "history_operator"
HISTORY_WORDS: Final = "history_words"
"""Of operators elsewhere whose names share words; its points are in those of the operator."""
HISTORY_BUILDING: Final = "history_building"
HISTORY_KIND: Final = "history_kind"
HISTORY_RING: Final = "history_ring"
HISTORY_AREA: Final = "history_area"
HISTORY_GRID: Final = "history_grid"
HISTORY_FOUND: Final = "history_found"
HISTORY_EXPECTED: Final = "history_expected"
"""Decayed finds at a building, and what its visits would usually have found."""
VISITS_OTHER: Final = "visits_other"
"""Decayed number of visits for other purposes than routine ones."""

# What came of it.
UNIT_KIND: Final = "unit_kind"
UNIT: Final = "unit"
BUILDINGS: Final = "buildings"
SCORE: Final = "score"
LOW: Final = "low"
HIGH: Final = "high"
TIER: Final = "tier"
RANK: Final = "rank"
RATE_RAW: Final = "rate_raw"
RATE_SMOOTHED: Final = "rate_smoothed"
RATE_WEIGHT: Final = "rate_weight"
POINTS_PREFIX: Final = "points_"


def points_column(factor: str) -> str:
    """Name the column that holds the points of ``factor``."""
    return POINTS_PREFIX + factor


def point_columns(frame: pd.DataFrame) -> list[str]:
    """List the columns of a frame that hold points, in order."""
    return [str(name) for name in frame.columns if str(name).startswith(POINTS_PREFIX)]


def with_columns(frame: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return a copy of a frame with columns of any kinds added or replaced, named by constants."""
    return frame.assign(**columns)
