"""Tell code pages of other alphabets from Chinese, in bytes that GB18030 would read as well."""

import re
from typing import Final

_ALONE: Final = (
    rb"(?<=[A-Za-z])%b{1,3}(?![\x80-\xff])|(?<![\x80-\xff])%b{1,3}(?=[A-Za-z])"
    rb"|(?<![\x80-\xff])%b(?=[\s;,\"])"
)
"""Beside a plain letter, or a word by itself (København Ø): no Chinese ends with a blank's byte."""
_WESTERN_LETTER: Final = rb"[\xc0-\xff]"
_EASTERN_LETTER: Final = rb"[\x8a-\x8f\x9a-\x9f\xb3\xb9\xba\xbc\xbe-\xff]"
_WESTERN: Final = re.compile(_ALONE % ((_WESTERN_LETTER,) * 3))
_EITHER: Final = re.compile(_ALONE % ((_EASTERN_LETTER,) * 3))
_EASTERN: Final = re.compile(rb"(?<=[A-Za-z])[\x9a\x9d\x9e\xb3\xb9\xbf](?=[A-Za-z])")
"""Letters of Windows-1250 (š, ť, ž, ł, ą, ż) that are signs, or rare, in Windows-1252."""
_TYPOGRAPHY: Final = re.compile(
    rb"(?<=[A-Za-z])\x92(?=[a-z])|(?<=[ -~\s])[\x85\x91-\x97](?=[\s,;.\")])"
    rb"|(?<=[\s,;\"(])[\x91\x93](?=[A-Za-z])"
)
"""Apostrophes, quotation marks and dashes of Windows-1252: Wendy's."""
_ABOVE_ASCII: Final = re.compile(rb"[\x80-\xff]")
_SMALL_CYRILLIC: Final = re.compile(rb"[\xe0-\xff]")
_CYRILLIC_A: Final = b"\xe0"
_HANGUL: Final = re.compile(r"[\uac00-\ud7a3]")
_JAPANESE: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_OTHER_THAN_HANGUL: Final = re.compile(r"[\u4e00-\u9fff\ufffd]")
_OTHER_THAN_JAPANESE: Final = re.compile(r"[\uff61-\uff9f\ufffd]")
_MOSTLY_ACCENTED, _SOME_EASTERN, _MOSTLY_SMALL, _SOME_A = 0.8, 0.05, 0.55, 0.02
_FEWEST_SYLLABLES, _NEARLY_ALL, _MOST = 25, 0.97, 0.6


def other_alphabet(sample: bytes) -> str | None:
    """Return the code page of a text in Latin or Cyrillic letters, Korean or Japanese, else None.

    Letters with accents (Windows-1252 and, of Poles and Czechs, 1250) stand one to three beside a
    plain one, or one by itself, as do the marks of 1252. Of Russian (1251) most are the small
    letters, the last bytes there are. Of Korean (EUC-KR, CP949) nearly all are syllables, where
    Chinese read so is half of rarer signs. Of Japanese (Shift JIS) hardly a byte is lost or a
    narrow letter, of which Chinese would be full.
    """
    above = len(_ABOVE_ASCII.findall(sample))
    western, either = (sum(map(len, each.findall(sample))) for each in (_WESTERN, _EITHER))
    western += len(_TYPOGRAPHY.findall(sample))
    eastern = len(_EASTERN.findall(sample)) > _SOME_EASTERN * above
    if max(western, either * eastern) > _MOSTLY_ACCENTED * above:
        return "cp1250" if eastern else "cp1252"
    small = len(_SMALL_CYRILLIC.findall(sample)) > _MOSTLY_SMALL * above
    if small and sample.count(_CYRILLIC_A) > _SOME_A * above:
        return "cp1251"
    korean = sample.decode("cp949", errors="replace")
    syllables = _HANGUL.findall(korean)
    if len(set(syllables)) >= _FEWEST_SYLLABLES and _is_most(
        len(syllables), len(_OTHER_THAN_HANGUL.findall(korean)), _NEARLY_ALL
    ):
        return "cp949"
    japanese = sample.decode("cp932", errors="replace")
    wide, narrow = len(_JAPANESE.findall(japanese)), len(_OTHER_THAN_JAPANESE.findall(japanese))
    return "cp932" if _is_most(wide, narrow, _MOST) else None


def _is_most(some: int, others: int, share: float) -> bool:
    return some > share * (some + others)
