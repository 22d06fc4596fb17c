"""What a look at the bytes of a column says is what its texts say."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from data.lake.schema import TEXT
from data.lake.text_bytes import (
    are_within,
    begins_with,
    bytes_of,
    cells_of,
    flags_of,
    holds,
    is_ascii,
)

TEXTS = st.lists(st.none() | st.text("09az中\u200b\u3000 ", max_size=4), max_size=6)
CUTS = st.integers(0, 6)


def column(texts: list[str | None], first: int, last: int) -> tuple[pa.Array, list[str | None]]:
    """Return a piece of a column, as it lies in the middle of its bytes, and its values."""
    return pa.array(texts, TEXT)[first:last], texts[first:last]


@given(TEXTS, CUTS, CUTS)
def test_cells_are_found_in_a_piece_of_a_column(
    texts: list[str | None], first: int, last: int
) -> None:
    cells, values = column(texts, first, last)
    raw, starts, ends = cells_of(cells)
    found = [bytes(raw[a:b]).decode() for a, b in zip(starts, ends, strict=True)]
    assert found == [value for value in values if value]
    assert bytes(bytes_of(cells)).decode() == "".join(filter(None, values))


@given(TEXTS, CUTS, CUTS)
def test_what_is_said_of_a_column_holds_for_its_cells(
    texts: list[str | None], first: int, last: int
) -> None:
    cells, values = column(texts, first, last)
    said = "".join(filter(None, values))
    assert are_within(cells, "09") == all("0" <= c <= "9" for c in said)
    assert is_ascii(cells) == said.isascii()
    begun = any(value[0] in "0a" for value in values if value)
    assert begins_with(cells, flags_of(b"0a")) == begun


@given(st.binary(max_size=12), st.lists(st.binary(min_size=2, max_size=3), max_size=3))
def test_a_pattern_is_found_wherever_it_stands(raw: bytes, patterns: list[bytes]) -> None:
    found = holds(np.frombuffer(raw, np.uint8), patterns)
    assert found == any(pattern in raw for pattern in patterns)


@given(st.text("ab", max_size=9), st.text("ab", min_size=2, max_size=3))
def test_a_pattern_is_found_among_others_that_begin_alike(text: str, pattern: str) -> None:
    raw, sought = text.encode(), pattern.encode()
    assert holds(np.frombuffer(raw, np.uint8), [b"ac", sought]) == (sought in raw)
