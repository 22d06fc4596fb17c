"""Find the registered buildings that a parsed Chinese address may mean."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from geo.addresses.areas import AUTONOMOUS, NOWHERE, PROVINCES, area_stem
from geo.addresses.lookup.context import (
    context_of,
    contradicts,
    is_other_kind,
    is_rivalled,
    may_be_another,
    says_house,
)
from geo.addresses.lookup.doors import find_by_door
from geo.addresses.lookup.embedded import EmbeddedNames, readings_of
from geo.addresses.lookup.found import ESTATE_SCORE, NOTHING, TABLE_SCORES, Found
from geo.addresses.lookup.numbers import (
    dashed_doors,
    is_floor_and_room,
    number_meant,
    rows_dashed,
)
from geo.addresses.lookup.surroundings import Surroundings
from geo.addresses.parse import ParsedAddress
from geo.addresses.places import ROAD_END
from geo.addresses.register import NAMES, RegisterIndex, Table
from geo.addresses.spelling.alike import HOPELESS, NEAR_SOUND
from geo.addresses.spelling.names import NameIndex, budget, has_sibling
from geo.addresses.spelling.parts import OF_A_UNIT, core_of, short_number
from geo.addresses.spelling.suggest import misspelt_part, nearest_estates

_FUZZY_SCORE: Final = 0.94
_FUZZY_LOSS: Final = 0.06
_UNSURE_SCORE: Final = 0.3
# How much dearer than the best reading of a misspelling the next must be.
_MARGIN: Final = 0.25
# How many buildings are told of each name that a person is asked about.
_MOST_SUGGESTED: Final = 5
# What a misspelling may cost more where street, community or road agree.
_CONTEXT_BONUS: Final = 0.3
_OTHER_THING: Final = re.compile(r"(?:大道|路|街|巷|站|桥|学校|小学|中学|市场|超市)$")
_HOUSE: Final = re.compile(r"(?:大厦|大楼|商厦|酒店|宾馆|饭店)$")
_WING: Final = re.compile(r"[A-Z]\d*号$")
_OF_STAFF: Final = re.compile("教师|教工|职工|家属|宿舍")
_MARKET: Final = re.compile(r"(?:市场|商城|商贸城|集市|菜场)$")
_GUESSED: Final = 2
_SHORTENED: Final = 4


class Finder:
    """Look places up in a register: as written, by other names, by door, as misspelt.

    ``index``: the register.
    """

    def __init__(self, index: RegisterIndex) -> None:
        self._index = index
        names = {name for table in NAMES for name in index.tables[table]}
        self._names = NameIndex(names - index.parts)  # 月辰苑 beside 星辰苑 is no misspelling
        self.surroundings = Surroundings({*index.areas, *PROVINCES.split("|"), *AUTONOMOUS})
        self._embedded = EmbeddedNames(index, self.surroundings)

    def find(self, parsed: ParsedAddress, *, community: str = "") -> Found:
        """Return what a parsed address may mean.

        ``parsed``: the address; its areas and road tell places of one name apart.
        ``community``: name or code of the community the row is known to be in, '' unknown.
        """
        context = context_of(parsed, community)
        found = self._find(parsed, context)
        if found.sure:
            return found
        for name in self.surroundings.without_beginning(parsed.place)[:_SHORTENED]:
            inner = self._find(replace(parsed, place=name), context)
            if inner.sure and not contradicts(inner.rows[0], parsed, self._index):
                return inner
        return found

    def _find(self, parsed: ParsedAddress, context: frozenset[str]) -> Found:
        for attempts in (self._as_written, self._as_misspelt):
            best = NOTHING
            for found in attempts(parsed, context):
                if found.sure and not (found.method in {"part", "short"} and best.method in NAMES):
                    return found
                best = best if best.rows else found
            if best.rows:
                return best
        return self._suggest(parsed.place, short_number(parsed.building_no))

    def _as_written(self, parsed: ParsedAddress, context: frozenset[str]) -> Iterator[Found]:
        for name in readings_of(parsed.place, self._index, parsed.road):
            yield self._look_up(name, parsed, context)
        yield self._inside(parsed, context)
        yield self._with_area(parsed)
        yield find_by_door(parsed, self._index)

    def _as_misspelt(self, parsed: ParsedAddress, context: frozenset[str]) -> Iterator[Found]:
        near = islice(readings_of(parsed.place, self._index), _GUESSED)
        yield self._guess(near, parsed, context)
        part = misspelt_part(parsed.place, self._names, self._index)
        if part is not None:
            yield self._misspelt(self._look_up(part.name, parsed, context), part.cost)

    def _with_area(self, parsed: ParsedAddress) -> Found:
        """Look up what was read as an area and a place as one name: 民发盛特区1期, 莲花社区1区."""
        areas = parsed.areas
        before = areas.community or areas.street or areas.district
        for name in (before, area_stem(areas.community), area_stem(areas.street)):
            whole = name + parsed.place
            if name and self._index.table_of(whole):
                return self._look_up(
                    whole, replace(parsed, place=whole, areas=NOWHERE), frozenset()
                )
        return NOTHING

    def _look_up(self, name: str, parsed: ParsedAddress, context: frozenset[str]) -> Found:
        """Look a name up in each table; the first that knows it decides."""
        for table, score in TABLE_SCORES.items():
            if name in self._index.tables[table]:
                return self._take(table, name, parsed, context, score)
        return NOTHING

    def _take(
        self, table: Table, name: str, parsed: ParsedAddress, context: frozenset[str], score: float
    ) -> Found:
        """Take the building of a known name by its number, or the one that needs none."""
        number = short_number(parsed.building_no) or number_meant(self._index, table, name, parsed)
        doors = dashed_doors(self._index, table, name, parsed)
        if doors:
            return Found(doors, sure=False, score=ESTATE_SCORE, method=table, estate=name)
        rows = rows_dashed(self._index, table, name, parsed) or self._index.rows(
            table, name, number
        )
        if rows and ("several" not in parsed.doubts or table == "exact"):
            return self._decide(table, name, rows, parsed, context, score)
        every = self._index.all_rows(table, name)
        whole = bool(self._index.rows(table, name, ""))
        whole = whole or (len(every) == 1 and self._index.has_no_number(every[0]))
        whole = whole or (
            table == "alias" and _HOUSE.search(name) is not None and not self._in_wings(name)
        )
        alone = len(every) == 1 and table != "part" and whole
        at_door = alone and parsed.road_number != "" and every[0] in self._behind(parsed)
        if alone and (not number or is_floor_and_room(name, parsed, at_door=at_door)):
            return self._decide(table, name, every, parsed, context, score)
        return Found(every, sure=False, score=ESTATE_SCORE, method=table, estate=name)

    def _in_wings(self, name: str) -> bool:
        """Say whether a house has wings: A座 of 凯旋大厦 is not all of it."""
        return any(_WING.match(number) for number in self._index.tables["alias"][name])

    def _of_kind(self, rows: list[int], parsed: ParsedAddress) -> list[int]:
        """Return those rows that are houses or doors, as the text says; [] where none may be.

        园林路118栋 is not its 118号: houses of an estate named after the road are added.
        """
        if not ROAD_END.search(parsed.place):
            several = len(rows) > 1 and says_house(parsed)
            return [row for row in rows if several and row in self._index.houses] or rows
        house = parsed.building_no.endswith("号楼")
        if house and not self._index.houses.keys() & set(rows):
            return sorted({*rows, *self._houses_on(parsed)})
        kind = [row for row in rows if (row in self._index.houses) == house]
        return kind or ([] if parsed.building_no and not house else rows)

    def _houses_on(self, parsed: ParsedAddress) -> list[int]:
        """Return the houses of an estate named after a road: 70栋 of 上海路住宅区, not its 70号."""
        number = short_number(parsed.building_no)
        homes = self._index.homes_beginning(parsed.place)
        return [row for home in homes for row in self._index.rows("exact", home, number)]

    def _behind(self, parsed: ParsedAddress) -> list[int]:
        """Return the buildings behind the door that an address tells besides a name."""
        gate = self._index.gates.get(parsed.road + parsed.road_number.removesuffix("院"), [])
        return gate + self._index.rows("exact", parsed.road, parsed.road_number)

    def _decide(
        self,
        table: Table,
        name: str,
        rows: list[int],
        parsed: ParsedAddress,
        context: frozenset[str],
        score: float,
    ) -> Found:
        """Take the one row that the context allows, or none."""
        kind = self._of_kind(rows, parsed)
        if set(kind) - set(rows) or not kind:
            both = sorted({*rows, *kind})
            return Found(both, sure=False, score=ESTATE_SCORE, method=table, estate=name)
        rows = kind
        where = [self._index.locations[row] for row in rows]
        estate = where[0].home if len({at.home for at in where}) == 1 else name
        shared = self._index.is_shared(table, name)
        if shared or len(rows) > 1:
            support = [len(at.stems & context) for at in where]
            rows = [row for row, s in zip(rows, support, strict=True) if s == max(support)]
        sure = (
            len(rows) == 1
            and not ("plain_number" in parsed.doubts and _MARKET.search(name))  # a stall
            and not (shared and is_rivalled(rows[0], table, name, parsed, context, self._index))
            and not (
                table == "short" and may_be_another(name, rows[0], parsed, context, self._index)
            )
            and not contradicts(rows[0], parsed, self._index)
            and not is_other_kind(rows[0], table, parsed, self._index)
        )
        if sure:
            return Found(rows, sure=True, score=score, method=table, estate=estate, name=name)
        return Found(rows, sure=False, score=ESTATE_SCORE, method=table, estate=estate)

    def _inside(self, parsed: ParsedAddress, context: frozenset[str]) -> Found:
        """Take a name inside the place, where what stands around it means nothing for it."""
        best = NOTHING
        for name, areas in self._embedded.search(parsed.place):
            found = self._look_up(name, parsed, context | areas)
            if found.sure:
                return found
            best = best if best.rows or not found.rows else found
        return best

    def _guess(
        self, readings: Iterable[str], parsed: ParsedAddress, context: frozenset[str]
    ) -> Found:
        """Take the name for misspelt, if one name alone is near enough and has the number."""
        for written in readings:
            guesses = self._names.search(written)
            if not guesses:
                continue
            name, cost = guesses[0]
            table, every = self._named(name)
            supported = any(self._index.locations[row].stems & context for row in every)
            other = bool(_OTHER_THING.search(written)) != bool(_OTHER_THING.search(name))
            other = other or self._is_of_area(written, name) or _is_other_unit(written, name)
            if other or cost > budget(name) + (_CONTEXT_BONUS if supported else 0.0):
                continue
            homes = self._homes(name)
            rivals = [guess.name for guess in guesses[1:] if guess.cost < cost + _MARGIN]
            if any(not self._homes(rival) <= homes for rival in rivals) or (
                (cost > NEAR_SOUND or ROAD_END.search(name))
                and has_sibling(name, written, self._index.homes_beginning)
            ):
                return Found(every, sure=False, score=_UNSURE_SCORE, method="fuzzy", estate="")
            meant = replace(parsed, place=name)
            return self._misspelt(self._take(table, name, meant, context, 1.0), cost)
        return NOTHING

    def _is_of_area(self, written: str, name: str) -> bool:
        """Say whether a name lacks no character but is an area's: 白云小区, for 白云庄小区."""
        core = core_of(written)
        shorter = len(core) < len(core_of(name)) and not OF_A_UNIT.search(name)
        return shorter and core in self._index.areas

    def _misspelt(self, found: Found, cost: float) -> Found:
        sure = round(_FUZZY_SCORE - _FUZZY_LOSS * cost, 4)
        unsure = min(found.score, _UNSURE_SCORE)
        return found._replace(method="fuzzy", score=sure if found.sure else unsure)

    def _suggest(self, place: str, number: str) -> Found:
        rows, estate = nearest_estates(place, number, self._index)
        if not rows:
            rows = self._like(place, number)
        return Found(rows, sure=False, score=_UNSURE_SCORE, method="part", estate=estate)

    def _like(self, place: str, number: str) -> list[int]:
        """Return the buildings that a person may mean by a name no slip explains: 绵绣花园."""
        like = [guess for guess in self._names.search(place) if guess.cost <= HOPELESS]
        rows = [self._named(guess.name) for guess in like]
        return [
            row
            for (table, every), guess in zip(rows, like, strict=True)
            for row in self._index.rows(table, guess.name, number) or every[:_MOST_SUGGESTED]
        ]

    def _named(self, name: str) -> tuple[Table, list[int]]:
        """Return the table of a known name, and every row filed under it there."""
        table = self._index.table_of(name) or "alias"
        return table, self._index.all_rows(table, name)

    def _homes(self, name: str) -> set[str]:
        return {self._index.locations[row].home for row in self._named(name)[1]}


def _is_other_unit(written: str, name: str) -> bool:
    """Say whether a unit's name has a character more than another's: 江科大 is not 江大."""
    more = len(written) > len(name) and _OF_STAFF.search(name) is not None
    return more and len(set(written)) > len(set(name))
