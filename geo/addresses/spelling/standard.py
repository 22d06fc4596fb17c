"""Read estates and standard addresses of a register as addresses are read."""

import re
from functools import lru_cache
from typing import Final

from geo.addresses.areas import NOWHERE, Areas, split_areas
from geo.addresses.lexicon import DOOR_LETTERS, HAN, clean, convert_numerals
from geo.addresses.parse import ParsedAddress, inline_brackets, parse_address
from geo.addresses.places import canonical_place, split_road

# Between the areas and an estate: 环翠园12号院, or a quarter without a door (大砂坪).
_DOOR_OF_NAME: Final = re.compile(
    rf"^(?P<road>[{HAN}]{{2,8}})(?P<no>(?:[{DOOR_LETTERS}]?\d{{1,4}}号院?)?)示例园$"
)


@lru_cache(maxsize=65_536)
def canonical_estate(text: str) -> str:
    """Return an estate name in the spelling that parsing an address gives it."""
    if not text:
        return ""
    cleaned = convert_numerals(clean(inline_brackets(text)))
    named = split_areas(cleaned)[1] if len(cleaned) > 4 else ""  # noqa: PLR2004 -- 泰山区 needs a name behind it
    return canonical_place(named or cleaned)


def read_standard(
    std: str, estate: str, number: str
) -> tuple[Areas, str, str, ParsedAddress | None]:
    """Read a standard address; parse it as a whole only where needed.

    Parameters
    ----------
    std
        The address, '' for none.
    estate, number
        Of its building, as the register has them.

    Returns
    -------
    tuple[Areas, str, str, ParsedAddress | None]
        Areas, road, door number, and the whole where it names more than the other columns.
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
