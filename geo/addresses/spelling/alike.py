"""Say how easily one Chinese character is written for another, and how far two names are apart."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

SAME_SOUND: Final = 0.3
NEAR_SOUND: Final = 0.4
SAME_SHAPE: Final = 0.4
SWAPPED: Final = 0.5
DOUBLED: Final = 0.2
MISSING: Final = 0.7
OTHER: Final = 1.0
# A wrong character that no name of the register holds is a slip rather than another name.
SLIP: Final = 0.7
HOPELESS: Final = 1.75
"""No name is suggested that costs more."""


_TABLES: Final[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("alike.toml").read_text(encoding="utf-8")
)


# Further pairs that scanners and quick hands confuse; their pictures correlate less.
_CONFUSED: Final = (
    "锦绵绣诱翠翌金全阳阴丽雨凤风滨宾河何书韦御卸龙尤紫柴盛盔水永岸崖世也纪纤星是天夭康庚福副平乎"
    "和知春舂瑞端兰三亭享橡像树村园圆苑宛庭廷居届城诚家冢公么新薪光先未末土士日曰干千角甪浜滨竞竟歧岐溁荣垵安"
)
# Common words that names do not hold: one of them was typed for another character.
_WORDS: Final = frozenset(
    "的了是在不有这我他她它你来个们出会时要就可以对能得那着自之过作用所然也么很还没吗呢吧被把让给及其或但而且因说看到去想做"
)


def _read_sounds() -> dict[str, str]:
    groups = _TABLES["sounds"].items()
    return {character: sound for sound, group in groups for character in group}


def _read_shapes() -> frozenset[str]:
    plain = _TABLES["shapes"].replace("\n", "")
    plain += _CONFUSED
    pairs = [plain[start : start + 2] for start in range(0, len(plain), 2)]
    return frozenset(pairs) | {pair[::-1] for pair in pairs}


def _fold(sound: str) -> str:
    """Merge the sounds that many speakers do not tell apart: zh/z, ch/c, sh/s, n/l, -ng/-n."""
    folded = re.sub(r"^([zcs])h", r"\1", sound)
    folded = re.sub(r"^n(?=[aeiouv])", "l", folded)
    return re.sub(r"(?<=[aei])ng$", "n", folded)


def _letters(sounds: dict[str, str]) -> dict[str, str]:
    """Return one private-use letter per folded syllable, so that a sound is as long as its name."""
    folded = sorted({_fold(sound) for sound in sounds.values()})
    letter = {sound: chr(0xE000 + index) for index, sound in enumerate(folded)}
    by_sound = {sound: letter[_fold(sound)] for sound in set(sounds.values())}
    return {character: by_sound[sound] for character, sound in sounds.items()}


_SOUND_OF: Final = _read_sounds()
_SHAPES: Final = _read_shapes()
_LETTER_OF: Final = _letters(_SOUND_OF)
_SOUND_LETTERS: Final = str.maketrans(_LETTER_OF)


def sound_of(name: str) -> str:
    """Return a name with each character replaced by a letter for its folded syllable."""
    return name.translate(_SOUND_LETTERS)


# One of these for another, or left out, makes another name: 东区 is no slip for 西区.
_TELLING: Final = frozenset(
    "东西南北中上下新老旧前后大小内外左右横直正增金银组队社一二三四五六七八九十甲乙丙丁"
)
_SUFFIX: Final = re.compile(
    r"(?:[小社]区|大[厦院楼]|[新山]村|[新名商东西]城|中心|广场|[花家嘉佳雅锦]园|[花佳雅新锦]苑|公寓|公馆|山庄|"
    r"宿舍|家属院|别墅|[华学名]府|名都|[豪华雅名]庭|[雅名美新]居|国际|[苑园庭府城湾轩阁居台里墅邸巷弄院])$"
)


@lru_cache(maxsize=65_536)
def substitution_cost(written: str, meant: str) -> float:
    """Return how unlikely it is that one character was written for another, 0 to 2.

    ``written``, ``meant``: single characters.
    """
    if written == meant:
        return 0.0
    if (written in _TELLING and meant in _TELLING) or written.isascii() or meant.isascii():
        return 2 * OTHER  # neither 东区 for 西区 nor 1期 for 2期 is a slip
    if _SOUND_OF.get(written, written) == _SOUND_OF.get(meant, meant):
        return SAME_SOUND
    near_sound = _LETTER_OF.get(written, written) == _LETTER_OF.get(meant, meant)
    if near_sound or written + meant in _SHAPES:
        return NEAR_SOUND if near_sound else SAME_SHAPE
    # What neither sounds nor looks alike is another name: 徐家兜, 钱家兜.
    return SLIP if written in _WORDS else 2 * OTHER


# Units differ by a character: 市医院, 中医院; 化肥厂, 化工厂.
_OF_A_UNIT: Final = re.compile(r"(?:家属[院楼区]|宿舍[区楼]?|住宅[区楼]?|生活区|公寓)$")
_ROAD_OR_VILLAGE: Final = re.compile(
    r"(?P<name>.*(?:(?<![新旧老])村|[屯庄寨]|大道|路|街|巷))(?:[甲乙丙丁特]?\d+(?:号院?|弄))?$"
)
_WHOLE_SHORT_NAME: Final = 3


def name_cost(written: str, meant: str, *, known: frozenset[str]) -> float:
    """Return the cheapest way to have written one name for another.

    A weighted optimal string alignment: substitutions by ``substitution_cost``, a doubled
    character, neighbours swapped, a character missing or added. Of what costs more than
    ``HOPELESS`` it is only known that it does.

    ``written``, ``meant``: names in canonical spelling.
    ``known``: the characters of all names of the register.
    """
    rows, columns = len(written) + 1, len(meant) + 1
    suffix, dwelling = _SUFFIX.search(meant), _OF_A_UNIT.search(meant)
    unit_ends = dwelling.start() if dwelling else 0
    missing = _missing_costs(meant, unit_ends)
    cost = [[0.0] * columns for _ in range(rows)]
    for j in range(1, columns):
        cost[0][j] = cost[0][j - 1] + missing[j - 1]
    for i in range(1, rows):
        added = _added_cost(written, i - 1, known=known)
        cost[i][0] = cost[i - 1][0] + added
        for j in range(1, columns):
            a, b = written[i - 1], meant[j - 1]
            other = substitution_cost(a, b)
            best = min(
                cost[i - 1][j - 1] + (2 * OTHER if j <= unit_ends and other >= SLIP else other),
                cost[i][j - 1] + missing[j - 1],
                cost[i - 1][j] + added,
            )
            swapped = i > 1 and j > 1 and a != b and a == meant[j - 2] and written[i - 2] == b
            if swapped and not (a.isascii() or b.isascii()):  # 83号 is not 38号
                best = min(best, cost[i - 2][j - 2] + SWAPPED)
            cost[i][j] = best
        if min(cost[i]) > HOPELESS < min(cost[i - 1]):
            return min(cost[i])
    return cost[-1][-1] + (OTHER if suffix and _other_kind(written, suffix[0]) else 0.0)


def _other_kind(written: str, suffix: str) -> bool:
    """Tell whether a name ends in another word for an estate: 阳光家园 is not 阳光花园."""
    found = _SUFFIX.search(written)
    if found is None or found[0] == suffix:
        return False
    differing = sum(a != b for a, b in zip(found[0], suffix, strict=False))
    if sound_of(found[0]) == sound_of(suffix) and differing == 1:
        return False  # 嘉园 for 家园 is a slip of the keyboard, 佳苑 for 家园 a choice of word
    # 圣地苑 is whole as it stands; 橡树时代园 has lost a character of 嘉园.
    return len(found[0]) > 1 or len(written) <= _WHOLE_SHORT_NAME


def _missing_costs(meant: str, unit_ends: int) -> list[float]:
    """Return what leaving out each character costs; a unit ends where its dwellings begin."""
    missing = [_missing_cost(c) for c in meant]
    if unit_ends and missing and meant[0] in "省市县区":  # 市运输公司, and the county has one
        missing[0] = 2 * OTHER
    if unit_ends <= _WHOLE_SHORT_NAME:  # 新大家属院 is not 新师大家属院
        missing[1:unit_ends] = [2 * OTHER] * max(unit_ends - 1, 0)
    if place := _ROAD_OR_VILLAGE.match(meant):  # 河底高村 is not 河底村, 小井路9号院 not 小井9号院
        missing[: place.end("name")] = [2 * OTHER] * place.end("name")
    return missing


def _missing_cost(character: str) -> float:
    return 2 * OTHER if character.isascii() or character in _TELLING else MISSING


def _added_cost(written: str, position: int, *, known: frozenset[str]) -> float:
    character = written[position]
    if position and written[position - 1] == character and not character.isascii():
        return DOUBLED
    if not position or character.isascii() or character in _TELLING:
        return 2 * OTHER  # 鑫锦绣花园 is not 锦绣花园
    return OTHER if character in known else SLIP
