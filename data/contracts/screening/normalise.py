"""Texts as they are compared: width, case, signs, digits and traditional forms undone."""

import unicodedata
from functools import cache
from typing import Final

BETWEEN: Final = "\x00"
"""Between texts that are looked through together; part of no text."""
_DROPPED: Final = frozenset(  # commas and full stops stay: what they part is no word
    " \t\r\n\u3000·•|_-~*.、'\"“”‘’()（）[]【】<>《》^`=+×\u200b\u200d\ufe0f\u20e3"
)
_SIGNS: Final = frozenset(["Mn", "Me", "Cf", "Cc", "Zs", "So", "Sk", "Co"])
_CASELESS: Final = frozenset(["Lo", "Cn"])
_TELLING_PICTURES: Final = frozenset("🎓📚🍐")
_MEANT: Final = {"⬆": "上", "⬇": "下", "Ⅰ": "1", "Ⅱ": "2", "Ⅲ": "3", "ⅰ": "1", "ⅱ": "2", "ⅲ": "3"}
_PICTURED: Final = dict(zip("🐭🐁🦅🌲🌳🐟🀄🏠🏡🈶", "鼠鼠鹰树树鱼中家家有", strict=True))
"""Pictures that are read aloud; the sound of what they show is then a word's."""
_READ: Final = _MEANT | _PICTURED
_DIGITS: Final = str.maketrans("一二三四五六七八九壹贰叁肆伍陆柒捌玖", "123456789123456789")
_LAST: Final = 0x1FFFF
_SURROGATES: Final = (0xD800, 0xE000)


def normalise(text: str) -> str:
    """Return a text as it is compared; texts between :data:`BETWEEN` stay apart."""
    return text.translate(table())


def places(text: str) -> list[int]:
    """Return for each character of the normalised text the place of its source in `text`."""
    known = table()
    return [
        at for at, each in enumerate(text) for _ in range(len(known.get(ord(each), each) or ""))
    ]


@cache
def table() -> dict[int, str]:
    """Return what becomes of each character that does not stay as it is."""
    simplified = _simplified()
    changed = {}
    for code in (*range(1, _SURROGATES[0]), *range(_SURROGATES[1], _LAST)):
        before = chr(code)
        if not _stays(before, simplified) and (after := _one(before, simplified)) != before:
            changed[code] = after
    return changed


def _stays(character: str, simplified: dict[str, str]) -> bool:
    """Say at a glance that a letter without case, or no character at all, stays as it is."""
    return (
        unicodedata.category(character) in _CASELESS
        and unicodedata.is_normalized("NFKC", character)
        and character not in simplified
        and ord(character) not in _DIGITS
    )


def _one(character: str, simplified: dict[str, str]) -> str:
    digit = unicodedata.digit(character, None)
    plain = _READ.get(character) or unicodedata.normalize("NFKC", character).lower()
    if digit is not None:
        plain = str(digit)
    plain = "".join(simplified.get(each, each) for each in plain).translate(_DIGITS)
    return "".join(each for each in plain if not _is_dropped(each))


def _is_dropped(character: str) -> bool:
    """Say whether a character is a sign between others, a mark on one, or a picture."""
    if character in _DROPPED:
        return True
    kind = unicodedata.category(character)
    return kind in _SIGNS and character != BETWEEN and character not in _TELLING_PICTURES


def _simplified() -> dict[str, str]:
    """Return the simplified form of each traditional character."""
    import opencc

    han = [chr(code) for code in (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))]
    converted = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    return {a: b for a, b in zip(han, converted, strict=True) if a != b and len(b) == 1}
