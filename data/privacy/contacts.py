"""Contacts in free text: telephone numbers, WeChat and QQ accounts, hidden as authors hide them.

Adverts tell how to reach their author and hide it from searches: 一三八零零…, ①③⑧, 加V, 薇信, 扣扣.
Digits of every kind are read as digits; characters that only sound or look like one count inside a
number that holds enough plain ones. Nothing here decides what is kept: what is
found is masked (`mask_contacts`), or becomes a keyed hash (`data.privacy.pseudonyms.key_column`).
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final, Literal, NamedTuple

import pyarrow as pa

Kind = Literal["phone", "wechat", "qq"]
_CHINESE_DIGITS: Final = {
    "零": "0", "〇": "0", "一": "1", "壹": "1", "幺": "1", "二": "2", "贰": "2", "三": "3",
    "叁": "3", "四": "4", "肆": "4", "五": "5", "伍": "5", "六": "6", "陆": "6", "七": "7",
    "柒": "7", "八": "8", "捌": "8", "九": "9", "玖": "9",
}  # fmt: skip
_ALIKE: Final = {
    "0": "oOoO○洞灵凌铃另", "1": "lI|丨腰妖要衣依医", "2": "两俩儿尔耳", "3": "散伞山",
    "4": "思丝死斯", "5": "舞武吾午", "6": "溜刘留", "7": "奇齐期", "8": "吧扒巴爸发",
    "9": "久酒就",
}  # fmt: skip
"""What sounds or looks like a digit."""
_BETWEEN: Final = r"[ \t\u3000\-—–_.·•*~\u200b\u200d\ufe0f\u20e3]{0,3}"
_PHONE: Final = re.compile(rf"(?<![0-9])1{_BETWEEN}[3-9](?:{_BETWEEN}[0-9]){{9}}(?![0-9])")
_LANDLINE: Final = re.compile(r"(?<![0-9])0[0-9]{2,3}[ \-]?[1-9][0-9]{6,7}(?![0-9])")
_LEAST_PLAIN: Final = 5
"""So many digits of a number must be digits of some kind; the others may sound alike."""
_LINK: Final = r"(?:同?号码?|账号|帐号|id|群|联系)?[\s::=\-—→>是为,,]{0,4}"
_WECHAT: Final = re.compile(
    r"(?:[微威薇徽维卫][信芯心星]|[微薇薇v❤][❤心信]|微(?=[\s::])|[vw][x]|weixin|wechat|wei信|we信|v信"
    rf"|[加+➕]\s*(?:[v微薇威❤][信]?|wx)|[薇威v](?=[::])){_LINK}"
    r"(?P<id>[a-z][a-z0-9_\-]{5,19})(?![a-z0-9_\-])"
)
_QQ: Final = re.compile(
    rf"(?:q\s*q|扣扣|抠抠|企鹅|q(?=[群号::]))\s*{_LINK}(?P<id>[1-9][0-9]{{4,11}})(?![0-9])"
)
_WECHAT_NUMBER: Final = re.compile(
    r"(?:[微威薇徽维卫][信芯心星]|[vw]x|weixin|wechat|v信|[加+➕]\s*(?:[v微薇威❤]信?|wx)|[薇威v](?=[::]))"
    rf"{_LINK}(?P<id>[1-9][0-9]{{5,11}})(?![0-9])"
)


class Contact(NamedTuple):
    """How somebody is reached.

    ``start``, ``end``: where the text says so, without the word for it.
    """

    start: int
    end: int
    kind: Kind
    """``phone``, ``wechat`` or ``qq``."""
    value: str
    """Digits, or the account in lower case."""


def find_contacts(text: str) -> list[Contact]:
    """Return the contacts that a text tells of, in its order, none inside another.

    Examples
    --------
    >>> [each.value for each in find_contacts("加V:lao_shi88, 或幺三八 零零零零 五六七八")]
    ['lao_shi88', '13800005678']
    """
    taken: list[Contact] = []
    for contact in _candidates(text):
        if all(contact.end <= other.start or other.end <= contact.start for other in taken):
            taken.append(contact)
    return sorted(taken)


def contact_in(text: str) -> str | None:
    """Return the contact by which the author of a text is known, a telephone number before others.

    Examples
    --------
    >>> contact_in("QQ 123456789, 微信同号 138-0000-5678")
    '13800005678'
    """
    found = find_contacts(text)
    rank = {"phone": 0, "wechat": 1, "qq": 2}
    best = min(found, key=lambda each: (rank[each.kind], each.start), default=None)
    return best.value if best else None


def mask_contacts(texts: pa.Array) -> pa.Array:
    """Return texts as `hide_contacts` does, nulls kept."""
    return pa.array(
        [None if text is None else hide_contacts(text) for text in texts.to_pylist()],
        pa.large_string(),
    )


def hide_contacts(text: str) -> str:
    """Return a text with every contact hidden.

    Examples
    --------
    >>> hide_contacts("加V:lao_shi88, 或①③⑧⓪⓪⓪⓪⑤⑥⑦⑧")
    '加V:l****, 或138****5678'
    """
    for contact in reversed(find_contacts(text)):
        text = text[: contact.start] + _hidden(contact) + text[contact.end :]
    return text


def _hidden(contact: Contact) -> str:
    if contact.kind == "phone":
        return f"{contact.value[:3]}****{contact.value[-4:]}"
    return f"{contact.value[0]}****"


def _candidates(text: str) -> Iterator[Contact]:
    """Yield what may be a contact, the surest kind first."""
    plain, loose = text.translate(_plain()), text.translate(_loose())
    for read in (plain, loose) if loose != plain else (plain,):
        for match in _PHONE.finditer(read):
            digits = re.sub("[^0-9]", "", match[0])
            sure = sum(each in "0123456789" for each in plain[match.start() : match.end()])
            if sure >= _LEAST_PLAIN:
                yield Contact(match.start(), match.end(), "phone", digits)
    for match in _LANDLINE.finditer(plain):
        yield Contact(match.start(), match.end(), "phone", re.sub("[^0-9]", "", match[0]))
    ways: tuple[tuple[re.Pattern[str], Kind], ...] = (
        (_WECHAT, "wechat"), (_WECHAT_NUMBER, "wechat"), (_QQ, "qq"),
    )  # fmt: skip
    for pattern, kind in ways:
        for match in pattern.finditer(plain):
            yield Contact(match.start("id"), match.end("id"), kind, match["id"])


@cache
def _plain() -> dict[int, str]:
    """Return what single characters stand for: width, case, rings and digits of every kind."""
    read: dict[int, str] = {}
    for code in (*range(0x20, 0x3000), *range(0xFF00, 0xFFF0), *range(0x1F100, 0x1F200)):
        character = chr(code)
        digit = unicodedata.digit(character, None)
        folded = unicodedata.normalize("NFKC", character).lower()
        plain = folded.strip("()") if digit is None else str(digit)
        if len(plain) == 1 and plain != character:
            read[code] = plain
    return read | {ord(word): digit for word, digit in _CHINESE_DIGITS.items()}


@cache
def _loose() -> dict[int, str]:
    alike = {ord(each): digit for digit, them in _ALIKE.items() for each in them}
    return {**_plain(), **alike}
