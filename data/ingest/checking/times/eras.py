"""Years that are counted from the first of a republic or of an emperor, as in Taiwan and Japan."""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_SHORT: Final = r"\s*(?P<year>[0-9]{1,2}|元)(?P<rest>\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月].*)$"
_REPUBLIC: Final = (
    r"^(?:(?:中[華华])?民[國国])?\s*(?P<year>1[0-9]{2})"
    r"(?P<rest>\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月].*|(?:0[1-9]|1[0-2])[0-3][0-9])$"
)
_ERAS: Final = (
    (1911, _REPUBLIC),
    (2018, "^(?:令和|R)" + _SHORT),
    (1988, "^(?:平成|H)" + _SHORT),
)
"""The year before the first, and how dates of the era are written."""


def as_gregorian(texts: pa.Array) -> pa.Array:
    """Return ``民國115年11月24日``, ``1151124`` and ``令和8年11月24日`` with their Gregorian year.

    A year of three digits is one of the Republic; all other texts stay as they are.
    """
    for before, pattern in _ERAS:
        parts = pc.extract_regex(texts, pattern)
        year = pc.replace_substring(pc.struct_field(parts, "year"), "元", "1")
        year = pc.cast(pc.add(pc.cast(year, pa.int64()), before), texts.type)
        rest = pc.struct_field(parts, "rest")
        gregorian = pc.binary_join_element_wise(year, rest, pa.scalar("", texts.type))
        texts = pc.coalesce(gregorian, texts)
    return texts
