"""Read Japanese addresses: a town, then its 丁目, block and house in numbers, not rooms.

本町5-12-100 is house 100 of block 12 of 本町5丁目; a Chinese 花园5-12-100 is a room. A text is
Japanese where 丁目 or 番 stand among its numbers, or where the words before them say so: a
prefecture, one of the large cities, kana, a character that only Japan writes, or 町 right before
two or three small numbers. Where most addresses of an office are, those without a sign are too.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

from geo.addresses.lexicon import read_numeral

_CITIES: Final = (
    "札幌|仙台|さいたま|千葉|横浜|川崎|相模原|新潟|静岡|浜松|名古屋|京都|大阪|堺|神戸|岡山|広島|北九州|"
    "福岡|熊本"
)
_PREFECTURE: Final = r"東京都|(?:北海道|(?:京都|大阪)府)(?=[^\d]{1,4}[市郡])|[^\d\s]{2,3}県"
_KANA: Final = "ぁ-ねは-んァ-ヺ"
"""Not の, which Chinese estates have in their names."""
_SIGN: Final = re.compile(rf"^(?:{_PREFECTURE})|(?:{_CITIES})市|[{_KANA}県沢桜渋駅広関栄鉄黒豊塩]")
_AREAS: Final = re.compile(
    rf"^(?:(?:{_PREFECTURE})\s*)?(?:[^\d\s市]{{1,4}}市\s*(?=[^\d\s市区]{{1,4}}区))?"
)
"""Left out: a prefecture, and a city that has wards; the ward and other cities stay."""
_NUMERAL: Final = re.compile(r"[一二三四五六七八九十]+(?=丁目|番地)")
_DASHES: Final = re.compile(r"(?<=\d)\s*[-‐-―−ーの~]\s*(?=\d)")
_NUMBER: Final = re.compile(
    r"\s*(?P<parts>\d{1,4}(?:(?:丁目|番地の?|番-?|号?-)\s?\d{1,4}){0,3})(?P<last>丁目|番地|番|号)?"
    r"(?![\d条線町丁番栋幢座棟楼单單弄巷室层層階院]|号[楼院])"
)
_MAY_BE: Final = re.compile(rf"{_SIGN.pattern}|丁目|番|町\s*\d")
_TOWN_ALONE: Final = re.compile(r"町$")
_MARKED: Final = re.compile(r"丁目|番地|番\d")
_HOUSE: Final = 3
"""Parts of a number: 丁目, block and house; one more is a room."""
_MOST_HOUSES: Final = 99
"""Behind a mere 町: 301 may be a room."""
_NO_ROOM: Final = re.compile(r"[\u4e00-\u9fff]\d{1,3}-\d{1,3}-\d{1,2}(?!\d)")
"""A room would have its floor and two digits, as 5-2-301 does."""
_FEWEST, _LOOKED_AT = 20, 2_000
_ROOM: Final = re.compile(r"(?<!\d)(\d{1,5})(?:号室|号|室)?$")


class JapaneseAddress(NamedTuple):
    """Hold the town with its ward, the number as 5丁目12番100号, the room, and what follows."""

    town: str
    number: str
    rooms: tuple[str, ...]
    rest: str


def are_japanese(addresses: Sequence[str]) -> bool:
    """Say whether most addresses with a number are Japanese, by their signs or by short numbers.

    ``addresses``: those of an office; of very many some are looked at, in even steps.
    """
    some = addresses[:: max(1, len(addresses) // _LOOKED_AT)]
    numbered = [text for text in some if re.search(r"\d", text)]
    like = sum(bool(_NO_ROOM.search(text) or read_japanese(text)) for text in numbered)
    return len(numbered) >= _FEWEST and 2 * like > len(numbered)


def in_one_style(addresses: Sequence[str]) -> Sequence[str]:
    """Return an office's addresses, as Japanese ones where most of them are."""
    return [in_japanese(text) for text in addresses] if are_japanese(addresses) else addresses


def in_japanese(text: str) -> str:
    """Return an address as one that is plainly Japanese, where it has a town and a number."""
    read = read_japanese(text, sure=True)
    return " ".join([read.town + read.number, read.rest]).strip() if read else text


def read_japanese(text: str, *, sure: bool = False) -> JapaneseAddress | None:
    """Return the parts of an address that is plainly Japanese, else None; never raise.

    ``sure``: whether other addresses say that it is, so that it need have no sign itself.
    """
    if not (sure or _MAY_BE.search(text)):
        return None
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = _NUMERAL.sub(lambda found: str(read_numeral(found[0])), plain)
    plain = _DASHES.sub("-", plain)
    found = next((m for m in _NUMBER.finditer(plain) if m.start()), None)
    if found is None:
        return None
    before, parts = plain[: found.start()], re.findall(r"\d+", found["parts"])
    town = _AREAS.sub("", before).replace(" ", "")
    if not town or not (sure or _is_japanese(before, found, parts)):
        return None
    rest = plain[found.end() :].strip(" ,、")
    room = _ROOM.search(rest)
    rooms = tuple(parts[_HOUSE:]) or ((room[1],) if room else ())
    return JapaneseAddress(town, _canonical(parts[:_HOUSE], found), rooms, rest)


def _is_japanese(before: str, found: re.Match[str], parts: list[str]) -> bool:
    if _MARKED.search(found[0]) or _SIGN.search(before):
        return True
    house = len(parts) > 1 and int(parts[-1]) <= _MOST_HOUSES
    return house and bool(_TOWN_ALONE.search(before)) and len(parts) <= _HOUSE


def _canonical(parts: list[str], found: re.Match[str]) -> str:
    """Return a number in the one form that is read as Japanese wherever it stands."""
    numbers = [str(int(part)) for part in parts]
    with_chome = len(numbers) == _HOUSE or "丁目" in found[0]
    words = ("丁目", "番", "号") if with_chome else ("番", "号")
    if len(numbers) == 1 and not with_chome:
        return f"{numbers[0]}番地"
    return "".join(number + word for number, word in zip(numbers, words, strict=False))
