"""Say which number of a register an address means that tells it by dashes, floors or letters."""

import re
from typing import Final

from geo.addresses.parse import ParsedAddress
from geo.addresses.places import ROAD_END
from geo.addresses.register import NAMES, RegisterIndex, Table
from geo.addresses.spelling.parts import short_number

_LETTERED: Final = re.compile(r"^([A-Z])-?\d{2,5}$")
_TOWER: Final = re.compile(r"(?:大厦|中心|广场|大楼|酒店|宾馆|写字楼|商厦|国际|塔)$")
_MOST_FLOORS: Final = 35
_ROOM: Final = re.compile(r"\d{3,4}$")
_ROOM_DIGITS: Final = 3
_LANE_OR_VILLAGE: Final = re.compile(r"(?:[巷弄组队社村排屯庄]|胡同)$")
_INSIDE: Final = frozenset({"内", "里"})
_FLOOR: Final = re.compile(r"[FLB]\d$")


def number_meant(index: RegisterIndex, table: Table, name: str, parsed: ParsedAddress) -> str:
    """Return the number that an address gives otherwise, where the register has it.

    B1204 is in tower B; 12楼 is a building where the register calls it so or no house is as
    high.
    """
    if parsed.house and not (_TOWER.search(name) or ROAD_END.search(name)):
        rows = index.rows(table, name, f"{parsed.house}号")
        called = all(index.houses.get(row, False) for row in rows)
        high = int(parsed.house) > _MOST_FLOORS or _is_elsewhere(parsed.house, parsed.rooms)
        sure = rows and (called or high)
        return f"{parsed.house}号" if sure else ""
    for word in ("门", "单元") if parsed.unit else ():
        number = parsed.unit.removesuffix("单元") + word  # 水利设计院宿舍5门
        if index.rows(table, name, number):
            return number
    if "bare_number" in parsed.doubts and table in NAMES:
        bare = f"{parsed.rooms[0]}号"
        return bare if index.rows(table, name, bare) else ""
    found = _LETTERED.match(parsed.rooms[0]) if parsed.rooms else None
    number = f"{found[1]}号" if found else ""
    return number if number and index.rows(table, name, number) else ""


def dashed_doors(index: RegisterIndex, table: Table, name: str, parsed: ParsedAddress) -> list[int]:
    """Return the doors that 12-3 on a road may be, where it need not be a room of 12号.

    The register has a 12号附3号, or 12-3号 is a door that it lacks.
    """
    if "two_part_dash" not in parsed.doubts or not parsed.building_no.endswith("号"):
        return []
    room, house = parsed.rooms[0], index.rows(table, name, parsed.building_no)
    branches = index.rows(table, name, f"{parsed.building_no}附{room}号")
    if branches:
        return branches + house
    door = f"{parsed.building_no.removesuffix('号')}-{room}号"
    is_room = len(room) >= _ROOM_DIGITS or index.rows(table, name, door)
    return [] if is_room else house


def rows_dashed(index: RegisterIndex, table: Table, name: str, parsed: ParsedAddress) -> list[int]:
    """Return the buildings whose number is both parts of 12-3; else it is a room of 12.

    Of 12-3-5-1 it is either: the flat 5-1 of 12-3 or 3-5-1 of 12.
    """
    number = short_number(parsed.building_no)
    plain = number.removesuffix("号")
    if "two_part_dash" in parsed.doubts:
        room = parsed.rooms[0]
        return index.rows(table, name, f"{plain}-{room}号")
    yard = number.endswith("号院")  # 334号院内, of 334号; 15号院 in a village or a lane
    if yard and (parsed.rest[:1] in _INSIDE or _LANE_OR_VILLAGE.search(name)):
        return index.rows(table, name, number) or index.rows(table, name, number[:-1])
    if "dashed" not in parsed.doubts:
        return []
    both = index.rows(table, name, f"{plain}-{parsed.unit.removesuffix('单元')}号")
    return both and both + index.rows(table, name, number)


def _is_elsewhere(floor: str, rooms: tuple[str, ...]) -> bool:
    """Say whether a room is not on a floor: 361 of 18楼, which is a building then."""
    return bool(rooms) and _ROOM.match(rooms[0]) is not None and not rooms[0].startswith(floor)


def is_floor_and_room(name: str, parsed: ParsedAddress, *, at_door: bool) -> bool:
    """Say whether 8-806 or F4-12 is a room or shop on a floor: of a tower that has no number.

    A house told by its door as well needs no name of a tower.
    """
    floor = parsed.building_no.removesuffix("号楼")
    if "two_part_dash" not in parsed.doubts:
        return False
    if at_door or _FLOOR.match(floor):
        return True
    if not _TOWER.search(name):
        return False
    return parsed.rooms[0].startswith(floor)
