"""Spell headers so that they can be compared, and name columns that have none."""

import codecs
import re
import unicodedata
from collections.abc import Sequence

from data.contracts.model import simplify

CUT = "…"
"""Last sign of a name that its format cut within a letter."""
LONGEST_HEADER = 500
SERIAL_HEADERS = frozenset({"序号", "序", "no", "no.", "行号", "#"})
_EDGES = re.compile(r"^[*#:;,.、。\s]+|[*#:;,.、。\s]+$")
_POSITION = re.compile(r"(?:列|第|col(?:umn)?|#)?\s*(?P<number>\d{1,3})\s*列?$", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Za-z]{1,2}$")


def normalise_header(header: str) -> str:
    """Return a header as it is compared: NFKC, lower case, without blanks, joiners and marks.

    Of a longer one only the first `LONGEST_HEADER` characters are compared.
    """
    header = header.removeprefix("\ufeff")[:LONGEST_HEADER]  # the mark of a file put behind one
    text = unicodedata.normalize("NFKC", header)
    return simplify(_EDGES.sub("", text))


def name_of_bytes(name: bytes) -> str:
    """Return a name in UTF-8, marked where its last letter is not whole.

    Raises `UnicodeDecodeError` where it is none.
    """
    text = codecs.getincrementaldecoder("utf-8")().decode(name)
    return text if text.encode() == name else text + CUT


def unique_names(labels: Sequence[str | None]) -> tuple[str, ...]:
    """Return one name per column: line breaks out, gaps numbered, repeats counted."""
    names: list[str] = []
    taken: set[str] = set()
    last: dict[str, int] = {}
    for i, label in enumerate(labels, start=1):
        plain = " ".join(label.split()) if label else f"列{i}"
        count = last.get(plain, 1)
        name = plain if count == 1 else f"{plain}({count})"
        while name in taken:
            count += 1
            name = f"{plain}({count})"
        taken.add(name)
        last[plain] = count
        names.append(name)
    return tuple(names)


def column_at(position: str, columns: Sequence[str]) -> str | None:
    """Return the column at a position written as 3, 列3 or, as in a spreadsheet, C; None for none.

    Examples
    --------
    >>> column_at("3", ["列1", "列2", "列3"]), column_at("b", ["列1", "列2"])
    ('列3', '列2')
    """
    number = 0
    if found := _POSITION.match(position.strip()):
        number = int(found["number"])
    elif _LETTERS.match(position.strip()):
        for letter in position.strip().upper():
            number = number * 26 + ord(letter) - ord("A") + 1
    return columns[number - 1] if 1 <= number <= len(columns) else None


def letters_of(number: int) -> str:
    """Return what a spreadsheet calls its column of a number from 1: A, B … Z, AA.

    Examples
    --------
    >>> letters_of(3), letters_of(28)
    ('C', 'AB')
    """
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
