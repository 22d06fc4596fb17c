"""Units that a sender's header names: 罚款（万元） is read as 元."""

import re
import unicodedata
from typing import Final

from data.contracts.model import Field

_TIMES: Final = {
    "元": {"百元": 100.0, "千元": 1_000.0, "万元": 10_000.0, "万": 10_000.0},
    "平方米": {"亩": 10_000 / 15, "公顷": 10_000.0, "万平方米": 10_000.0},
    "分钟": {"小时": 60.0, "时": 60.0, "h": 60.0, "秒": 1 / 60},
    "米": {"公里": 1_000.0, "千米": 1_000.0, "km": 1_000.0},
}
"""Unit of a field → other units → how many of the field's unit one of them is."""
_BETWEEN: Final = re.compile(r"[()\[\]{}【】〔〕<>《》/_:,，、\s]+")


def times_of(field: Field, column: str) -> float:
    """Return by what the bare numbers of a column are multiplied to be in the unit of a field.

    1 where the header names no other unit, or one that is not known.

    Examples
    --------
    >>> fine = Field("fine", "罚款(元)", unit="元")
    >>> times_of(fine, "罚款（万元）"), times_of(fine, "罚款(元)")
    (10000.0, 1.0)
    """
    known = _TIMES.get(field.unit)
    if known is None:
        return 1.0
    parts = _BETWEEN.split(unicodedata.normalize("NFKC", column).lower())
    return next((known[part] for part in reversed(parts[1:]) if part in known), 1.0)
