"""Tell code pages of other alphabets from Chinese, in bytes that GB18030 would read as well."""

import re
from collections import Counter
from typing import Final

_ALONE: Final = (
    rb"(?<=[A-Za-z])%b{1,3}(?![\x80-\xff])|(?<![\x80-\xff])%b{1,3}(?=[A-Za-z])"
    rb"|(?<![\x80-\xff])%b(?=[\s;,\"])"
)
"""Beside a plain letter, or a word by itself (København Ø): no Chinese ends with a blank's byte."""
_WESTERN_LETTER: Final = rb"[\xc0-\xff]"
_EASTERN_LETTER: Final = (
    rb"[\x8a-\x8f\x9a-\x9f\xa1\xa3\xa5\xa6\xa9-\xac\xae-\xb1\xb3\xb5\xb6\xb9-\xbc\xbe-\xff]"
)
_WESTERN: Final = re.compile(_ALONE % ((_WESTERN_LETTER,) * 3))
_EITHER: Final = re.compile(_ALONE % ((_EASTERN_LETTER,) * 3))
_WESTERN_PAGE: Final = "cp1252"
_ALPHABETS: Final = {
    _WESTERN_PAGE: (
        "äöüßé", "àâæçéèêëîïôœùûüÿ", "áéíñóúüªº", "áâãàçéêíóôõúüªº", "àèéìíîòóùªº", "éèëïóöüá",
        "åäöéü", "æøåéöäü", "áéíóúýþæöð",
    ),
    "cp1254": ("çğıöşüâîûİ",),
    "cp1250": (
        "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž",
    ),
    "iso8859-2": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "čćđšž"),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž"),
}  # fmt: skip
"""Code page → the letters beyond a to z of languages that are written in it.

German, French, Spanish, Portuguese, Italian, Dutch, Swedish and Finnish, Danish and Norwegian,
Icelandic; Turkish; Polish, Czech, Slovak, Hungarian, Romanian, Croatian; Lithuanian, Latvian.
"""
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
_MOSTLY_ACCENTED, _MOSTLY_SMALL, _SOME_A = 0.8, 0.55, 0.02
_WELL_READ, _CLEARLY_BETTER = 0.9, 0.05
_FEWEST_SYLLABLES, _NEARLY_ALL, _MOST = 25, 0.97, 0.6


def other_alphabet(sample: bytes) -> str | None:
    """Return the code page of a text in Latin or Cyrillic letters, Korean or Japanese, else None.

    Letters with accents stand one to three beside a plain one, or one by itself, as do the marks of
    Windows-1252; which page they are in is told by the languages (`_latin_page`). Of Russian (1251)
    most are the small letters, the last bytes there are. Of Korean (EUC-KR, CP949) nearly all are
    syllables, where Chinese read so is half of rarer signs. Of Japanese (Shift JIS) hardly a byte
    is lost or a narrow letter, of which Chinese would be full.
    """
    above = len(_ABOVE_ASCII.findall(sample))
    western, either = (sum(map(len, each.findall(sample))) for each in (_WESTERN, _EITHER))
    marks = len(_TYPOGRAPHY.findall(sample))
    if max(western, either) + marks > _MOSTLY_ACCENTED * above:
        page = _latin_page(sample)
        if page != _WESTERN_PAGE or western + marks > _MOSTLY_ACCENTED * above:
            return page
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


def _latin_page(sample: bytes) -> str:
    """Return the code page in which the letters with accents are those of one language.

    Windows-1252, unless a language of another page has nearly all of them (``ğ``, ``ş`` and ``ı``
    of Turkish are ``ð``, ``þ`` and ``ý`` in 1252), and clearly more than any of 1252: a name from
    elsewhere among German ones proves nothing. ISO 8859-2 and 1250 differ in a few letters (``ą``,
    ``ś``, ``ž``), signs in the other one: of equal shares the page with more letters holds.
    """
    counts = Counter(_ABOVE_ASCII.findall(sample))
    read = {page: max(_letters_of(counts, page, each) for each in alphabets)
            for page, alphabets in _ALPHABETS.items()}  # fmt: skip
    best = max(read, key=read.__getitem__)
    clear = read[best][0] >= max(_WELL_READ, read[_WESTERN_PAGE][0] + _CLEARLY_BETTER)
    return best if clear else _WESTERN_PAGE


def _letters_of(counts: Counter[bytes], page: str, alphabet: str) -> tuple[float, int]:
    """Return how many of the bytes that are letters in a code page are of an alphabet.

    As a share, and as a number.
    """
    letters = {each.encode(page, "ignore") for each in alphabet + alphabet.upper()}
    every = {byte: n for byte, n in counts.items() if byte.decode(page, "ignore").isalpha()}
    found = sum(n for byte, n in every.items() if byte in letters)
    return found / max(1, sum(every.values())), found


def _is_most(some: int, others: int, share: float) -> bool:
    return some > share * (some + others)
