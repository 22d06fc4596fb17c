"""The tables' files say what a table holds; the code's names for words agree with them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import pyarrow as pa
import pytest

from data.contracts import loader, vocabulary
from data.contracts.loader import read_tables
from data.contracts.registry import TABLES, vocabulary_of
from data.ingest.reading.cells import read_choices
from data.ingest.reading.column_mapping import guess_mapping

NAMED = {
    ("inspections", "result"): vocabulary.VisitResult,
    ("inspections", "mode"): vocabulary.VisitKind,
    ("inspections", "signs"): vocabulary.VisitSign,
    ("inspections", "action"): vocabulary.VisitAction,
    ("complaints", "is_true"): vocabulary.ComplaintTruth,
    ("buildings", "kind"): vocabulary.BuildingKind,
    ("rentals", "status"): vocabulary.RentalStatus,
    ("assignments", "target_kind"): vocabulary.TargetKind,
    ("assignments", "duty"): vocabulary.Duty,
    ("persons", "role"): vocabulary.StaffRole,
    ("inspections", "datum"): vocabulary.DatumName,
}
ORDINARY = {
    ("complaints", "投诉编号"): "ticket_no",
    ("complaints", "单号"): "ticket_no",
    ("complaints", "联系人"): "reporter_name",
    ("complaints", "投诉人姓名"): "reporter_name",
    ("complaints", "联系号码"): "reporter_phone",
    ("complaints", "投诉人电话"): "reporter_phone",
    ("complaints", "投诉日期"): "received_at",
    ("complaints", "受理日期"): "received_at",
    ("complaints", "投诉地址"): "raw_address",
    ("complaints", "问题发生地"): "raw_address",
    ("complaints", "投诉内容"): "content",
    ("complaints", "投诉类型"): "category",
    ("complaints", "办结日期"): "closed_at",
    ("complaints", "主办单位"): "handler_org",
    ("complaints", "是否满意"): "satisfaction",
    ("inspections", "检查结论"): "result",
    ("inspections", "走访时间"): "at",
    ("inspections", "走访地址"): "raw_address",
    ("rentals", "业主"): "lessor",
    ("rentals", "合同开始日期"): "start_date",
    ("rentals", "月租"): "rent_month",
    ("violations", "处罚决定书编号"): "decision_no",
}


@pytest.mark.parametrize(("place", "names"), NAMED.items(), ids=str)
def test_the_named_words_are_those_of_the_table(
    place: tuple[str, str], names: type[StrEnum]
) -> None:
    assert tuple(names) == vocabulary_of(*place).values


@pytest.mark.parametrize(("place", "field"), ORDINARY.items(), ids=str)
def test_an_ordinary_header_is_understood(place: tuple[str, str], field: str) -> None:
    table, header = place
    assert guess_mapping([header], TABLES[table]).mapping == {field: header}


@pytest.mark.parametrize("text", ["停业", "歇业", "已搬离", "已不在", "Out of Business"])
def test_who_has_closed_or_moved_is_gone_and_not_nobody_home(text: str) -> None:
    read = read_choices(pa.array([text], pa.large_string()), vocabulary_of("inspections", "result"))
    assert read.values.to_pylist() == [vocabulary.VisitResult.GONE]


@pytest.mark.parametrize(
    "text",
    [
        "title = ",
        'title = "T"\ntitle_en = "T"\nkey = "a"\nwrong = 1\n[fields.a]\nheader = "A"',
        'title = "T"\ntitle_en = "T"\nkey = "a"\n[fields.a]\nheader = "A"\nkind = "number"',
        'title = "T"\ntitle_en = "T"\nkey = "b"\n[fields.a]\nheader = "A"',
    ],
    ids=["no TOML", "unknown key", "unknown kind", "key without a field"],
)
def test_a_broken_file_of_a_table_is_refused_by_name(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "FOLDER", tmp_path)
    (tmp_path / "shared.toml").write_text("[fields]", encoding="utf-8")
    (tmp_path / "sheds.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"sheds\.toml"):
        read_tables(["sheds"])
