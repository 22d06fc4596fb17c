"""Read plain Western street addresses: number, direction, name, type, then whatever follows.

The rules are those of North American street addressing in general (USPS Publication 28 for the
abbreviations); none knows a city. A number range is read as its first number; everything after
the street type – unit, floor, suite, city, state, postcode – is ``rest``.
"""

import re
import unicodedata
from dataclasses import dataclass

from benchmarks.chicago.western_words import (
    DIRECTIONS,
    ORDINAL_WORDS,
    PARTICLES,
    STATES,
    STATES_LIKE_WORDS,
    TYPES,
    UNIT_WORDS,
)

_NUMBER = re.compile(
    r"^(?P<first>\d[\dO]{0,6})"
    r"(?:(?P<letter>[A-Z]{1,2})(?=[\s-])|\s+(?P<apart>[A-DF-MO-RT-VX-Z])(?=\s+[NSEW]\s)|-[A-Z](?=\s))?"
    r"(?:\s*-?\s*(?P<half>\d/\d)(?=\s))?"
    r"(?:\s*(?:-|&|/|\bTO\b)\s*(?P<last>\d[\dO]{0,6})[A-Z]{0,2}(?:\s+\d/\d)?(?=\s))?"
    r"\s+(?=\S)"
)
_STATE_TAIL = re.compile(
    r"(?P<comma>,?)\s*\b(?P<state>[A-Z]{2})\.?(?P<zip>\s+\d{5}(?:-\d{4})?)?\s*$"
)
_ZIP_TAIL = re.compile(r"[\s,]+\d{5}(?:-\d{4})?\s*$")
_ORDINAL = re.compile(r"^\d+(?:ST|ND|RD|TH)$")


@dataclass(frozen=True, kw_only=True)
class WesternAddress:
    """Hold the parts of one Western street address, all in capitals; '' where a part is absent."""

    name: str
    number: str = ""
    number_last: str = ""
    direction: str = ""
    street_type: str = ""
    post_direction: str = ""
    rest: str = ""

    @property
    def street(self) -> str:
        """Return the street without the house number, e.g. ``N STATE ST``."""
        parts = (self.direction, self.name, self.street_type, self.post_direction)
        return " ".join(part for part in parts if part)

    @property
    def key(self) -> str:
        """Return the building-level key: number and street."""
        return f"{self.number} {self.street}" if self.number else self.street


def parse_western(text: str) -> WesternAddress:
    """Split a Western street address into its parts; never raises.

    ``text``: one address without Chinese characters.

    Returns `WesternAddress`: ``number`` is '' where the text does not begin with a house number;
    the whole cleaned text is then the ``name``, since such a text means no single building.
    """
    cleaned = _clean(text)
    match = _NUMBER.match(cleaned)
    if match is None:
        return WesternAddress(name=" ".join(cleaned.split()))
    number, last = _read_number(match)
    body, city_inside = _drop_city_tail(cleaned[match.end() :])
    direction, name, street_type, post, rest = _read_street(body, city_inside=city_inside)
    if not direction and match["letter"] in {"N", "S", "E", "W"}:
        direction = match["letter"]
    return WesternAddress(
        number=number,
        number_last=last,
        direction=direction,
        name=name,
        street_type=street_type,
        post_direction=post,
        rest=rest,
    )


def _clean(text: str) -> str:
    upper = (
        unicodedata.normalize("NFKC", text).upper().replace("\u2013", "-").replace("\u2014", "-")
    )
    without_brackets = re.sub(r"\([^)]*\)?", "  ", upper)
    return re.sub(r"[.'\"`]", "", without_brackets).replace("\t", "  ").strip(" ,;-#")


def _read_number(match: re.Match[str]) -> tuple[str, str]:
    """Return the number of the key and the last number of a range ('' if it is none)."""
    first = match["first"].replace("O", "0").lstrip("0") or "0"
    half = f" {match['half']}" if match["half"] and not match["last"] else ""
    if not match["last"]:
        return first + half, ""
    short = match["last"].replace("O", "0")
    last = first[: len(first) - len(short)] + short if len(short) < len(first) else short
    if int(last) >= int(first):
        return first, last
    return f"{first}-{short}", ""


def _drop_city_tail(body: str) -> tuple[str, bool]:
    """Cut state, postcode and what follows a comma; tell whether a city may still be inside."""
    tail = _STATE_TAIL.search(body)
    city_inside = False
    if tail is not None and tail["state"] in STATES:
        before = body[: tail.start()].split()
        sure = tail["comma"] or tail["zip"] or tail["state"] not in STATES_LIKE_WORDS
        if sure or (before and before[-1] in TYPES):
            body, city_inside = body[: tail.start()], True
    body = _ZIP_TAIL.sub("", body)
    street, comma, _ = body.partition(",")
    return (street, False) if comma else (body, city_inside)


def _read_street(body: str, *, city_inside: bool) -> tuple[str, str, str, str, str]:
    """Return direction, name, type, post-direction and the rest of a street text."""
    spaced = re.sub(r"(\S)\s{2,}", r"\1 | ", body.strip()).replace("#", " # ").split()
    words = [word for word in spaced if word != "|"]
    gaps = _positions_after_gaps(spaced)
    direction = ""
    if _begins_with_direction(words):
        direction = DIRECTIONS[words[0]]
        words, gaps = words[1:], {gap - 1 for gap in gaps}
    words, gaps = _join_ordinals(words, gaps)
    end = _find_type(words)
    if end is None:
        name, rest = _split_untyped(words, gaps, city_inside=city_inside)
        return direction, _canonical_name(name), "", "", " ".join(rest)
    name, street_type, rest = words[:end], TYPES[words[end]], words[end + 1 :]
    post = ""
    if rest and not direction and rest[0] in DIRECTIONS:
        post, rest = DIRECTIONS[rest[0]], rest[1:]
    return direction, _canonical_name(name), street_type, post, " ".join(rest)


def _begins_with_direction(words: list[str]) -> bool:
    """Tell ``S ST LOUIS AVE`` and ``S AVENUE M`` (direction) from ``E ST NW`` (a name)."""
    if len(words) < 2 or words[0] not in DIRECTIONS:
        return False
    return words[1] not in TYPES or (len(words) > 2 and words[2] not in DIRECTIONS)


def _positions_after_gaps(spaced: list[str]) -> set[int]:
    positions: set[int] = set()
    seen = 0
    for word in spaced:
        if word == "|":
            positions.add(seen)
        else:
            seen += 1
    return positions


def _join_ordinals(words: list[str], gaps: set[int]) -> tuple[list[str], set[int]]:
    """Turn ``75 TH ST``, ``51 ST ST``, ``111 ST`` into ``75TH ST``, ``51ST ST``, ``111TH ST``."""
    if len(words) < 2 or not words[0].isdigit():
        word = ORDINAL_WORDS.get(words[0]) if len(words) > 1 and words[1] in TYPES else None
        return ([word, *words[1:]], gaps) if word else (words, gaps)
    ending, following = words[1], words[2] if len(words) > 2 else ""
    joined = _ordinal(int(words[0]))
    if ending in {"TH", "ND"} or (ending in {"ST", "RD"} and following in TYPES):
        return [joined, *words[2:]], {gap - 1 for gap in gaps}
    return ([joined, *words[1:]], gaps) if ending in TYPES else (words, gaps)


def _ordinal(number: int) -> str:
    teen = number % 100 in {11, 12, 13}
    return f"{number}{'TH' if teen else {1: 'ST', 2: 'ND', 3: 'RD'}.get(number % 10, 'TH')}"


def _find_type(words: list[str]) -> int | None:
    """Return the position of the street type: the first type word that is not the name's first."""
    if len(words) > 1 and words[0] in {"AVENUE", "AVE"} and len(words[1]) == 1:
        return None
    for position, word in enumerate(words[1:], start=1):
        if word in TYPES:
            return position
        if word in UNIT_WORDS or word == "#" or (word[0].isdigit() and position > 1):
            return None
    return None


def _split_untyped(
    words: list[str], gaps: set[int], *, city_inside: bool
) -> tuple[list[str], list[str]]:
    """Find the end of a street name that carries no type."""
    if len(words) > 1 and words[0] in {"AVENUE", "AVE"} and len(words[1]) == 1:
        return ["AVENUE", words[1]], words[2:]
    for position, word in enumerate(words[1:], start=1):
        short = len(word) == 1 and word not in PARTICLES
        gap = position in gaps and words[position - 1] not in TYPES
        if gap or short or word[0].isdigit() or word in UNIT_WORDS:
            return words[:position], words[position:]
    if city_inside and len(words) > 1:
        return words[:-1], words[-1:]
    return words, []


def _canonical_name(words: list[str]) -> str:
    """Unify what is written at will: titles, particles, directions inside a name."""
    if len(words) > 2 and words[0] in {"DR", "DOCTOR", "REV", "REVEREND"}:
        words = words[1:]
    if len(words) > 1 and words[0] == "SAINT":
        words = ["ST", *words[1:]]
    words = [
        word for position, word in enumerate(words) if position == 0 or word not in {"JR", "SR"}
    ]
    # The last word stays as it is: in LINCOLN PARK WEST a lone W would read as a unit letter.
    words = [*(DIRECTIONS.get(word, word) for word in words[:-1]), *words[-1:]]
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] in PARTICLES:
            joined[-1] += word
        else:
            joined.append(word)
    return " ".join(joined)
