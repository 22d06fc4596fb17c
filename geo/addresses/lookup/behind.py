"""Say whether what follows a building's number is inside of it, or is another house."""

import re
from typing import Final, Literal

from geo.addresses.buildings import split_building
from geo.addresses.parse import ParsedAddress, parse_address

Kind = Literal["house", "number", "door"]
"""12号楼, 12号 of an estate, 12号 of a road."""

_CAMPUS: Final = re.compile(r"(?:大学|学院|医院|校区|园区|厂区|干休所)\d")
_OTHER_HOUSE: Final = re.compile(
    r"(?:的|里|内|院内)?(?:[附裙配副辅偏侧后]楼|[前后]座|[东西南北]院|(?:[A-Z\d]|[东西南北中])区|\d+期|"
    r"[甲乙丙丁附]?\d+(?:号楼|[栋幢座])|[A-Z]\d*(?:[栋幢座]|号楼)|附\d+号?$|[和与及]|内\d+号)"
)
"""What follows a house and is another: 附楼, 后院, 2号楼."""
_HALL_OF_HOUSE: Final = re.compile(r"[A-Z\d]区(?!.*(?:号楼|[栋幢座]))")
"""B区 on a floor of a market that is one house."""
_PART_BEHIND: Final = re.compile(r"(?:[东西南北中][塔区苑院座楼]|[A-Z][塔区座栋楼]|\d+[期区])")
_IN_YARD: Final = re.compile(r"[学医]院(?:里|内)")
_EXAMPLES: Final[dict[Kind, tuple[str, str]]] = {
    "house": ("示例园1号楼", "1号楼"),
    "number": ("示例园1号", "1号楼"),
    "door": ("示例路1号", "1号"),
}
"""Kind → an address of that kind, and its number as it is read."""


def is_another(rest: str, *, of_whole: bool = False) -> bool:
    """Say whether what follows a number names another house, or one of a campus.

    Behind the name ``of_whole`` house B区 is a hall of it.
    """
    if of_whole and _HALL_OF_HOUSE.match(rest):
        return False
    return _is_house_of_campus(rest) or _OTHER_HOUSE.match(rest) is not None


def part_behind(rest: str) -> str:
    """Return the part of an estate that is told behind a number; '' where none is."""
    part = _PART_BEHIND.match(rest)
    return part[0] if part else ""


def read_inside(rest: str, kind: Kind) -> ParsedAddress | None:
    """Read stairwell, floor and room behind a number.

    ``rest``: what follows the number and its word.
    ``kind``: what the number is of.

    Returns None where what follows makes it another number or house.
    """
    example, number = _EXAMPLES[kind]
    inside = parse_address(example + rest)
    doubts = set(inside.doubts) - {"plain_number"}
    same = inside.building_no == number and not doubts
    return inside if same and not (is_another(inside.rest) or part_behind(inside.rest)) else None


def _is_house_of_campus(rest: str) -> bool:
    """Say whether more than the house is told of what lies behind a door.

    学院路15号北京语言大学17楼 is a house of a campus, 五四东路180号河北大学院里 somewhere in it.
    """
    if _IN_YARD.search(rest):
        return True
    inside = split_building(rest) if _CAMPUS.search(rest) else None
    return inside is not None and bool(inside.house or inside.building_no.endswith("号楼"))
