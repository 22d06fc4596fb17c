"""Say how people cut the name of an estate short: in its middle, in front, or of its plant."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from geo.addresses.lexicon import HAN
from geo.addresses.spelling.names import names_beginning
from geo.addresses.spelling.parts import (
    OF_A_UNIT,
    PART,
    PUBLIC,
    core_of,
    dwellings_of,
    without_kind_before_part,
)

_OF_PLANT: Final = re.compile(
    rf"^(?P<unit>[{HAN}]{{2,5}}?)(?P<plant>厂|局|公司|院|所|站|大学|学院)?(?P<kind>(?:家属|宿舍|生活)[院楼区]?)$"
)
_OF_STAFF: Final = re.compile(
    rf"^(?P<unit>[{HAN}\d]{{2,}}?)(?:职工|教工|单位)?(?P<kind>家属[院楼区]?|宿舍[楼区]?|生活区)$"
)
_TRADE: Final = re.compile(
    rf"(?<=[{HAN}]{{2}})(?:商业|商务|国际|世界|购物|时代|科技|金融|大(?=酒店))(广场|中心|大厦|城|大楼|酒店)$"
)
_MARKETS: Final = ("农贸市场", "菜市场", "菜场", "集贸市场", "市场")
_MARKET: Final = re.compile(r"(?<=..)(?:农贸|集贸|批发|综合|农副产品)?(?:菜?市场|菜场)$")
# What people leave out of a name, and what stays of it.
_CUTS: Final = tuple(
    (re.compile(pattern), left)
    for pattern, left in (
        # 西园南村 of 西园新村南村.
        (
            rf"^([{HAN}]{{2,}}?)(?:新村|新寓|小区|花园|新苑|家园)(?=[东西南北中\d一二三四五六七八九十][村坊里苑]$)",
            r"\1",
        ),
        # 龙江蓝天园 of 龙江小区蓝天园.
        (rf"(?<=^[{HAN}]{{2}})(?:小区|新村|社区)(?=[{HAN}]{{3,}}$)", ""),
        ("人民医院", "医院"),
        # 电建院 of 电建家属院, 兰石西院 of 兰石家属西院.
        (rf"(?<=^[{HAN}]{{2}})(?<![医学法影剧福利社局厂站所司会部委校])家属(?=[东西南北]?院$)", ""),
        # 苏大宿舍 of 苏州大学宿舍.
        (rf"^([{HAN}])[{HAN}]大学(?=.)", r"\1大"),
        # 黄石3组 of 黄石社区3组.
        (r"(?<=..)社区(?=\d+[组社队]$)", ""),
        # 上熊 of 上熊自然村, 水南上李家 of 水南村上李家组.
        (rf"(?<=[{HAN}]{{2}})(?:自然村|[屯组])$", ""),
        (rf"^([{HAN}]{{2,}}?)村([{HAN}]{{2,}}?)(?:自然村|[屯组])$", r"\1\2"),
        # 鞍三村 and 鞍三 of 鞍山三村.
        (rf"^([{HAN}])[{HAN}]([\d一二三四五六七八九十]+)(村)$", r"\1\2\3"),
        (rf"^([{HAN}])[{HAN}]([\d一二三四五六七八九十]+)村$", r"\1\2"),
    )
)
_OF_A_LEVEL: Final = re.compile(rf"^[省市县州区](?=[{HAN}]{{2}})")
_TOWER: Final = re.compile(
    rf"^(?!综合|办公|商业|教学|住宅)[{HAN}]{{2,}}(?:大厦|商厦|广场|中心|国际)$"
)
_CLUSTER: Final = re.compile(rf"[{HAN}]{{1,2}}组团")
_ANY_UNIT: Final = re.compile(
    r"[^\d一二三四五六七八九十]?(?:大学|学院|中学|小学|公司|单位|机关|职工|教工|工厂|[东西南北]门|[厂局院所])"
)
_BRAND: Final = 2
"""Characters in front of a name, of a builder or a place: 华侨海景城."""


def short_names(home: str) -> Iterator[str]:
    """Yield how an estate is called for short, '' among them.

    翠苑2区 of 翠苑新村2区, 西园南村 of 西园新村南村, 浙麻宿舍 of 浙麻厂宿舍, 苏大宿舍 of
    苏州大学宿舍.
    """
    yield without_kind_before_part(home)
    yield dwellings_of(home)
    yield _TRADE.sub(r"\1", home)
    yield from (pattern.sub(left, home) for pattern, left in _CUTS)
    if found := _MARKET.search(home):
        yield from (home[: found.start()] + word for word in _MARKETS)
    if found := _OF_STAFF.match(home):
        yield found["unit"] + ("家属院" if found["kind"].startswith("宿舍") else "宿舍")
    if found := _OF_PLANT.match(home):
        yield found["unit"] + ("" if found["plant"] else "厂") + found["kind"]


def unit_of(home: str) -> str:
    """Return the unit whose dwellings an estate is: 煤设院 of 煤设院家属区; '' where none is."""
    found = _OF_STAFF.match(home)
    return found["unit"] if found and not PUBLIC.search(found["unit"]) else ""


def tower_of(number: str) -> str:
    """Return the name that a building has instead of a number, 冠海大厦; '' for any other."""
    return number if _TOWER.search(number) else ""


class NameEnds:
    """Knows which ends and beginnings of names are those of one estate alone.

    ``homes``, ``aliases``: the names of a register's estates, and their other names; sorted.
    """

    def __init__(self, homes: list[str], aliases: list[str]) -> None:
        self._homes = homes
        wholes = {PART.sub("", name) for name in (*homes, *aliases)}
        self._counts = Counter(whole[at:] for whole in wholes for at in range(len(whole) - 1))

    def of(self, home: str) -> Iterator[str]:
        """Yield what means an estate as well as its whole name.

        海景城 of 华侨海景城, 农业厅家属院 of 省农业厅家属院, 煤设院 of 煤设院家属区.
        """
        for end in _ends_of(home):
            whole = PART.sub("", end)
            if end != home and _is_name(whole) and self._counts[whole] == 1:
                yield end
        trade = _TRADE.sub("", home)
        for start in (unit_of(home), trade if trade != home else ""):
            if start and names_beginning(start, self._homes) == [home]:
                yield start  # not 诚城 or 丹霞, of which there is another estate


def _is_name(end: str) -> bool:
    if _CLUSTER.fullmatch(end):
        return True
    if staff := _OF_STAFF.match(end):
        return not _ANY_UNIT.fullmatch(staff["unit"])
    core = core_of(end)
    return core != end and len(core) > 1


def _ends_of(home: str) -> list[str]:
    """Return what is left of a name without its first characters, or the word for its level."""
    if home.startswith("兵团"):
        return []
    ends = [home[at:] for at in range(_BRAND, len(home) - _BRAND)]
    return [_OF_A_LEVEL.sub("", home), *ends] if OF_A_UNIT.search(home) else ends
