"""Hold a text against whole buildings of a register: their numbers in order, names between them.

Reading a text step by step fails where its form is new: 水漾人家瑞安坊3幢, of 东海水漾人家, or
D4-3-2, for D4组团3栋2单元. Here nothing is read. A building may be meant where all of its numbers
stand in the text in their order, where the names before and between them are its own, whole or cut
short, and where what stands before is known of it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from geo.addresses.areas import split_areas
from geo.addresses.lexicon import HAN, clean, convert_numerals, read_numeral
from geo.addresses.lookup.behind import Kind
from geo.addresses.lookup.explained import Explanation
from geo.addresses.parse import inline_brackets
from geo.addresses.register import RegisteredBuilding
from geo.addresses.spelling.parts import core_of

_NUMBER: Final = re.compile(r"\d+|[A-Z]+")
# What stands around a numeral does not matter, so that names read alike alone and in a sentence.
_COUNT: Final = re.compile(
    r"[零一二三四五六七八九十]+(?=小区|新?村|街坊|[坊片巷里排条段厂道街路社区期组队弄支代季院连团舍门]|横[巷街路]|大[街道院]|[栋幢]|号)"
)
_HOUSE: Final = re.compile(r"号(?:住宅|公寓|商业|办公|综合|教学|宿舍)?楼|[栋幢座舍#]|#楼")
_HOUSE_WORD: Final = re.compile(rf"{_HOUSE.pattern}|楼(?=\d+(?:单元|门|-))|(?=-)|$")
_DOOR_WORD: Final = re.compile(r"号(?!楼)|$|(?=[铺门])")
_HOUSE_BETWEEN: Final = re.compile(rf"^(?:{_HOUSE.pattern})")
# Words for parts, for which a dash or nothing may stand.
_PARTS: Final = frozenset({"区", "期", "组团", "栋", "片区"})
_SAYS_NO_MORE: Final = re.compile(
    r"(?:教?职工|教师|单位)?(?:宿舍|家属)(?:区|院|楼|大院)?(?=..)|[第号内]|(?!-附)\W|小(?=区)"
)
# D区 of D区康怡居14街7号, which needs it as little as a name of its own.
_AREAS_BEFORE_NAME: Final = re.compile(
    rf"^(?:[\d一二三四五六七八九十]+期|[A-Z\d]+区)+(?=[{HAN}]{{2,}}[苑居阁轩坊庭里园街巷路])"
)
_NAMED_PART: Final = re.compile(rf"[{HAN}]{{2}}(?<!单元)[{HAN}]*[\d一二三四五六七八九十]")
_WHERE_STAFF_LIVES: Final = re.compile(
    r"(?:[东西南北中新老]?校区)?(?:教?职工|教师)?(?:家属(?:区|院|楼)|宿舍)$"
)
_SEGMENT_END: Final = re.compile(r"(?:[村社屯路街巷区镇坊]|大道)$")
_VILLAGE_END: Final = re.compile(r"(?<!新)[村社屯]$")
_UNIT_OR_ROAD: Final = re.compile(r"(?:公司|[厂局所矿站]|大道|[路街巷])$")
_NO_NAME_BEFORE: Final = re.compile(r"[省市县第\d零一二三四五六七八九十]$")
_ROAD_END: Final = re.compile(r"(?:大道|[路街巷])$")
_OF_A_UNIT: Final = re.compile(r"家属|宿舍|教工|职工|大学|学院|医院|学校|[中小]学")
_COMMON: Final = re.compile(
    r"(?:福利|生活|住宅|居住|家属|宿舍|安置|回迁|教工|职工|教师)(?:小?区|院|楼|宿舍)?$"
)
_LEAST, _LEAST_CORE, _LEAST_BEGINNING = 2, 3, 4
_MOST_CUT: Final = 3
_MOST_HEADS: Final = 200
_LEAST_DASHES: Final = 2


class Aligned(NamedTuple):
    """Hold the row of a building that may be meant, its name, and what follows its number."""

    row: int
    name: str
    rest: str
    kind: Kind


class _Pieces(NamedTuple):
    """Hold what stands between the numbers of a text, the numbers, and where each ends."""

    runs: list[str]
    numbers: tuple[str, ...]
    ends: list[int]


class _Entry(NamedTuple):
    """Hold a building under its head: the name before its first number."""

    row: int
    head: str
    estate: str
    between: tuple[str, ...]
    last: str

    def may_be_cut(self, run: str, size: int) -> bool:
        """Say whether a head of which a text has so many characters is still this one.

        The text has its end, 水漾人家 of 东海水漾人家, or its beginning: 万科惠斯勒小镇.
        """
        if not run.endswith(self.head[-1]):
            if not self.estate:  # 查哈尔滩3队, of 查哈尔滩嘎查
                return self.between != () and core_of(self.head) == self.head[:size]
            enough = size >= _LEAST_BEGINNING or self.between != ()
            cut = self.head[:size]
            whole = core_of(cut) != cut  # 凤凰新城, of 凤凰新城香木林
            other = whole or _OF_A_UNIT.search(self.head) or _UNIT_OR_ROAD.search(cut)
            return self.estate == self.head and enough and not other
        left, before = self.head[:-size], run[:-size]
        if not self.estate or (self.estate == left and _ROAD_END.search(self.head)):
            return _SEGMENT_END.search(left) is not None
        if _VILLAGE_END.search(self.estate) and left == self.estate:  # 竹鹅上屯, of 竹鹅村
            return before != ""
        core = core_of(self.estate[len(left) :])
        return not _NO_NAME_BEFORE.search(before) and len(_COMMON.sub("", core)) >= _LEAST_CORE

    def aligned(self, words: list[str], rest: str) -> Aligned | None:
        """Return this building where the words between and behind the numbers are its own."""
        numbered = _HOUSE.match(rest) is not None or rest.count("-") >= _LEAST_DASHES
        for expected, between in zip(self.between, words, strict=True):
            if _between(between) != expected and not (
                numbered and between in {"", "-"} and expected in _PARTS
            ):
                return None
        kind: Kind = "number" if self.estate else "door"
        if not self.last or _HOUSE.fullmatch(self.last):
            word, kind = _HOUSE_WORD.match(rest), "house"
        elif self.last == "号":
            word = _DOOR_WORD.match(rest)
        else:
            short = re.escape(self.last.removeprefix("号"))
            word = re.match(rf"{re.escape(self.last)}|{short}(?=$|\d)", rest)
            kind = kind if self.last[-1] in "号甲乙丙丁" else "house"
        return Aligned(self.row, self.head, rest[word.end() :], kind) if word else None


class AlignedNames:
    """Files buildings by the name before their first number.

    ``buildings``: the register; rows are positions in it.
    ``explanation``: says what may stand before a name.
    """

    def __init__(self, buildings: Iterable[RegisteredBuilding], explanation: Explanation) -> None:
        self._explanation = explanation
        self._buildings = list(buildings)
        self._heads: dict[str, dict[tuple[str, ...], list[_Entry]]] = defaultdict(dict)
        self._places: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._by_pair: dict[str, list[str]] = defaultdict(list)
        for row, building in enumerate(self._buildings):
            for name, number in _own_names(building):
                self._file(row, name, number)
        for head in self._heads:
            for pair in {head[at : at + 2] for at in range(len(head) - 1)}:
                self._by_pair[pair].append(head)

    def _file(self, row: int, name: str, number: str) -> None:
        runs, numbers, _ = _pieces_of(_plain_once(name) + _plain_once(number))
        if not numbers or len(runs[0]) < _LEAST:
            return
        building = self._buildings[row]
        estate = _pieces_of(_plain_once(name)).runs[0] if building.estate else ""
        entry = _Entry(row, runs[0], estate, tuple(map(_between, runs[1:-1])), runs[-1])
        self._heads[entry.head].setdefault(numbers, []).append(entry)
        if estate:
            self._places[entry.head].add((building.street, building.community))

    def find(self, text: str) -> list[Aligned]:
        """Return the buildings that a text may mean, none twice."""
        plain = _plain(text)
        pieces = _pieces_of(plain)
        found = (
            each
            for at, run in enumerate(pieces.runs[:-1])
            if len(run) >= _LEAST
            for each in self._beginning(plain, pieces, at)
        )
        return list({each.row: each for each in found}.values())

    def _beginning(self, plain: str, pieces: _Pieces, at: int) -> Iterator[Aligned]:
        """Yield the buildings whose name ends before one of a text's numbers."""
        head, size = self._head(pieces.runs[at])
        if not head:
            return
        start = pieces.ends[at] - len(pieces.numbers[at]) - size
        for numbers, entries in self._heads[head].items():
            end = at + len(numbers)
            if pieces.numbers[at:end] != numbers:
                continue
            rest = plain[pieces.ends[end - 1] :]
            for entry in entries:
                whole = size == len(head) or entry.may_be_cut(pieces.runs[at], size)
                aligned = entry.aligned(pieces.runs[at + 1 : end], rest) if whole else None
                if aligned and self._explanation.precedes(
                    plain[:start], self._buildings[entry.row]
                ):
                    yield aligned

    def _head(self, run: str) -> tuple[str, int]:
        """Return the one head that a text ends with, and how much of it; '' where not one."""
        for start in range(len(run) - 1):
            if run[start:] in self._heads:
                return (run[start:], len(run) - start) if self._is_one(run[start:]) else ("", 0)
        ends = (run, core_of(run))  # of 水漾花园 the end is too common
        heads = next((containing for end in ends if (containing := self._containing(end[-2:]))), [])
        sizes = {head: size for head in heads if (size := _matched(run, head))}
        if len(sizes) != 1:
            return "", 0
        head, size = sizes.popitem()
        alike = not run.endswith(head[-1])
        if alike and any(other != head and other.startswith(head[:size]) for other in heads):
            return "", 0  # 白桦林居 or 白桦林间
        return (head, size) if self._is_one(head) else ("", 0)

    def _containing(self, pair: str) -> list[str]:
        heads = self._by_pair.get(pair, [])
        return heads if len(heads) <= _MOST_HEADS else []

    def _is_one(self, head: str) -> bool:
        """Say whether no two places bear a name."""
        return len(self._places.get(head, ())) <= 1


def _own_names(building: RegisteredBuilding) -> Iterator[tuple[str, str]]:
    """Yield name and number of a building as a register writes them, without areas."""
    if not building.estate:
        yield split_areas(clean(building.std_address))[1], ""
        return
    number = building.building_no
    for each in dict.fromkeys((number, _AREAS_BEFORE_NAME.sub("", number))):
        yield building.estate, each
    if _NAMED_PART.match(number):  # 燕山大学燕园12栋, of 燕山大学西校区家属院
        yield _WHERE_STAFF_LIVES.sub("", building.estate), number
    numbers = _NUMBER.findall(_plain_once(building.estate))
    for alias in filter(None, building.aliases):
        if _NUMBER.findall(_plain_once(alias)) in ([], numbers):
            yield alias, number


def _plain(text: str) -> str:
    counted = convert_numerals(clean(inline_brackets(text)))
    return _COUNT.sub(lambda found: str(read_numeral(found[0])), counted)


_plain_once = lru_cache(maxsize=65_536)(_plain)


def _pieces_of(plain: str) -> _Pieces:
    found = list(_NUMBER.finditer(plain))
    starts = [0, *(each.end() for each in found)]
    stops = [*(each.start() for each in found), len(plain)]
    runs = [plain[start:stop] for start, stop in zip(starts, stops, strict=True)]
    return _Pieces(runs, tuple(each[0] for each in found), starts[1:])


def _matched(run: str, head: str) -> int:
    """Return how many characters of a longer head a text ends with: its end or its beginning."""
    size = 0
    while size < min(len(run), len(head)) and run[-1 - size] == head[-1 - size]:
        size += 1
    if size:
        return size if size >= _LEAST <= len(head) - size else 0
    for cut in range(1, min(_MOST_CUT, len(head) - _LEAST_BEGINNING) + 1):
        if run.endswith(head[:-cut]):
            return len(head) - cut
    core = core_of(head)
    return len(core) if len(core) >= _LEAST and run.endswith(core) else 0


def _between(run: str) -> str:
    """Return what stands between two numbers in one spelling."""
    house = _HOUSE_BETWEEN.sub("栋", run.replace("之", "附").replace("付", "附"))
    return _SAYS_NO_MORE.sub("", house)
