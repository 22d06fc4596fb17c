"""Mask personal data in exports and in views without the right to see complainants.

At the door (`data.privacy.pseudonyms`) names, telephones and identity numbers are masked for good.
Here the rest goes that could still tell neighbours who complained: rooms, and the words people use
of themselves – 我家, 楼上, 我孩子, my son. Rules are regular expressions in their order, for whole
columns at once; what they miss is missed, so nothing replaces reading before publishing.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import FREE_TEXT, Personal, TableContract
from data.privacy.pseudonyms import mask_names, mask_phones, mask_prose

HIDDEN = "（保密）"
"""What stands for the texts of a confidential complaint."""
STARS = "***"
MASKED = "masked"
CONFIDENTIAL = "confidential"

_COMPLAINANT = frozenset({"reporter_name", "reporter_phone"})
_ADDRESSES = frozenset({"raw_address", "std_address", "aliases"})
_ROOMS = frozenset({"room"})

_HAN = r"\x{4e00}-\x{9fff}"
_IN_NUMBER = r"[A-Za-z]?\d{2,5}[A-Za-z]?|[〇零一二三四五六七八九十百]{2,6}"
_BUILDING = r"单元|栋|幢|座|号楼|[A-Za-z]楼|\d楼|\d#"
_DOOR = "apartment|apt|unit|suite|ste|room|rm|flat"
_ROOM_RULES = (
    (rf"({_IN_NUMBER})(\s*)(室|号房|房间)", r"***\2\3"),
    (r"\d{3,4}(\s*房)($|[^产屋地])", r"***\1\2"),
    (r"(\d{1,9}\s*[\-－—–]\s*\d{1,9}\s*[\-－—–]\s*)\d{2,4}", r"\1***"),
    (r"(\d{1,9}\s*[\-－—–]\s*)\d{3,4}($|[^\d号\-－—–])", r"\1***\2"),
    (rf"({_BUILDING})([\s\-－—–]*)[A-Za-z]?\d{{3,4}}($|[^\d#号栋幢座米元])", r"\1\2***\3"),
    (rf"(?i)\b({_DOOR})(\.?\s*#?\s*)[A-Z]?\d+[A-Z]?\b", r"\1\2***"),
    (r"(^|\s)#\s*\d+[A-Za-z]?($|[\s,])", r"\1#***\2"),
)
_SELF = r"(?:我们家|我家|咱们家|咱家|本人家|自己家|自家|家里)"
_CHILD = r"(?:孩子|小孩|儿子|女儿|闺女|娃娃?|孙子|孙女|外孙女?)"
_NEXT_DOOR = r"(?:楼上|楼下|隔壁|对门|正对面|上面一层|下面一层)"
_DWELLER = r"(?:业主|住户|居民|租户|邻居|家长|房东|老住户)"
_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_NUMBER_OF = "电话|手机号?|联系方式|微信号?|QQ号?|phone|tel|call me at"
_KIN = "爱人|老公|老婆|丈夫|妻子|父母|父亲|母亲|爸妈?|妈妈?|老人"
_ENGLISH_CHILD = "son|daughter|child|children|kids?|grandson|granddaughter"
_ENGLISH_NEXT_DOOR = "above|below|next door to|next to|upstairs from|downstairs from|across from"
_ENGLISH_HOME = "apartment|flat|unit|house|home|building|floor|stairwell"
_TEXT_RULES = (
    (r"1[3-9]\d\*{4}\d{4}", STARS),
    (r"(^|\D)(?:\(0\d{2,3}\)|0\d{2,3})[\-\s]?\d{7,8}($|\D)", rf"\1{STARS}\2"),
    (rf"(?i)((?:{_NUMBER_OF})[:：是为]?\s*)[A-Za-z0-9_\-+]{{5,}}", rf"\1{STARS}"),
    (rf"{_PROVINCE}[A-Z][·\s]?[A-Z0-9]{{5,6}}", STARS),
    (rf"(我叫|我姓|本人叫|本人姓名?[:：]?)[{_HAN}]{{1,4}}", rf"\1{STARS}"),
    (rf"(?:我|本人|我们)(?:是|住在?|家住)[^，。,.；;！!？?\s]{{0,16}}?的?({_DWELLER})", r"某\1"),
    (r"(?:我|本人|我们)(?:家?住在?|家在)[^，。,.；;！!？?\s]{1,16}", "住在附近"),
    (rf"(?:我们?|咱们?|本人)?(?:家)?的?{_CHILD}", "某孩子"),
    (r"[一二三四五六七八九\d]+年级\s*[（(]?[一二三四五六七八九十\d]+[）)]?\s*班", "某班"),
    (r"[初高][一二三]\s*[（(]?[一二三四五六七八九十\d]+[）)]?\s*班", "某班"),
    (rf"{_SELF}?的?{_NEXT_DOOR}(?:那?家|{_DWELLER})?", "附近"),
    (_SELF, "某户"),
    (rf"(?:我们?|咱们?|本人)(?:的)?(?:{_KIN})", "家人"),
    (r"(?:我们?|咱们?|本)(?:这个?|那个?)?单元", "某单元"),
    (r"(?:我们?这|我们?|本|同一?)层(楼)?", "某层"),
    (rf"(?i)\b(?:my|our)\s+(?:{_ENGLISH_CHILD})\b", "a child"),
    (rf"(?i)\b(?:{_ENGLISH_NEXT_DOOR})\s+(?:me|us)\b", "nearby"),
    (r"(?i)\b(?:my|our)\s+(?:upstairs|downstairs|next[\- ]door)?\s*neighbou?rs?\b", "neighbours"),
    (rf"(?i)\b(?:my|our)\s+(?:{_ENGLISH_HOME})\b", "a home"),
)


def hide_rooms(texts: pa.Array) -> pa.Array:
    """Return addresses with what leads to the door hidden: 12号楼3单元***室; nulls stay.

    Estate, building and stairwell stay, and the range of a street's house numbers.
    """
    return _apply(texts, _ROOM_RULES)


def find_rooms(text: str) -> list[str]:
    """Return what of a text leads to a door, as it stands there: what `hide_rooms` hides.

    Examples
    --------
    >>> find_rooms("示例花园12号楼3单元1001室")
    ['1001室']
    """
    found = []
    for pattern, replacement in _ROOM_RULES:
        found += [match[0].strip() for match in re.finditer(pattern, text)]
        text = re.sub(pattern, replacement, text)
    return found


def scrub_texts(texts: pa.Array) -> pa.Array:
    """Return what people wrote without what tells who they are; nulls stay.

    Hidden are telephones, identity numbers, plates, rooms, the names they give themselves and
    pupils, and words that place the writer: 我家, 楼上, 我孩子, 三年级2班, my son, next to me.

    Examples
    --------
    >>> scrub_texts(pa.array(["我家楼上501室补课，我孩子在三年级2班"])).to_pylist()
    ['附近***室补课，某孩子在某班']
    """
    return _apply(hide_rooms(mask_prose(texts)), _TEXT_RULES)


def mask_staff(batch: pa.RecordBatch, contract: TableContract) -> pa.RecordBatch:
    """Return rows with names and telephones of staff masked."""
    for field in contract.stored:
        if field.personal is Personal.STAFF and field.name in batch.schema.names:
            mask = mask_phones if "phone" in field.name else mask_names
            batch = _with(batch, field.name, mask(_text(batch, field.name)))
    return batch


def shown_unmasked(contract: TableContract) -> tuple[str, ...]:
    """Return the columns that `mask_batch` changes and that leave in clear without it."""
    return tuple(
        field.name
        for field in contract.stored
        if field.name not in _COMPLAINANT
        and not field.key_from
        and (field.name in _ADDRESSES | _ROOMS or field.personal in FREE_TEXT | {Personal.STAFF})
    )


def masked_for_good(contract: TableContract) -> dict[str, str]:
    """Return the columns that leave masked in any case, with the reason.

    ``complainant``: only the hotline clerk learns who complained, one ticket at a time; ``door``:
    masked when it was imported, so that nobody has more of it.
    """
    always = {Personal.NAME, Personal.PHONE}
    return {
        field.name: "complainant" if field.name in _COMPLAINANT else "door"
        for field in contract.stored
        if not field.key_from and (field.name in _COMPLAINANT or field.personal in always)
    }


def mask_batch(batch: pa.RecordBatch, contract: TableContract) -> pa.RecordBatch:
    """Return rows as they may leave the office.

    Complainants are three stars, staff and other persons masked, rooms hidden, what people wrote
    scrubbed; of a complaint that is confidential – also where nobody said so – no text stays.
    """
    batch = mask_staff(batch, contract)
    prose = [f.name for f in contract.stored if f.personal in FREE_TEXT]
    for name in batch.schema.names:
        if name in _COMPLAINANT | _ROOMS:
            texts = _text(batch, name)
            batch = _with(batch, name, pc.if_else(pc.is_valid(texts), STARS, None))
        elif name in _ADDRESSES:
            batch = _with(batch, name, _apply(hide_rooms(_text(batch, name)), _TEXT_RULES))
        elif name in prose:
            batch = _with(batch, name, scrub_texts(_text(batch, name)))
    return _hide_confidential(batch, prose) if CONFIDENTIAL in batch.schema.names else batch


def _hide_confidential(batch: pa.RecordBatch, prose: list[str]) -> pa.RecordBatch:
    marked = batch.column(batch.schema.get_field_index(CONFIDENTIAL))
    secret = pc.fill_null(marked, fill_value=True)
    for name in prose:
        if name in batch.schema.names:
            texts = _text(batch, name)
            hide = pc.and_(secret, pc.is_valid(texts))
            batch = _with(batch, name, pc.if_else(hide, HIDDEN, texts))
    return batch


def _apply(texts: pa.Array, rules: tuple[tuple[str, str], ...]) -> pa.Array:
    for pattern, replacement in rules:
        texts = pc.replace_substring_regex(texts, pattern, replacement)
    return texts


def _text(batch: pa.RecordBatch, name: str) -> pa.Array:
    return batch.column(batch.schema.get_field_index(name)).cast(pa.large_string())


def _with(batch: pa.RecordBatch, name: str, values: pa.Array) -> pa.RecordBatch:
    at = batch.schema.get_field_index(name)
    return batch.set_column(at, name, values.cast(batch.schema.field(at).type))
