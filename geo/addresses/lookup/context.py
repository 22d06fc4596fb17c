"""Say what the words around a name speak for, and what they contradict.

Rows are positions in the register; a context is the stems of areas, roads and doors that a text and
its row name.
"""

import re
from collections.abc import Iterator
from typing import Final

from geo.addresses.areas import area_stem, split_areas
from geo.addresses.lexicon import HAN
from geo.addresses.parse import ParsedAddress
from geo.addresses.register import Location, RegisterIndex, Table
from geo.addresses.spelling.parts import PART, may_be_other_side, road_before, short_number

ROAD_END: Final = re.compile(r"(?:大道|路|街|巷|胡同)$")
_HAN: Final = re.compile(f"[{HAN}]")


def context_of(parsed: ParsedAddress, community: str) -> frozenset[str]:
    """Return what the text and the row say about where the place is."""
    said: tuple[str, ...] = (parsed.areas.street, parsed.areas.community, community)
    if parsed.rest:
        behind = split_areas(parsed.rest)[0]
        said = (*said, behind.street, behind.community)
    road, door = parsed.road, parsed.road + parsed.road_number
    return frozenset({*map(area_stem, filter(None, said)), road, door} - {""})


def says_house(parsed: ParsedAddress) -> bool:
    """Tell whether a number is a house's and no door's: 5幢, not 5号."""
    return parsed.building_no.endswith("号楼") and "plain_number" not in parsed.doubts


def may_be_another(
    name: str, row: int, parsed: ParsedAddress, context: frozenset[str], index: RegisterIndex
) -> bool:
    """Tell whether a short name may mean another estate, or one of the street of that name."""
    number, own = short_number(parsed.building_no), index.locations[row]
    others = index.streets.get(name, set()) - {own.home}
    if any(index.rows("exact", other, number) for other in others):
        return True
    whole, support = PART.sub("", own.home), len(own.stems & context)
    return any(
        len(at.stems & context) >= support and PART.sub("", at.home) != whole
        for at in _places("short", name, parsed, index)
    )


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
    own = index.locations[row]
    support = len(own.stems & context)
    others = (at for at in _places(table, name, parsed, index) if at.place != own.place)
    return any(len(at.stems & context) >= support for at in others)


def _places(
    table: Table, name: str, parsed: ParsedAddress, index: RegisterIndex
) -> Iterator[Location]:
    """Yield the places of a name: no road of that name where the text says a house."""
    house = table == "short" and says_house(parsed)
    for at in index.places(table, name):
        if not (house and ROAD_END.search(at.home)):
            yield at


def contradicts(row: int, parsed: ParsedAddress, index: RegisterIndex) -> bool:
    """Tell whether the text says another district, street, side or unknown community.

    A community of the register that is not the building's is taken for a slip: callers know
    their estate better than the community it belongs to.
    """
    at, areas = index.locations[row], parsed.areas
    road = parsed.road or road_before(parsed.place)
    if road and any(may_be_other_side(road, known) for known in at.stems | {road_before(at.home)}):
        return True
    for said, known in ((areas.district, at.district), (areas.street, at.street)):
        stem = area_stem(said)
        if said and known and not (stem.endswith(known) or {stem, said} & {*at.stems, at.home}):
            return True
    said = area_stem(areas.community)
    if not said or not _HAN.search(at.community):
        return False
    return not said.endswith(at.community) and said not in index.communities
