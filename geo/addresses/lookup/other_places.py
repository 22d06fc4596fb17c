"""Say whether a text tells of a building, but also names another place."""

import re
from collections.abc import Collection, Iterable
from typing import Final

from geo.addresses.lexicon import (
    HAN,
    NUMERAL_CHARACTERS,
    clean,
    convert_numerals,
    one_market,
    with_digits,
)
from geo.addresses.lookup.explained import held_of
from geo.addresses.register import RegisteredBuilding
from geo.addresses.spelling.alike import sound_of

_ELSEWHERE: Final = re.compile(
    r"别处|(?:别的|其他|另外?的?|另外?一)[个处栋]?(?:地方|小区|楼)|"
    r"不是.{3,}?(?:而是|,是|，是)|(?:以前|之前|原来|原先|原本|过去|号楼|[栋幢座号]).*[搬迁](?:到|去|至|往|了|哪|走)"
)
_MAY_BE: Final = re.compile("[搬迁别其另不]")
_NAMED: Final = re.compile(
    rf"(?P<name>(?!.?[{NUMERAL_CHARACTERS}])[{HAN}]{{2}})(?:小区|花园|家园|嘉园|佳园|雅园|新村|公寓|宿舍|"
    r"家属院|大厦|广场(?!舞)|花苑|佳苑|雅苑|新苑|新城|名城|山庄|别墅|公馆|华府|名府|名都|豪庭|华庭|中心|市场(?!监)|商城)|"
    rf"(?![姓名叫])[{HAN}][苑庭轩湾]"
)
"""Names of estates, towers and markets, or what is left of them."""
_ROAD: Final = re.compile(
    rf"(?![临沿马公铁道到走跑让带问认找拦堵占修过网线套业行食中东西南北{NUMERAL_CHARACTERS}])[{HAN}]"
    rf"(?:路|大道|街(?![道坊])|巷|胡同)|[{HAN}]{{2}}[东西南北中](?:路|大?街)"
)
_REPORTS: Final = re.compile(
    rf"(?:反映|反应|举报|投诉)(?!$|[^{HAN}]|[问信电]|的?(?:楼|隔壁|邻居|[有该本此自家噪扰晚每周补办开违无某一人称说学教老小]))"
    r".*?(?:大道|[路街巷弄村苑园城庭庄湾轩]|小区|新村|公寓|宿舍|家属院|大厦|广场|中心|市场|夜市|集市|工地|公园|医院|银行|酒店|宾馆|车站|学校|[栋幢座]|号楼|\d号)"
)
"""Who is at home in a building and reports something else: not 反映楼上有人上课."""
_KIND_OF_HOUSE: Final = re.compile(r"[\d一二三四五六七八九十]号?(教学|办公|实验|综合|商业)楼")
"""6号教学楼 is no house of those where the staff lives."""
_HOUSE_AT_DOOR: Final = frozenset({"办公", "综合", "商业"})
"""友好南路576号办公楼 is what stands behind that door."""
_COMMON: Final = re.compile(
    r"职工|教工|员工|教师|学生|单位|集体|培训|教育|商务|服务|活动|购物|健身|美术|艺术|文化|住宅|居民|安置|回迁|家属|"
    r"旁边|对面|附近|底商|某.|.[们个本该在是为的一某到了进整里]"
)
_NEARBY: Final = re.compile(r"这[边里]|旁|对面|附近|隔壁|斜对面")
_NEAR: Final = re.compile(rf"(?:靠近?|[临近]|挨着|临近|紧邻|邻近)[{HAN}]{{0,4}}$")
_LISTED: Final = re.compile(
    rf"(?:小区|[{HAN}]{{2}}[村园苑庭城厦])、[{HAN}]{{2,}}?(?:小区|[村园苑庭城厦])"
)
"""Two estates of which only one is told with its number."""
_NO_ESTATE: Final = re.compile(r"(?:大道|[路街巷道]|(?<!\d)村|\d(?:号|号院|弄))$")
_NUMBER: Final = re.compile(rf"[\dA-Z{NUMERAL_CHARACTERS}](?:号楼|[栋幢座号#-])")
_WORDS: Final = re.compile(rf"[{HAN}]{{3}}")
_SHORTEST, _LONGEST = 3, 10


def estates_among(homes: Iterable[str]) -> frozenset[str]:
    """Return names with digits, without those of roads, doors and villages."""
    counted = {with_digits(home) for home in homes}
    return frozenset(home for home in counted if not _NO_ESTATE.search(home))


def names_another(
    text: str, building: RegisteredBuilding, name: str, estates: Collection[str]
) -> bool:
    """Say whether a text names another place or house than the building that it seems to mean.

    Who lives in one estate may report another, and what was here may have moved.

    ``text``: as it came.
    ``building``, ``name``: what it seems to mean, and the name under which it was found.
    ``estates``: the names of all estates, as `estates_among` returns them.
    """
    if _MAY_BE.search(text) and _ELSEWHERE.search(text):
        return True
    plain = clean(text)
    if "、" in plain and _LISTED.search(plain):
        return True
    house = _KIND_OF_HOUSE.search(plain)
    at_door = not building.estate and house is not None and house[1] in _HOUSE_AT_DOOR
    if house and not at_door and house[1] not in held_of(building)[0]:
        return True
    known = (name, building.estate, building.building_no, *building.aliases)
    start = max(_end_of(plain, each) for each in known) or _end_of_number(plain)
    behind = plain[start:]
    if not _WORDS.search(behind):
        return False
    own_names = "".join((*held_of(building), name))
    spelt = {behind, with_digits(convert_numerals(behind))}
    return (
        _REPORTS.search(behind) is not None
        or _names(_NAMED, one_market(behind), own_names + one_market(own_names))
        or _names(_ROAD, behind, own_names)
        or any(_names_home(each, own_names, estates) for each in spelt)
    )


def _end_of(text: str, name: str) -> int:
    """Return where a name ends that stands last in a text, 0 where it does not."""
    start = text.rfind(name) if name else -1
    return start + len(name) if start >= 0 else 0


def _end_of_number(text: str) -> int:
    number = _NUMBER.search(text)
    return number.end() if number else 0


def _names(kind: re.Pattern[str], text: str, own_names: str) -> bool:
    """Say whether a text holds a name of a kind that is not a building's own."""
    for found in kind.finditer(text):
        name = found.groupdict().get("name") or found[0]
        if name in own_names or _COMMON.fullmatch(name) or _is_landmark(text, *found.span()):
            continue
        if sound_of(found[0]) not in sound_of(own_names):
            return True
    return False


def _names_home(text: str, own_names: str, homes: Collection[str]) -> bool:
    for start in range(len(text) - _SHORTEST + 1):
        for end in range(start + _SHORTEST, min(start + _LONGEST, len(text)) + 1):
            name = text[start:end]
            if name in homes and name not in own_names and not _is_landmark(text, start, end):
                return True
    return False


def _is_landmark(text: str, start: int, end: int) -> bool:
    """Say whether the words around a name tell only that something is near it."""
    return _NEARBY.match(text, end) is not None or _NEAR.search(text, 0, start) is not None
