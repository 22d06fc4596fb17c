"""Write times as figures that people tell half in words: 7点半, 19时许, 19:42左右, 11月23日晚.

So with numerals (二〇二五年三月五日), words of Korean dates (2026년 11월 23일, and 2026. 11. 23.
with a dot at its end), years of two figures (26年11月23日) and times from and until (9:30-10:20).

Of a part of the day without an hour the day alone is known.
"""

import re
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_HALF: Final = "([时点])半"
_ABOUT: Final = "([日号时点分0-9])(?:许|左右)$"
_PART_OF_DAY: Final = (
    r"([日号]|[-/.][0-9]{1,2}|周[一二三四五六日天]\)?)"
    r"\s*(?:凌晨|早上|上午|中午|下午|傍晚|晚上?|夜间|夜里)$"
)
_KOREAN: Final = (
    (r"([0-9])\s*년\s*([0-9]{1,2})\s*월\s*([0-9]{1,2})\s*일", r"\1-\2-\3"),
    (r"^([0-9]{4}\.\s*[0-9]{1,2}\.\s*[0-9]{1,2})\.", r"\1 "),
)
_SHORT_YEAR: Final = (r"^([0-9]{2})\s*年\s*([0-9]{1,2}\s*月)", r"20\1年\2")
_UNTIL: Final = (
    r"^([^T]*[^0-9:T])([0-9]{1,2}[:：][0-9]{2})\s*[-–—~至到]\s*[^0-9]{0,2}[0-9]{1,2}[:：][0-9]{2}$",
    r"\1\2",
)
"""Of 9:30-10:20 the beginning: 10:20 is no offset from UTC, which stands behind seconds or a T."""
_FORMS: Final = (
    (_HALF, r"\130"), (_ABOUT, r"\1"), (_PART_OF_DAY, r"\1"), *_KOREAN, _SHORT_YEAR, _UNTIL,
)  # fmt: skip
_FIGURE: Final = "[〇○零一二三四五六七八九十廿]"
_NUMERAL: Final = re.compile(rf"(?<!{_FIGURE}){_FIGURE}+(?=\s*[年月日号])")
"""Looked for at its first figure alone: else a long one takes the square of its length."""
_DIGITS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")


def as_figures(texts: pa.Array) -> pa.Array:
    """Return texts with such words as figures or left out; others as they are."""
    numerals = pc.match_substring_regex(texts, rf"{_FIGURE}\s*[年月]")
    if pc.any(numerals).as_py():
        spelt = [text and _NUMERAL.sub(_in_digits, text) for text in texts.to_pylist()]
        texts = pa.array(spelt, texts.type)
    for words, figures in _FORMS:
        texts = pc.replace_substring_regex(texts, words, figures)
    return texts


def _in_digits(numeral: re.Match[str]) -> str:
    """Return 2025 for 二〇二五, 11 for 十一 and 23 for 二十三 or 廿三."""
    text = numeral[0].replace("廿", "二十")
    tens, ten, ones = text.rpartition("十")
    return (f"{tens or '一'}{ones or '〇'}" if ten else text).translate(_DIGITS)
