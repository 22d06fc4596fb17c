"""Treat personal columns at import: drop, mask, or replace by a keyed hash.

Three rules. Columns that may not be held (identity numbers, pupils) are dropped before anything
else sees them, and counted. Names and telephone numbers are masked; a hash with the workspace's
key lets one person be recognised again without being known. Numbers inside prose are masked too,
and so is the name of who wrote it.
"""

import re
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.loader import read_cell_words
from data.contracts.model import Field, Kind, Personal, simplify
from data.lake.text_bytes import bytes_of, bytes_of_texts, holds
from data.privacy.contacts import hide_contacts, mask_contacts
from data.privacy.keyed_digests import keyed_digests

KEY_DIGITS = 16

_MINOR = r"(?:学生|学员|小朋友|孩子|儿童|幼儿|未成年人?|小孩|子女|pupil|student|child|minor)"
_FORBIDDEN = re.compile(
    r"身份证|证件号|公民身份|护照|驾驶证|银行卡|银行账号|社保号|学籍号|监护人证件"
    r"|idcard|identity(?:card)?(?:no|number)"
    rf"|nationalid|sfzh|zjhm|gmsfh"
    rf"|{_MINOR}(?:的)?(?:姓名|名字|名单|信息|联系|电话|手机|住址|照片|班级|name|phone)"
    rf"|{_MINOR}$"
)
_ALLOWED = re.compile(r"人数|数量|数$|count|number of")

_ORGANISATION = re.compile(
    r"公司|中心|学校|学院|幼儿园|机构|工作室|合作社|银行|医院|酒店|宾馆|超市|商店|商行|餐|饭店|咖啡"
    r"|托管|书店|事务所|俱乐部|协会|集团|企业|经营部|服务部|门市|店$|厂$|部$|社$|馆$|局$|所$|院$|办$"
    r"|居委会|村委会|街道|物业|社区|政府|人民|国有|单位"
    r"|业委会|业主委员会|业主大会|全体业主|^业主(?:共有|共同共有|共同所有|自管|自治)?$"
    r"|\b(?:inc|llc|ltd|corp|co|company|store|restaurant|market|school|center|centre|cafe|grill|foods?"
    r"|pizza|deli|bar|shop|hotel|church|kitchen|bakery|club|group|services?|care|academy)\b",
    re.IGNORECASE,
)
NOBODY = frozenset(read_cell_words()["nobody"])
_NOBODY = pa.array(sorted(NOBODY), pa.large_string())
_SHORTEST_PHONE = 7
_MOBILE_DIGITS = 11
_COUNTRY_CODE = r"^(?:\+|00)86[\s\-]*"

_PROVINCES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]"
IDENTITY_NUMBER = (
    rf"(^|[^0-9])((?:{_PROVINCES})[0-9]{{4}})[ \-]?(?:18|19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])"
    r"(?:0[1-9]|[12][0-9]|3[01])[ \-]?[0-9]{3}[0-9Xx]"
)
MOBILE_NUMBER = r"(^|[^0-9])(1[3-9][0-9])[ \-]?[0-9]{4}[ \-]?([0-9]{4})($|[^0-9])"
PUPIL_NAME = (
    r"((?:学生|学员|孩子|儿童|儿子|女儿|小孩)(?:的)?(?:姓名|名字|叫做|名叫|叫)[:：是为]?\s*)"
    r"[\x{4e00}-\x{9fff}]{2,4}"
)
_CALLED = ("姓名", "名字", "叫")
"""Words of which one stands before each name that `PUPIL_NAME` finds."""
_FULL_NAME = r"^(?:[\x{4e00}-\x{9fff}·]{2,6}|[A-Za-z'\-]+(?:\.? [A-Za-z'\-]+)+)$"
_NO_FULL_NAME = (
    "(?:先生|女士|小姐|同志|师傅|老师|家长|家人|父亲|母亲|爸爸|妈妈|阿姨|大[爷妈]|奶奶|爷爷"
    "|业主|租户|住户|居民|村民|市民|群众|学生|同学|网友|用户|[人者方某])$"
)
"""Endings of what a cell for a name holds where it tells who somebody is to others."""
_WIDE_DIGITS = "０１２３４５６７８９"
_WIDE_NUMBER = rf"[{_WIDE_DIGITS}][{_WIDE_DIGITS} \-]{{9,}}"
_PERHAPS_PERSONAL = rf"[0-9][0-9 \-]{{9,}}[0-9Xx]|{_WIDE_NUMBER}|{'|'.join(_CALLED)}"
_TELLING = [each.encode() for each in (*_CALLED, *_WIDE_DIGITS)]
_DIGITS = len(_WIDE_DIGITS)


def may_not_be_held(header: str) -> bool:
    """Return whether a column of this name must be thrown away on import.

    Counts of pupils are welcome; their names, and anybody's identity number, are not.
    """
    text = simplify(header).replace("/", "")
    return bool(_FORBIDDEN.search(text)) and not _ALLOWED.search(text)


def is_organisation(name: str) -> bool:
    """Return whether `name` is plainly that of an organisation, which has no privacy to lose."""
    return bool(_ORGANISATION.search(name))


def mask_name(name: str) -> str:
    """Return `name` with all but its first character hidden; organisations stay as they are.

    Examples
    --------
    >>> mask_name("张三丰"), mask_name("示例托管中心"), mask_name("John Smith")
    ('张**', '示例托管中心', 'J**')
    """
    if not name or is_organisation(name):
        return name
    return f"{name[0]}**"


def key_column(originals: Sequence[pa.Array], *, secret: bytes) -> pa.Array:
    """Return 16 hex digits for the first original of each row that names a person, else null.

    HMAC-SHA256 over the normalised original, so equal people give equal keys within a workspace
    and nobody without its secret can try names. Masked, anonymous and empty originals have none.

    ``originals``: unmasked text columns of equal length, best first (telephone, then name).
    """
    if not secret:
        return pa.nulls(len(originals[0]), pa.large_string())
    named = _who(originals[0])
    for texts in originals[1:]:
        if named.null_count:
            named = pc.coalesce(named, _who(texts))
    coded = named.dictionary_encode()
    digests = keyed_digests(secret, bytes_of_texts(coded.dictionary))
    keys = [digest.hex()[:KEY_DIGITS] for digest in digests]
    return pa.array(keys, pa.large_string()).take(coded.indices)


def _who(texts: pa.Array) -> pa.Array:
    """Return the spelling under which a person is recognised, null where nobody is named."""
    if pc.all(pc.ascii_is_decimal(texts)).as_py():
        return _numbers_of(texts)
    plain = pc.utf8_lower(pc.utf8_normalize(texts, form="NFKC"))
    masked = pc.match_substring(plain, "*")
    plain = pc.replace_substring_regex(plain, r"[\s_\-]+", "")
    plain = pc.replace_substring_regex(plain, _COUNTRY_CODE, "")
    is_number = pc.match_substring_regex(plain, r"^[\d+()转,;/]+$")
    number = _numbers_of(pc.replace_substring_regex(plain, r"\D", ""))
    name = pc.if_else(pc.is_in(plain, value_set=_NOBODY), None, plain)
    name = pc.if_else(pc.equal(name, ""), None, name)
    return pc.if_else(masked, None, pc.if_else(is_number, number, name))


def _numbers_of(digits: pa.Array) -> pa.Array:
    """Return the last eleven digits of numbers that can be somebody's."""
    real = pc.and_(
        pc.greater_equal(pc.utf8_length(digits), _SHORTEST_PHONE),
        pc.invert(pc.match_substring_regex(digits, "^(?:0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$")),
    )
    return pc.if_else(real, pc.utf8_slice_codeunits(digits, start=-_MOBILE_DIGITS), None)


def mask_phones(texts: pa.Array) -> pa.Array:
    """Return telephone numbers with their middle hidden: 138****5678; short ones lose more."""
    if pc.all(pc.match_substring_regex(texts, r"^\d{7,}$")).as_py():
        ends = pc.utf8_slice_codeunits(texts, 0, 3), pc.utf8_slice_codeunits(texts, -4)
        return pc.binary_join_element_wise(*ends, pa.scalar("****", pa.large_string()))
    plain = pc.utf8_trim_whitespace(pc.utf8_normalize(texts, form="NFKC"))
    digits = pc.replace_substring_regex(plain, _COUNTRY_CODE, "")
    digits = pc.replace_substring_regex(digits, r"\D", "")
    long_one = pc.replace_substring_regex(digits, r"^(\d{3})\d*(\d{4})$", r"\1****\2")
    short_one = pc.replace_substring_regex(plain, r"(?s)^(.).*$", r"\1****")
    is_long = pc.greater_equal(pc.utf8_length(digits), _SHORTEST_PHONE)
    hidden = pc.if_else(is_long, long_one, short_one)
    return pc.if_else(pc.match_substring(texts, "*"), texts, hidden)


def mask_names(texts: pa.Array) -> pa.Array:
    """Return names as `mask_name` shows them."""
    coded = texts.dictionary_encode()
    shown = [None if v is None else mask_name(v) for v in coded.dictionary.to_pylist()]
    return pa.array(shown, pa.large_string()).take(coded.indices)


def hide_names(texts: pa.Array, names: pa.Array) -> pa.Array:
    """Return `texts` in which the full name of their row's person is as `mask_name` shows it."""
    plain = pc.if_else(pc.is_in(names, value_set=_NOBODY), None, names)
    full = pc.and_not(
        pc.match_substring_regex(plain, _FULL_NAME), pc.match_substring_regex(plain, _NO_FULL_NAME)
    )
    rows = np.flatnonzero(pc.and_(pc.fill_null(full, fill_value=False), texts.is_valid()))
    pairs = zip(texts.take(rows).to_pylist(), names.take(rows).to_pylist(), strict=True)
    hidden = [
        (row, text.replace(name, mask_name(name)))
        for row, (text, name) in zip(rows, pairs, strict=True)
        if name in text
    ]
    if not hidden:
        return texts
    is_hidden = np.zeros(len(texts), bool)
    is_hidden[[row for row, _ in hidden]] = True
    shown = pa.array([text for _, text in hidden], texts.type)
    return pc.replace_with_mask(texts, pa.array(is_hidden), shown)


def mask_prose(texts: pa.Array) -> pa.Array:
    """Return `texts` with identity numbers, mobile numbers and pupils' names hidden."""
    if not _may_be_personal(texts):
        return texts
    perhaps = pc.fill_null(pc.match_substring_regex(texts, _PERHAPS_PERSONAL), fill_value=False)
    if not pc.any(perhaps).as_py():
        return texts
    return pc.replace_with_mask(texts, perhaps, _mask_personal(texts.filter(perhaps)))


def mask_text(text: str) -> str:
    """Return one text as `mask_prose` shows it."""
    masked: str = mask_prose(pa.array([text], pa.large_string()))[0].as_py()
    return masked


def hide_numbers(text: str) -> str:
    """Return what somebody types with telephone and identity numbers and accounts hidden.

    Examples
    --------
    >>> hide_numbers("回电 13800001111，身份证 370902198801011234")
    '回电 138****1111，身份证 370902************'
    """
    return mask_text(hide_contacts(text))


def hides_numbers(*texts: str) -> bool:
    """Say whether `hide_numbers` would hide something in one of some texts."""
    return any(hide_numbers(text) != text for text in texts)


def _may_be_personal(texts: pa.Array) -> bool:
    """Say whether `_PERHAPS_PERSONAL` may match any of some texts, by a look at their bytes."""
    raw = bytes_of(texts)
    if holds(raw, _TELLING):
        return True
    in_number = (raw - ord("0") < _DIGITS) | (raw == ord(" ")) | (raw == ord("-"))
    for step in (1, 2, 4, 2):  # which is left where ten of them follow each other
        in_number = in_number[step:] & in_number[:-step]
    return bool(in_number.any())


def _mask_personal(texts: pa.Array) -> pa.Array:
    wide = pc.match_substring_regex(texts, _WIDE_NUMBER)
    texts = pc.if_else(wide, pc.utf8_normalize(texts, form="NFKC"), texts)
    masked = pc.replace_substring_regex(texts, IDENTITY_NUMBER, r"\1\2************")
    for _ in range(2):  # neighbours share the character between them, so one pass may skip one
        masked = pc.replace_substring_regex(masked, MOBILE_NUMBER, r"\1\2****\3\4")
    return pc.replace_substring_regex(masked, PUPIL_NAME, r"\1**")


def _mask_contacts_and_prose(texts: pa.Array) -> pa.Array:
    return mask_prose(mask_contacts(texts))


def mask_column(texts: pa.Array, personal: Personal) -> pa.Array:
    """Return `texts` treated as `personal` demands, nulls kept."""
    ways: dict[Personal, Callable[[pa.Array], pa.Array]] = {
        Personal.NAME: mask_names,
        Personal.PHONE: mask_phones,
        Personal.PROSE: mask_prose,
        Personal.CONTACTS: _mask_contacts_and_prose,
    }
    way = ways.get(personal)
    return texts if way is None or texts.null_count == len(texts) else way(texts)


def mask_sent(texts: pa.Array, header: str, field: Field | None) -> pa.Array:
    """Return a column as sent, with people masked: as the field that takes it, else its header."""
    if field is not None and field.kind is Kind.GRADE:  # a number, or whatever was written instead
        return mask_prose(texts)
    return mask_column(texts, field.treatment if field else treatment_of(header))


def treatment_of(header: str) -> Personal:
    """Return how a column that no field claims is treated, by what its header says."""
    text = simplify(header)
    if re.search(r"电话|手机|联系方式|号码|phone|mobile", text):
        return Personal.PHONE
    if re.search(r"姓名|联系人|户主|业主|人$|ownername|fullname|contact", text):
        return Personal.NAME
    return Personal.PROSE
