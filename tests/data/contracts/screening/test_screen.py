"""Texts tell of the policy's forms, however they are spelled, and of nothing that is none."""

from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.contracts.screening.disguises import _is_row_of_syllables
from data.contracts.screening.normalise import BETWEEN, normalise
from data.contracts.screening.screen import Screener
from data.contracts.screening.spelling import syllables
from data.contracts.screening.word_list import GROUPS, default_words
from simulation.adverts.labelled import Labelled, labelled

WORDS = default_words()
ONE = "初二数学一对一，上门，150元/小时"
ORDINARY = (
    "全部可以上门安装，不可思议的低价",
    "献血车输血科招募，应予表扬",
    "小区补牙补胎，交费请到一楼",
    "物业与业主一对一谈话",
    "驾校科目二一对一，包过，每小时150元",
    "钢琴一对一，学生可试听，每节200元",
    "基金托管费下调，学生证可优惠",
    "楼上孩子写作业到很晚，家长辅导声音大",
)
SPELLINGS = (
    "初二数学1v1，上门，150元/小时",
    "初二數學①对①，上門，150元/小时",
    "初二数·学一·对·一，上门，150元/小时",
    "初二树学一对一，上门，150元/小时",
    "初二shu学一dui一，上门，150元/小时",
    "初②ｓ学１对１，上门，150元/小时",
)


@cache
def screener() -> Screener:
    return Screener()


@cache
def disguised() -> list[Labelled]:
    return labelled(np.random.default_rng(13), count=6_000, held_out=True)


def scores(texts: list[Labelled]) -> tuple[float, float]:
    """Return precision and recall over pairs of a text and a form."""
    found = screener().screen([each.text for each in texts])
    counts: Counter[str] = Counter()
    for told, wanted in zip(found, texts, strict=True):
        counts["right"] += len(wanted.forms & set(told.forms))
        counts["told"] += len(told.forms)
        counts["wanted"] += len(wanted.forms)
    return counts["right"] / counts["told"], counts["right"] / counts["wanted"]


def test_of_held_out_texts_95_of_100_told_forms_are_right_and_90_of_100_are_told() -> None:
    texts = labelled(np.random.default_rng(12), count=3_000, held_out=True)
    precision, recall = scores(texts)
    assert precision >= 0.95
    assert recall >= 0.90


def test_of_texts_written_by_hand_95_of_100_told_forms_are_right_and_90_of_100_are_told() -> None:
    lines = Path(__file__).with_name("written_texts.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    forms = [frozenset(filter(None, told.split(","))) for _, told in rows]
    written = [Labelled(text, told, "") for (text, _), told in zip(rows, forms, strict=True)]
    precision, recall = scores(written)
    assert len(written) >= 500
    assert precision >= 0.95
    assert recall >= 0.90


@pytest.mark.parametrize(
    "disguise", ["sound", "letters", "signs", "traditional", "circled", "wide"]
)
def test_each_way_to_disguise_a_word_is_undone(disguise: str) -> None:
    precision, recall = scores([each for each in disguised() if each.disguise == disguise])
    assert precision >= 0.95
    assert recall >= 0.90


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("夏0营，语数英，每天三节课", "冬夏令营"),
        ("夏某营，语数英，每天三节课", "冬夏令营"),
        ("初二🐭学，托x管，每月一千", "托管"),
        ("二中的物理老师在校外租房，班里孩子都去，每人两百", "在职教师"),
        ("艺术中心里面其实教小学数学，收费", "换马甲"),
    ],
)
def test_masks_pictures_and_words_that_together_make_a_form_are_seen_through(
    text: str, form: str
) -> None:
    assert form in screener().screen([text])[0].forms


def test_what_is_pretended_is_told_by_its_own_form_where_it_has_one() -> None:
    assert screener().screen(["打着托管的旗号给孩子讲数学，收费"])[0].forms == ("托管",)
    assert screener().screen(["打着画室的旗号给孩子讲数学，收费"])[0].forms == ("换马甲",)


def test_words_on_both_sides_of_a_comma_are_no_term() -> None:
    assert "高中" not in screener().screen(["数学提高，一学期两千，托管"])[0].forms
    assert "众筹私教" not in screener().screen(["英语提分班，初三，几家，一中旁"])[0].forms


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_chinese_tells_of_no_form(text: str) -> None:
    assert screener().screen([text])[0].forms == ()


@pytest.mark.parametrize("text", SPELLINGS)
def test_the_same_offer_is_told_alike_however_it_is_spelled(text: str) -> None:
    assert screener().screen([text]) == screener().screen([ONE])


def test_a_text_is_told_alike_alone_and_among_others() -> None:
    texts = [each.text for each in labelled(np.random.default_rng(14), count=300, held_out=True)]
    assert screener().screen(texts) == [screener().screen([text])[0] for text in texts]


def test_terms_are_found_wherever_a_plain_search_finds_them() -> None:
    """In texts without disguises every term that ``in`` finds is marked or lies in a longer one."""
    texts = labelled(np.random.default_rng(15), count=300, held_out=False)
    terms = {normalise(term): term for name in GROUPS[:5] for term in WORDS.group(name)}
    for text in (each.text for each in texts if not each.disguise):
        wanted = {term for plain, term in terms.items() if plain in normalise(text)}
        wanted -= {term for term in wanted if normalise(term).isascii()}
        marked = {normalise(mark.term) for mark in screener().explain(text)[1]}
        longer = "".join(marked)
        assert {term for term in wanted if normalise(term) not in longer} == set()


@settings(max_examples=80)
@given(st.text(max_size=60))
def test_any_text_is_screened_and_its_marks_lie_in_it_in_order(text: str) -> None:
    screened, marks = screener().explain(text)
    assert screened == screener().screen([text])[0]
    assert all(0 <= mark.start < mark.end <= len(text) for mark in marks)
    assert [mark.start for mark in marks] == sorted(mark.start for mark in marks)


@given(st.text(max_size=40), st.text(max_size=40))
def test_normalising_is_done_once_and_for_all_and_text_by_text(one: str, other: str) -> None:
    one, other = one.replace(BETWEEN, ""), other.replace(BETWEEN, "")
    assert normalise(normalise(one)) == normalise(one)
    assert normalise(one + BETWEEN + other) == normalise(one) + BETWEEN + normalise(other)


def test_a_mark_says_what_stands_there_and_what_is_meant() -> None:
    text = "小学·树學，家里补ke，①对①"
    _, marks = screener().explain(text)
    told = {(text[mark.start : mark.end], mark.term, mark.disguised) for mark in marks}
    assert {("树學", "数学", True), ("补ke", "补课", True), ("①对①", "一对一", False)} <= told


@pytest.mark.parametrize(
    "text",
    ["shuxue" + "xian" * 20 + "q", "shuxue" * 20_000, "树学" * 20_000 + "数学" * 20_000,
     "一对一x" * 20_000],
    ids=lambda text: text[:9],
)  # fmt: skip
def test_a_text_made_to_take_long_takes_no_longer_than_it_is_long(text: str) -> None:
    """By combinations or pairs of what is found in them, each would take hours."""
    assert screener().screen([text]) == screener().screen([f"{text[:300]}{text[-300:]}"])


@given(st.lists(st.sampled_from(["xi", "an", "xian", "fan", "gan", "fang", "q", "v"]), max_size=9))
def test_letters_are_a_row_of_syllables_where_any_way_to_read_them_is(parts: list[str]) -> None:
    letters, known = "".join(parts), syllables()

    def readable(rest: str) -> bool:
        return not rest or any(rest[:n] in known and readable(rest[n:]) for n in range(1, 7))

    assert _is_row_of_syllables(letters) == readable(letters)
