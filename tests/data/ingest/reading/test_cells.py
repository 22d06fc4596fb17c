"""Numbers, flags and choices as people write them."""

import pyarrow as pa
import pytest

from data.contracts.model import Vocabulary
from data.contracts.registry import vocabulary_of
from data.ingest.reading.cell_text import texts_of_column, texts_of_values
from data.ingest.reading.cells import (
    as_whole,
    clean,
    read_choice_lists,
    read_choices,
    read_flags,
    read_grades,
    read_numbers,
)


def column(*texts: str | None) -> pa.Array:
    return pa.array(texts, pa.large_string())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,200.5元", 1200.5),
        ("50,110922", 50.110922),
        ("-1.234,5", -1234.5),
        ("0,250", 0.25),
        ("１２", 12.0),
        ("108户", 108.0),
        ("140㎡", 140.0),
        ("1.5万元", 15000.0),
        ("¥2600", 2600.0),
        ("-3", -3.0),
        ("1e3", 1000.0),
        ("无", None),
        ("/", None),
    ],
)
def test_a_number_is_read_with_its_separators_and_units(text: str, number: float | None) -> None:
    read = read_numbers(column(text))
    assert read.values.to_pylist() == [number]
    assert not read.unreadable.any()


@pytest.mark.parametrize("text", ["六层多", "1.2.3", "12abc", "1,2,3", "1.2,3.4", "1e400"])
def test_what_is_no_number_is_unreadable(text: str) -> None:
    assert read_numbers(column(text)).unreadable.tolist() == [True]


def test_a_whole_number_has_no_fraction() -> None:
    whole = as_whole(pa.array([3.0, 3.5, None]))
    assert whole.values.to_pylist() == [3, None, None]
    assert whole.unreadable.tolist() == [False, True, False]


def test_flags_are_read_as_people_tick_them() -> None:
    read = read_flags(column("是", "√", "Y", "1", "否", "×", "n", "不是", None))
    assert read.values.to_pylist() == [True, True, True, True, False, False, False, None, None]
    assert read.unreadable.tolist() == [False] * 7 + [True, False]


COLOURS = Vocabulary(("红", "蓝"), {"红": ("red", "大红")})


def test_a_choice_is_recognised_by_its_other_names() -> None:
    read = read_choices(column(" RED ", "大 红", "绿"), COLOURS)
    assert read.values.to_pylist() == ["红", "红", None]
    assert read.unreadable.tolist() == [False, False, True]


def test_several_choices_may_stand_in_one_cell() -> None:
    read = read_choice_lists(column("红、蓝", "red；red", "红,绿"), COLOURS)
    assert read.values.to_pylist() == ["红;蓝", "红", None]


def test_a_vocabulary_refuses_a_name_with_two_meanings() -> None:
    with pytest.raises(ValueError, match="means both"):
        Vocabulary(("红", "蓝"), {"红": ("深",), "蓝": ("深",)})


@pytest.mark.parametrize("mark", list("\u200e\u202e\u2066\u2069\u061c"))
def test_no_mark_of_direction_turns_a_text_round(mark: str) -> None:
    assert clean(column(f"示例{mark}花园")).to_pylist() == ["示例花园"]


def test_blank_cells_and_invisible_characters_say_nothing() -> None:
    assert clean(column(" ", "\u200b", "NaN", "——", " a\u00a0")).to_pylist() == [
        *(None, None, None, None, "a")
    ]


def test_typed_cells_become_exact_text() -> None:
    texts, imprecise = texts_of_column(pa.array([30790.0, 41.943359344775146, None, 2.5e17]))
    assert texts.to_pylist() == ["30790", "41.943359344775146", None, "250000000000000000"]
    assert imprecise is not None
    assert imprecise.tolist() == [False, False, False, True]


def test_an_integer_of_a_typed_format_is_exact_but_a_spreadsheets_is_not() -> None:
    number = 250912101108115409
    assert texts_of_column(pa.array([number]))[1] is None
    assert texts_of_values([number], integers_are_floats=False)[1] is None
    mask = texts_of_values([float(number)], integers_are_floats=True)[1]
    assert mask is not None
    assert mask.tolist() == [True]


@pytest.mark.parametrize("table", ["inspections", "violations"])
@pytest.mark.parametrize(
    "scale",
    [
        *("A B C D", "A B C F", "优 良 中 差", "优秀 良好 合格 不合格", "甲 乙 丙 丁"),
        *("优秀 良好 一般 较差", "合格 基本合格 不合格", "轻微 一般 较重 严重 特别严重"),
        *("五星 四星 三星 二星 一星", "pass|conditional pass|fail", "good|fair|poor"),
        *("Pass|Pass w/ Conditions|Fail", "satisfactory|unsatisfactory", "100 90 70.5 60 0"),
    ],
)
def test_the_grades_of_a_scale_are_read_in_their_order(table: str, scale: str) -> None:
    texts = scale.split("|") if "|" in scale else scale.split()
    numbers, _ = read_grades(column(*texts), vocabulary_of(table, "grade"))
    values = numbers.to_pylist()
    assert None not in values
    assert values == sorted(set(values), reverse=True)


@pytest.mark.parametrize(
    ("text", "number", "word"),
    [
        ("92.5", 92.5, None),
        ("95分", 95.0, None),
        ("95 %", 95.0, None),
        ("95点", 95.0, None),
        ("★★★★☆", 85.0, "★★★★☆"),
        ("87/100", 87.0, None),
        ("4 / 5", 80.0, None),
        ("7/5", None, "7/5"),
        (" Ａ级 ", 95.0, "Ａ级"),
        ("待评", None, "待评"),
        ("12/15", None, "12/15"),
        ("无", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_grade_is_a_number_or_a_word_kept_as_it_was_sent(
    text: str | None, number: float | None, word: str | None
) -> None:
    numbers, words = read_grades(column(text), vocabulary_of("inspections", "grade"))
    assert (numbers.to_pylist(), words.to_pylist()) == ([number], [word])
