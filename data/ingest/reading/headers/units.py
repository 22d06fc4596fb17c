"""What a header says its numbers are: in which unit, or problems of which severity.

罚款（万元）, or 金额单位：万元 above the header, is read as 元; *# of Critical Violations* counts
serious problems, *Non-Critical Items* lesser ones.
"""

import re
import unicodedata
from typing import Final

from data.contracts.model import Field, Kind, TableContract
from data.ingest.reading.headers.names import normalise_header

_TIMES: Final = {
    "元": {"百元": 100.0, "千元": 1_000.0, "万元": 10_000.0, "万": 10_000.0},
    "平方米": {"亩": 10_000 / 15, "公顷": 10_000.0, "万平方米": 10_000.0},
    "分钟": {"小时": 60.0, "时": 60.0, "h": 60.0, "秒": 1 / 60},
    "米": {"公里": 1_000.0, "千米": 1_000.0, "km": 1_000.0},
}
"""Unit of a field → other units → how many of the field's unit one of them is."""
_BETWEEN: Final = re.compile(r"[()\[\]{}【】〔〕<>《》/_:,，、\s]+")
_STATED = re.compile(r"单位\s*[:为]\s*([^\s:]+)")
_PROBLEMS: Final = (
    r"(?:violation|infraction|deficienc(?:y|ie)|problem|finding|issue|item|fault|defect)s?"
    r"|问题|隐患|违规|缺失"
)
_COUNTED: Final = re.compile(
    rf"^(?P<before>(?:total|number|num|nr|no(?=\.?of)|count)?(?:\.?of)?(?:{_PROBLEMS})?)"
    r"(?P<severity>.+?)[0-9]?"
    rf"(?P<behind>(?:{_PROBLEMS})?(?:项目?|个)?(?:数量?|count|total|cited|found)?[0-9]?)$"
)
"""A severity among words that say that problems are counted, in a header as it is compared."""


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


def severity_counted(header: str, contract: TableContract, *, is_count: bool = False) -> str | None:
    """Return which problems a header counts, one of `ProblemSeverity`; None for all or none.

    The words of severities are those of the field that tells one problem a row. One that stands
    alone (*Priority*, *High*) counts nothing by itself.

    ``is_count``: whether the column is known to count problems.
    """
    field = next((each for each in contract.fields if each.kind is Kind.PROBLEM), None)
    found = _COUNTED.match(normalise_header(header.rpartition("/")[2]))
    if found is None or field is None or field.vocabulary is None:
        return None
    if not (is_count or found["before"] or found["behind"]):
        return None
    return field.vocabulary.spellings().get(found["severity"])


def _parts(text: str) -> list[str]:
    return _BETWEEN.split(_folded(text))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
