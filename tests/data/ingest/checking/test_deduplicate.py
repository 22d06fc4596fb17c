"""Repeats within an import, against a plain dictionary."""

import hashlib

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from data.ingest.checking.deduplicate import SeenRows, content_texts, hash_rows

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
        found = seen.compare(keys, contents, pa.table({"line": lines}), source_row)
        for i, (key, content, line) in enumerate(rows):
            known = first.setdefault(key, (content, line, int(source_row[i])))
            repeated = known[2] != int(source_row[i])
            assert found.identical[i] == (repeated and known[0] == content)
            assert found.same_line[i] == (repeated and known[0] != content and known[1] == line)
            assert found.conflicting[i] == (repeated and known[0] != content and known[1] != line)
            if repeated:
                assert found.first_row[i] == known[2]


def test_a_row_of_long_ago_is_known_whatever_came_since() -> None:
    seen, batch = SeenRows(), 500
    for number in range(20):  # several levels of keys, and merges of them
        texts = pa.array([f"{number * batch + i}" for i in range(batch)], pa.large_string())
        rows = np.arange(number * batch, (number + 1) * batch)
        found = seen.compare(texts, texts, pa.table({"line": texts}), rows)
        assert not (found.identical | found.same_line | found.conflicting).any()
    again = pa.array(["7", "5003", "9999", "new"], pa.large_string())
    found = seen.compare(again, again, pa.table({"line": again}), np.arange(10_000, 10_004))
    assert found.identical.tolist() == [True, True, True, False]
    assert found.first_row[:3].tolist() == [7, 5003, 9999]


def test_rows_are_of_one_line_where_all_columns_of_it_agree() -> None:
    keys = pa.array(["k"] * 4, pa.large_string())
    contents = pa.array(list("abcd"), pa.large_string())
    lines = pa.table(
        {"at": [1, 1, 1, None], "by": pa.array(["x", "x", "y", "x"], pa.large_string())}
    )
    found = SeenRows().compare(keys, contents, lines, np.arange(4))
    assert found.same_line.tolist() == [False, True, False, False]
    assert found.conflicting.tolist() == [False, False, True, True]
    found = SeenRows().compare(keys, contents, lines.select([]), np.arange(4))
    assert found.same_line.tolist() == [False, True, True, True]


def test_the_hash_of_a_row_is_blake2b_of_its_content_in_hex() -> None:
    table = pa.table({
        "a": pa.array(["x", None, "张"], pa.large_string()), "n": pa.array([1, 2, None]),
    })  # fmt: skip
    expected = [
        hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
        for text in content_texts(table, ["a", "n"]).to_pylist()
    ]
    assert hash_rows(table, ["a", "n"]).to_pylist() == expected
    assert hash_rows(table.slice(0, 0), ["a", "n"]).to_pylist() == []
