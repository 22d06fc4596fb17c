"""Take the administrative areas off the front of a Chinese address."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from geo.addresses.lexicon import HAN, clean, convert_numerals

PROVINCES: Final = (
    "河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|"
    "云南|陕西|甘肃|青海|台湾"
)
AUTONOMOUS: Final = ("广西", "内蒙古", "宁夏", "新疆", "西藏")
# Cities whose names end like other words before 市: 城市, 都市, 集市.
_CITIES: Final = "(?:成都|宜都|辛集|[盐宣运聊晋诸邹韩海禹项丰增兴凤白应麻阿]城)"
# Endings that alone do not make a name: what stands before them belongs to it (城市|花园).
GENERIC_NAMES: Final = (
    "花园|家园|嘉园|佳园|雅园|小区|新村|公寓|宿舍|家属院|大厦|广场|花苑|佳苑|雅苑|新苑|新城|名城|山庄|别墅|"
    "公馆|华府|学府|名府|名邸|名苑|名筑|名都|豪庭|华庭|雅庭|雅居|名居|美居|新居|中心|市场|商城|苑|园|庭|府|城|湾|轩|阁|居|里"
)

_REGIMENT: Final = r"[\d一二三四五六七八九十]+团场?"  # of Xinjiang
_LEVELS: Final = (
    (
        "province",
        (
            rf"(?:中国)?(?:(?:{PROVINCES})省|(?:内蒙古|广西壮族|宁夏回族|新疆维吾尔|西藏)自治区|"
            rf"(?:{PROVINCES})(?=[{HAN}]{{2,4}}市)|"
            rf"(?:北京|天津|上海|重庆)(?:市(?:市辖区)?|(?![东西南北中]?[路街道巷])(?=[{HAN}]{{2,3}}区)))"
        ),
    ),
    (
        "city",
        (
            rf"(?:(?:{_CITIES}市|[{HAN}]{{2,5}}?(?<![城超都集夜菜闹上早该全])市)(?!场|政|民|中心|府|委)|"
            rf"[{HAN}]{{2,6}}?(?:自治州|地区(?!医院|宾馆|机关)))(?:市辖区)?"
        ),
    ),
    (
        "district",
        (
            rf"(?:[{HAN}]{{0,4}}?(?:经济|高新)[技术产业]*开发区|[{HAN}]{{0,3}}?(?:高新|开发|新|示范)区|"
            rf"[{HAN}]{{1,3}}?[^小社园校景院矿厂库片住老军街商属宅舍生活墅寓置片站地工业东西南北中城镇\W\da-zA-Z]区|"
            rf"[{HAN}][东西南北中城]区|城区|[东西]区(?=[{HAN}]{{2,6}}?(?:街道|镇|乡))|拱墅区|点军区|西工区|(?:白云|峰峰|井陉|营子)矿区|[{HAN}]{{2,9}}?族自治[县旗]|[{HAN}]{{1,5}}?(?<![郊红国住在到])[县旗](?!城(?![关东西南北])|委|医|政))"
        ),
    ),
    (
        "street",
        (
            rf"(?:{_REGIMENT}(?=\d+连)|(?:{_REGIMENT})?[{HAN}]{{1,6}}?(?:街道(?:办事处|办)?|街办(?:事处)?|路街(?![道办])(?=[{HAN}]{{2}}))|(?:{_REGIMENT})?[{HAN}]{{1,5}}?(?<![小古])镇(?![江海府]|[中前](?:[路街学心]|$))|"
            rf"[{HAN}]{{1,5}}?(?<![水梦故江侨])乡(?!村|下|塘|[\d一二三四五六七八九十]+[巷弄街排路]))"
        ),
    ),
    (
        "community",
        rf"(?:(?!\d(?:号楼|栋|幢|座))[{HAN}\d]){{1,8}}?(?:社区|居委会|村委会|村民委员会|居民委员会|居委)(?:居委会|居民委员会|居委)?",
    ),
    ("grid", r"第?[\d一二三四五六七八九十]+网格"),
)
# The characters without which a level cannot be there: most texts need no further look.
_SIGNS: Final = {
    "province": "省市区",
    "city": "市州地",
    "district": "区县旗",
    "street": "街镇乡团",
    "community": "社委",
    "grid": "网",
}
_PATTERNS: Final = tuple(
    (name, _SIGNS[name], re.compile(f"(?:{pattern})")) for name, pattern in _LEVELS
)
_AREA_WORD: Final = re.compile(
    r"(?:街道办事处|街道办|街道|街办事处|街办|(?<=..路)街|社区居民委员会|社区居委会|社区|居委会|居委|村委会|"
    r"(?:(?<=..)(?:[回满苗侗瑶彝壮藏畲黎土白傣]|蒙古|土家|朝鲜|布依|哈萨克|维吾尔)族(?:自治)?)?[镇乡县]|村|(?<=..)新区|区|市|省)$"
)
_SURE_ENDINGS: Final = (
    "省",
    "街道",
    "街道办",
    "街道办事处",
    "街办",
    "社区",
    "居委会",
    "居委",
    "网格",
)
_NAME_LEFT: Final = re.compile(rf"^(?:[{HAN}]{{2}}|\d+[委连])")
_NO_NAME: Final = re.compile(
    rf"^(?:(?:{GENERIC_NAMES})(?=[^{HAN}]|$)|[\u4e00-\u9fff]?(?:号楼|单元|栋|幢|座|号|楼(?![区街镇])|层|室|期|区(?!街道|[{HAN}]{{2,6}}?(?:街道|镇|乡))))"
)
_REPEATS: Final = 2
_SHORT: Final = 2


@dataclass(frozen=True, kw_only=True)
class Areas:
    """Name the areas an address lies in, from wide to narrow; '' where unknown."""

    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    community: str = ""


class Location(NamedTuple):
    """Hold what is known of where a building lies, to tell two estates of one name apart."""

    home: str
    street: str
    district: str
    community: str
    stems: frozenset[str]

    @property
    def place(self) -> tuple[str, str, str]:
        """Return what tells one place from another: its name and where that is."""
        return self.home, self.street, self.community


NOWHERE: Final = Areas()


@lru_cache(maxsize=65_536)
def area_stem(name: str) -> str:
    """Return an area's name without the word for what it is: 泰前街道办 → 泰前."""
    return _AREA_WORD.sub("", convert_numerals(clean(name)))


def names_of_area(stem: str) -> tuple[str, str]:
    """Return how an area is called: 古美路 and 古美, for 古美路街道."""
    return stem, re.sub(r"(?<=..)[路街村镇乡]$", "", stem)


def names_around(areas: Areas, street: str, community: str) -> set[str]:
    """Return what the areas around a building are called, also cut short: 哈市, 沙区."""
    wide = [area_stem(area) for area in (areas.province, areas.city, areas.district)]
    initials = ((wide[1], "市"), (wide[2], "区"))
    short = {stem[0] + word for stem, word in initials if len(stem) > _SHORT}
    return {*wide, *short, *names_of_area(street), *names_of_area(community)}


def split_areas(text: str) -> tuple[Areas, str]:
    """Split cleaned text into its leading areas and the rest.

    An area is only taken off where a name is left behind it: 示例社区12号楼 keeps 示例社区 as the
    estate. Areas written twice are read once.

    ``text``: text as ``lexicon.clean`` returns it.

    Returns what was found, and the text after it.
    """
    found: dict[str, str] = {}
    for _ in range(_REPEATS):
        before = text
        for name, signs, pattern in _PATTERNS:
            match = pattern.match(text) if any(sign in text for sign in signs) else None
            if match is None or not _leaves_a_name(match[0], text[match.end() :]):
                continue
            found[name] = match[0]
            text = text[match.end() :].lstrip(",-、")
        if text == before:
            break
    found.pop("grid", None)
    return Areas(**found) if found else NOWHERE, text


def _leaves_a_name(area: str, rest: str) -> bool:
    rest = rest.lstrip(",-、")
    if not rest:
        return True
    if area.endswith(_SURE_ENDINGS):
        return _NAME_LEFT.match(rest) is not None
    return _NAME_LEFT.match(rest) is not None and _NO_NAME.match(rest) is None
