"""Repeats within an import, against a plain dictionary."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from data.ingest.checking.deduplicate import SeenRows

ROW = st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"), st.sampled_from("uv"))


@settings(max_examples=40)
@given(st.lists(st.lists(ROW, max_size=6), max_size=12))
def test_repeats_across_batches_agree_with_a_plain_dictionary(
    batches: list[list[tuple[str, str, str]]],
) -> None:
    seen, number = SeenRows(), 0
    first: dict[str, tuple[str, str, int]] = {}
    for rows in batches:
        keys, contents, lines = (
            pa.array([row[i] for row in rows], pa.large_string()) for i in range(3)
        )
        source_row = np.arange(number, number + len(rows))
        number += len(rows)
        found = seen.compare(keys, contents, lines, source_row)
        for i, (key, content, line) in enumerate(rows):
            known = first.setdefault(key, (content, line, int(source_row[i])))
            repeated = known[2] != int(source_row[i])
            assert found.identical[i] == (repeated and known[0] == content)
            assert found.same_line[i] == (repeated and known[0] != content and known[1] == line)
            assert found.conflicting[i] == (repeated and known[0] != content and known[1] != line)
            if repeated:
                assert found.first_row[i] == known[2]
