"""Units that a sender names: 罚款（万元）, or 金额单位：万元 above the header, is read as 元."""

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
_STATED = re.compile(r"单位\s*[:为]\s*([^\s:]+)")


def times_of(field: Field, column: str, *, heading: str = "") -> float:
    """Return by what the bare numbers of a column are multiplied to be in the unit of a field.

    1 where the header names no other unit, or one that is not known. What a column's own header
    names counts before what the lines above the headers (``heading``) state for all columns.

    Examples
    --------
    >>> fine = Field(name="fine", header="罚款(元)", unit="元")
    >>> times_of(fine, "罚款（万元）"), times_of(fine, "罚款(元)")
    (10000.0, 1.0)
    >>> above = "金额单位：万元"
    >>> times_of(fine, "罚款", heading=above), times_of(fine, "罚款(元)", heading=above)
    (10000.0, 1.0)
    """
    known = _TIMES.get(field.unit)
    if known is None:
        return 1.0
    known = {field.unit: 1.0} | known
    in_header = _parts(column)[1:]
    stated = [part for text in _STATED.findall(_folded(heading)) for part in _parts(text)]
    return next((known[part] for part in (*reversed(in_header), *stated) if part in known), 1.0)


def _parts(text: str) -> list[str]:
    return _BETWEEN.split(_folded(text))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
