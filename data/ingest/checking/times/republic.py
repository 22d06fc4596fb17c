"""Years that are counted from 1912, the first of the Republic of China, as in Taiwan."""

import pyarrow as pa
import pyarrow.compute as pc

_REPUBLIC = (
    r"^(?:(?:中[華华])?民[國国])?\s*(?P<year>1[0-9]{2})"
    r"(?P<rest>\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月].*|(?:0[1-9]|1[0-2])[0-3][0-9])$"
)
_YEAR_BEFORE_THE_FIRST = 1911


def as_gregorian(texts: pa.Array) -> pa.Array:
    """Return ``民國115年11月24日``, ``115/11/24`` and ``1151124`` with their Gregorian year.

    A year of three digits is no other one; all other texts stay as they are.
    """
    parts = pc.extract_regex(texts, _REPUBLIC)
    year = pc.add(pc.cast(pc.struct_field(parts, "year"), pa.int64()), _YEAR_BEFORE_THE_FIRST)
    year = pc.cast(year, texts.type)
    gregorian = pc.binary_join_element_wise(
        year, pc.struct_field(parts, "rest"), pa.scalar("", texts.type)
    )
    return pc.coalesce(gregorian, texts)
