"""Find the names of a register in what was read as a place, with what may stand around them.

松溪锦绣花园东门: a street without its 街道 before the estate, and one of its gates behind.
"""

import re
from collections.abc import Iterator
from typing import Final

from geo.addresses.lexicon import with_digits
from geo.addresses.lookup.surroundings import Surroundings
from geo.addresses.register import NAMES, TABLES, RegisterIndex
from geo.addresses.spelling.parts import OF_A_UNIT, OF_QUARTER, PART, core_of, dwellings_of

_AREA_END: Final = re.compile(r"(?:[省市区县镇乡村街道巷社办院号里旁]|(?<!铁)路)$")
_LOOSE_END: Final = re.compile(r"(?:小区|社区|院内|里面|内|里)$")
_OF_PART: Final = re.compile(
    r"(?:[小社]区|住宅区|生活区)(?=\d+期|[东西南北\dA-Z]+区|[\u4e00-\u9fff]{1,2}组团)"
)
_GATE_BEFORE_PART: Final = re.compile(
    r"[东西南北正大]门(?:口?进去?|进来|入口|内|里)?(?=(?:\d+期|[东西南北中\dA-Z]+[区苑院])$)"
)
_YARD_OF_PLANT: Final = re.compile(r"(?<=厂|司|局|所|站)院(?:内|里面?)?$")
_OF_A_UNIT: Final = re.compile(r"(?:职工|单位)?(?:家属|宿舍)")
# What is left of 月坛南街 without 月坛 is another street.
_LOOSE: Final = re.compile(
    r"^(?:[东西南北中上下前后新老大小]?(?:大道|路|街|巷|胡同|小?区|村|苑|园|里|院)|"
    r"[东西南北中上下前后](?!.[浜埭泾塘]).{1,2})$"
)
_HAMLET: Final = re.compile(r"(?<=..)(?:自然村|村民组|[屯组庄])$")
_KIND_DOUBLED: Final = re.compile(r"^(.{2,})(?:新村|小区)([\d一二三四五六七八九十]+村)$")
_SIDES: Final = frozenset("东西南北中")
_LEVEL_WORDS: Final = frozenset("省市县州区")
_HALL: Final = re.compile(r"[A-Z]区$")
_SHORTEST, _LONG = 3, 4
_LONGEST_PART: Final = 12
_NUMERALS: Final = 6
"""So much longer than its name in digits a name in words may be."""


def readings_of(place: str, index: RegisterIndex, road: str = "") -> Iterator[str]:
    """Yield the names that a place may be: as read, without a loose ending, without an area."""
    yield place
    seen = {place, ""}
    if road and place[:1] in _SIDES and index.table_of(with_digits(place[1:])):
        yield with_digits(place[1:])  # 工业大道南|金碧花园
    for name in _other_readings(place, index):
        for spelt in (name, dwellings_of(name)):
            if spelt not in seen:
                seen.add(spelt)
                yield spelt


def _other_readings(place: str, index: RegisterIndex) -> Iterator[str]:
    loose, core = _LOOSE_END.sub("", place), core_of(place)
    yield loose if index.table_of(loose) else ""
    yield with_digits(place)
    yield place.removeprefix("第")
    hamlet = _HAMLET.sub("", place)
    yield hamlet if index.table_of(hamlet) else ""  # 张大郢组
    yield _KIND_DOUBLED.sub(r"\1\2", place)  # 彩香新村1村
    yield _OF_PART.sub("", place)
    yield _GATE_BEFORE_PART.sub("", place)
    yield _YARD_OF_PLANT.sub("家属院", place)
    yield OF_QUARTER.sub("", place)
    yield core if len(core) >= _LONG and index.table_of(core) else ""  # 京基滨河时代大厦
    if place[:1] in _LEVEL_WORDS and OF_A_UNIT.search(place) and _may_drop_level(place, index):
        yield place[1:]  # 县水利局家属院
    for start in range(2, len(place) - 1):
        if _AREA_END.search(place, 0, start) or place[:start] in index.areas:
            yield place[start:]
    yield place
    whole = _HALL.sub("", place)
    if any(set(index.tables[table].get(whole, ())) == {""} for table in NAMES):
        yield whole  # 钨都大厦A区, of a tower that the register does not divide


def _may_drop_level(place: str, index: RegisterIndex) -> bool:
    """Say whether 县水利局家属院 may be a 水利局家属院: of no other level."""
    rows = [row for table in NAMES for row in index.all_rows(table, place[1:])]
    return rows != [] and not any(index.locations[row].home[:1] in _LEVEL_WORDS for row in rows)


class EmbeddedNames:
    """Finds the names of a register inside of places.

    ``index``: the register.
    ``surroundings``: what may stand before and behind a name.
    """

    def __init__(self, index: RegisterIndex, surroundings: Surroundings) -> None:
        self._index = index
        self._surroundings = surroundings
        self._known = frozenset(name for table in TABLES for name in index.tables[table])
        self._longest = max(map(len, self._known), default=0) + _NUMERALS
        self._areas = frozenset(filter(None, index.areas))
        self._local = index.streets.keys() | index.communities

    def search(self, place: str) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield the names in a place, the longest first, with the areas that stand around them.

        A name is in it only where everything else may stand around it: 新锦绣花园 holds none.
        """
        parts = [_part_ending(place, at) for at in range(len(place))]
        for start, end in _spans(len(place), self._longest):
            before, behind = place[:start], place[end:]
            for name in self._names(with_digits(place[start:end]), before, behind, parts[start]):
                yield name, self._areas_in(before, behind)

    def _names(self, written: str, before: str, behind: str, part: str) -> Iterator[str]:
        """Yield the names that a part of a place may be, given what stands around it."""
        in_part = written + part if part else ""
        if not {written, in_part} & self._known or not self._may_follow(written, behind):
            return
        loose = self._is_loose(written, before)
        if written in self._known and not loose and self._may_precede(before, written):
            yield written
        if (
            part
            and in_part in self._known
            and self._surroundings.may_precede(before.removesuffix(part))
        ):
            yield in_part  # 东区金桂苑

    def _is_loose(self, name: str, before: str) -> bool:
        """Say whether a name may be the end of another: of 月坛南街, where 月坛 is a street too."""
        near = (before[start:] for start in range(len(before)))
        return _LOOSE.match(name) is not None and any(stem in self._local for stem in near)

    def _may_precede(self, before: str, name: str) -> bool:
        """Say whether a text may stand before a name: the estate's before a part's as well."""
        if self._surroundings.may_precede(before):
            return True
        table = self._index.table_of(name)
        rows = self._index.all_rows(table, name) if table else []
        homes = {self._index.locations[row].home for row in rows}
        return len(before) >= _SHORTEST and bool(homes) and all(before in home for home in homes)

    def _may_follow(self, name: str, behind: str) -> bool:
        complete = self._index.table_of(name) or name.endswith(("号", "号院"))
        if _OF_A_UNIT.match(behind) and (not complete or _OF_A_UNIT.search(name)):
            return False
        return not behind or self._surroundings.may_follow(behind)

    def _areas_in(self, *texts: str) -> frozenset[str]:
        return frozenset(area for area in self._areas if any(area in text for text in texts))


def _spans(length: int, longest: int) -> Iterator[tuple[int, int]]:
    """Yield the ends of every part of a text but the whole that a name may be, longest first."""
    for size in range(min(length - 1, longest), _SHORTEST - 1, -1):
        for start in range(length - size + 1):
            yield start, start + size


def _part_ending(place: str, at: int) -> str:
    """Return the part of an estate, 东区, that ends at a place in a text; '' where none does."""
    part = PART.search(place, max(0, at - _LONGEST_PART), at)
    return part[0] if part else ""
