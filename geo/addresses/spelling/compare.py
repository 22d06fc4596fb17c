"""Say in which parts an address and a building of the register agree, and in which they do not."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from rapidfuzz import fuzz

from geo.addresses.areas import area_stem
from geo.addresses.parse import ParsedAddress, parse_address
from geo.addresses.register import RegisteredBuilding
from geo.addresses.spelling.parts import short_number
from geo.addresses.spelling.standard import canonical_building_no, canonical_estate

Part = Literal["estate", "street", "number", "community"]
Verdict = Literal["same", "alike", "other"]
Doubt = Literal["relative", "several", "no_number"]

_ALIKE: Final = 60.0
_ROAD_ENDS: Final = ("路", "街", "巷", "大道", "胡同", "道", "弄")


@dataclass(frozen=True, slots=True)
class Agreement:
    """What an address says of one part, beside what the register says of a building.

    ``said``, ``known``: the part as the address and the register have it.
    """

    part: Part
    """Which part."""
    verdict: Verdict
    """``alike``: names that may be one name misspelt or cut short."""
    said: str
    known: str


def compare(text: str, building: RegisteredBuilding) -> list[Agreement]:
    """Hold an address against a building; a part that only one of them names is left out.

    Of several addresses in one text the one that says most for the building counts.
    """
    own = _parsed_once(building.std_address or building.estate + building.building_no)
    parsed = _parsed_once(text)
    pieces = [_landmark(each) for each in (parsed, *parsed.others)]
    return max((_compare(each, own, building) for each in pieces), key=_weight)


def doubts_of(text: str) -> list[Doubt]:
    """Return why an address by itself says no single building."""
    parsed = parse_address(text)
    found: list[Doubt] = []
    if parsed.others or "several" in parsed.doubts:
        found.append("several")
    if "relative" in parsed.doubts:
        found.append("relative")
    elif not parsed.building_no:
        found.append("no_number")
    return found


def _landmark(parsed: ParsedAddress) -> ParsedAddress:
    """Return what a relative place lies beside: 悦兴路125号 of 悦兴路125号旁边."""
    return _parsed_once(parsed.place) if "relative" in parsed.doubts else parsed


def _weight(agreements: list[Agreement]) -> int:
    return sum(-1 if each.verdict == "other" else 1 for each in agreements)


def _compare(
    said: ParsedAddress, own: ParsedAddress, building: RegisteredBuilding
) -> list[Agreement]:
    said_road, said_door = _road_of(said)
    own_road, own_door = _road_of(own)
    found = [_estate(said, building), _alike("street", said_road, own_road)]
    house = said.building_no if said.building_no.endswith("号楼") else ""
    number = canonical_building_no(building.building_no) or own.building_no
    if house and number.endswith("号楼"):
        found.append(_same("number", short_number(house), short_number(number)))
    elif said_road and said_road == own_road:
        found.append(_same("number", said_door.removesuffix("院"), own_door.removesuffix("院")))
    community = building.community.split(";")[0]
    if area_stem(said.areas.community) and not community.isdigit():
        same = area_stem(said.areas.community) == area_stem(community)
        verdict: Verdict = "same" if same else "other"
        found.append(Agreement("community", verdict, said.areas.community, community))
    return [each for each in found if each is not None and each.said and each.known]


def _road_of(parsed: ParsedAddress) -> tuple[str, str]:
    """Return the street and the door number that an address names, '' for neither."""
    if parsed.road:
        return parsed.road, parsed.road_number
    if parsed.place.endswith(_ROAD_ENDS):
        return parsed.place, parsed.building_no
    yard = _parsed_once(parsed.place)  # 龙坡巷11号院 is an estate and a door
    return (yard.place, yard.building_no) if yard.place.endswith(_ROAD_ENDS) else ("", "")


def _estate(said: ParsedAddress, building: RegisteredBuilding) -> Agreement | None:
    place = "" if said.place.endswith(_ROAD_ENDS) else said.place
    names = [canonical_estate(name) for name in (building.estate, *building.aliases) if name]
    if not place or not names:
        return None
    best = max(names, key=lambda name: fuzz.ratio(place, name))
    return _alike("estate", place, best)


def _alike(part: Part, said: str, known: str) -> Agreement | None:
    if not said or not known:
        return None
    if said == known:
        return Agreement(part, "same", said, known)
    inside = part == "estate" and (said in known or known in said)
    alike = inside or fuzz.ratio(said, known) >= _ALIKE
    return Agreement(part, "alike" if alike else "other", said, known)


def _same(part: Part, said: str, known: str) -> Agreement:
    return Agreement(part, "same" if said == known else "other", said, known)


_parsed_once = lru_cache(maxsize=65_536)(parse_address)
