"""Read estates and standard addresses of a register as addresses are read."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from geo.addresses.areas import GENERIC_NAMES, NOWHERE, Areas, area_stem, split_areas
from geo.addresses.buildings import split_building
from geo.addresses.lexicon import DOOR_LETTERS, HAN, clean, convert_numerals
from geo.addresses.parse import ParsedAddress, inline_brackets, parse_address
from geo.addresses.places import canonical_place, split_road

_LEAST_NAME: Final = 2
# 洁莲 of 采荷洁莲, in 采荷街道; not 二村, 小区 or 花园.
_OWN_NAME: Final = re.compile(
    rf"(?!(?:{GENERIC_NAMES}|[东西南北中新老大小]?[村区坊里])$)[{HAN}]{{2,}}"
)
# Between the areas and an estate: 环翠园12号院, or a quarter without a door (大砂坪).
_DOOR_OF_NAME: Final = re.compile(
    rf"^(?P<road>[{HAN}]{{2,8}})(?P<no>(?:[{DOOR_LETTERS}]?\d{{1,4}}号院?)?)示例园$"
)

# 28楼, where a register calls its buildings so.
_NUMBERED_HOUSE: Final = re.compile(rf"^((?:[^号]*[{HAN}])?(?:\d{{1,3}}[A-Z]?|[A-Z]))楼$")
_BARE_NUMBER: Final = re.compile(r"^(?:[甲乙丙丁]?\d{1,4}[A-Z]?|[A-Z]\d{0,2})$")


@lru_cache(maxsize=65_536)
def canonical_building_no(text: str) -> str:
    """Return a building number in the spelling that parsing gives it; a hall keeps its name."""
    cleaned = convert_numerals(clean(text))
    if not cleaned:
        return ""
    cleaned = _NUMBERED_HOUSE.sub(r"\1号楼", cleaned)
    if _BARE_NUMBER.match(cleaned):
        cleaned += "号楼"
    inside = split_building(f"园{cleaned}")
    if not inside.building_no or inside.rest or inside.rooms or inside.unit:
        return cleaned
    part = inside.place.removeprefix("园")
    return cleaned if part and inside.door_number else part + inside.building_no


def is_bare_house(number: str) -> bool:
    """Say whether a register calls a building as others call a floor: 28楼."""
    return _NUMBERED_HOUSE.match(clean(number)) is not None


@lru_cache(maxsize=65_536)
def canonical_estate(text: str) -> str:
    """Return an estate name in the spelling that parsing an address gives it."""
    if not text:
        return ""
    cleaned = convert_numerals(clean(inline_brackets(text)))
    named = split_areas(cleaned)[1] if len(cleaned) > 4 else ""  # noqa: PLR2004 -- 泰山区 needs a name behind it
    return canonical_place(named or cleaned)


def with_street_office(std: str, street: str) -> str:
    """Return an address in which 汉水桥街, as Wuhan writes a street office, is 汉水桥街道."""
    office = street.endswith("街") and f"{street}道" not in std
    return std.replace(street, f"{street}道", 1) if office else std


def own_names(estate: str, number: str, parsed: ParsedAddress | None) -> tuple[str, str]:
    """Return the canonical estate and number of a building, else those of its standard address.

    ``estate``, ``number``: as the register has them; '' where empty.
    ``parsed``: the standard address, as `read_standard` returns it.
    """
    name, own_number = canonical_estate(estate), canonical_building_no(number)
    if name or parsed is None:
        return name, own_number
    own_number = (
        parsed.building_no if not own_number or parsed.place.endswith(own_number) else own_number
    )
    return parsed.place, own_number


def local_names(name: str, areas: Areas) -> Iterator[str]:
    """Yield how people of a place call an estate that bears its name.

    孵化港 for 安次孵化港, 省农科院 for 安徽省农科院.

    ``name``: of an estate, or an alias.
    ``areas``: where it is.
    """
    before = name.removesuffix(canonical_estate(name))
    if before != name and before.endswith(("省", "市", "县")):
        yield before[-1] + canonical_estate(name)
    for area in filter(None, (area_stem(areas.city), area_stem(areas.district))):
        if name.startswith(area) and len(name) > len(area) + _LEAST_NAME:
            yield canonical_estate(name.removeprefix(area))
    street = area_stem(areas.street)
    local_name = name.removeprefix(street)
    if street and local_name != name and _OWN_NAME.fullmatch(local_name):
        yield canonical_estate(local_name)


def read_standard(
    std: str, estate: str, number: str
) -> tuple[Areas, str, str, ParsedAddress | None]:
    """Read a standard address; parse it as a whole only where needed.

    ``std``: the address, '' for none.
    ``estate``, ``number``: of its building, as the register has them.

    Returns areas, road, door number, and the whole where it names more than the other columns.
    """
    if not std:
        return NOWHERE, "", "", None
    tail = estate + number
    if estate and std.endswith(tail):
        return (*_read_prefix(std.removesuffix(tail)), None)
    parsed = parse_address(std)
    named = parsed.names_building and parsed.place != canonical_estate(estate)
    return parsed.areas, parsed.road, parsed.road_number, parsed if named or not estate else None


@lru_cache(maxsize=65_536)
def _read_prefix(prefix: str) -> tuple[Areas, str, str]:
    areas, rest = split_areas(clean(prefix) + "示例园")
    road, number, _ = split_road(rest)
    if not road and (door := _DOOR_OF_NAME.match(rest)):
        road, number = door["road"], door["no"]
    return areas, road, number
