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

    ``stated``, ``known``: the part as the address and the register have it.
    """

    part: Part
    """Which part."""
    verdict: Verdict
    """``alike``: names that may be one name misspelt or cut short."""
    stated: str
    known: str


def compare(text: str, building: RegisteredBuilding) -> list[Agreement]:
    """Hold an address against a building; a part that only one of them names is left out.

    Of several addresses in one text the one that says most for the building counts.
    """
    standard = _parsed_once(building.std_address or building.estate + building.building_no)
    parsed = _parsed_once(text)
    pieces = [_landmark(each) for each in (parsed, *parsed.others)]
    return max((_compare(each, standard, building) for each in pieces), key=_weight)


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
    stated: ParsedAddress, standard: ParsedAddress, building: RegisteredBuilding
) -> list[Agreement]:
    stated_road, stated_door = _road_of(stated)
    own_road, own_door = _road_of(standard)
    found = [_estate(stated, building), _alike("street", stated_road, own_road)]
    house = stated.building_no if stated.building_no.endswith("号楼") else ""
    number = canonical_building_no(building.building_no) or standard.building_no
    if house and number.endswith("号楼"):
        found.append(_same_number(short_number(house), short_number(number)))
    elif stated_road and stated_road == own_road:
        found.append(_same_number(stated_door.removesuffix("院"), own_door.removesuffix("院")))
    community = building.community.split(";")[0]
    if area_stem(stated.areas.community) and not community.isdigit():
        same = area_stem(stated.areas.community) == area_stem(community)
        verdict: Verdict = "same" if same else "other"
        found.append(Agreement("community", verdict, stated.areas.community, community))
    return [each for each in found if each is not None and each.stated and each.known]


def _road_of(parsed: ParsedAddress) -> tuple[str, str]:
    """Return the street and the door number that an address names, '' for neither."""
    if parsed.road:
        return parsed.road, parsed.road_number
    if parsed.place.endswith(_ROAD_ENDS):
        return parsed.place, parsed.building_no
    yard = _parsed_once(parsed.place)  # 龙坡巷11号院 is an estate and a door
    return (yard.place, yard.building_no) if yard.place.endswith(_ROAD_ENDS) else ("", "")


def _estate(stated: ParsedAddress, building: RegisteredBuilding) -> Agreement | None:
    place = "" if stated.place.endswith(_ROAD_ENDS) else stated.place
    names = [canonical_estate(name) for name in (building.estate, *building.aliases) if name]
    if not names:
        return None
    best = max(names, key=lambda name: fuzz.ratio(place, name))
    return _alike("estate", place, best)


def _alike(part: Part, stated: str, known: str) -> Agreement:
    if stated == known:
        return Agreement(part, "same", stated, known)
    inside = part == "estate" and (stated in known or known in stated)
    alike = inside or fuzz.ratio(stated, known) >= _ALIKE
    return Agreement(part, "alike" if alike else "other", stated, known)


def _same_number(stated: str, known: str) -> Agreement:
    return Agreement("number", "same" if stated == known else "other", stated, known)


_parsed_once = lru_cache(maxsize=65_536)(parse_address)
