"""Find buildings by road and door number."""

import re
from typing import Final

from geo.addresses.buildings import split_building
from geo.addresses.lookup.found import ESTATE_SCORE, TABLE_SCORES, Found
from geo.addresses.parse import ParsedAddress
from geo.addresses.register import RegisterIndex
from geo.addresses.spelling.alike import sound_of
from geo.addresses.spelling.parts import short_number
from geo.addresses.spelling.short import unit_of

_SHORTEST: Final = 2
_PUBLIC: Final = re.compile(
    r"(?:海鲜|水产|蔬菜|熟食|干货|水果|鞋帽|服装|调料|活禽|粮油|百货)区$|.*(?:市场|菜场|商场|商城|[酒饭]店|宾馆|大厦|大楼|广场|超市|学校|幼儿园)(?:[\u4e00-\u9fffA-Z]{1,3}区)?[内里]?$"
)
_DASHES: Final = frozenset({"dashed", "two_part_dash"})
_LETTER: Final = re.compile(r"[A-Z]\d*号楼")
"""A座 of a house that the register does not divide may be another house."""


def find_by_door(parsed: ParsedAddress, index: RegisterIndex) -> Found:
    """Use road and door number where the name is unknown."""
    if parsed.road_number:
        return _behind_gate(parsed, index)
    door = split_building(parsed.place)
    flat = not parsed.building_no or not _DASHES.isdisjoint(parsed.doubts)  # 文化路12号2-5-1
    if door.door_number and not door.rest and (flat or not door.building_no.endswith("院")):
        rows = index.rows("exact", door.place, short_number(door.building_no))
        if not flat:  # 文化路12号2栋, and 文化小区 has a 2栋
            number = short_number(parsed.building_no)
            near = index.roads.get(door.place, set())
            rows = rows + [row for home in near for row in index.rows("exact", home, number)]
        sure = len(rows) == 1 and flat and not _LETTER.match(parsed.building_no)
        return Found(rows, sure, TABLE_SCORES["gate"], "gate", door.place)
    rows = index.gates.get(parsed.place + parsed.building_no.removesuffix("院"), [])
    sure = len(rows) == 1 and index.has_no_number(rows[0])
    score = TABLE_SCORES["gate"] if sure else ESTATE_SCORE
    return Found(rows, sure=sure, score=score, method="gate", estate="")


def _behind_gate(parsed: ParsedAddress, index: RegisterIndex) -> Found:
    """Use the number, or a part of the name, of what lies behind a door."""
    gate = (parsed.road + parsed.road_number).removesuffix("院")
    number = short_number(parsed.building_no)
    rows = index.rows("gate", gate, number)
    inner = index.rows("gate", gate, parsed.place + number)
    stall = "plain_number" in parsed.doubts and "市场" in parsed.place
    if (not number or stall) and _PUBLIC.match(parsed.place):  # 纬四路32号市场内
        house = index.rows("exact", parsed.road, parsed.road_number)
        inner = house if len(house) == 1 else inner
    part = [row for row in rows if index.locations[row].home.endswith(parsed.place)]
    rows = part if len(part) == 1 else rows  # 瓜州路92号A区3栋
    if len(inner) == 1:  # 南四环西路188号18区23号楼
        return _found_by_gate(index, inner)
    if len(rows) == 1 and _is_part_of_home(index, parsed.place, rows[0]):
        return _found_by_gate(index, rows)
    rows = rows or index.gates.get(gate, [])
    return Found(rows, sure=False, score=ESTATE_SCORE, method="gate", estate="")


def _found_by_gate(index: RegisterIndex, rows: list[int]) -> Found:
    home = index.locations[rows[0]].home
    return Found(rows, sure=True, score=TABLE_SCORES["gate"], method="gate", estate=home)


def _is_part_of_home(index: RegisterIndex, place: str, row: int) -> bool:
    """Tell whether a building's name begins or ends with another: 省体工大队宿舍."""
    home = index.locations[row].home
    if unit_of(home) and unit_of(place) == unit_of(home):  # 家属院 for 宿舍
        return True
    is_part = home.endswith(place) or home.startswith(place) or place.startswith(home)
    return (len(place) >= _SHORTEST and is_part) or sound_of(place) == sound_of(home)
