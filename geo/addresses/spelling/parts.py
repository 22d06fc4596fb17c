"""Say how else people name a part of an estate, a number in it, a lane off a road."""

import re
from collections.abc import Iterator
from typing import Final

from geo.addresses.areas import GENERIC_NAMES
from geo.addresses.lexicon import DOOR_LETTERS, HAN, NUMERAL_CHARACTERS, with_digits

# B区2号, 3期8号, 屏安苑3号, 东1号; not 78号内6号, whose 号 is a door's.
_NUMBER_IN_PART: Final = re.compile(
    rf"^(?P<part>[东西南北中新老]|\d+号(?:大?院|小区|安置点)|[^号]+(?:[{HAN}]|[A-Z]{{2}}))(?<![{DOOR_LETTERS}附增])(?P<no>[{DOOR_LETTERS}]?[\dA-Z]+号.*)$"
)
_LETTERED_PART: Final = re.compile(r"^(?P<letter>[A-Z])区(?P<no>\d+号.*)$")
_LETTERED_NUMBER: Final = re.compile(r"^(?P<letter>[A-Z])(?P<no>\d+号.*)$")
_SIDE_PART: Final = re.compile(r"^(?P<side>[东西南北中])区$")
_SIDES: Final = frozenset("东西南北中")
_NUMBERED_AREA: Final = re.compile(r"(?<=\d)区$")
_GROUP: Final = re.compile(r"^\d+[组队]$")
# 龙昆北路友谊巷 and 鲁迅中路李家台门, which people call 友谊巷 and 李家台门; not 北三巷, 一里.
_ROAD_OFF_ROAD: Final = re.compile(
    rf"^[{HAN}]{{1,6}}(?:大道|(?<![铁公])路|街(?![坊道]))(?P<own>"
    rf"(?![东西南北中前后新老一二三四五六七八九十]+[巷路街])(?!商业|步行)[{HAN}]{{3,7}})$"
)

_SIDE_OF_ROAD: Final = re.compile(r"(?<=..)[东西南北中一二三四五六七八九十](?=(?:大道|路|大?街)$)")
_ROAD_BEFORE: Final = re.compile(
    rf"[{HAN}]{{2,6}}?(?:大道|(?<![铁公])路|街(?![坊道]))(?:[东西南北中]段)?(?=[{HAN}]{{2}}|\d)"
)
PART: Final = re.compile(
    r"(?:\d+期|[东西南北中]区|[\dA-Z]+(?:区|组团|片|街区|号安置点)|[东西南北中]苑|[东西南北]院)+$"
)
_LANE_PART: Final = re.compile(rf"[\d{NUMERAL_CHARACTERS}]+[巷街排弄]$")
_PHASES: Final = re.compile(r"^(?:\d+期|[东西南北中\dA-Z]区)+")
# A part that has a name of its own; not 商业街 or 沿街.
_NAMED_PART: Final = re.compile(
    rf"^(?!沿街|临街|商业|步行|美食)(?:[{HAN}]{{2,}}|[{HAN}](?=[苑轩阁坊]))"
    rf"(?:[街路巷里坊轩苑阁园庭居台湾邸组]|公寓|[街路巷坊里园苑村]\d+[街巷里坊弄排])$"
)
# 农垦医院 is no short name of 农垦医院宿舍.
OF_A_UNIT: Final = re.compile(r"(?:家属|宿舍)[院楼区]?$")
_DWELLINGS: Final = re.compile(
    r"(?:(宿舍)(?:区|楼|大?院)?|家属(?:小?区|楼|大?院|宿舍)|(工业园)(?:区|小区)?|(工业)区)$"
)
_LANE_ALONE: Final = re.compile(r"..[街路巷里坊弄排组]$")
# Its houses are not those where its people live.
PUBLIC: Final = re.compile(r"(?:宾馆|酒店|饭店|医院|学校|大学|学院|中学|小学|.[大中]|.[厂矿])$")
_NUMBER: Final = re.compile(rf"号(?![{HAN}]{{2,}}$)|^[东西南北中主副]楼$")
_DIGITS: Final = re.compile(r"\d+")
_SIDE_ROAD: Final = re.compile(r"^[东西南北中]路$")
# 友谊大街19街坊, which people call 友谊19街坊.
OF_QUARTER: Final = re.compile(r"(?:大街|大道|[路街])(?=\d+街坊$)")
_QUARTERS: Final = re.compile(r"(?:生活|家属|住宅|居住|宿舍|福利)区$")
# 三房巷村李家村, in a village of that name.
_HAMLET: Final = re.compile(rf"^[{HAN}]{{2,6}}村([{HAN}]{{2,3}}[村屯庄埭坡寨湾])$")
_LANE_OF_VILLAGE: Final = re.compile(r"(?<=..)(?<!新)村(?=[^村]{1,8}[巷坊弄]$)")
# 石牌东约大街三巷, which people call 石牌东约三巷.
_LANE_OF_STREET: Final = re.compile(rf"(?<=..)大[街道](?=[\d{NUMERAL_CHARACTERS}]+巷$)")
_GENERIC: Final = re.compile(rf"(?:(?:安置|回迁|还建|拆迁)小?区|{GENERIC_NAMES})$")
_KIND: Final = re.compile(rf"(?:街坊|{GENERIC_NAMES}|家属[区楼]|[村区])$")
# 塔坪村, which people call 塔坪; not 曲阳3村, of which there are many.
_VILLAGE: Final = re.compile(
    rf"(?:新村|嘎查|(?:(?<![\d{NUMERAL_CHARACTERS}东西南北])|(?<=[{HAN}]{{2}}[东西南北]))[村社])$"
)


def short_number(number: str) -> str:
    """Return a canonical number as it is filed: 12号楼 and 12号 alike are 12号."""
    return number.removesuffix("楼") if number.endswith("号楼") else number


def is_number(number: str) -> bool:
    """Say whether a canonical number is one, and no name of a hall."""
    return number == "" or _NUMBER.search(number) is not None


def is_of_name(number: str, name: str) -> bool:
    """Say whether a number belongs to an estate's name: 19号楼, as 吉化19栋小区 is read."""
    counts = _DIGITS.findall(number)
    return counts != [] and counts == _DIGITS.findall(name)


def in_parts(name: str, number: str) -> Iterator[tuple[str, str]]:
    """Yield further names and numbers under which a building of an estate is known.

    2号 of B区 is 2号 of 某园B区 and B2号 of 某园; 6号 of 东区 is 6号 of 某园东; 18号 of 5组 of a
    village is 18号 of it without 村.

    ``name``: the estate, or an alias that may name the part already; '' yields nothing.
    ``number``: as `short_number` returns it.
    """
    if not name:
        return
    stated = PART.search(name)
    if stated and number.startswith(stated[0]):
        yield name, number.removeprefix(stated[0])
        yield from in_parts(name, number.removeprefix(stated[0]))
    if lettered := _LETTERED_PART.match(number):
        yield name, lettered["letter"] + lettered["no"]
    elif lettered := _LETTERED_NUMBER.match(number):
        yield f"{name}{lettered['letter']}区", lettered["no"]
    found = _NUMBER_IN_PART.match(number)
    if not found:
        return
    for other in _names_with_part(name, found["part"]):
        yield other, found["no"]


def _names_with_part(name: str, part: str) -> Iterator[str]:
    """Yield how a part of an estate is called."""
    yield name + part
    if part in _SIDES:
        yield f"{name}{part}区"
    if part.endswith("号院"):
        yield name + part.removesuffix("院")
    if side := _SIDE_PART.match(part):
        yield name + side["side"]
    if (ending := PART.search(part)) and ending.start():
        yield name + ending[0]
    if _GROUP.match(part) and name.endswith(("村", "嘎查")):
        yield core_of(name) + part
    if _is_part(name, part):
        yield name


def _is_part(name: str, part: str) -> bool:
    """Tell whether a name, perhaps an alias, is a part's already."""
    small = _NUMBERED_AREA.sub("小区", part)  # 洪山坡五小区, where numbers say 五区
    if with_digits(name).endswith((with_digits(part), with_digits(small))):
        return True
    stated = PART.search(name)  # 阳光城A区, of 1期A区
    return (len(name) > 1 and part.endswith(name)) or (
        stated is not None and part.endswith(stated[0])
    )


def number_of_alias(alias: str, number: str) -> str:
    """Return the number in a part that an alias names by its count: 江滨二村, for 二社区86号.

    ``alias``, ``number``: as `in_parts` takes them; '' where they name no part alike.
    """
    found = _NUMBER_IN_PART.match(number)
    if not found:
        return ""
    count, part_count = (
        _DIGITS.findall(with_digits(each)) for each in (alias, f"园区{found['part']}")
    )
    return found["no"] if count and count == part_count else ""


def names_of_part(name: str, number: str) -> Iterator[tuple[str, str]]:
    """Yield how a part with a name of its own is called: 紫桂坊8号, for 三期紫桂坊8号 of an estate.

    ``name``, ``number``: as `in_parts` takes them.
    """
    found = _NUMBER_IN_PART.match(number)
    named = _PHASES.sub("", found["part"]) if found and name else ""
    if found and (_NAMED_PART.match(named) or _SIDE_ROAD.match(named)):
        is_name = _LANE_ALONE.search(named) or named.startswith(core_of(name))
        alone = {""} if is_name else set()  # 屏安苑 may be another estate
        for whole in {core_of(name), name} | alone:
            yield whole + named, found["no"]


def may_be_other_side(stated: str, known: str) -> bool:
    """Say whether two roads differ by side or number alone: 新华东路, 新华西路; 西江一路, 二路.

    What stands before the road's name in the text does not matter.
    """
    bare = _SIDE_OF_ROAD.sub("", known)
    return bare != known and not stated.endswith(known) and _ends_like(stated, bare)


def _ends_like(stated: str, bare: str) -> bool:
    other = _SIDE_OF_ROAD.sub("", stated)
    return other != stated and other.endswith(bare)


def road_before(place: str) -> str:
    """Return the road in front of a name: 新华东路 of 新华东路钻石广场, '' for none."""
    found = _ROAD_BEFORE.match(place)
    return found[0] if found else ""


def lane_names(name: str) -> Iterator[str]:
    """Yield how else a lane is called: without the road it leads off, without 村 of its village."""
    if found := _ROAD_OFF_ROAD.match(name):
        yield found["own"]
    if found := _HAMLET.match(name):
        yield found[1]
    for left_out in (_LANE_OF_VILLAGE, _LANE_OF_STREET):
        if left_out.search(name):
            yield left_out.sub("", name)


def without_kind_before_part(name: str) -> str:
    """Return how a part is called for short, 翠苑2区 for 翠苑新村2区; '' where there is none."""
    part = PART.search(name) or _LANE_PART.search(name)
    whole = name[: part.start()] if part else ""
    quarters = _QUARTERS.sub("", whole)
    core = quarters if quarters != whole else core_of(whole)
    return core + part[0] if part and core != whole and len(core) > 1 else ""


def with_kind_of(estate: str, alias: str) -> str:
    """Return an alias with the word for what its estate is: 滨一村; '' where it has one."""
    kind = _KIND.search(estate)
    return alias + kind[0] if alias and kind and not _KIND.search(alias) else ""


def dwellings_of(name: str) -> str:
    """Return the name of a unit's dwellings in one spelling: 云纺宿舍 for 云纺宿舍区, 宿舍楼.

    An 工业区 is called 工业园 as well.
    """
    return _DWELLINGS.sub(_one_spelling, name)


def _one_spelling(found: re.Match[str]) -> str:
    return found[1] or ("工业园" if found[2] or found[3] else "家属院")


def core_of(name: str) -> str:
    """Return an estate's or a village's name without the word for what it is."""
    return _VILLAGE.sub("", name) if name.endswith(("村", "社", "嘎查")) else _GENERIC.sub("", name)
