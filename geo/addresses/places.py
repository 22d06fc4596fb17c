"""Read what a building number belongs to: road, door number, name of an estate."""

import re
from typing import Final

from geo.addresses.areas import GENERIC_NAMES
from geo.addresses.buildings import Inside
from geo.addresses.lexicon import DOOR_LETTERS, HAN, NOT_OF_NAME

_HAN: Final = re.compile(f"[{HAN}]")
_ROAD: Final = re.compile(
    rf"^(?P<road>[{HAN}]*?[{HAN}\d](?:大道|路|街|巷|胡同|道|弄)(?:[东西南北中][段街路]?|[{HAN}]段)?)"
    rf"(?P<no>(?:[{DOOR_LETTERS}]?\d+(?:-\d+)?[A-Z甲乙丙]?(?:号(?:[附付之]\d+号?|{NOT_OF_NAME}[甲乙丙丁](?![级方组型]))?(?:大?院)?|支?弄))+)"
    rf"(?P<name>.*)$"
)
_BARE_ROAD: Final = re.compile(
    rf"^(?P<road>[{HAN}]{{1,6}}?[{HAN}](?:大道|(?<!铁)路(?!总?段|管理|养护|运输)|街(?!道)|(?<![铁轨车人通街隧国省县频味])道))(?P<name>(?!街道)[{HAN}]{{2,}}(?:{GENERIC_NAMES}).*)$"
)
ROADLIKE: Final = re.compile(
    r"(?:大道|路|街|巷|胡同|道|村|组|屯|庄|镇|[东西南北中]段)[东西南北中]?$"
)
ROAD_END: Final = re.compile(r"(?:大道|路|街|巷|胡同)$")
_YARD_ALONE: Final = re.compile(r"^(?:(?:家属|宿舍)?(?:大?院|区|楼)?)(?:小区|[内里][面边]?)?$")
_BEGINS_GENERIC: Final = re.compile(f"(?:{GENERIC_NAMES})")
_EMPTY_ESTATE_WORD: Final = re.compile(
    r"(?<=[\u4e00-\u9fff])"
    r"((?:花园|家园|新村|公寓|宿舍|家属院|花苑|新城|山庄|华庭|豪庭|佳苑|学府))小区"
)
_MARK_INSIDE: Final = re.compile(r"(?<=[\u4e00-\u9fff])[-,、·](?=[\u4e00-\u9fff])")
_STAFF: Final = re.compile(r"(?<=[\u4e00-\u9fff])职工(?=宿舍|家属)")
_EDGES: Final = ",、.:·-\"'的"
_ESTATELIKE: Final = re.compile(
    r"(?:花园|家园|小区|新村|公寓|宿舍|家属院|花苑|新城|山庄|别墅|名都|[苑园庭府湾轩居])(?:[\dA-Z东西南北]*[期区苑])?$"
)


def split_road(place: str) -> tuple[str, str, str]:
    """Split road and door number off a place, where an estate is named behind them.

    Returns road, door number, place; '' where there is none.
    """
    match = _ROAD.match(place)
    if match is not None:
        number = match["no"].replace("大院", "院")
        name = _YARD_ALONE.sub("", match["name"].lstrip("-,、的"))
        if _HAN.search(name):
            return match["road"], number, name
        return "", "", match["road"] + number + name
    bare = _BARE_ROAD.match(place)
    if bare is not None and not _BEGINS_GENERIC.match(bare["name"]):
        return bare["road"], "", bare["name"]
    return "", "", place


def read_door(inside: Inside, place: str, road: str, number: str) -> tuple[str, str, str, str, str]:
    """Decide what a bare 号 means: a door on a road, a building, or an estate's gate.

    ``inside``: what was read, of a number with 号 alone.
    ``place``, ``road``, ``number``: as `split_road` parts its place.

    Returns number of the building, place, road, door number, and what follows.
    """
    building_no, rest = inside.building_no, inside.rest
    name = rest.lstrip("-,、的")
    if ROADLIKE.search(place):
        if _ESTATELIKE.search(name):
            return "", name, place, building_no, ""
        return building_no, place, "", "", rest
    if not building_no.endswith("院") and "附" not in building_no:
        building_no = f"{building_no.removesuffix('号')}号楼"
    return building_no, place, road, number, rest


def canonical_place(place: str) -> str:
    """Return a place name without stray marks and without a 小区 that says nothing more."""
    name = _STAFF.sub("", place.strip(_EDGES)) if "职工" in place else place.strip(_EDGES)
    if not name.isalnum():
        name = _MARK_INSIDE.sub("", name)
    name = name.replace("号大院", "号院").replace("条胡同", "条").replace("住宅小区", "小区")
    return _EMPTY_ESTATE_WORD.sub(r"\1", name) if "小区" in name else name
