"""Keyed hashes of the words of a name: the trade that it tells of, without telling whose it is.

A word is a run of three Latin letters or more, or two Chinese characters that stand side by side
(教育, 培训). What a place is registered for (教育咨询服务；文具用品零售) tells of its trade as
well: each activity is a word as a whole. The keys stand in order of their digits, so that no name
can be put together again.
"""

import hmac
import re
import unicodedata
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from data.privacy.pseudonyms import NOBODY

WORD_KEY_DIGITS: Final = 8
WORD_KEYS_PATTERN: Final = rf"^[0-9a-f]{{{WORD_KEY_DIGITS}}}(?: [0-9a-f]{{{WORD_KEY_DIGITS}}})*$"
_LATIN: Final = re.compile(r"[^\W\d_]{3,}", re.ASCII)
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]{2,}")
_ASIDE: Final = re.compile(r"\([^()]*\)|(?:一般|许可)(?:经营)?项目:")
"""What registers write around activities: 一般项目：, （除依法须经批准的项目外 …）."""
_BETWEEN: Final = re.compile(r"[;,、。|\n]+")
_LEAST_ACTIVITY: Final = 2
_ACTIVITY: Final = "activity:"
_SEPARATOR: Final = "\x1f"


def words_of_name(name: str) -> set[str]:
    """Return the words of a name; none of one that is masked or names nobody.

    Examples
    --------
    >>> sorted(words_of_name("示例教育 Ltd. 2"))
    ['ltd', '例教', '教育', '示例']
    """
    plain = unicodedata.normalize("NFKC", name).lower()
    if "*" in plain or plain.strip() in NOBODY:
        return set()
    pairs = (run[at : at + 2] for run in _CHINESE.findall(plain) for at in range(len(run) - 1))
    return {*_LATIN.findall(plain), *pairs}


def activities_of(registered: str) -> set[str]:
    """Return what a place is registered for, one by one, without remarks in brackets.

    Examples
    --------
    >>> sorted(activities_of("一般项目：教育咨询服务（不含培训）；文具用品零售。"))
    ['教育咨询服务', '文具用品零售']
    """
    plain = _ASIDE.sub("", unicodedata.normalize("NFKC", registered).lower())
    parts = (" ".join(part.split()) for part in _BETWEEN.split(plain))
    return {part for part in parts if len(part) >= _LEAST_ACTIVITY and "*" not in part}


def word_key_column(names: pa.Array, activities: pa.Array, *, secret: bytes) -> pa.Array:
    """Return the keys of the words of each row, separated by spaces; null where there is none.

    ``names``: unmasked texts. ``activities``: what the places are registered for, or nulls.
    ``secret``: key of the hashes; without one there is none.
    """
    if not secret:
        return pa.nulls(len(names), pa.large_string())
    kind = pa.large_string()
    name, registered = (pc.fill_null(each.cast(kind), "") for each in (names, activities))
    name = pc.replace_substring(name, _SEPARATOR, " ")
    told = pc.binary_join_element_wise(name, registered, pa.scalar(_SEPARATOR, kind))
    coded = told.dictionary_encode()
    each = [_keys(text, secret) for text in coded.dictionary.to_pylist()]
    return pa.array(each, kind).take(coded.indices)


def _keys(name_and_activities: str, secret: bytes) -> str | None:
    name, _, registered = name_and_activities.partition(_SEPARATOR)
    words = words_of_name(name) | {f"{_ACTIVITY}{each}" for each in activities_of(registered)}
    keys = {hmac.digest(secret, word.encode(), "sha256").hex()[:WORD_KEY_DIGITS] for word in words}
    return " ".join(sorted(keys)) or None
