"""Write moments the way different clerks do."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.draws import happens

MINUTE_STYLES = ("iso", "slash", "dot", "chinese", "cell", "serial")
_EXCEL_EPOCH = np.datetime64("1899-12-30", "us")
_FORMATS = {
    "iso": "%Y-%m-%d %H:%M",
    "slash": "%Y/%m/%d %H:%M:%S",
    "dot": "%Y.%m.%d %H:%M",
    "chinese": "%Y年%m月%d日 %H时%M分",
    "yearless": "%m月%d日",
    "iso_day": "%Y-%m-%d",
    "slash_day": "%Y/%m/%d",
    "dot_day": "%Y.%m.%d",
    "chinese_day": "%Y年%m月%d日",
    "compact_day": "%Y%m%d",
}


def write_moments(moments: NDArray[np.datetime64], styles: NDArray[np.str_]) -> NDArray[np.object_]:
    """Return one cell per moment: text, a number (serial) or a datetime (real date cell).

    Slash dates drop leading zeros as Excel does. Unknown moments become empty cells.
    """
    cells = np.full(len(moments), None, dtype=object)
    stamps = pd.Series(moments.astype("datetime64[us]"))
    for style in np.unique(styles):
        rows = np.flatnonzero((styles == style) & stamps.notna().to_numpy())
        cells[rows] = _in_style(stamps.iloc[rows], str(style))
    return cells


def _in_style(stamps: pd.Series, style: str) -> NDArray[np.object_]:
    if style.startswith("serial"):
        days = (stamps.to_numpy() - _EXCEL_EPOCH) / np.timedelta64(86_400_000_000, "us")
        numbers = np.floor(days) if style.endswith("day") else np.round(days, 6)
        return np.array([float(n) for n in numbers], dtype=object)
    if style.startswith("cell"):
        whole = stamps.dt.floor("D" if style.endswith("day") else "min")
        return np.array(list(whole.dt.to_pydatetime()), dtype=object)
    text = stamps.dt.strftime(_FORMATS[style])
    if style in ("slash", "slash_day"):
        text = text.str.replace("/0", "/", regex=False)
    return np.asarray(text.to_numpy(dtype=object), dtype=object)


def draw_styles(
    count: int, *, rng: np.random.Generator, usual: str, others: Sequence[str], strays: float = 0.12
) -> NDArray[np.str_]:
    """Let one clerk's `usual` style be broken now and then by one of the `others`."""
    stray = happens(count, share=strays, rng=rng)
    return np.where(stray, np.asarray(others)[rng.integers(0, len(others), count)], usual)
