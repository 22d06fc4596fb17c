"""What a note may keep: what was seen, never who."""

import re
import unicodedata
from typing import Final

from data.privacy.contacts import find_contacts

_SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢"
    "蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵"
    "孟龙万段雷钱汤尹黎易常武"
    "乔贺赖龚"
)
_FAMILY: Final = rf"(?:欧阳|司马|诸葛|上官|[{_SURNAMES}])"
_NAME: Final = rf"{_FAMILY}[\u4e00-\u9fff]{{1,2}}?"
_TITLES: Final = "老师|先生|女士|小姐|同学|师傅|阿姨|大爷|大妈|奶奶|爷爷|校长|经理|老板"
_SPEAKING: Final = (
    "姓名|名字|名叫|叫做|联系人|房东|租客|租户|业主|户主|学生|家长|孩子|老师|举报人|投诉人"
)
_HIDDEN: Final = "*"
_UNSEEN: Final = "Cf"
"""Kind of character that shows nothing: joiners, marks of direction."""
_MARKS: Final = dict(zip(",:;!?()", "，：；！？（）", strict=True))
"""Marks that stay as wide as they were written."""

_RULES: Final = (
    (re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.]+"), _HIDDEN),
    (re.compile(r"(?<!\d)\d{6}[ \-]?\d{8}[ \-]?\d{3}[\dXx](?!\d)"), _HIDDEN),
    (re.compile(r"(?<!\d)(?:\+?86[ \-]?)?1[3-9]\d(?:[ \-]?\d{4}){2}(?!\d)"), _HIDDEN),
    (re.compile(r"(?<!\d)(?:0\d{2,3}[ \-]?)?\d{7,}(?!\d)"), _HIDDEN),
    (re.compile(r"(微信|QQ|qq|wx|WX)号?[:：是为]?\s*[\w\-]{5,}"), rf"\1{_HIDDEN}"),
    (
        re.compile(
            rf"({_SPEAKING})(?:的)?(?:姓名|名字|叫做|名叫|叫|姓)?([:：是为]?\s*){_NAME}"
            r"(?=[^\u4e00-\u9fff]|$|的|在|说|家|和|与|住|租|称)"
        ),
        rf"\1\2{_HIDDEN}",
    ),
    (
        re.compile(rf"(?<![语主信]){_FAMILY}[\u4e00-\u9fff]{{0,2}}?({_TITLES})"),
        rf"{_HIDDEN}\1",
    ),
)
_UNIT: Final = re.compile(
    r"[0-9A-Za-z\-—–~至、,，.()（）#号栋幢座楼单元门梯层室户房铺东南西北中"
    r"一二三四五六七八九十百负地下上全部整各 ]*"
)
LONGEST_UNIT: Final = 30


def redact(text: str) -> str:
    """Return a note without telephone and identity numbers, accounts and what reads like a name.

    Rather too much is taken out than too little; that something was is shown by ``*``.

    Examples
    --------
    >>> redact("王老师 13800001111，约20名学生")
    '*老师 *，约20名学生'
    """
    plain = "".join(each for each in unicodedata.normalize("NFKC", text)
                    if unicodedata.category(each) != _UNSEEN).strip()  # fmt: skip
    for contact in reversed(find_contacts(plain)):
        plain = plain[: contact.start] + _HIDDEN + plain[contact.end :]
    for pattern, instead in _RULES:
        plain = pattern.sub(instead, plain)
    return plain.translate({ord(narrow): wide for narrow, wide in _MARKS.items()
                            if wide in text and narrow not in text})  # fmt: skip


def is_unit(text: str) -> bool:
    """Say whether a text names a stairwell, floor or room, and nothing else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return len(plain) <= LONGEST_UNIT and _UNIT.fullmatch(plain) is not None
