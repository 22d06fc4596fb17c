"""Imported walking distances: the newest of each pair of buildings."""

from typing import Final

import pandas as pd

from data.derived.answers.other_codes import other_codes
from data.engine import Engine

TABLE: Final = "walking_distances"
WAY_COLUMNS: Final = ("from_building_id", "to_building_id", "distance_m")
_PAIR: Final = list(WAY_COLUMNS[:2])
_NEWEST_LAST: Final = ["import_id", "source_row"]


def read_known_ways(engine: Engine) -> pd.DataFrame:
    """Return the imported walking distances.

    Returns `WAY_COLUMNS`, metres ≥ 0, one row per pair in the direction given; of a pair that came
    more than once the newest import's last row. Empty where nothing was imported.
    """
    rows = engine.table(TABLE)
    rows = rows.select(*WAY_COLUMNS, *_NEWEST_LAST).drop_null(list(WAY_COLUMNS))
    frame: pd.DataFrame = rows.to_pyarrow().to_pandas()
    held = other_codes(engine) if len(frame) else {}
    frame[_PAIR] = frame[_PAIR].map(lambda code: held.get(code, code))
    frame = frame.sort_values(_NEWEST_LAST).drop_duplicates(_PAIR, keep="last")
    return frame.sort_values(_PAIR, ignore_index=True)[list(WAY_COLUMNS)]
