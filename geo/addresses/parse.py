"""Read one postal address down to the room; never raise, never guess."""

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Final, Literal

from geo.addresses.areas import NOWHERE, Areas, split_areas
from geo.addresses.buildings import split_building
from geo.addresses.dialect import selected_dialect
from geo.addresses.lexicon import HAN, PLAIN, clean, find_relatives, is_elsewhere, one_spelling
from geo.addresses.places import ROADLIKE, canonical_place, read_door, split_road
from geo.addresses.spelling.japanese import read_japanese

_HAN: Final = re.compile(f"[{HAN}]")
_SPLIT: Final = re.compile(
    r"\s*[;；\n|]+\s*|/(?=[\u4e00-\u9fff]{2})|(?<=[\u4e00-\u9fff\d])(?:或者|或)(?=[\u4e00-\u9fff\d])"
)
_BRANCH: Final = re.compile(r"(?<=\d)[附付](?=\d)")
_OF_DOOR: Final = re.compile(r"(?<=\d)之(?=\d+号)|(?<=号)之(?=\d{3,4}(?![\d号]))")
"""27之1号 is 27-1号, 36号之601 room 601."""
_CLAUSE: Final = re.compile(
    r"[。！？!?]|[:：](?=[\u4e00-\u9fff]{2})|"
    r"[,，](?=[\u4e00-\u9fff]{2}|(?<=[主户民][,，])\d+(?:号楼|栋|幢|座|#))"
)
# 我家住锦绣花园东区,12号楼; 俺家是锦绣新村的,12号楼; 锦绣花园12号楼 楼上有人
_BEHIND_MARK: Final = re.compile(
    r"(?<=[区园苑期村院里城庭])的?[,，](?=[\dA-Z一二三四五六七八九十]{1,4}(?:号楼|栋|幢|座|#))"
)
_CLAUSE_WITHOUT_MARK: Final = re.compile(r"(?<=[\u4e00-\u9fff\d])\s+(?=楼上|楼下|门口)")
_OWNER: Final = re.compile(r"的?(?:业主|居民|住户|租户)$|的$")
_OF_OURS: Final = re.compile(
    r"(?:我们家?|我家|本)?(?:小区|院)?的?(?:这边|这里|住)?在?(?=[\dA-Za-z甲乙丙一二三四五六七八九十]+(?:号楼|栋|幢|座))"
)
_MARKED: Final = re.compile(r"[,，:：]|我(?:们家?|家)$")
_CLAUSE_BEFORE: Final = re.compile(rf"[{HAN}]{{6,}}[,，][{HAN}]{{3,}}")
# 孩子在八方城补课,我家在永福新苑60幢: the lessons are not where the caller lives.
_HOME: Final = re.compile(rf"[{HAN}]{{0,3}}?(?:家住?|住)(?:址|在)?")
_LESSONS_ELSEWHERE: Final = re.compile(
    rf"[在去到](?!给|教|为|对|办|搞|开|做|家|楼|隔|小区|这|那|里|周|晚)[{HAN}\dA-Z]{{3,}}?(?:上课|补课|补习|上学|学习|辅导|培训)"
)
_PART_ALONE: Final = re.compile(r"^(?:[东西南北中]|[A-Z\d]+)(?:[区苑院]|期)$")
LONGEST: Final = 1_000
"""No address is longer; some patterns take time by the square of a text's length."""
_EARLY: Final = 4
"""So early in a clause a word such as 对面 speaks of the clause before it."""
_BRACKETS: Final = re.compile(r"[(\[【〔{<「《]([^()\[\]【】〔〕{}<>「」《》]*)[)\]】〕}>」》]?")
# What in brackets belongs to the address itself: an area of the estate, or the building.
_INLINE: Final = re.compile(
    rf"^(?:第?[\dA-Z一二三四五六七八九十东西南北中新老]+[区期苑院村组]|[东西南北中][边侧座楼塔栋幢]?|"
    rf"[{HAN}]{{1,4}}苑|(?![原近靠旁对背含共])[{HAN}]{{1,3}}园|附\d+号?|[\dA-Z一二三四五六七八九十甲乙丙]+(?:号楼|栋|幢|座|单元|室|号|#).*)$"
)
_AREA: Final = re.compile(rf"^[{HAN}\d]{{2,12}}(?:社区|街道|街道办|居委会|镇)$")


@dataclass(frozen=True, kw_only=True)
class ParsedAddress:
    """Hold what one address says; '' and () where it says nothing.

    ``areas``: province, city, district, street and community in front of the place.
    ``road``, ``road_number``: street and door number, where the text names an estate or a building
    word besides.
    ``place``: what the building number belongs to: the estate, the lane, or the road of a door
    number.
    ``building_no``: ``12号楼`` for every building word, ``9号`` for a door number, a house number
    in a dialect.
    ``unit``, ``rooms``: where inside the building.
    ``house``: number of 12楼, which is a floor or a building.
    ``rest``: what follows the room, or the landmark of a relative place.
    ``doubts``: ``relative``, ``several``, ``two_part_dash``, ``dashed``, ``floor_or_building``,
    ``bare_number``, ``plain_number`` (12号 of an estate): why a match needs care.
    ``others``: further addresses in the same text.
    """

    script: Literal["chinese", "dialect", "none"] = "none"
    areas: Areas = NOWHERE
    road: str = ""
    road_number: str = ""
    place: str = ""
    building_no: str = ""
    unit: str = ""
    rooms: tuple[str, ...] = ()
    house: str = ""
    rest: str = ""
    doubts: tuple[str, ...] = ()
    others: tuple["ParsedAddress", ...] = ()

    @property
    def names_building(self) -> bool:
        """Tell whether the text names exactly one building, by number, and not a place near it."""
        blocked = {"relative", "several"} & set(self.doubts)
        return bool(self.place and self.building_no) and not blocked

    @property
    def key(self) -> str:
        """Return the building-level key: the same for every way to write the same building."""
        if self.script == "dialect":
            return f"{self.building_no} {self.place}".strip()
        if "relative" in self.doubts or "several" in self.doubts:
            return self.place + self.building_no + self.rest
        return self.place + self.building_no


def parse_address(text: str) -> ParsedAddress:
    """Parse an address down to the room.

    ``text``: anything; an address with stray blanks, phones, full-width digits, brackets or
    repeats. Of more than 1,000 characters the first are read.

    A relative place (旁, 附近, 对面, a crossing) has the doubt ``relative`` and no
    building. A text without Chinese characters is read by the dialect of this process.
    """
    text = text[:LONGEST]
    if not _HAN.search(text):
        return _parse_dialect(text)
    if japanese := read_japanese(text):
        town, number, rooms, rest = japanese
        return ParsedAddress(
            script="chinese", place=town, building_no=number, rooms=rooms, rest=rest
        )
    plain = _CLAUSE_WITHOUT_MARK.sub(",", unicodedata.normalize("NFKC", text).translate(PLAIN))
    inlined = _BEHIND_MARK.sub("", inline_brackets(plain))
    pieces = [piece for piece in _SPLIT.split(inlined) if clean(piece)]
    if not pieces:
        return _in_brackets(plain, ParsedAddress())
    parsed = [_parse_clauses(piece) for piece in pieces]
    first = parsed[0] if parsed[0].building_no else _in_brackets(plain, parsed[0])
    others = tuple(_borrow_place(other, first) for other in parsed[1:] if other.key)
    return replace(first, others=others) if others else first


def _in_brackets(text: str, outside: ParsedAddress) -> ParsedAddress:
    """Read the address out of 某某教育(锦绣花园12号楼), where the text around it names none."""
    if "relative" in outside.doubts:
        return outside
    insides = (_parse_chinese(m[1]) for m in _BRACKETS.finditer(text) if _HAN.search(m[1]))
    return next((inside for inside in insides if inside.names_building), outside)


def _parse_dialect(text: str) -> ParsedAddress:
    address = selected_dialect().parse(text)
    if not (address.number or address.street):
        return ParsedAddress()
    return ParsedAddress(
        script="dialect",
        place=address.street,
        building_no=address.number,
        rooms=(address.rest,) if address.rest else (),
    )


def inline_brackets(text: str) -> str:
    """Keep what brackets add to name or number, drop the rest; (泰前社区) goes to the front."""
    areas: list[str] = []

    def keep(match: re.Match[str]) -> str:
        inner = match[1].strip()
        if _AREA.match(inner):
            areas.append(inner)
            return " "
        return inner if _INLINE.match(inner) else " "

    kept = _BRACKETS.sub(keep, text)
    return "".join(areas) + kept


def _parse_clauses(piece: str) -> ParsedAddress:
    """Read an address that is one clause of a sentence; else the text as a whole.

    锦绣花园12号楼,对面 is opposite of it, 我住锦绣花园12号楼,楼上有人上课 is in it.
    """
    whole = _parse_chinese(piece)
    clauses = [clause for clause in _CLAUSE.split(piece) if clause.strip()]
    marked = (
        _MARKED.search(whole.place) or _OWNER.search(whole.place) or _CLAUSE_BEFORE.search(piece)
    )
    marked = marked or _LESSONS_ELSEWHERE.search(piece)
    if len(clauses) == 1 or (whole.names_building and not marked):
        return whole
    if _lives_elsewhere(clauses):
        near = whole.place + whole.building_no
        return replace(whole, place=near, building_no="", doubts=("relative",))
    areas = whole.areas
    for before, clause, after in zip(["", *clauses], clauses, [*clauses[1:], ""], strict=False):
        ours = _OF_OURS.match(clause)  # 我是锦绣花园业主,我们12号楼
        read = _parse_chinese(_OWNER.sub("", before) + clause[ours.end() :] if ours else clause)
        if _PART_ALONE.match(read.place):
            continue
        if read.names_building and not is_elsewhere(after[:_EARLY], flat=bool(read.rooms)):
            return replace(read, areas=areas if read.areas == NOWHERE else read.areas)
        if read.names_building:
            break
        areas = read.areas if read.areas != NOWHERE and not read.place else areas
    return whole


def _lives_elsewhere(clauses: list[str]) -> bool:
    """Tell whether one clause says in which building somebody lives, another where lessons are."""
    lessons = [_LESSONS_ELSEWHERE.search(clause) for clause in clauses]
    homes = [_HOME.match(clause) and _parse_chinese(clause).names_building for clause in clauses]
    return any(home and any(lessons[:at] + lessons[at + 1 :]) for at, home in enumerate(homes))


def clauses_of(text: str) -> list[ParsedAddress]:
    """Read each clause of a sentence by itself.

    ``text``: as `parse_address` takes it.

    Returns those clauses that name a building and of which the next says nothing such as 对面; []
    for a text of one clause.
    """
    clauses = [clause for clause in _CLAUSE.split(clean(text)) if clause.strip()]
    return [
        read
        for clause, after in zip(clauses, [*clauses[1:], ""], strict=False)
        if len(clauses) > 1
        and _says_where(read := _parse_chinese(clause))
        and not _PART_ALONE.match(read.place)
        and not is_elsewhere(after[:_EARLY], flat=bool(read.rooms))
    ]


def _says_where(read: ParsedAddress) -> bool:
    """Say whether a clause names a building, or a room or floor of a place."""
    near = "relative" in read.doubts or "several" in read.doubts
    return read.names_building or (not near and bool(read.place and (read.rooms or read.house)))


def _parse_chinese(piece: str) -> ParsedAddress:
    text = _BRANCH.sub("号附", _OF_DOOR.sub("-", one_spelling(piece)))
    relatives = find_relatives(text)
    if relatives:
        after = _read(text[relatives[-1].end() :].lstrip(",、的之"))
        if after.names_building and not ROADLIKE.match(after.place):
            return after
        landmark = _read(text[: relatives[0].start()])
        near = text[relatives[0].start() :]
        return ParsedAddress(
            script="chinese",
            areas=landmark.areas,
            place=landmark.place + landmark.building_no,
            rest=near,
            doubts=("relative",),
        )
    return _read(text)


def _read(text: str) -> ParsedAddress:
    areas, local = split_areas(text)
    inside = split_building(local)
    road, number, place = split_road(inside.place)
    building_no, rest, doubts = inside.building_no, inside.rest, inside.doubts
    if inside.door_number:
        building_no, place, road, number, rest = read_door(inside, place, road, number)
        if building_no.endswith("号楼"):
            doubts = (*doubts, "plain_number")
    return ParsedAddress(
        script="chinese" if text else "none",
        areas=areas,
        road=road,
        road_number=number,
        place=canonical_place(place),
        building_no=building_no,
        unit=inside.unit,
        rooms=inside.rooms,
        house=inside.house,
        rest=rest,
        doubts=doubts,
    )


def _borrow_place(other: ParsedAddress, first: ParsedAddress) -> ParsedAddress:
    """Let 13号楼 in 示例花园12号楼;13号楼 belong to the same estate."""
    return replace(other, place=first.place) if other.building_no and not other.place else other


def room_of(parsed: ParsedAddress) -> str:
    """Return stairwell and room of an address that names exactly one, ``2-501``, else ''."""
    return f"{parsed.unit}-{parsed.rooms[0]}" if len(parsed.rooms) == 1 else ""


def may_be_one_room(one: str, other: str) -> bool:
    """Say whether two rooms of a building agree: what is not told of a place agrees with any.

    ``one``, ``other``: stairwell and room, ``2-501`` or ``-501``, or '' where none is told.
    """
    stair, _, room = one.partition("-")
    other_stair, _, other_room = other.partition("-")
    rooms_agree = room == other_room or not room or not other_room
    return rooms_agree and (stair == other_stair or not stair or not other_stair)
