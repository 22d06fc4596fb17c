"""Keyed hashes of the words of a name: the trade that it tells of, without telling whose it is.

A word is a run of three Latin letters or more, or two Chinese characters that stand side by side
(教育, 培训). The keys stand in order of their digits, so that no name can be put together again.
"""

import hmac
import re
import unicodedata
from typing import Final

import pyarrow as pa

from data.privacy.pseudonyms import NOBODY

WORD_KEY_DIGITS: Final = 8
WORD_KEYS_PATTERN: Final = rf"^[0-9a-f]{{{WORD_KEY_DIGITS}}}(?: [0-9a-f]{{{WORD_KEY_DIGITS}}})*$"
_LATIN: Final = re.compile(r"[^\W\d_]{3,}", re.ASCII)
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]{2,}")


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


def word_key_column(names: pa.Array, *, secret: bytes) -> pa.Array:
    """Return the keys of the words of each name, separated by spaces; null where there is none.

    ``names``: unmasked texts. ``secret``: key of the hashes; without one there is none.
    """
    coded = names.dictionary_encode()
    each = [
        _keys(name, secret) if name and secret else None for name in coded.dictionary.to_pylist()
    ]
    return pa.array(each, pa.large_string()).take(coded.indices)


def _keys(name: str, secret: bytes) -> str | None:
    keys = {
        hmac.digest(secret, word.encode(), "sha256").hex()[:WORD_KEY_DIGITS]
        for word in words_of_name(name)
    }
    return " ".join(sorted(keys)) or None
