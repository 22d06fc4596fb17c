"""Hold the words of Chinese addresses, and the cleaning that every reading begins with."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from geo.addresses.traditional import SIMPLIFIED

DIGITS: Final = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
NUMERAL_CHARACTERS: Final = "〇零一二两三四五六七八九十百千廿卅"
# One building, unit or room number: 12, 3A, B1, A, 甲; Chinese numerals come already converted.
NUMBER: Final = r"(?:[甲乙丙丁戊]?\d{1,4}[A-Z]?|(?<![A-Z])[A-Z]\d{0,3}|[甲乙丙丁戊])"
# Letters of a door number: 甲12号, 特1号 (Wuhan), 临5号.
DOOR_LETTERS: Final = "甲乙丙丁特临"
NOT_OF_NAME: Final = "(?!丁香|甲秀|丙烯|乙烯|丁字)"
"""Before a letter of a door number: no name begins with it, as 丁香花园 does."""

# Words that make the text point near something, not at it.
RELATIVE: Final = re.compile(
    r"(?:正|斜)?对(?:面|过)|(?<![\d室户层楼元])(?:正|斜)?对门|(?:旁边?(?![系听])|(?<![东西南北里外那这])边上(?!课|学|班)|(?<![东西南北])[前后]边|背[后面]|(?:(?<=[号栋幢座])|(?<=号楼))[左右][侧边](?![户门单间房室电楼]))|(?:附近|隔壁|周[边围])(?!的?(?:居民(?![楼区小])|住户|群众|村民|业主|邻居|家长))|一带|"
    r"(?:店|校|院|小区|市场|超市|广场|公园)?"
    r"(?:(?<![东西南北正大元栋幢座号])(?<!号楼)(?<!楼楼)门口(?![路街])|(?<!单元)(?<![栋幢座])(?<!号)(?<!号楼)(?<!楼楼)门口(?![\d路街])|(?<=[号楼栋幢座])门口(?=$|的|旁|对|那[家个]|东|西|南|北)|(?<![到往从向给])楼下(?!水)|(?<![,\d])(?<!\d号)(?<!单元)楼上(?!\d+[楼层])|(?<=\d号)楼上(?!有|\d|[开办]|课|奥数|英语|数学|语文|物理)|后面|前面|(?<![号栋幢座])(?<!号楼)后门|侧面)|"
    r"(?<=[号楼栋幢座])楼[前后旁](?![街路大门台])|(?<=[号楼栋幢座])(?:[东西南北]|[东西][南北])(?:[面边头角](?![户套间房第单楼阳外墙])(?<!头(?=车库|门市|门面|商铺|铺面|底商|\d)))|(?<=[号楼栋幢座])之?间|"
    r"(?<!\d[楼层室元])[东西南北]侧(?!第|单元|门|户|底商|商铺|门面|楼梯|电梯)|以[东西南北]|[往向]?[东西南北]+(?:走|约|大?概)?\d+米|\d+米(?:处|远|左右)|"
    r"(?:十字|丁字|三岔|交叉|[路道街巷]|交汇|交)(?:路口|口(?!街道|社区|[镇乡村]|[东西南北]?[路街]))|交[汇叉]处?|转盘|红绿灯|"
    r"(?<=号)[道路][东西南北](?![路街])|(?<=[路街道巷])口(?!街道|社区|[镇乡村])|公交站|地铁[A-Z]?口|和?(?<=[路街道巷])[与和].{1,8}[路街道巷]"
    r"(?:交叉(?:路?口|处)|交汇处?|交口|交|之间)"
)

_OF_THE_HOUSE: Final = frozenset({"门口", "楼上", "楼下"})
_OF_THE_FLOOR: Final = frozenset({"隔壁", "对门"})
# RELATIVE needs one of these characters; looking for them first is much faster.
_MAY_BE_RELATIVE: Final = re.compile("[对旁近隔周围带口下上面侧以米处盘灯站叉汇间门前后边头角道路]")

# What is neither a place nor a number: phones, postcodes, labels.
JUNK: Final = re.compile(
    r"(?:联系)?(?:电话|手机|联系方式|TEL)[:：]?\s*[\d-]{7,13}|(?<!\d)1[3-9]\d{9}(?!\d)|"
    r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)|(?:邮编|邮政编码)[:：]?\s*\d{6}|^\d{6}\s*(?=[\u4e00-\u9fff])|"
    r"(?<=[\u4e00-\u9fff])\s+\d{6}$|^[\u4e00-\u9fff]{0,6}?(?:地址|住址|住所|场所|地点|位置|坐落)[:：]|-{2,}|"
    r"^(?:投诉|举报|反映|关于)?(?:我家|本人|我)?(?:住在|就在|位于|[坐座]落[于在]|地处)|^(?:投诉|举报|反映)(?![人者])|"
    r"(?:\d{2,4}年)?\d{1,2}月\d{1,2}[日号](?![楼院室户门栋幢座])(?:[上下]午|晚上?|早上|凌晨|\d{1,2}[时点](?:半|\d{1,2}分?)?)*左?右?[,，]?|"
    r"^[本我](?:省|市|区|县)(?=[\u4e00-\u9fff]{3})"
)

HAN: Final = "\u4e00-\u9fff"

_SPACES_BETWEEN_DIGITS = re.compile(r"(?<=[0-9A-Z])\s+(?=[0-9])")
_DASHES = re.compile(r"\s*[\u2010-\u2015\u2212\u2500_~\u301c—–－/]+\s*")
_BLANKS = re.compile(r"\s+")
_COUNTED = re.compile(r"0*(\d+)")
_NUMERALS = re.compile(f"[{NUMERAL_CHARACTERS}]")
_MAY_BE_JUNK = re.compile(r"\d{6}|[:：]|--|\d{3}-\d{3}|\d月\d|^.{0,4}[住就位坐座地诉报映]")
# Words of a building, typed by sound or read by a scanner: 18撞, 6动2单园.
_MEANT = {
    "撞": "幢",
    "橦": "幢",
    "动": "栋",
    "冻": "栋",
    "单园": "单元",
    "单员": "单元",
    "号搂": "号楼",
    "大夏": "大厦",
    "城中村": "村",
}
_MAY_BE_SLIP = re.compile("[撞橦动冻园员搂夏]|城中村")
_SLIPS = re.compile(
    rf"(?<=[\dA-Z{NUMERAL_CHARACTERS}])(?:[撞橦]|[动冻](?=[\d{NUMERAL_CHARACTERS}单]|$)|单[园员]|号搂)|"
    r"(?<=[\u4e00-\u9fff]{2})(?:大夏(?![天河大学路])|城中村)"
)
_REPEATED_DASH = re.compile(r"-{2,}")
_DOTS = re.compile(r"(?<=\d)[.·•](?=\d)")
_ROMAN_VALUES = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}
_ROMAN = re.compile(r"(?<![A-Z])(?:III|II|IV|I|V)(?=期)")
_UNSEEN = re.compile("[\u200b-\u200f\ufeff\u00ad\u2060\"'`“”‘’]")
# A number as it is spoken (二, 十二, 廿一, 一百零三). Before a building word digits are not read by
# position: 八一二号楼 is building 2 of 八一.
_ONES = "[一二三四五六七八九]"
_TENS = f"(?:{_ONES}?[十廿卅]{_ONES}?|{_ONES}|两)"
_NUMERAL_WORD = f"(?:(?:{_ONES}千零?)?(?:{_ONES}百零?)?{_TENS}|(?:{_ONES}千)?{_ONES}百|{_ONES}千)"
_NUMERAL_BEFORE = re.compile(
    rf"({_ONES}零[零{_ONES[1:]})(?=号楼|栋|幢|座)|"
    rf"(?<=[\u4e00-\u9fff])(?<![{NUMERAL_CHARACTERS}])([零{_ONES[1:]}{{3,}})(?=号(?!楼)|弄|楼(?![梯盘道区]))|"
    rf"(?<=[路街巷弄村组队社排山湾坡坪塘岗冲坝浜庄屯寨甲乙丙丁特临增])({_NUMERAL_WORD})(?=号(?![桥线井站矿坑路街]|门(?!口)))|"
    rf"第?({_NUMERAL_WORD})"
    r"(?=号楼|号院|号小?区|栋|幢|座|单元|号(?:$|[^\u4e00-\u9fff]|[附付增甲乙丙丁\d])|"
    r"号[一二三四五六七八九十\d]|层|楼(?:$|-|\d|[东西南北中]户|[东西南北][侧边]|大?厅|阁楼|[一二三四五六七八九十]+单元)|"
    r"连(?=[\d一二三四五六七八九十])|委(?=[\d一二三四五六七八九十]|$)|号(?=安置点|地块)|门(?:$|-|\d|[一二三四五六七八九十〇零]+室?)|梯(?:$|[\d一二三四五六七八九])|组|队(?!伍)|社(?=\d|$)|支?弄)|"
    rf"(?<![{NUMERAL_CHARACTERS}])第?({_NUMERAL_WORD})(?=期|区(?!域))|"
    rf"(?<=[\u4e00-\u9fffA-Z])(?<![{NUMERAL_CHARACTERS}第])({_NUMERAL_WORD})(?=楼(?![梯盘道]))"
)
_NUMERAL_IN_NAME = re.compile(
    rf"(?<=第)({_NUMERAL_WORD})(?=大?[街道])|"
    rf"(?<![{NUMERAL_CHARACTERS}])第?({_NUMERAL_WORD})(?=小区|新?村|号?街[坊区]|坊|片(?!区)|横?巷|横街|里(?![屯河])|排|条|段|厂|宿舍|道街|社(?!区)|号区|中(?=家属|宿舍|住宅|教)|[路街](?!道))|"
    rf"(?<=..)(?<![{NUMERAL_CHARACTERS}])({_NUMERAL_WORD})(?![{NUMERAL_CHARACTERS}])|"
    rf"(?<![{NUMERAL_CHARACTERS}])([〇零一二三四五六七八九]{{3,}})(?![{NUMERAL_CHARACTERS}])"
)
# 一〇一室 is read by position. Without 室 it takes three digits: 教学楼一 is the name of a hall.
_NUMERAL_ROOM = re.compile(
    rf"(?<=[元门梯楼层号栋幢座-])([{NUMERAL_CHARACTERS}]{{1,4}}(?=室)|[{NUMERAL_CHARACTERS}]{{3,4}}$)"
)
# Ways of writing that are brought to one, in order: a sign of each → what is replaced, by what.
_SPELT: Final = {
    sign: (re.compile(pattern), plain)
    for sign, pattern, plain in (
        ("杠", r"(?<=\d)杠(?=\d)", "-"),
        # 友谊19号街坊, 友谊19#街坊 and 友谊19街坊 are one quarter, 9号地块 and 9#地块 one plot.
        ("街坊", rf"(?<=[\d{NUMERAL_CHARACTERS}])[号#](?=街坊)", ""),
        ("街区", rf"(?<=[\d{NUMERAL_CHARACTERS}])[号#](?=街区)", ""),
        ("地块", rf"(?<=[\d{NUMERAL_CHARACTERS}])[号#](?=地块)", ""),
        ("第", rf"第(?=[\d{NUMERAL_CHARACTERS}]+街[坊区])", ""),
        # 4号户 behind a house is 4户, 3号梯 its stairwell 3.
        ("号户", r"(?<=[号栋幢座楼层元场厦心,-])(\d{1,3})号(?=户(?![主外籍内型]))", r"\1"),
        ("号梯", r"(?<=[号栋幢座楼层元场厦心,-])(\d{1,3})号(?=梯(?![田级形]))", r"\1"),
        ("元附", r"(?<=\d单元)附(?=\d)", ""),
        # 第四村民组 is 四组.
        ("村民", rf"第?([\d{NUMERAL_CHARACTERS}]+)村民小?组", r"\1组"),
        ("小组", rf"小组(?=[\d{NUMERAL_CHARACTERS}]+号)", "组"),
        ("院坝", "院坝", "院"),
        ("号副", r"(?<=号)副(?=\d)", "附"),
        ("院子", "(?<=号)院子头?", "院"),
        ("老师宿舍", "老师宿舍", "教师宿舍"),
        ("村委会", rf"村委会(?=[\d{NUMERAL_CHARACTERS}]+[组社队])", "村"),
        ("步行街", rf"(?<=路)步行街(?=[\d{NUMERAL_CHARACTERS}])", ""),
        # 丙字8号楼 is 丙8号楼.
        ("字", r"(?<=[甲乙丙丁])字(?=\d)", ""),
    )
}
_MAY_BE_SPELT = re.compile("|".join(_SPELT))
_MARKET = re.compile(r"(?:农贸|集贸|批发|综合|农副产品|菜)?市场|菜场|菜市(?!场)|农贸大厅")
_LETTER_BEHIND = re.compile(r"([路街巷道]\d+)号([A-Z])(?![A-Z\d座栋幢塔区铺单门梯口馆厅排-])")
_LETTER_OF_DOOR = re.compile(rf"([路街巷道]\d+){NOT_OF_NAME}([甲乙丙丁])(?=[\u4e00-\u9fff])(?!号)")
_NUMERALS_IN_WORDS = str.maketrans("〇弍貳贰壹貮叁肆伍陸柒捌玖拾", "零二二二一二三四五六七八九十")


PLAIN: Final = SIMPLIFIED | _NUMERALS_IN_WORDS | str.maketrans("邨褔衖徳", "村福弄德")
"""Code of a traditional character or a numeral of cheques → the plain one."""


def find_relatives(text: str) -> list[re.Match[str]]:
    """Return the words of a text that make it point near something."""
    return list(RELATIVE.finditer(text)) if _MAY_BE_RELATIVE.search(text) else []


def is_elsewhere(after: str, *, flat: bool) -> bool:
    """Say whether what follows a comma speaks of another house: 对面.

    Not 门口, 楼上 or 楼下, nor 隔壁 or 对门 of a flat.
    """
    of_house = _OF_THE_HOUSE | _OF_THE_FLOOR if flat else _OF_THE_HOUSE
    return any(word[0] not in of_house for word in find_relatives(after))


@lru_cache(maxsize=4_096)
def clean(text: str) -> str:
    """Return the text in one width, case and kind of dash, without junk and stray blanks.

    Full-width characters become plain ones (NFKC), runs of blanks between digits become a dash,
    every other blank beside a Chinese character goes.
    """
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).upper().strip()
    if "I期" in plain or "V期" in plain:
        plain = _ROMAN.sub(lambda found: str(_ROMAN_VALUES[found[0]]), plain)
    if _MAY_BE_JUNK.search(plain):
        plain = JUNK.sub(" ", plain).strip()
    plain = plain.translate(PLAIN)
    if _MAY_BE_SLIP.search(plain):
        plain = _SLIPS.sub(lambda found: _MEANT[found[0]], plain)
    if not plain.isalnum():
        plain = _DASHES.sub("-", plain)
        plain = _DOTS.sub("-", _SPACES_BETWEEN_DIGITS.sub("-", plain))
        plain = _REPEATED_DASH.sub("-", _BLANKS.sub("", plain))
    if _MAY_BE_SPELT.search(plain):
        for sign, (pattern, spelt) in _SPELT.items():
            plain = pattern.sub(spelt, plain) if sign in plain else plain
    return plain.strip("-,;:、。. !?")


def one_market(text: str) -> str:
    """Return a text in which each word for a market is 市场: 菜市场, 农贸市场 and 菜场 are one."""
    return _MARKET.sub("市场", text)


def read_numeral(text: str) -> int:
    """Return the value of a Chinese numeral: 十二, 廿一, 一百零三, 一〇一, 两.

    Digits written one after another are read by position (一〇一 → 101).
    """
    if all(character in DIGITS for character in text):
        return int("".join(str(DIGITS[character]) for character in text))
    total, digit = 0, 0
    for character in text:
        if character in "百千":
            total, digit = total + (digit or 1) * (100 if character == "百" else 1_000), 0
        elif character in "十廿卅":
            tens = {"十": digit or 1, "廿": 2, "卅": 3}[character]
            total, digit = total + tens * 10, 0
        else:
            digit = DIGITS[character]
    return total + digit


def with_digits(name: str) -> str:
    """Return a name with the numerals in it as digits: 莲花二村 and 莲花2村 are one, 8巷 and 八巷.

    八一小区 stays as it is, and so does a numeral that begins the name.
    """
    if not _NUMERALS.search(name):
        return name
    return _NUMERAL_IN_NAME.sub(
        lambda found: str(read_numeral(next(filter(None, found.groups())))), name
    )


def _digits_of(found: re.Match[str]) -> str:
    """Return a numeral as digits, apart from the digits before it: 之2-3楼 for 之2三楼."""
    digits = str(read_numeral(found[found.lastindex or 0]))
    return f"-{digits}" if found.string[found.start() - 1 : found.start()].isdecimal() else digits


def convert_numerals(text: str) -> str:
    """Turn Chinese numerals into digits where an address word follows, and nowhere else.

    五一路, 三里屯, 八一小区 and 万达 are names and stay as they are.
    """
    if not _NUMERALS.search(text):
        return text
    converted = _NUMERAL_BEFORE.sub(_digits_of, text)
    return _NUMERAL_ROOM.sub(lambda found: str(read_numeral(found[1])), converted)


def natural_key(text: str) -> str:
    """Return a key by which names sort as people count: 6号楼 before 11号楼, 三号楼 between them.

    Of other texts that differ in a Chinese character, the one that sounds first comes first: common
    characters stand in GB 18030 by pinyin.
    """
    plain = convert_numerals(unicodedata.normalize("NFKC", text)).casefold()
    counted = _COUNTED.sub(lambda found: f"{len(found[1]):03}{found[1]}", plain)
    return counted.encode("gb18030", errors="replace").decode("latin-1")


def one_spelling(text: str) -> str:
    """Return a cleaned text with digits for numerals, and 35A号 for 35号A, 109号甲 for 109甲."""
    plain = convert_numerals(clean(text))
    return _LETTER_OF_DOOR.sub(r"\1号\2", _LETTER_BEHIND.sub(r"\1\2号", plain))
