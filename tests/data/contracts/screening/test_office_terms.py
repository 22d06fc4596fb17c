"""An office adds words to the list and takes words off it; what is wrong is told, all at once."""

import pytest

from data.contracts.screening.office_terms import (
    OfficeTerm,
    check_terms,
    parts_of,
    with_office_terms,
)
from data.contracts.screening.screen import Screener
from data.contracts.screening.word_list import WordListError, default_words, read_words

OFFER = "小学数学，夜间带，上门，收费"


def test_a_word_that_is_added_makes_its_form_and_one_that_is_not_wanted_makes_none() -> None:
    assert Screener().screen([OFFER])[0].forms == ()
    added = with_office_terms(default_words(), [OfficeTerm("一对一", "add", "夜间带")])
    assert Screener(added).screen([OFFER])[0].forms == ("一对一",)
    unwanted = with_office_terms(added, [OfficeTerm("一对一", "without", "夜间带")])
    assert Screener(unwanted).screen([OFFER])[0].forms == ()


def test_a_substitute_of_the_office_is_read_as_what_it_stands_for() -> None:
    own = [OfficeTerm("substitutes", "substitute", "芝麻", "数学")]
    screener = Screener(with_office_terms(default_words(), own))
    assert screener.screen(["初二芝麻一对一，上门"])[0].forms == ("一对一",)
    assert Screener().screen(["初二芝麻一对一，上门"])[0] != screener.screen(["x"])[0]


def test_every_term_of_the_product_can_be_written_down_and_read_again() -> None:
    words = default_words()
    assert check_terms(parts_of(words)) == tuple(dict.fromkeys(parts_of(words)))


def test_what_is_wrong_is_told_with_its_line_all_at_once() -> None:
    wrong = [
        OfficeTerm("subjects", "never", "数论"),
        OfficeTerm("subjects", "alone", "数论"),
        OfficeTerm("一对一", "add", "·"),
        OfficeTerm("substitutes", "substitute", "芝麻"),
        OfficeTerm("substitutes", "add", "芝麻"),
        OfficeTerm("", "add", "芝麻"),
        OfficeTerm("subjects", "add", "数" * 51),
        OfficeTerm("substitutes", "substitute", "芝麻", "数" * 51),
    ]
    with pytest.raises(WordListError) as refused:
        check_terms(wrong)
    assert refused.value.facts["problems"] == [
        "1: use_unknown",
        "2: use_unknown",
        "3: term_missing",
        "4: meant_missing",
        "5: part_unknown",
        "6: part_unknown",
        "7: term_too_long",
        "8: term_too_long",
    ]


def test_a_word_list_with_other_parts_is_refused_with_their_names() -> None:
    with pytest.raises(WordListError) as refused:
        read_words('[subject]\nterms = ["数学"]')
    assert "subject" in refused.value.facts["reason"]
