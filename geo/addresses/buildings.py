"""Find the building number and what is inside the building in a Chinese address."""

import re
from typing import Final, NamedTuple

from geo.addresses.lexicon import DOOR_LETTERS, HAN, NUMBER, read_numeral

# A building whose word leaves no doubt. 号楼 needs its 号; a bare 楼 only counts before a unit.
_STRONG: Final = re.compile(
    rf"第?(?P<no>{NUMBER}(?:-\d{{1,3}}[A-Z]?)?)"
    r"(?:(?P<word>号(?:住宅|公寓|商业|办公|综合|教学|宿舍)?楼(?![梯盘道])|号厂房|"
    r"号公寓(?!\D*\d+(?:号楼|栋|幢|座))|栋|幢|座|"
    rf"(?<=[A-Z\d])塔(?![{HAN}])|(?<=[{HAN}][A-Z])楼|(?<=(?<![A-Z])[AC-EG-KM-Z]\d)楼|#楼)|"
    r"(?P<hash>#)(?!\d*#)|楼(?=-?(?:\d{1,2}|[A-Z])(?:单元|门(?!牌|面|口))|-\d{1,2}-\d))"
    rf"|(?P<before>[栋幢#])(?P<after>\d{{1,3}}[A-Z]?)(?![\d号])"
    rf"|(?<=[{HAN}])(?P<side>[东西南北中主副甲乙丙丁]楼|[东西南北][座栋])(?=[\d,底架单]|-|$)"
)
_DASHED: Final = re.compile(
    rf"(?<=[{HAN}）)])-?(?P<no>\d{{1,3}}[A-EG-Z]?|[A-Z]\d{{0,2}})-"
    r"(?:(?P<unit>\d{1,2}|[A-Z甲乙丙丁])(?:-|(?:单元|号?门|号?梯)-?)(?:\d{1,2}-)?(?P<room>[A-Z]?\d{1,5}[A-Z]?)|"
    r"(?P<only>[A-Z]?\d{1,5}[A-Z]?))(?P<word>室|号|户|房)?(?!\d|-|楼|层|F|号)"
)
_WEAK: Final = re.compile(
    rf"(?P<no>(?:[{DOOR_LETTERS}]\d{{1,4}}|(?<![A-Z])[A-Z]\d{{1,3}}(?=号(?:$|[门底商]))|\d{{1,4}}(?:-\d{{1,3}})?[A-Z]?[甲乙丙丁]?))号(?!小?区)"
    r"(?P<branch>[附付之]-?(?:\d{1,3}|[一二三四五六七八九十])号?)?(?P<yard>(?:大|平房)?院)?"
    rf"(?P<letter>[甲乙丙](?![级方组类型])|[丁特](?![{HAN}]))?"
)
_STAIRS_BEHIND: Final = re.compile(r"单元|号?梯|门(?![牌面口诊店市洞])")
_STAIRS_OF_PLACE: Final = re.compile(rf"(?<=[{HAN}]{{2}})[甲乙丙丁戊己左右A-Z]单元(?=\d{{3}})")
_SIDE_HOUSE: Final = re.compile("[座栋]$")
"""东座 for one is 东栋 or 东楼 for another."""
_WING: Final = re.compile(r"^-?([A-Z])[座栋幢]")
_TAIL: Final = re.compile(
    r"^-?(?:第?(?P<unit>\d{1,2}|[A-Z]|[东西南北中左右甲乙丙丁戊己])"
    r"(?:[#号]?单元|号?门(?:洞(?=\d)|(?![牌面口诊店市洞]))|号?梯|口)|"
    r"(?P<stairs>\d{1,2})楼(?:道|梯)口?(?=-?\d{3,4}(?!\d))|"
    r"(?P<unit_dashed>\d{1,2})(?=-\d{2,5}))?"
    r"-?(?:(?:B|地下|负)?\d{1,2}(?:楼|层|F)(?![A-Z\d]{0,2}座)|地下室?|半地下)?"
    r"-?(?P<rooms>(?:[A-Z]|负(?=\d))?-?\d{1,5}[A-Z]?(?:[-、,](?:\d{1,5}[A-Z]?))*(?![\d栋幢座]|号楼|单元)"
    r"(?:室|号房|号铺|号|房|户)?|[东西南北中]边?户)?"
)
_LIST_BEFORE: Final = re.compile(rf"(?:{NUMBER}(?:号楼|栋|幢|座|号|#)?[、,和及与至到])+$")
_RANGE: Final = re.compile(r"^(\d+)-(\d+)$")
_LONG_NUMBER: Final = 4
_BRANCH_OF_HOUSE: Final = re.compile(r"附(\d{1,3})号?(.*)$")
_LETTERS: Final = frozenset("甲乙丙丁")
_ROOM_DIGITS: Final = 3
_FLOOR_INSIDE: Final = re.compile(rf"(?<=[{HAN}])(?:[B负]|地下)?\d{{1,2}}[楼层](?=.)")
_ON_FLOOR: Final = re.compile(r"\d(?:[楼层]|F-?)$")
_ROAD_END: Final = re.compile(
    r"(?:(?:大道|[路街])[东西南北中]?|(?:大道|[路街巷])(?:[东西南北中]段)?|胡同)$"
)
_VILLAGE_END: Final = re.compile(r"[村屯庄寨坡社]$")
_ENDS_INSIDE: Final = re.compile(r"(?:单元|\d[层楼])$")
_BARE_DOOR: Final = re.compile(
    rf"(?P<no>[{DOOR_LETTERS}]?\d{{1,4}}[A-Z]?[甲乙丙丁]?)(?:[附付](?P<branch>\d{{1,3}}))?"
)
_LISTED: Final = re.compile(
    rf"^[、,和及与或至到](?:[{DOOR_LETTERS}]?\d{{1,4}}[甲乙丙丁]?号|[之附付][\d一二三四五六七八九十]+)"
)
# 12号-1 is no flat of number 12 but a door beside it.
_DASH_NUMBER: Final = re.compile(r"^-(\d{1,2})(?![\d室层楼单元门号-])")
# A number before one of these counts stalls, shops and parking places of a market or an estate.
_STALL: Final = re.compile(
    r"(?:摊|档|铺|商铺|店铺|门面|柜台|柜位|展位|展厅|车位|车库|车棚|窗口|储藏室|地下室|厅|门(?![牌面诊店市洞])|[出入]口)"
)
_DOOR_END: Final = re.compile(r"\d号$")
_SHOPS_OF_DOOR: Final = re.compile(r"\d号(?:地下|首层|底商|商铺|门面|门市)$")
# A number before one of these belongs to the place: 5组, 2期.
_PLACE_WORDS: Final = frozenset("期区组队社村弄路街院委片连")
_LEADING_ZEROS: Final = re.compile(r"(?<!\d)0+(?=\d)")
_ROOM_WORD: Final = re.compile(r"(?:室|号房|号铺|号|房|户)$")
_COMMAS: Final = re.compile(r"[、,]")
_ENDS_IN_NAME: Final = re.compile(rf"[{HAN}]$")
_LETTER_DASH: Final = re.compile(r"^([A-Z])-(?=\d)")
_NAME_ENDS: Final = re.compile(
    rf"(?<=[{HAN}])(?=(?:地下|负|[A-Z]|[甲乙丙丁特临](?=\d+[甲乙丙丁A-Z]?$))?\d)|(?<=[A-Z]{{2}})(?=\d)"
)
# 某园12, 某园A6,3单元; not 某园1201.
_BARE: Final = re.compile(r"^(?:\d{1,3}|[A-Z]\d{1,2})(?=$|[,、]\d{1,2}单元)")
_OF_PLACE: Final = re.compile(r"[A-Z]?\d+[期区组队社村弄街院委片连]")
_NUMBERED_FLOOR: Final = re.compile(r"(\d{1,3})楼")


class Inside(NamedTuple):
    """Say which building a text names and where inside it; '' and () where it does not say.

    ``doubts`` holds ``two_part_dash`` (12-1001), ``dashed`` (12-3-501), ``floor_or_building``
    (2楼), ``bare_number`` (某园12) and ``several`` (1-10幢): reasons why a match needs care.
    ``house`` is the number of 12楼, which is a floor or a building.
    """

    place: str
    building_no: str = ""
    door_number: bool = False
    unit: str = ""
    rooms: tuple[str, ...] = ()
    rest: str = ""
    doubts: tuple[str, ...] = ()
    house: str = ""


def split_building(text: str) -> Inside:
    """Split text without areas into the place, the building and what is inside it.

    ``text``: cleaned text with numerals converted and areas taken off.

    ``building_no`` of the answer is canonical: ``12号楼`` for every building word, ``9号`` for a
    door number.
    """
    return (
        _read_strong(text)
        or _read_dashed(text)
        or _read_weak(text)
        or _read_stairs(text)
        or _read_none(text)
    )


def canonical_number(number: str) -> str:
    """Return a building number without 第, leading zeros and small letters; C-16 is C16."""
    plain = _LETTER_DASH.sub(r"\1", number.strip().upper().removeprefix("第"))
    return _LEADING_ZEROS.sub("", plain) if "0" in plain else plain


def _read_strong(text: str) -> Inside | None:
    match = next((m for m in _STRONG.finditer(text) if not _is_room(m)), None)
    if match is None:
        return None
    side = _SIDE_HOUSE.sub("楼", match["side"] or "")
    number = side.replace("楼", "号楼") if side[:1] in _LETTERS else side
    number = number or canonical_number(match["no"] or match["after"]) + "号楼"
    place = text[: match.start()]
    doubts = []
    listed = _LIST_BEFORE.search(place)
    if listed is not None:
        number, place, doubts = listed[0] + number, place[: listed.start()], ["several"]
    ranged = _RANGE.match(number.removesuffix("号楼"))
    if ranged is not None and int(ranged[1]) < int(ranged[2]):
        doubts.append("several")
    wing = _WING.match(text[match.end() :])
    number += wing[1] + "座" if wing else ""
    inside = _read_tail(place, number, text[(match.end() + wing.end()) if wing else match.end() :])
    if _names_another(inside.rest):
        doubts.append("several")
        inside = inside._replace(building_no=number + inside.rest, rest="")
    if branch := _BRANCH_OF_HOUSE.match(inside.rest):  # 1栋附12号
        inside = inside._replace(building_no=f"{number}附{branch[1]}号", rest=branch[2])
    if inside.rest in _LETTERS and number[0].isdigit() and not (inside.unit or inside.rooms):
        inside = inside._replace(building_no=inside.rest + number, rest="")  # 26号楼乙
    return inside._replace(doubts=tuple(dict.fromkeys(doubts))) if doubts else inside


def _is_room(match: re.Match[str]) -> bool:
    """Tell whether a number stands for a room: 1403#, and the A座 of 18楼A座."""
    if match["hash"] and len(match["no"]) >= _LONG_NUMBER:
        return True
    return match["word"] == "座" and _ON_FLOOR.search(match.string, 0, match.start()) is not None


def _names_another(rest: str) -> bool:
    following = _STRONG.search(rest)
    return following is not None and not _is_room(following)


def _read_tail(place: str, number: str, after: str, *, door: bool = False) -> Inside:
    tail = _TAIL.match(after)
    if tail is None:  # every part is optional, so this cannot happen; the types want it said
        return Inside(place=place, building_no=number, rest=after)
    rooms = tail["rooms"] or ""
    stairs = tail["stairs"]  # 2楼道502; the corridor of a floor in 2楼道201
    if stairs and rooms.startswith(stairs):
        stairs = None
    return Inside(
        place=place,
        building_no=number,
        door_number=door,
        unit=_unit(tail["unit"] or tail["unit_dashed"] or stairs),
        rooms=_split_rooms(rooms),
        rest=after[tail.end() :].lstrip("#,、-"),
    )


def _unit(number: str | None) -> str:
    return f"{number.lstrip('0') or '0'}单元" if number else ""


def _split_rooms(rooms: str) -> tuple[str, ...]:
    """Return single room numbers; a rising pair is a range, spelt out when it is short."""
    if not rooms:
        return ()
    plain = rooms if rooms[-1] == "户" and not rooms[0].isdigit() else _ROOM_WORD.sub("", rooms)
    ends = _RANGE.match(plain)
    if ends is not None and 0 < int(ends[2]) - int(ends[1]) < 10:  # noqa: PLR2004 -- one corridor
        return tuple(str(n) for n in range(int(ends[1]), int(ends[2]) + 1))
    return tuple(part for part in _COMMAS.split(plain.strip("-")) if part)


def _read_dashed(text: str) -> Inside | None:
    match = _DASHED.search(text) if "-" in text else None
    if match is None:
        return None
    place = text[: match.start()]
    behind_house = match["only"] is not None and place[-1] in "号层楼室之附增"
    if behind_house or place.endswith("单元"):
        return None  # 11号4-1002 is building 11; 108号3单元6-2
    door = _ROAD_END.search(place) is not None
    if (
        match["only"] is not None
        and match["word"] == "号"
        and (door or len(match["only"]) < _ROOM_DIGITS or _VILLAGE_END.search(place))
    ):
        return None  # 平巷路1-1号 is a door
    number = f"{canonical_number(match['no'])}号{'' if door else '楼'}"
    rest = text[match.end() :]
    inside = Inside(place=place, building_no=number, door_number=door, rest=rest)
    if match["only"] is None:
        unit, rooms = _unit(match["unit"]), _split_rooms(match["room"])
        return inside._replace(unit=unit, rooms=rooms, doubts=("dashed",))
    if stairs := _STAIRS_BEHIND.match(rest):  # 3-2单元
        return inside._replace(
            unit=_unit(match["only"]), rest=rest[stairs.end() :], doubts=("dashed",)
        )
    return inside._replace(rooms=(match["only"],), doubts=("two_part_dash",))


def _read_weak(text: str) -> Inside | None:
    """Read a 号 that is a door number or a building; what is named after it goes to ``rest``."""
    if "号" not in text:
        return None
    for match in reversed(list(_WEAK.finditer(text))):
        place, after = text[: match.start()], text[match.end() :]
        if not _ENDS_IN_NAME.search(place) or _ENDS_INSIDE.search(place):
            continue
        if (
            _ROAD_END.search(place)
            and (dashed := _DASH_NUMBER.match(after))
            and not match["branch"]
        ):
            number = f"{canonical_number(match['no'])}-{dashed[1]}号"
            return Inside(place=place, building_no=number, door_number=True)
        if floor := _FLOOR_INSIDE.search(place):  # 大沙坪市场2楼A区12号
            return _read_none(text[: floor.end()])
        stall = _STALL.match(after)
        if _SHOPS_OF_DOOR.search(place) or (stall and _DOOR_END.search(place)):
            continue  # 人民路12号底商3号, 人民路12号3号铺: the shop is inside number 12
        if stall and not _ROAD_END.search(place):
            return Inside(place=place, rest=text[match.start() :])
        number = door_number(match["no"], match["branch"] or "")
        yard = "院" if match["yard"] else match["letter"] or ""
        inside = _read_tail(place, number + yard, after, door=True)
        listed = _LISTED.match(after)
        if listed:
            both = inside.building_no + listed[0]
            inside = inside._replace(building_no=both, rooms=(), doubts=("several",))
        return inside
    return None


def door_number(number: str, branch: str = "") -> str:
    """Return a door number as it is filed: 12号乙 for 12乙号 and 12号乙, 12号附1号 for 12号之一."""
    plain = canonical_number(number)
    letter = plain[-1] if plain[-1] in "甲乙丙丁" else ""
    door = plain.removesuffix(letter) + "号" + letter
    counted = branch.strip("附付之-号")
    if not counted:
        return door
    return f"{door}附{counted if counted.isdigit() else read_numeral(counted)}号"


def _read_stairs(text: str) -> Inside | None:
    """Read a stairwell and room of a place whose building is not told: 某园甲单元301."""
    stairs = _STAIRS_OF_PLACE.search(text)
    return _read_tail(text[: stairs.start()], "", text[stairs.start() :]) if stairs else None


def _read_none(text: str) -> Inside:
    """Read a place without a building: perhaps a unit, floor or room still follows the name."""
    ends = (m for m in _NAME_ENDS.finditer(text) if not _OF_PLACE.match(text, m.start()))
    match = next(ends, None)
    if match is None:
        return Inside(place=text)
    place, after = text[: match.start()], text[match.start() :]
    bare = _BARE_DOOR.match(after) if _ROAD_END.search(place) else None
    if bare is not None and not _STALL.match(after, bare.end()):
        number = door_number(bare["no"], bare["branch"] or "")
        if bare.end() == len(after):
            return Inside(place=place, building_no=number, door_number=True)
    numbered = _NUMBERED_FLOOR.match(after)
    long = numbered is not None and len(numbered[1]) > 2  # noqa: PLR2004 -- no house has 100 floors
    inside = _read_tail(place, "", after[numbered.end() :] if numbered and long else after)
    if inside.rest[:1] in _PLACE_WORDS:
        return Inside(place=text)
    if numbered is None:
        bare = _BARE.match(after)
        if bare is None:
            return inside
        return inside._replace(rooms=(bare[0],), doubts=("bare_number",))
    return inside._replace(doubts=("floor_or_building",), house=numbered[1])
