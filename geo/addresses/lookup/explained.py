"""Say whether all of a place is explained: by what the register holds of a building, or by words.

A building is taken only where nothing is left that may be another place: of 瑞合村谢家组 the
register explains 谢家组 of 联合村, but not 瑞合村.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from geo.addresses.areas import PROVINCES, Areas, area_stem
from geo.addresses.lexicon import HAN, clean, convert_numerals, with_digits
from geo.addresses.lookup.behind import part_behind
from geo.addresses.lookup.surroundings import Surroundings
from geo.addresses.parse import ParsedAddress
from geo.addresses.register import RegisteredBuilding
from geo.addresses.spelling.alike import sound_of
from geo.addresses.spelling.parts import OF_A_UNIT

_DOUBLED: Final = re.compile(r"([\u4e00-\u9fff])\1")
_HELD, _LEFT = "=", "-"
# 1村 is explained by 1村 alone, not by 1街坊.
_NUMBER: Final = re.compile(r"\d+(?=(?P<counted>[期区组队社村弄院委片巷条排段连坊]?))")
# What names are made of: 瑞合村, 5巷.
_PLACE: Final = re.compile(
    "[省市区县镇乡村屯庄寨路街道巷弄里苑园城院厂组队社坊场楼厦座栋幢期号片排段连]"
)
_PEOPLE: Final = re.compile("[市村居]民")
_LONGEST: Final = 4
# Words for what a place is say nothing; 路 ends areas named after one.
_KIND: Final = re.compile(
    r"(?:小区|住宅区|生活区|家属[院区楼]|宿舍[区楼]?|甲级|写字楼|大[楼厦院]|公寓|花园|新村|广场|办事处|街道办|街办|[居村]委会?|[A-Z]区|\d+单元|[路街院区楼内里村镇乡市县组队])+"
)
_ABOVE: Final = frozenset({"省", "市", "县"})
"""市勘察院 is not 省勘察院."""
_AREA: Final = re.compile("[市区县]")
_TOWER_WORD: Final = re.compile("大厦|广场|商厦|大楼|中心|国际|商城|卖场")
_TOWER: Final = re.compile(rf"^([{HAN}]{{2,10}}?)(?:大厦|广场|商厦|大楼|国际|商城|卖场)")
_MOST_DIGITS: Final = 6
_STEM: Final = 2
_INITIAL: Final = re.compile(r"([\u4e00-\u9fff])(?:[区市县]?|老城|新城)")


class Explanation:
    """Holds the words that may stand around names, and the areas of a register.

    ``surroundings``: what may stand before and behind a name.
    ``districts``: the names of the register's districts, streets and towns, without the word for
    what they are.
    """

    def __init__(self, surroundings: Surroundings, districts: Iterable[str]) -> None:
        self._surroundings = surroundings
        self._districts = frozenset(area for area in districts if len(area) > 1)

    def covers(self, place: str, building: RegisteredBuilding, name: str) -> bool:
        """Say whether every part of a place is explained by a building, its name or by words.

        ``place``: as it was read.
        ``building``: what it shall mean.
        ``name``: the name under which it was found.
        """
        named, around = held_of(building)
        if _is_whole(place, named, name):
            return True
        before, found, behind = place.partition(name or place[:1])
        if not (name and found):
            held = f"{named}{around}|{name}|{with_digits(name)}"
            return _is_made_of(
                place, held, lambda left: self._may_precede(left, held) or self._may_follow(left)
            )
        if before in _ABOVE and OF_A_UNIT.search(name) and building.estate[:1] not in _ABOVE:
            return True  # 县农机公司宿舍
        if OF_A_UNIT.search(name) and self._is_other_area(before, named + around):
            return False  # each district has a 林业局家属楼
        held = named + around
        return _is_made_of(
            before, held, lambda left: self._may_precede(left, held)
        ) and _is_made_of(behind, named, self._may_follow)

    def precedes(self, text: str, building: RegisteredBuilding) -> bool:
        """Say whether what stands before a building's name is known of it, or says nothing."""
        return _is_made_of(
            text,
            "".join(held_of(building)),
            lambda left: (
                (_KIND.fullmatch(left) is not None and left not in _ABOVE)
                or self._surroundings.says_nothing(left)
            ),
        )

    def holds(self, parsed: ParsedAddress, building: RegisteredBuilding, name: str) -> bool:
        """Say whether areas in front, and a tower or a part told behind, are a building's own.

        ``parsed``: the address as it was read.
        ``building``, ``name``: what it shall mean, and the name under which it was found.
        """
        names = filter(None, (building.estate, *building.aliases))
        parts = ((each, part_behind(parsed.rest.partition(each)[2])) for each in names)
        return (
            self.holds_areas(parsed.areas, building)
            and self.holds_house(parsed.rest, building)
            and all(self.covers(each + part, building, name) for each, part in parts if part)
        )

    def holds_areas(self, areas: Areas, building: RegisteredBuilding) -> bool:
        """Say whether a building is known to lie in the city and district that a text names."""
        if not (areas.city or areas.district):
            return True
        std, held = building.std_address, "".join(held_of(building))
        return all(
            area_stem(stated)[-_STEM:] in held
            or sound_of(area_stem(stated)) in sound_of(held)
            or _is_initial(stated, held)
            for stated, known in ((areas.city, "市" in std), (areas.district, _AREA.search(std)))
            if stated and known
        )

    def holds_house(self, rest: str, building: RegisteredBuilding) -> bool:
        """Say whether a tower behind a door is the one that the register knows there, if any."""
        tower = _TOWER.match(rest)
        named = building.estate + "".join(building.aliases) if tower else ""
        if tower is None or _TOWER_WORD.search(named) is None:
            return True
        held = "".join(held_of(building))
        return not _left_over(tower[1], held) or sound_of(tower[1]) in sound_of(named)

    def _may_precede(self, left: str, held: str) -> bool:
        """Say whether words may stand before a name: half a sentence, an area cut short."""
        if _is_initial(left, held):
            return True
        half = len(left) > _LONGEST and not _PLACE.search(_PEOPLE.sub("", left))
        if _KIND.fullmatch(left) is not None:
            return True
        explained = half or self._surroundings.may_precede(left)
        explained = explained or self._surroundings.says_nothing(left)
        return explained and not self._names_other_area(left, held)

    def _is_other_area(self, text: str, held: str) -> bool:
        area = self._surroundings.is_area(text) and text not in held
        return area and not _is_initial(text, held) and text not in PROVINCES

    def _names_other_area(self, text: str, held: str) -> bool:
        """Say whether a text names another district or street: 城北 of an estate in 城南."""
        return any(
            area in text and area not in held and not _is_initial(area, held)
            for area in self._districts
        )

    def _may_follow(self, left: str) -> bool:
        return _KIND.fullmatch(left) is not None or self._surroundings.is_aside(left)


def _is_whole(place: str, named: str, name: str) -> bool:
    """Say whether a place is a name, or one held of a building, as written or by its sound."""
    if place == name or place in named or _DOUBLED.sub(r"\1", place) in named:
        return True
    sound = sound_of(place)
    return sound == sound_of(name) or (len(place) >= _LONGEST and sound in sound_of(named))


def _is_initial(text: str, held: str) -> bool:
    """Say whether a text is the first character of a city or district: 沙区 of 沙依巴克区."""
    initial = _INITIAL.fullmatch(text)
    known = re.search(f"[|市省]{initial[1]}[^|市区县]*[市区县]", held) if initial else None
    return known is not None


def _is_made_of(text: str, held: str, explains: Callable[[str], bool]) -> bool:
    """Say whether all that is left of a text without what is held is explained, however spelt."""
    return any(all(map(explains, _left_over(each, held))) for each in _spellings(text))


def _spellings(text: str) -> set[str]:
    return {text, with_digits(convert_numerals(text))}


@lru_cache(maxsize=65_536)
def held_of(building: RegisteredBuilding) -> tuple[str, str]:
    """Return the names that the register holds of a building, and of the areas around it.

    Each as written and with digits, parted by ``|``.
    """
    named = (building.std_address, building.estate + building.building_no, *building.aliases)
    return _spelt(named), _spelt((building.street, building.community))


def _spelt(texts: tuple[str, ...]) -> str:
    plain = "|".join(clean(each) for each in texts)
    counted = convert_numerals(plain)
    return f"|{plain}|{counted}|{with_digits(counted)}|"


def _left_over(place: str, held: str) -> list[str]:
    """Return what of a place is left where as much of it as can be stands in a text.

    What stands in it are two or more characters in a row, and whole numbers.
    """
    marks = {len(place): ""}
    for start in range(len(place) - 1, -1, -1):
        number = _NUMBER.match(place, start)
        after = number.end() if number else start + 1
        marked = [_HELD * (end - start) + marks[end] for end in _ends(place, start, held)]
        marked.append(_LEFT * (after - start) + marks[after])
        marks[start] = min(marked, key=lambda each: each.count(_LEFT))
    return [place[run.start() : run.end()] for run in re.finditer(f"{_LEFT}+", marks[0])]


def _ends(place: str, start: int, held: str) -> list[int]:
    """Return where what a text holds of a place may end; a number is whole or not at all."""
    number = _NUMBER.match(place, start)
    if number and len(number[0]) > _MOST_DIGITS:
        return []
    if number and not re.search(rf"(?<!\d){number[0]}(?!\d){number['counted']}", held):
        return []
    end = number.end() if number else start + 1
    ends = [end] if number else []
    while end < len(place) and not _NUMBER.match(place, end) and place[start : end + 1] in held:
        end += 1
        ends.append(end)
    return ends
