"""The tables' files say what a table holds; the code's names for words agree with them."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import pyarrow as pa
import pytest

from data.contracts import loader, vocabulary
from data.contracts.loader import read_tables
from data.contracts.registry import TABLES, vocabulary_of
from data.engine import Engine
from data.ingest.reading.cells import read_choices
from data.ingest.reading.headers.column_mapping import guess_mapping, normalise_header
from data.ingest.run import import_file
from data.workspace.folder import Workspace
from data.workspace.sections import SettingsError

NOW = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout
NAMED = {
    ("inspections", "result"): vocabulary.VisitResult,
    ("inspections", "mode"): vocabulary.VisitKind,
    ("inspections", "signs"): vocabulary.VisitSign,
    ("inspections", "action"): vocabulary.VisitAction,
    ("buildings", "kind"): vocabulary.BuildingKind,
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
    ("violations", "违法程度"): "grade",
    **dict.fromkeys(
        [
            (table, header)
            for table in ("inspections", "violations")
            for header in ("评分", "得分", "等级", "检查得分", "Score", "inspection_score", "Grade")
        ],
        "grade",
    ),
    ("inspections", "风险等级"): "risk_class",
    ("inspections", "隐患数"): "other_count",
    ("inspections", "发现问题数"): "other_count",
    ("inspections", "Number of Violations"): "other_count",
    ("inspections", "重大隐患数"): "critical_count",
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


@pytest.mark.parametrize("table", TABLES)
def test_no_header_means_two_fields(table: str) -> None:
    owners: dict[str, set[str]] = {}
    for field in TABLES[table].fields:
        for spelling in (field.name, field.header, *field.aliases):
            owners.setdefault(normalise_header(spelling), set()).add(field.name)
    assert {header: names for header, names in owners.items() if len(names) > 1} == {}


@pytest.mark.parametrize("text", ["停业", "歇业", "已搬离", "已不在", "Out of Business"])
def test_who_has_closed_or_moved_is_gone_and_not_nobody_home(text: str) -> None:
    read = read_choices(pa.array([text], pa.large_string()), vocabulary_of("inspections", "result"))
    assert read.values.to_pylist() == [vocabulary.VisitResult.GONE]


@pytest.mark.parametrize(
    "text",
    [
        "title = ",
        'title = "T"\nkey = "a"\nwrong = 1\n[fields.a]\nheader = "A"',
        'title = "T"\nkey = "a"\n[fields.a]\nheader = "A"\nkind = "number"',
        'title = "T"\nkey = "b"\n[fields.a]\nheader = "A"',
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


@pytest.fixture
def own_words(workspace: Workspace) -> Callable[[str], Workspace]:
    """Return what opens the workspace anew with a text as its office's own words."""

    def write(text: str) -> Workspace:
        (workspace.root / "words.toml").write_text(text, encoding="utf-8")
        return Workspace.open(workspace.root)

    return write


def test_an_office_adds_its_own_headers_and_spellings(
    own_words: Callable[[str], Workspace], tmp_path: Path
) -> None:
    (path := tmp_path / "t.csv").write_text(
        "热线流水,来电时间,地址,是否属实\n7,2026-11-01,甲,坐实了\n"
    )
    words = '[complaints.ticket_no]\naliases = ["热线流水"]\n'
    before = import_file(own_words(words), "complaints", path, now=NOW)
    assert (before.quarantined, before.mapping["ticket_no"]) == (1, "热线流水")
    words += (
        '[complaints.is_true.words]\n"属实" = ["坐实了"]\n[inspections.mode.words]\n"飞检" = []'
    )
    workspace = own_words(words)
    assert import_file(workspace, "complaints", path, now=NOW).accepted == 1  # no repetition
    mode = workspace.contract("inspections").field("mode").vocabulary
    assert mode is not None
    assert "飞检" in mode.values
    assert workspace.contract("persons") is TABLES["persons"]


def test_every_wrong_word_of_an_office_is_told_at_once(
    own_words: Callable[[str], Workspace],
) -> None:
    with pytest.raises(SettingsError) as refused:
        own_words(
            'grids = 3\n[pupils.name]\n[complaints.colour]\n[complaints.title]\nalias = ["a"]\n'
            '[complaints.ticket_no]\naliases = ["来电时间"]\nwords = {"a" = []}\n'
            '[complaints.is_true.words]\n"传闻" = []\n"属实" = ["不属实"]\n'
        )
    assert refused.value.facts["file"] == "words.toml"
    assert {(p.section, p.key, p.expected) for p in refused.value.facts["problems"]} == {
        ("grids", "", "object"),
        ("pupils", "", "known_key"),
        ("complaints", "colour", "known_key"),
        ("complaints.title", "alias", "known_key"),
        ("complaints.ticket_no", "aliases", "one_meaning"),
        ("complaints.ticket_no.words", "a", "choice"),
        ("complaints.is_true.words", "传闻", "choice"),
        ("complaints.is_true.words", "属实", "one_meaning"),
    }


def test_an_office_says_which_number_a_word_of_its_grades_stands_for(
    own_words: Callable[[str], Workspace], tmp_path: Path
) -> None:
    (path := tmp_path / "t.csv").write_text(
        "检查时间,地点,评分\n2026-11-01,甲,红牌\n2026-11-02,乙,优\n"
    )
    workspace = own_words(
        '[inspections.grade.words]\n"红牌" = ["红"]\n'
        '[inspections.grade.numbers]\n"红牌" = 20\n"优秀" = 100\n'
    )
    assert import_file(workspace, "inspections", path, now=NOW).kept_unknown == {}
    rows = Engine(workspace).table("inspections").order_by("at").to_pyarrow()
    assert rows["grade"].to_pylist() == [20, 100]


@pytest.mark.parametrize(
    ("words", "place", "expected"),
    [
        ('[inspections.grade.words]\n"红牌" = []', ("inspections.grade.words", "红牌"), "choice"),
        ('[inspections.grade.numbers]\n"优" = 1', ("inspections.grade.words", "优"), "one_meaning"),
        (
            '[inspections.grade.numbers]\n"优秀" = "A"',
            ("inspections.grade.numbers", "优秀"),
            "number",
        ),
        ('[inspections.mode.numbers]\n"日查" = 1', ("inspections.mode", "numbers"), "known_key"),
    ],
    ids=["no number", "spelling of another word", "no number but text", "no grade"],
)
def test_a_wrong_number_of_an_offices_word_is_told(
    words: str, place: tuple[str, str], expected: str, own_words: Callable[[str], Workspace]
) -> None:
    with pytest.raises(SettingsError) as refused:
        own_words(words)
    (problem,) = refused.value.facts["problems"]
    assert ((problem.section, problem.key), problem.expected) == (place, expected)


def test_words_that_are_no_toml_are_refused_by_the_name_of_their_file(
    own_words: Callable[[str], Workspace],
) -> None:
    with pytest.raises(SettingsError, match=r"words\.toml"):
        own_words("热线 =")
