"""Find the house that a text names without a number, whatever it tells behind the name.

鸿锦酒店大堂, 红菱农贸市场活禽区臭气重: who calls about a hotel or a market needs no number.
"""

import re
from collections import defaultdict
from typing import Final

from geo.addresses.lexicon import clean, find_relatives, one_market
from geo.addresses.lookup.explained import Explanation
from geo.addresses.register import NAMES, RegisteredBuilding, RegisterIndex

_SHORTEST: Final = 4
_HEAD: Final = 2
_IS_HOUSE: Final = re.compile(
    r"(?:大厦|商厦|大楼|写字楼|广场|中心|国际|店|宾馆|旅馆|招待所|市场|菜场|商城|商场|百货|超市|茶楼|面馆|饭庄|餐厅|会所|"
    r"幼儿园|学校|医院|影剧?院|体育馆|图书馆|宫|[东西南北][座栋幢楼塔]|主楼|[中小]学|台门)$"
)
_MAY_FOLLOW: Final = re.compile(
    r"(?!.{0,2}(?:宿舍|家属|公寓|小区|花园|[新东西南北]村|分店|分部|[一二三四五六七八九十\d]+(?:店|期|号院|号楼|[栋幢座]))|"
    r"[东西南北](?!排|区|餐|门(?:进|内|里))|\d+区|斜|后(?![厨勤台堂])|[A-Z]\d*[座栋幢塔]|-?\d+-\d|[站路街巷道]|停车|底商|.?对(?:门|过)|地铁|公交)"
)
_BRACKET: Final = re.compile("[()\\[\\]]")
_FAR: Final = 60
"""What so much is told before is no address."""
_EARLY: Final = 6
"""So early behind a name a word such as 对面 speaks of it."""


class NamedHouses:
    """Holds the houses of a register that need no number: a hotel, a market, a tower.

    ``index``: the register.
    ``buildings``: its buildings in the same order.
    ``explanation``: says what may stand before a name.
    """

    def __init__(
        self, index: RegisterIndex, buildings: list[RegisteredBuilding], explanation: Explanation
    ) -> None:
        self._buildings = buildings
        self._explanation = explanation
        rows: dict[str, set[int]] = defaultdict(set)
        self._by_head: dict[str, list[str]] = defaultdict(list)
        for table in NAMES:
            for name in index.tables[table]:
                every = index.all_rows(table, name)
                whole = len(every) == 1 and every == index.rows(table, name, "")
                known = one_market(name)
                if len(name) >= _SHORTEST and _IS_HOUSE.search(known) and whole:
                    rows[known].add(every[0])
        self._rows = {name: every.pop() for name, every in rows.items() if len(every) == 1}
        for name in self._rows:
            self._by_head[name[:_HEAD]].append(name)

    def find(self, text: str) -> tuple[str, int] | None:
        """Return the one name in a text and its row; None where there is none, or several.

        ``text``: as it came.
        """
        plain = one_market(_BRACKET.sub("", clean(text)))
        found = {
            name
            for at in range(len(plain) - 1)
            for name in self._by_head.get(plain[at : at + _HEAD], ())
            if plain.startswith(name, at)
            and self._is_meant(plain[:at], name, plain[at + len(name) :])
        }
        longest = {name for name in found if not any(name in other != name for other in found)}
        rows = {self._rows[name] for name in longest}
        return (longest.pop(), rows.pop()) if len(rows) == 1 else None

    def _is_meant(self, before: str, name: str, behind: str) -> bool:
        """Say whether nothing before or behind a name makes it another's, or a landmark."""
        if len(before) > _FAR:
            return False
        near = find_relatives(behind[: 3 * _EARLY])
        if (near and near[0].start() < _EARLY) or not _MAY_FOLLOW.match(behind):
            return False
        return not before or self._explanation.precedes(before, self._buildings[self._rows[name]])
