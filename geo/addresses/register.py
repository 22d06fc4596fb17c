"""File the buildings of a register under every name and number that an address may call them by."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from geo.addresses.areas import Areas, Location, area_stem, names_around
from geo.addresses.lexicon import HAN, with_digits
from geo.addresses.parse import parse_address
from geo.addresses.places import ROAD_END
from geo.addresses.spelling.names import names_beginning
from geo.addresses.spelling.parts import (
    OF_A_UNIT,
    OF_QUARTER,
    PART,
    PUBLIC,
    core_of,
    in_parts,
    is_number,
    is_of_name,
    lane_names,
    names_of_part,
    number_of_alias,
    short_number,
    with_kind_of,
)
from geo.addresses.spelling.short import NameEnds, short_names, tower_of
from geo.addresses.spelling.standard import (
    canonical_estate,
    is_bare_house,
    local_names,
    own_names,
    read_standard,
    with_street_office,
)

Table = Literal["exact", "alias", "gate", "part", "short"]
TABLES: Final[tuple[Table, ...]] = ("exact", "alias", "gate", "part", "short")
NAMES: Final[tuple[Table, ...]] = ("exact", "alias")

_HAN: Final = re.compile(f"[{HAN}]")
_MAIN_HOUSES: Final = frozenset({"主楼", "大楼"})
_CORE_CHARACTERS: Final = 2
_IN_YARD: Final = re.compile(r"^.*(?:弄|号院?)(?=[A-Z]?\d+号$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredBuilding:
    """Describe one building of the register; '' where a column is empty.

    ``aliases`` are former or popular names, of the estate (老化肥厂宿舍) or of the building
    itself. ``community`` may be a name, a code or both, parted by ``;``.
    """

    building_id: str
    estate: str = ""
    building_no: str = ""
    std_address: str = ""
    aliases: tuple[str, ...] = ()
    street: str = ""
    community: str = ""


class RegisterIndex:
    """Look up buildings by name and number.

    ``ids``: building ids in register order; rows are positions in it.
    ``tables``: kind of name → name → number → rows. The number '' files named halls and buildings
    that are all of their estate.
    ``gates``: road and door number → rows behind that door.
    ``parts``: names of an estate with a part of it that numbers of the register hold.
    ``houses``: rows whose number is a building's and no door's (12栋) → whether it is called 12楼.
    ``streets``, ``roads``: street or road → names of the estates in it.
    ``without_han``: rows without an estate whose standard address holds no Chinese character, with
    that address: an ``AddressDialect`` may index them.
    """

    def __init__(self, buildings: Iterable[RegisteredBuilding]) -> None:
        self.ids: list[str] = []
        self.locations: list[Location] = []
        self.tables: dict[Table, dict[str, dict[str, list[int]]]] = {t: {} for t in TABLES}
        self.gates: dict[str, list[int]] = defaultdict(list)
        self.without_han: list[tuple[int, str]] = []
        self.streets: dict[str, set[str]] = defaultdict(set)
        self.roads: dict[str, set[str]] = defaultdict(set)
        self.communities: set[str] = set()
        self.areas: set[str] = set()
        self.parts: set[str] = set()
        self.houses: dict[int, bool] = {}
        self._unnumbered: set[int] = set()
        for building in buildings:
            self._file(building)
        self._sorted_homes = sorted(self.tables["exact"])
        self._sorted_aliases = sorted(self.tables["alias"])
        self._file_derived_names()
        self._twins: dict[tuple[Table, str], bool] = {}

    def rows(self, table: Table, name: str, number: str) -> list[int]:
        """Return the rows filed under a name and a number."""
        return self.tables[table].get(name, {}).get(number, [])

    def table_of(self, name: str) -> Table | None:
        """Return the table of names that a place is filed under: its own, else an alias."""
        return next((table for table in NAMES if name in self.tables[table]), None)

    def all_rows(self, table: Table, name: str) -> list[int]:
        """Return every row filed under a name, in register order."""
        return sorted({row for rows in self.tables[table].get(name, {}).values() for row in rows})

    def is_shared(self, table: Table, name: str) -> bool:
        """Tell whether two places bear the name: one number stands in both.

        Two buildings of other names behind one door of a road do not make it two roads.
        """
        key = (table, name)
        if key not in self._twins:
            without_name = 1 if ROAD_END.search(name) else 0
            self._twins[key] = any(
                len({self.locations[row].place[without_name:] for row in rows}) > 1
                for rows in self.tables[table].get(name, {}).values()
            )
        return self._twins[key]

    def has_no_number(self, row: int) -> bool:
        """Tell whether a building needs no number to be named: the main house of a hotel."""
        return row in self._unnumbered

    def homes_beginning(self, start: str) -> list[str]:
        """Return the names that begin like a shorter one."""
        return names_beginning(start, self._sorted_homes)

    def places(self, table: Table, name: str) -> list[Location]:
        """Return one location for each place that bears a name."""
        every = [self.locations[row] for row in self.all_rows(table, name)]
        return list({at.place: at for at in every}.values())

    def _file(self, building: RegisteredBuilding) -> None:
        row = len(self.ids)
        self.ids.append(building.building_id)
        std = with_street_office(building.std_address, building.street)
        if std and not building.estate and not _HAN.search(std):
            self._file_without_han(row, std)
            return
        areas, road, road_number, parsed = read_standard(std, building.estate, building.building_no)
        estate, number = own_names(building.estate, building.building_no, parsed)
        if number.endswith("号楼"):
            self.houses[row] = is_bare_house(building.building_no)
        named = not is_number(number)
        home, filed = (estate + number, "") if named else (estate, short_number(number))
        self._put_numbered("exact", home, filed, row)
        if filed == "" or filed in _MAIN_HOUSES:
            self._unnumbered.add(row)
        if named and estate:
            self._put("part", estate, number, row)
            self._put("short", core_of(estate) + number, "", row)  # 磐基西座, of 磐基中心
            self._put("alias", tower_of(number), "", row)  # 冠海大厦 of 冠城园
        if parsed is not None and parsed.names_building:
            self._put("exact", parsed.place, short_number(parsed.building_no), row)
        if road_number:
            self._file_gate(road + road_number, filed, row)
        for alias in building.aliases:
            self._file_alias(alias, building.estate and estate, filed, row)
        for name in () if named else (building.estate, *building.aliases):
            for local in local_names(name, areas):
                self._put("short", local, filed, row)
        self._locate(building, areas, (road, road_number), estate)

    def _file_without_han(self, row: int, std: str) -> None:
        self.without_han.append((row, std))
        self.locations.append(Location("", "", "", "", frozenset()))

    def _put_numbered(self, table: Table, name: str, number: str, row: int) -> None:
        """File a building under its estate, and under parts of it as people name them."""
        self._put(table, name, number, row)
        if "弄" in number and not number[0].isdigit():  # 51号 of 阳曲路760弄51号
            self._put(table, name, _IN_YARD.sub("", number), row)
        for part, part_number in in_parts(name, number):
            self._put(table, part, part_number, row)
            for lane in lane_names(part):
                self._put("part", lane, part_number, row)
            self.parts.update({part} - {name})
        if table == "alias" and (part_number := number_of_alias(name, number)):
            self._put(table, name, part_number, row)
        for named, part_number in names_of_part(name, number):
            self._put("part", named, part_number, row)
        for lane in lane_names(name):
            self._put("part", lane, number, row)

    def _put(self, table: Table, name: str, number: str, row: int) -> None:
        for spelt in {name, with_digits(name)} - {""}:
            rows = self.tables[table].setdefault(spelt, {}).setdefault(number, [])
            if row not in rows[-1:]:
                rows.append(row)

    def _file_gate(self, gate: str, number: str, row: int) -> None:
        bare = gate.removesuffix("院")
        self.gates[bare].append(row)
        self._put("gate", bare, number, row)
        self._put("gate", bare + "院", number, row)
        for part, part_number in in_parts(bare, number) if bare.endswith("弄") else ():
            if PART.search(part):  # of a phase; lanes off it have numbers of their own
                self._put("gate", bare, part_number, row)

    def _file_alias(self, alias: str, estate: str, number: str, row: int) -> None:
        """File another name of an estate, or of a building that belongs to none."""
        parsed = parse_address(alias)
        is_name = "壹号" in alias or is_of_name(parsed.building_no, estate)  # 公园壹号
        if names_building := parsed.names_building and not is_name:
            self._put("alias", parsed.place, short_number(parsed.building_no), row)
        if not names_building or number:
            name = canonical_estate(alias)
            for each in {name, with_kind_of(estate, name)} - {""}:
                self._put_numbered("alias", each, number, row)
                if not estate:
                    self._put("alias", each, "", row)
                    self._put("alias", each, _IN_YARD.sub("", number), row)

    def _locate(
        self, building: RegisteredBuilding, areas: Areas, gate: tuple[str, str], home: str
    ) -> None:
        road, door = gate[0], "".join(gate)
        street = area_stem(building.street or areas.street)
        given = [area_stem(part) for part in re.split(r"[;；,，\s]+", building.community)]
        named = next((part for part in given if _HAN.search(part)), "")
        community = named or area_stem(areas.community)
        stems = {street, community, road, door, *given} - {""}
        self.streets[street].add(home)
        self.communities.add(community)
        self.roads[road].add(home)
        around = names_around(areas, street, community)
        self.areas.update({*around, road, *filter(_HAN.search, given)})
        district, near = area_stem(areas.district), community or given[0]
        self.locations.append(Location(home, street, district, near, frozenset(stems)))

    def _file_derived_names(self) -> None:
        """File estates under their names without 东区 or 2期, and without 花园."""
        for alias, rows in list(self.tables["alias"].items()):
            self._file_short_alias(alias, rows)
        for home in self._sorted_homes:
            self._file_whole(home)
            quarter = OF_QUARTER.sub("", with_digits(home))
            names: list[tuple[Table, str]] = [("part", quarter)]
            names += [("short", short) for short in short_names(home)]
            for table, name in names:
                if name and name not in self.tables["exact"]:
                    self._copy(table, name, home)
            self._file_short(home)
        ends = NameEnds(self._sorted_homes, self._sorted_aliases)
        for home in self._sorted_homes:
            for end in ends.of(home):
                if end not in self.areas and not any(
                    end in names for names in self.tables.values()
                ):
                    self._copy("short", end, home)

    def _file_whole(self, home: str) -> None:
        """File all that may be meant by an estate's name without its part."""
        whole = PART.sub("", home)
        others = self.homes_beginning(whole) if len(whole) >= _CORE_CHARACTERS else []
        parts = [other for other in others if PART.sub("", other) == whole != other]
        if whole != home and len(parts) > 1:  # of 5区 alone the others are not in the register
            for other in others:
                self._copy("part", whole, other)

    def _file_short(self, home: str) -> None:
        """File all that begins like an estate's short name under it."""
        core = core_of(home)
        public = OF_A_UNIT.search(home) and PUBLIC.search(core)
        if core == home or public or len(core) < _CORE_CHARACTERS or core in self.tables["short"]:
            return
        for alias in names_beginning(core, self._sorted_aliases):
            for number, rows in self.tables["alias"][alias].items():
                self._put_all("short", core, number, rows)
        for other in self.homes_beginning(core):
            self._copy("short", core, other)

    def _file_short_alias(self, alias: str, numbers: dict[str, list[int]]) -> None:
        """File 悦达国际大厦, as a house is also called, under 悦达国际."""
        core = alias if OF_A_UNIT.search(alias) else core_of(alias)
        names = {*short_names(alias)} | ({core} if len(core) > _CORE_CHARACTERS else set())
        for name in names - {"", alias}:
            if not self.table_of(name):
                for number, rows in numbers.items():
                    self._put_all("short", name, number, rows)

    def _copy(self, table: Table, name: str, home: str) -> None:
        for number, rows in self.tables["exact"][home].items():
            self._put_all(table, name, number, rows)

    def _put_all(self, table: Table, name: str, number: str, rows: list[int]) -> None:
        for row in rows:
            self._put(table, name, number, row)
