"""Words of names are told apart by their keys, and nobody is known by them."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.privacy.name_words import WORD_KEYS_PATTERN, word_key_column, words_of_name

SECRET = b"a secret"


def keys(name: str | None, secret: bytes = SECRET) -> str | None:
    made: str | None = word_key_column(pa.array([name], pa.large_string()), secret=secret)[
        0
    ].as_py()
    return made


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("示例教育", {"示例", "例教", "教育"}),
        ("Sunny's Piano & Art School", {"sunny", "piano", "art", "school"}),
        ("ＡＢＣ英语", {"abc", "英语"}),
        ("A1 2B", set()),
        ("张**", set()),
        ("匿名", set()),
        ("", set()),
    ],
)
def test_words_are_runs_of_letters_and_pairs_of_characters(name: str, words: set[str]) -> None:
    assert words_of_name(name) == words


def test_names_share_the_keys_of_the_words_that_they_share() -> None:
    one, other = keys("阳光教育"), keys("教育之家")
    assert one is not None
    assert other is not None
    assert len(set(one.split()) & set(other.split())) == len({"教育"})


@given(st.text())
def test_a_key_tells_no_word_and_another_secret_gives_another(name: str) -> None:
    made = keys(name)
    assert (made is None) == (not words_of_name(name))
    assert keys(name, b"") is None
    if made is not None:
        assert pa.compute.match_substring_regex(pa.array([made]), WORD_KEYS_PATTERN)[0].as_py()
        assert made.split() == sorted(made.split())
        assert made != keys(name, b"another")


def test_nobody_has_no_keys() -> None:
    assert keys(None) is None
