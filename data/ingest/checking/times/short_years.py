"""Spell out years of two figures, 08/05/22 or 22/8/5, where a column shows which part they are."""

from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

_SHORT: Final = (
    r"^(?P<a>[0-9]{1,2})(?P<sign>[-/.])(?P<b>[0-9]{1,2})[-/.](?P<c>[0-9]{1,2})(?P<rest>\s.*)?$"
)
_MONTHS, _FEWEST = 12, 5


class ShortYears(NamedTuple):
    """How many distinct dates of a column have a year of two figures, and which parts exceed 12."""

    dates: int = 0
    first: int = 0
    second: int = 0
    third: int = 0

    @property
    def are_last(self) -> bool:
        """Whether the third part is beyond 12 throughout, and the first is not."""
        return self.dates >= _FEWEST and self.dates == self.third > self.first

    @property
    def are_first(self) -> bool:
        """Whether the first part is beyond 12 throughout, and the third is not."""
        return self.dates >= _FEWEST and self.dates == self.first > self.third


def count_short_years(texts: pa.Array) -> ShortYears:
    """Return the counts of distinct texts."""
    parts = pc.extract_regex(texts, _SHORT).drop_null()
    over = (pc.greater(pc.struct_field(parts, name).cast(pa.int64()), _MONTHS) for name in "abc")
    return ShortYears(len(parts), *(pc.sum(each).as_py() or 0 for each in over))


def with_whole_years(texts: pa.Array, counted: ShortYears) -> pa.Array:
    """Return texts with years of four figures; as they are where the column does not tell."""
    if not (counted.are_last or counted.are_first):
        return texts
    whole = r"\1\2\3\220\4\5" if counted.are_last else r"20\1\2\3\2\4\5"
    return pc.replace_substring_regex(texts, _SHORT, whole)
