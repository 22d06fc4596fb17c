"""What spares a column its regular expressions changes none of its values: a plain oracle."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import example, given
from hypothesis import strategies as st

from data.contracts.loader import read_cell_words
from data.ingest.reading.cells import (
    clean,
    clean_code,
    count_cut,
    digits_cut,
    known_or_null,
    read_numbers,
    scientific,
)
from data.lake.schema import TEXT

WORDS = read_cell_words()
INVISIBLE = (
    "\u200b\u200c\u200d\ufeff\u00ad\u2060"
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
PIECES = st.sampled_from(
    ["0", "9", "00", ".5", "e", "E+17", "-", "+", ",", "'", '"', "=", "a", "Z", "中", "。", " ",
     "\u3000", "\u2003", "\x85", "\t", *INVISIBLE, *WORDS["nothing"], *WORDS["unknown"], "NONE"]
)  # fmt: skip
CELLS = st.none() | st.lists(PIECES, max_size=4).map("".join)
DIGITS = st.none() | st.text("0123456789", max_size=20) | st.just("250912000000000000")
COLUMNS = st.lists(CELLS, max_size=4) | st.lists(DIGITS, max_size=4)


def column(texts: list[str | None]) -> pa.Array:
    """Return a column that lies in the middle of a longer one."""
    return pa.array(["x", *texts, "y"], TEXT)[1:-1]


def cleaned(text: str | None) -> str | None:
    """Return a cell as `clean` does, by Arrow, one at a time."""
    if text is None:
        return None
    visible = pa.array([re.sub(f"[{INVISIBLE}]", "", text)], TEXT)
    (trimmed,) = pc.utf8_trim_whitespace(visible).to_pylist()
    return None if trimmed in WORDS["nothing"] else trimmed


def cleaned_code(text: str | None) -> str | None:
    """Return a cell as `clean_code` does, by Arrow, one at a time."""
    known = pc.utf8_normalize(pa.array([cleaned(text)], TEXT), form="NFKC")
    known = pc.replace_substring_regex(known, r"^['’`=\"]+|[\s\"]+$", "")
    known = pc.replace_substring_regex(known, r"\s+", " ")
    (code,) = pc.replace_substring_regex(known, r"^([0-9]{1,15})\.0$", r"\1").to_pylist()
    return None if code is None or code.lower() in {"", *WORDS["unknown"]} else code


@given(COLUMNS)
def test_cells_are_cleaned_as_one_by_one(texts: list[str | None]) -> None:
    assert clean(column(texts)).to_pylist() == [cleaned(text) for text in texts]


def test_every_blank_at_the_end_of_a_cell_is_trimmed() -> None:
    every = pa.array((chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000), TEXT)
    blanks = every.filter(pc.equal(pc.utf8_trim_whitespace(every), "")).to_pylist()
    assert len(blanks) > 20
    for blank in blanks:
        for text in ("{}", "a{}", "{}中"):
            found = clean(column([text.format(blank)])).to_pylist()
            assert found == [text.format("") or None], repr(blank)


@given(COLUMNS)
@example(["Unknown", "A1"])
@example(["NONE"])
@example(["=A1"])
def test_codes_are_cleaned_as_one_by_one(texts: list[str | None]) -> None:
    assert clean_code(column(texts)).to_pylist() == [cleaned_code(text) for text in texts]


@given(COLUMNS)
def test_words_for_unknown_are_null(texts: list[str | None]) -> None:
    expected = [None if t is not None and t.lower() in WORDS["unknown"] else t for t in texts]
    assert known_or_null(column(texts)).to_pylist() == expected


@given(COLUMNS)
def test_codes_that_were_cut_are_told_and_counted(texts: list[str | None]) -> None:
    said = [text or "" for text in texts]
    cut = [bool(re.fullmatch("[0-9]{15}0{2,}", text)) for text in said]
    long = [bool(re.fullmatch("[0-9]{17,}", text)) for text in said]
    short = [bool(re.fullmatch(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+", text)) for text in said]
    assert digits_cut(column(texts)).tolist() == cut
    assert count_cut(column(texts)) == (sum(cut), sum(long))
    assert scientific(column(texts)).tolist() == short


@given(st.lists(st.none() | st.text("0123456789.+-,/", max_size=4), max_size=3))
def test_numbers_without_a_letter_are_read_as_beside_one_with_a_unit(
    texts: list[str | None],
) -> None:
    alone, beside = read_numbers(column(texts)), read_numbers(column([*texts, "3元"]))
    assert alone.values.to_pylist() == beside.values.to_pylist()[:-1]
    assert alone.unreadable.tolist() == beside.unreadable.tolist()[:-1]
