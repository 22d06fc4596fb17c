"""What fields of tables are called on pages."""

import pytest

from dashboard.i18n import translator
from dashboard.i18n.field_names import label_of, name_of
from data.contracts.model import Field
from data.contracts.registry import TABLES

FIELD = Field(name="ticket_no", header="工单编号", header_en="Ticket number")


@pytest.mark.parametrize("table", TABLES)
def test_every_field_of_a_table_has_an_english_name_of_its_own(table: str) -> None:
    names = [field.header_en for field in TABLES[table].fields]
    assert all(name.isprintable() and name and not _is_chinese(name) for name in names)
    assert len(set(names)) == len(names)


def test_english_names_a_field_with_the_header_that_files_have_and_chinese_by_that_header() -> None:
    chinese, english = translator("zh"), translator("en")
    assert (name_of(FIELD, chinese), label_of(FIELD, chinese)) == ("工单编号", "工单编号")
    assert name_of(FIELD, english) == "Ticket number"
    assert label_of(FIELD, english) == "Ticket number :gray[:small[工单编号]]"


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= each <= "\u9fff" for each in text)
