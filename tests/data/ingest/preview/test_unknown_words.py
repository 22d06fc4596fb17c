"""Words that no list of a table has are found, and the table that a file is likely of."""

import pyarrow as pa
import pytest

from data.contracts.registry import TABLES
from data.ingest.preview.unknown_words import MOST_WORDS, unknown_words
from data.ingest.reading.headers.column_mapping import guess_mapping
from data.ingest.reading.headers.likely_table import likelier_table

INSPECTIONS = TABLES["inspections"]
VISITS = ("检查编号", "检查时间", "反映地址", "检查结果")


def words(cells: list[str | None], field: str = "result") -> dict[str, dict[str, int]]:
    rows = pa.table({"列": pa.array(cells, pa.large_string())})
    return unknown_words(rows, INSPECTIONS, {field: "列", "note": "列"})


def test_words_outside_a_list_are_counted_the_commonest_first() -> None:
    found = words(["挺好", "挺好 ", "有培训", "属实", "未发现异常", None, "", "不详"])
    assert found == {"result": {"挺好": 2, "有培训": 1}}
    assert list(found["result"]) == ["挺好", "有培训"]


def test_a_list_that_has_every_word_is_not_asked_about_and_free_text_never() -> None:
    assert words(["属实", "未发现异常"]) == {}
    assert words(["随便写的"], field="note") == {}


def test_at_most_so_many_words_of_a_field_are_asked_about() -> None:
    assert len(words([f"写法{n}" for n in range(MOST_WORDS + 5)])["result"]) == MOST_WORDS


@pytest.mark.parametrize(
    ("columns", "sent_as", "likelier"),
    [
        (VISITS, "complaints", "inspections"),
        (VISITS, "inspections", None),
        (("工单编号", "来电时间", "事发地址", "诉求内容"), "inspections", "complaints"),
        (("来电时间", "地址"), "complaints", None),
        (("甲", "乙", "丙"), "complaints", None),
    ],
)
def test_a_file_is_likelier_of_a_table_that_plainly_more_headers_fit(
    columns: tuple[str, ...], sent_as: str, likelier: str | None
) -> None:
    contract = TABLES[sent_as]
    guess = guess_mapping(columns, contract)
    found = likelier_table(columns, None, of=contract, guess=guess, among=TABLES.values())
    assert found == likelier
