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
_TELLING_PICTURES: Final = frozenset("🎓📚🍐")
_MEANT: Final = {"⬆": "上", "⬇": "下", "Ⅰ": "1", "Ⅱ": "2", "Ⅲ": "3", "ⅰ": "1", "ⅱ": "2", "ⅲ": "3"}
_PICTURED: Final = dict(zip("🐭🐁🦅🌲🌳🐟🀄🏠🏡🈶", "鼠鼠鹰树树鱼中家家有", strict=True))
"""Pictures that are read aloud; the sound of what they show is then a word's."""
_READ: Final = _MEANT | _PICTURED
_DIGITS: Final = str.maketrans("一二三四五六七八九壹贰叁肆伍陆柒捌玖", "123456789123456789")
_LAST: Final = 0x1FFFF
_SURROGATES: Final = range(0xD800, 0xE000)


def normalise(text: str) -> str:
    """Return a text as it is compared; texts between :data:`BETWEEN` stay apart."""
    return text.translate(table())


def places(text: str) -> list[int]:
    """Return for each character of the normalised text the place of its source in `text`."""
    known = table()
    return [at for at, each in enumerate(text) for _ in range(len(known[ord(each)]))]


@cache
def table() -> dict[int, str]:
    """Return what becomes of each character, worked out when it is first asked for."""
    return _Table(_simplified())


class _Table(dict[int, str]):
    """Code → text; of the few thousand characters that texts have, not of all there are."""

    def __init__(self, simplified: dict[str, str]) -> None:
        self._simplified = simplified

    def __missing__(self, code: int) -> str:
        before = chr(code)
        stays = before == BETWEEN or code >= _LAST or code in _SURROGATES
        text = self[code] = before if stays else _one(before, self._simplified)
        return text


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
