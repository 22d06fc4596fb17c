"""See which rows of a register name several buildings in one: 1、2、3号楼; 7至9号楼; 共8栋."""

import re
from collections import Counter
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

SEVERAL_BUILDINGS: Final = "several_buildings"
"""Code of the note about such rows, which are kept as one building each."""
_FIGURES: Final = "0-9一二三四五六七八九十"
_PLAINLY: Final = (
    rf"[{_FIGURES}A-Za-z号楼栋幢座#]\s*(?:[、,，;；~～至到]|和)\s*[{_FIGURES}A-Za-z]"
    rf"|共\s*[{_FIGURES}]+\s*[栋幢座]"
)
_RANGE: Final = r"^([0-9]+)\s*[-–—]\s*([0-9]+)\s*(?:号楼?|栋|幢|座|#)*$"


def several_buildings(rows: pa.Table) -> list[str]:
    """Return the different numbers of buildings that mean several, as they were sent.

    1-5号楼 means five where 5 is the greater and no other building of its estate is 1-something.
    ``rows``: of any table.
    """
    if not {"estate", "building_no"} <= set(rows.column_names):
        return []
    some = rows.select(["estate", "building_no"])
    may_be = pc.match_substring_regex(some["building_no"], f"{_PLAINLY}|{_RANGE}")
    pairs = [tuple(row.values()) for row in some.filter(may_be).to_pylist()]
    ranges = {pair: found for pair in pairs if (found := re.match(_RANGE, pair[1]))}
    alike = Counter((estate, found[1]) for (estate, _), found in ranges.items())
    plain = [
        number
        for estate, number in pairs
        if (found := ranges.get((estate, number))) is None
        or (int(found[1]) < int(found[2]) and alike[estate, found[1]] == 1)
    ]
    return list(dict.fromkeys(plain))
