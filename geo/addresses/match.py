"""Match addresses to the buildings of a register: unique or not at all."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, Literal, NamedTuple

import pandas as pd

from geo.addresses.areas import area_stem
from geo.addresses.buildings import split_building
from geo.addresses.dialect import DialectMatch, selected_dialect
from geo.addresses.lexicon import clean, find_relatives
from geo.addresses.lookup.aligned import AlignedNames
from geo.addresses.lookup.behind import is_another, read_inside
from geo.addresses.lookup.context import contradicts
from geo.addresses.lookup.explained import Explanation
from geo.addresses.lookup.find import Finder
from geo.addresses.lookup.found import Found
from geo.addresses.lookup.named import NamedHouses
from geo.addresses.lookup.other_places import estates_among, names_another
from geo.addresses.parse import LONGEST, ParsedAddress, clauses_of, parse_address
from geo.addresses.register import RegisteredBuilding, RegisterIndex
from geo.addresses.spelling.parts import short_number
from geo.addresses.spelling.standard import canonical_building_no

__all__ = ["AddressMatcher", "Level", "Match", "RegisteredBuilding"]

Level = Literal["room", "building", "estate", "community", "none"]

_TWO_PART_FACTOR: Final = 0.97
_ESTATE_SCORE: Final = 0.6
_ALIGNED_SCORE: Final = 0.88
_NAMED_SCORE: Final = 0.87
_NEAR_SCORE: Final = 0.3
_COMMUNITY_SCORE: Final = 0.2


class Match(NamedTuple):
    """Hold what one address means; the fields are the columns of ``AddressMatcher.match``."""

    level: Level
    building_id: str
    score: float
    method: str
    candidates: list[str]
    room: str
    estate_key: str


_NO_MATCH: Final = Match("none", "", 0.0, "none", [], "", "")


class AddressMatcher:
    """Find the registered building that an address means.

    The name is looked up as written, as an alias, as the gate of an estate, without its 东区 or
    2期, without its 花园, and last as a misspelling; the number must be in the register. A name
    that two places share needs a street or community beside it. Whatever is not unique is matched
    at the level of the estate, with the buildings it may be.

    ``register``: the buildings; their order decides the order of candidates only.
    """

    def __init__(self, register: Iterable[RegisteredBuilding]) -> None:
        self._buildings = {building.building_id: building for building in register}
        self._index = RegisterIndex(self._buildings.values())
        self._dialect_index = selected_dialect().index(self._index.without_han)
        self._finder = Finder(self._index)
        districts = {at.district for at in self._index.locations}
        short = {f"{district[0]}区" for district in districts if district}
        self._explanation = Explanation(
            self._finder.surroundings, self._index.streets.keys() | districts | short
        )
        self._estates = estates_among(at.home for at in self._index.locations)
        self._named = NamedHouses(self._index, list(self._buildings.values()), self._explanation)
        self._aligned = AlignedNames(self._buildings.values(), self._explanation)

    def match(
        self, addresses: Sequence[str | None], *, communities: Sequence[str | None] | None = None
    ) -> pd.DataFrame:
        """Match each address; equal ones are looked at once.

        ``addresses``: texts as they came; None and '' give level ``none``.
        ``communities``: the community each row is known to be in, name or code; None or '' where
        unknown. It tells places of one name apart and never contradicts the text.

        Returns one row per address, in order, indexed from 0: ``level`` (room, building, estate,
        community, none), ``building_id`` ('' unless the level is room or building), ``score`` 0–1
        (a building scores 0.85 or more, an estate less), ``method`` (exact, alias, gate, part,
        short, fuzzy, range, incomplete; relative, several, community, none), ``candidates`` (list
        of building ids), ``room`` (several parted by commas) and ``estate_key`` (canonical name of
        the estate or street, '' unknown).
        """
        row_communities = communities if communities is not None else [None] * len(addresses)
        answers: dict[tuple[str, str], Match] = {}
        rows: list[Match] = []
        for address, community in zip(addresses, row_communities, strict=True):
            key = (_text(address), _text(community))
            if key not in answers:
                answers[key] = self.match_one(key[0], community=key[1])
            rows.append(answers[key])
        return pd.DataFrame(rows, columns=list(Match._fields))

    def match_one(self, text: str, *, community: str = "") -> Match:
        """Match a single address; see ``match``."""
        parsed = parse_address(text := text[:LONGEST])
        if parsed.script == "dialect":
            return self._match_dialect(self._dialect_index.find(text), parsed)
        if parsed.others:
            return self._match_several(parsed, community)
        match = self._match_text(text, parsed, community)
        if match.building_id and names_another(
            text, self._buildings[match.building_id], match.estate_key, self._estates
        ):
            return Match("estate", "", _NEAR_SCORE, "several", match.candidates, "", "")
        return match

    def _match_text(self, text: str, parsed: ParsedAddress, community: str) -> Match:
        """Match a text as it was read, by one of its clauses, against whole buildings."""
        match = self._match_parsed(parsed, community)
        if not match.building_id and not parsed.doubts:
            match = self._match_clause(text, match)
        if match.building_id or "relative" in parsed.doubts or "、" in parsed.building_no:
            return match
        if placed := self._match_aligned(text):
            return placed
        named = self._named.find(text)  # 鸿锦酒店大堂
        return self._placed(named[1], named[0], (), _NAMED_SCORE) if named else match

    def _placed(
        self, row: int, name: str, rooms: tuple[str, ...], score: float, *, method: str = "part"
    ) -> Match:
        level: Level = "room" if rooms else "building"
        building = self._index.ids[row]
        return Match(level, building, score, method, [building], ",".join(rooms), name)

    def _match_aligned(self, text: str) -> Match | None:
        """Hold a text that was not understood against whole buildings."""
        named = self._aligned.find(text) or self._aligned.find(
            self._finder.surroundings.without_saying(clean(text))
        )
        meant = [
            (each, inside)
            for each in named
            if (inside := read_inside(each.rest, each.kind)) is not None
        ]
        if len(meant) != 1:
            return None
        found, inside = meant[0]
        return self._placed(found.row, found.name, inside.rooms, _ALIGNED_SCORE)

    def _match_clause(self, text: str, whole: Match) -> Match:
        """Match the one clause of a sentence that means a building; else the text as a whole."""
        named = self._finder.surroundings.without_saying(clean(text))
        clauses = clauses_of(text) + ([parse_address(named)] if named else [])
        matches = [self._match_parsed(each, "") for each in clauses]
        placed = [match for match in matches if match.building_id]
        return placed[0] if len({match.building_id for match in placed}) == 1 else whole

    def contradicts(self, text: str, building_id: str) -> bool:
        """Say whether an address names another house number than a building of the register has.

        A number of an estate is held against the building's own, also behind the right door, a
        door against the doors of the same road; what only one of the two has contradicts nothing.
        """
        parsed, building = parse_address(text), self._buildings[building_id]
        known = _parsed_once(building.std_address or building.estate + building.building_no)
        if not parsed.names_building or parsed.script != "chinese":
            return False
        doors = {
            known.road + known.road_number: known.road,
            known.place + known.building_no: known.place,
        }
        road, door = parsed.road, parsed.road + parsed.road_number
        if not parsed.building_no.endswith("号楼"):
            road, door = parsed.place, parsed.place + parsed.building_no
        same_road = bool(road) and road in doors.values()
        if same_road and door.removesuffix("院") not in {each.removesuffix("院") for each in doors}:
            return True
        number = canonical_building_no(building.building_no) or known.building_no
        named = parsed.building_no.endswith("号楼") and bool(number)
        return named and short_number(parsed.building_no) != short_number(number)

    def _match_dialect(self, answer: DialectMatch, parsed: ParsedAddress) -> Match:
        ids = [self._index.ids[position] for position in answer.positions]
        if len(ids) == 1:
            room = ",".join(parsed.rooms)
            return Match("building", ids[0], answer.score, answer.method, ids, room, parsed.place)
        level: Level = "estate" if ids else "none"
        score = _ESTATE_SCORE if ids else 0.0
        return Match(level, "", score, answer.method, ids, "", parsed.place if ids else "")

    def _match_several(self, parsed: ParsedAddress, community: str) -> Match:
        """Match a text of several addresses: a building only if all of them mean it."""
        pieces = (parsed, *parsed.others)
        matches = [self._match_parsed(piece, community) for piece in pieces]
        placed = [match for match in matches if match.candidates]
        named = sum(bool(piece.building_no) for piece in pieces)
        if not placed:
            return matches[0]
        if len({match.building_id for match in placed}) == 1 and len(placed) >= named:
            return placed[0]
        candidates = sorted({candidate for match in placed for candidate in match.candidates})
        estates = {match.estate_key for match in placed}
        estate = estates.pop() if len(estates) == 1 else ""
        return Match("estate", "", _NEAR_SCORE, "several", candidates, "", estate)

    def _match_parsed(self, parsed: ParsedAddress, community: str) -> Match:
        if not parsed.place:
            return self._at_community(parsed, community)
        if "relative" in parsed.doubts:
            return self._near(parsed, community)
        found = self._finder.find(parsed, community=community)
        if not found.sure and parsed.rest:
            parsed, found = self._read_on(parsed, found, community)
        if not found.rows:
            return self._at_community(parsed, community)
        ids = [self._index.ids[row] for row in found.rows]
        if not self._is_sure(parsed, found):
            return Match("estate", "", found.score, found.method, ids, "", found.estate)
        rooms = parsed.rooms or (split_building(parsed.rest).rooms if parsed.rest else ())
        factor = _TWO_PART_FACTOR if "two_part_dash" in parsed.doubts else 1.0
        score = round(found.score * factor, 4)
        return self._placed(found.rows[0], found.estate, rooms, score, method=found.method)

    def _is_sure(self, parsed: ParsedAddress, found: Found) -> bool:
        """Tell whether nothing of an address is left that may be another place or house."""
        if not found.sure:
            return False
        row, name = found.rows[0], found.name or found.estate
        building = self._buildings[self._index.ids[row]]
        hall = not parsed.building_no and self._index.has_no_number(row)
        if is_another(parsed.rest, of_whole=hall) or not self._explanation.holds(
            parsed, building, name
        ):
            return False
        if not found.name and contradicts(row, parsed, self._index):
            return False
        return found.method == "fuzzy" or self._explanation.covers(parsed.place, building, name)

    def _read_on(
        self, parsed: ParsedAddress, found: Found, community: str
    ) -> tuple[ParsedAddress, Found]:
        """Read the name behind a door number, where the door alone says too little.

        迎宾路18号泰山大厦5层: the register may know the tower but not its door.
        """
        inside = split_building(parsed.rest)
        if not self._index.table_of(inside.place):
            return parsed, found
        behind = replace(
            parsed,
            place=inside.place,
            building_no=inside.building_no,
            rooms=inside.rooms,
            rest="",
            road=parsed.place,
            road_number=parsed.building_no,
            doubts=inside.doubts,
        )
        named = self._finder.find(behind, community=community)
        return (behind, named) if named.sure or not found.rows else (parsed, found)

    def _near(self, parsed: ParsedAddress, community: str) -> Match:
        """Say beside what a relative place lies; never that it is there."""
        words = find_relatives(parsed.rest)
        behind = parse_address(parsed.rest[words[-1].end() :] if words else "")
        if behind.place and self._finder.find(behind, community=community).sure:
            return self._match_parsed(behind, community)  # 地铁站旁兴业大厦5楼
        landmark = split_building(parsed.place)
        at = replace(parsed, place=landmark.place, building_no=landmark.building_no, doubts=())
        known = self._finder.find(at, community=community)
        if not known.rows:
            return self._at_community(parsed, community)
        ids = [self._index.ids[row] for row in known.rows]
        return Match("estate", "", _NEAR_SCORE, "relative", ids, "", known.estate)

    def _at_community(self, parsed: ParsedAddress, community: str) -> Match:
        stem = area_stem(parsed.areas.community) or area_stem(community)
        if stem and stem in self._index.communities:
            return Match("community", "", _COMMUNITY_SCORE, "community", [], "", "")
        return _NO_MATCH


_parsed_once = lru_cache(maxsize=65_536)(parse_address)


def _text(value: str | None) -> str:
    return value if isinstance(value, str) else ""
