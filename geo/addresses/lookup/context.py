"""Say what the words around a name speak for, and what they contradict.

Rows are positions in the register; a context is the stems of areas, roads and doors that a text and
its row name.
"""

import re
from collections.abc import Iterator
from typing import Final

from geo.addresses.areas import Location, area_stem, names_of_area, split_areas
from geo.addresses.lexicon import HAN
from geo.addresses.parse import ParsedAddress
from geo.addresses.places import ROAD_END
from geo.addresses.register import RegisterIndex, Table
from geo.addresses.spelling.alike import sound_of
from geo.addresses.spelling.parts import (
    PART,
    core_of,
    may_be_other_side,
    road_before,
    short_number,
)

_ROAD_OF_HOME: Final = re.compile(rf"[{HAN}]+?(?:大道|路|街|巷|胡同)(?=$|[甲乙丙丁]?\d)")
_SIDE: Final = re.compile(r"(?<=..)[东西南北中](?=(?:大道|路|大?街)$)")
_SHOPS: Final = re.compile(r"(?:步行|商业|美食)街$")
_CITY_FOR_SHORT: Final = re.compile(rf"^[{HAN}]市(?=.)")
_SHORT, _PLAIN = 2, 3
_DWELLINGS: Final = re.compile(r"(?:小区|住宅区|生活区|家属[区院楼]|宿舍)$")
_HAN: Final = re.compile(f"[{HAN}]")


def context_of(parsed: ParsedAddress, community: str) -> frozenset[str]:
    """Return what the text and the row say about where the place is."""
    areas: tuple[str, ...] = (parsed.areas.street, parsed.areas.community, community)
    if parsed.rest:
        behind = split_areas(parsed.rest)[0]
        areas = (*areas, behind.street, behind.community)
    road, door = parsed.road, parsed.road + parsed.road_number
    return frozenset({*map(area_stem, filter(None, areas)), road, door} - {""})


def says_house(parsed: ParsedAddress) -> bool:
    """Tell whether a number is a house's and no door's: 5幢, not 5号."""
    return parsed.building_no.endswith("号楼") and "plain_number" not in parsed.doubts


def may_be_another(
    name: str, row: int, parsed: ParsedAddress, context: frozenset[str], index: RegisterIndex
) -> bool:
    """Tell whether a short name may mean another estate, or one of the street of that name."""
    if len(name) <= _PLAIN and f"{name}小区" in parsed.place:  # 时代小区 is not 时代花园
        return True
    number, location = short_number(parsed.building_no), index.locations[row]
    others = (index.streets.get(name, set()) | index.roads.get(name, set())) - {location.home}
    named = (each for other in others for each in index.homes_beginning(other))
    if any(index.rows("exact", each, number) for each in named):
        return True
    # 桃源6号楼 may be meant for 桃花源 as well as for 桃源居.
    longer = index.homes_beginning(name[0]) if len(name) == _SHORT else ()
    if any(index.rows("exact", each, number) for each in longer if _lacks_middle(name, each)):
        return True
    if any(index.rows("exact", each, number) for each in _siblings(name, location.home, index)):
        return True
    whole, support = PART.sub("", location.home), len(location.stems & context)
    return any(
        len(at.stems & context) >= support and PART.sub("", at.home) != whole
        for at in _places("short", name, parsed, index)
    )


def _siblings(name: str, home: str, index: RegisterIndex) -> Iterator[str]:
    """Yield the same part of other estates that begin alike: 白桦林间3组团, for 白桦林3组团."""
    part = PART.search(name)
    if part and part.start() >= _SHORT:
        for other in index.homes_beginning(name[: part.start()]):
            if other.endswith(part[0]) and not other.startswith(PART.sub("", home)):
                yield other


def _lacks_middle(name: str, home: str) -> bool:
    core = core_of(home)
    return len(core) == _SHORT + 1 and core[0] + core[-1] == name


def is_rivalled(
    row: int,
    table: Table,
    name: str,
    parsed: ParsedAddress,
    context: frozenset[str],
    index: RegisterIndex,
) -> bool:
    """Tell whether the context speaks for a namesake as much as for a building's own place.

    That only one of them has the number is not enough: the other may have grown.
    """
    location = index.locations[row]
    support = len(location.stems & context)
    others = (at for at in _places(table, name, parsed, index) if at.place != location.place)
    return any(len(at.stems & context) >= support for at in others)


def _places(
    table: Table, name: str, parsed: ParsedAddress, index: RegisterIndex
) -> Iterator[Location]:
    """Yield the places of a name: no road of that name where the text says a house."""
    house = table == "short" and says_house(parsed)
    for at in index.places(table, name):
        if not (house and ROAD_END.search(at.home)):
            yield at


def is_other_kind(row: int, table: Table, parsed: ParsedAddress, index: RegisterIndex) -> bool:
    """Tell whether one is on a road and the other of an estate named after it.

    12幢 of 解放北路小区 is no door of 解放北路, 12号 of 解放北路 no house of 解放北路小区.
    """
    home, place = index.locations[row].home, parsed.place
    if ROAD_END.search(home):
        road = _DWELLINGS.sub("", place)
        return says_house(parsed) and road != place and road.endswith(home)
    named = table == "short" and core_of(home) == place
    return named and not says_house(parsed) and ROAD_END.search(place) is not None


def _roads_of(at: Location) -> set[str]:
    """Return the road that a house without an estate is filed under, or an estate's name has."""
    found = _ROAD_OF_HOME.match(at.home)
    return {found[0] if found else "", road_before(at.home)} - {""}


def _is_off_road(at: Location, road: str, index: RegisterIndex) -> bool:
    """Tell whether a text puts a place on another road than the one that it is known to be on.

    平江路 may stand for 平江街道, 滨江中路 for 滨江路.
    """
    known = {stem for stem in at.stems if at.home in index.roads.get(stem, ())} | _roads_of(at)
    areas = {name for stem in (at.street, at.community) for name in names_of_area(stem)}
    if not known or road in at.home or _SHOPS.search(road):
        return False
    names = (road, ROAD_END.sub("", road))
    if any(each.endswith(area) for each in names for area in areas if area):
        return False
    return not any(_is_same_road(road, each) for each in known)


def _is_other_door(row: int, parsed: ParsedAddress, index: RegisterIndex) -> bool:
    """Tell whether a text names another door of the road that a place is known to be on."""
    at, road = index.locations[row], parsed.road
    number = short_number(parsed.road_number).removesuffix("院")
    if ROAD_END.search(at.home) and _is_same_road(road, at.home):
        return row not in index.rows("exact", at.home, number) + index.rows(
            "exact", at.home, f"{number}院"
        )
    doors = [
        each.removesuffix("院")
        for each in (*at.stems, at.home)
        if road in each and each[-1] in "号院弄"
    ]
    return bool(doors) and not any(door.endswith(road + number) for door in doors)


def _is_same_road(stated: str, known: str) -> bool:
    """Tell whether a road is the other with an area in front, or with a side more or less."""
    for one, other in ((stated, known), (_SIDE.sub("", stated), _SIDE.sub("", known))):
        if (one.endswith(other) or other.endswith(one)) and abs(len(one) - len(other)) != 1:
            return True
    return False


def contradicts(row: int, parsed: ParsedAddress, index: RegisterIndex) -> bool:
    """Tell whether the text says another district, street, side or unknown community.

    A community of the register that is not the building's is taken for a slip: callers know
    their estate better than the community it belongs to.
    """
    at, areas = index.locations[row], parsed.areas
    road = parsed.road or road_before(parsed.place)
    if road and any(may_be_other_side(road, known) for known in at.stems | _roads_of(at)):
        return True
    if parsed.road_number and _is_other_door(row, parsed, index):
        return True
    named = not parsed.road and index.table_of(parsed.place)
    if road and not named and _is_off_road(at, road, index):
        return True
    for stated, known in ((areas.district, at.district), (areas.street, at.street)):
        stem = area_stem(_CITY_FOR_SHORT.sub("", stated))
        if (
            stated
            and known
            and not (
                stem.endswith(known)
                or known.endswith(stem)
                or {stem, stated} & {*at.stems, at.home}
                or (len(stem) == 1 and known.startswith(stem))
                or sound_of(stem) == sound_of(known)
            )
        ):
            return True
    stated = area_stem(areas.community)
    if not stated or not _HAN.search(at.community):
        return False
    agrees = stated.endswith(at.community) or stated in at.home
    return not agrees and stated not in index.communities
