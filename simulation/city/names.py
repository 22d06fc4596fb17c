"""Invented names: places that do not exist and people who never lived.

The district (370998) is not an assigned area code, every telephone number begins 1380000 or
138000, and every person is called 示例, 示范, 样例 or the like, so that nothing here can be taken
for a real place or a real person.
"""

import numpy as np
from numpy.typing import NDArray

PROVINCE = "山东省"
CITY = "岱安市"
DISTRICT = "云岱区"
DISTRICT_CODE = "370998"

_STREETS = ("松溪", "柏桥", "云汀", "石泉", "青麓", "汶阳", "长亭", "白鹭", "枫林", "金塘")
_COMMUNITIES = (
    *("云桥", "柳河", "文昌", "建新", "和顺", "东湖沿"),
    *("广济", "石榴园", "迎春", "红旗", "龙泉", "花园口"),
)
_FIRST = "松云青翠锦金银龙凤华泰安康福瑞祥和悦景盛丽明阳春秋晨星月文博学雅书香桂荷兰竹梅枫桐"
_SECOND = "溪岭湖泉河山林园苑庭城府湾桥台阁轩汀洲岸谷峰坡塘润馨宁平兴隆达辉宇澜屿栖"
_ESTATE_TAILS = ("花园", "小区", "家园", "苑", "佳园", "名城", "新村", "公馆", "嘉园", "雅居")
_WORKPLACES = ("化肥厂", "纺织厂", "机床厂", "面粉厂", "矿务局", "供销社", "农机站", "水泥厂")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = ("示例", "示范", "样例", "样本", "范例", "试样", "虚拟", "某甲", "某乙", "例一", "例二")
_ENTERPRISES = ("启航", "卓越", "新思", "博远", "智多", "小状元", "春芽", "思齐", "知行", "书山")
_TRADES = ("文化传播", "教育咨询", "信息科技", "家政服务", "商贸", "素质拓展", "托管服务", "图文")


def _pairs(firsts: str, seconds: str) -> list[str]:
    return [a + b for a in firsts for b in seconds if a != b]


def street_names(count: int) -> list[str]:
    """Return `count` distinct street-office names ending in 街道."""
    stems = [*_STREETS, *(p for p in _pairs(_FIRST, "麓汀阳亭泊埠") if p not in _STREETS)]
    return [f"{s}街道" for s in stems[:count]]


def community_names(count: int) -> list[str]:
    """Return `count` community names; they repeat only in another dozen, with a number."""
    return [
        f"{_COMMUNITIES[i % 12]}{'' if i < len(_COMMUNITIES) else f'第{i // 12 + 1}'}社区"
        for i in range(count)
    ]


def estate_stems(count: int, *, rng: np.random.Generator) -> list[str]:
    """Return `count` distinct estate names such as 松溪花园, in random order."""
    pool = [p + t for t in _ESTATE_TAILS for p in _pairs(_FIRST, _SECOND)]
    chosen = rng.permutation(len(pool))
    names = [pool[i] for i in chosen[: min(count, len(pool))]]
    extra = [f"{pool[i % len(pool)]}{i // len(pool) + 1}期" for i in range(len(pool), count)]
    return names + extra


def road_stems(count: int, *, rng: np.random.Generator) -> list[str]:
    """Return `count` distinct two-character road stems, in random order."""
    pool = _pairs(_FIRST[::-1], _SECOND[::-1])
    chosen = rng.permutation(len(pool))
    return [
        pool[chosen[i % len(pool)]] + ("" if i < len(pool) else "新" * (i // len(pool)))
        for i in range(count)
    ]


def former_name(index: int) -> str:
    """Return the old name an estate built for a works' staff is still called by."""
    tail = ("宿舍", "家属院", "老宿舍")[index // len(_WORKPLACES) % 3]
    number = index // (3 * len(_WORKPLACES))
    return f"{'第' + str(number + 1) if number else '老'}{_WORKPLACES[index % 8]}{tail}"


def person_names(count: int, *, rng: np.random.Generator) -> NDArray[np.str_]:
    """Return `count` names that are plainly invented, such as 王示例."""
    surnames = np.array(list(_SURNAMES))[rng.integers(0, len(_SURNAMES), count)]
    given = np.array(_GIVEN)[rng.integers(0, len(_GIVEN), count)]
    return np.char.add(surnames, given)


def phone_numbers(count: int) -> NDArray[np.str_]:
    """Return `count` distinct telephone numbers 1380000xxxx (138000xxxxx beyond ten thousand)."""
    width = 4 if count <= 10_000 else 11 - len("1380")  # noqa: PLR2004 -- digits free after the prefix
    prefix = "1380000" if width == 4 else "1380"  # noqa: PLR2004 -- as above
    return np.array([f"{prefix}{i:0{width}d}" for i in range(count)], dtype=np.str_)


def company_names(count: int, *, rng: np.random.Generator) -> NDArray[np.str_]:
    """Return `count` names of invented companies (they may repeat)."""
    heads = np.array(_ENTERPRISES)[rng.integers(0, len(_ENTERPRISES), count)]
    trades = np.array(_TRADES)[rng.integers(0, len(_TRADES), count)]
    return np.char.add(np.char.add(np.char.add("岱安示例", heads), trades), "有限公司")
