"""Rules of importing a file."""

import weakref
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pyarrow.parquet as pq
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from refusals import refused_as

from data.engine import Engine
from data.ingest import mapped_file
from data.ingest import run as run_module
from data.ingest.coordinates.datum import ImportRefusedError
from data.ingest.options import ImportOptions
from data.ingest.preview.preview import preview_file
from data.ingest.quarantine.store import read_quarantined
from data.ingest.reading.workbooks import excel
from data.ingest.results import ImportResult
from data.ingest.run import import_file
from data.integrity.verify import verify_workspace
from data.workspace.folder import Workspace
from data.workspace.locks import WorkspaceBusyError

Send = Callable[..., ImportResult]

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout
HEADER = "工单编号,来电时间,工单标题,事发地址,联系电话"
ROWS = (
    "250912101108115409,2026-11-20 19:42,补课扰民,示例花园12号楼,13812345678",
    "250912101108115410,2026-11-21,周末补课,示例花园3号楼,13812345679",
    "250912101108115410,2026-11-21,周末补课,示例花园3号楼,13812345679",
    "250912101108115411,someday,看不清,示例花园4号楼,",
)


@pytest.fixture
def send(workspace: Workspace, tmp_path: Path) -> Send:
    """Return what writes lines to a CSV file and imports it as complaints."""
    sent = iter(range(100))

    def run(*lines: str, name: str = "hotline.csv", header: str = HEADER, **said: Any) -> Any:
        path = tmp_path / name
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        how = {name: said.pop(name) for name in ("dry_run", "derive") if name in said}
        return import_file(
            workspace,
            said.pop("table", "complaints"),
            path,
            now=NOON + timedelta(minutes=next(sent)),
            options=ImportOptions(**said),
            **how,
        )

    return run


def titles(workspace: Workspace) -> dict[str, str]:
    rows = Engine(workspace).table("complaints").select("ticket_no", "title").to_pyarrow()
    return {row["ticket_no"]: row["title"] for row in rows.to_pylist()}


def test_of_many_files_the_derived_one_is_made_once_by_whoever_reads_next(
    workspace: Workspace, send: Send
) -> None:
    counted = [send(row, derive=False) for row in ROWS[:2]]
    assert [sum(each.located.values()) for each in counted] == [1, 1]
    assert not list((workspace.derived_path / "current").glob("*.parquet"))
    engine = Engine(workspace)
    assert engine.table("complaints").count().to_pyarrow().as_py() == 2
    engine.close()


def test_every_row_is_accepted_quarantined_or_a_duplicate(workspace: Workspace, send: Send) -> None:
    result = send(*ROWS)
    counts = (result.rows_in, result.accepted, result.quarantined, result.duplicates)
    assert counts == (4, 2, 1, 1)
    assert result.reasons == {"unreadable_date": 1}
    manifest = workspace.lake.manifest(result.import_id)
    assert (manifest.rows_in, manifest.accepted, manifest.quarantined) == (4, 2, 1)
    assert verify_workspace(workspace).sound


def test_importing_the_same_file_again_changes_nothing(workspace: Workspace, send: Send) -> None:
    first, again = send(*ROWS), send(*ROWS)
    assert again.repeated
    assert (again.rows_in, again.accepted, again.quarantined, again.duplicates) == (4, 0, 0, 4)
    assert again.import_id == first.import_id
    assert len(workspace.lake.imports()) == 1


def test_the_same_rows_from_another_file_are_duplicates_that_survive_an_undo(
    workspace: Workspace, send: Send
) -> None:
    first, other = send(*ROWS[:2]), send(*ROWS[1::-1], name="other.csv")
    assert (other.accepted, other.duplicates, other.replaced) == (0, 2, 0)
    workspace.lake.undo(first.import_id)
    assert titles(workspace) == {"250912101108115409": "补课扰民", "250912101108115410": "周末补课"}


def test_a_corrected_row_replaces_its_older_self_until_it_is_taken_back(
    workspace: Workspace, send: Send
) -> None:
    send(*ROWS[:2])
    corrected = send(ROWS[0].replace("补课扰民", "噪音扰民"), name="corrected.csv")
    assert (corrected.accepted, corrected.replaced, corrected.duplicates) == (1, 1, 0)
    assert titles(workspace)["250912101108115409"] == "噪音扰民"
    workspace.lake.undo(corrected.import_id)
    assert titles(workspace)["250912101108115409"] == "补课扰民"


def test_what_a_correction_says_was_not_known_before_it_came(
    workspace: Workspace, send: Send
) -> None:
    send(ROWS[0])
    send(ROWS[0].replace("补课扰民", "噪音扰民"), name="corrected.csv")
    engine = Engine(workspace)
    before = engine.table("complaints", cut=NOON).select("title").to_pyarrow()
    after = engine.table("complaints", cut=NOON + timedelta(days=1)).select("title").to_pyarrow()
    assert before["title"].to_pylist() == ["补课扰民"]
    assert after["title"].to_pylist() == ["噪音扰民"]


def test_a_list_of_buildings_without_codes_is_a_register_that_can_come_again(
    workspace: Workspace, send: Send
) -> None:
    send(*ROWS[:2])
    header, how = "小区,楼栋名称,地址,户数,经度,纬度", {"table": "buildings", "datum": "wgs84"}
    rows = ["示例花园,12号楼,示例花园12号楼,30,117.1,36.1", "示例花园,3号楼,,20,117.11,36.1"]
    nameless = ["某院,,,5,117.12,36.1", "某院,,,6,117.13,36.1"]
    send(*rows, *nameless, name="buildings.csv", header=header, **how)
    engine = Engine(workspace)
    before = engine.table("buildings").order_by("household_count").to_pandas()
    assert before["building_id"].is_unique
    assert before["household_count"].to_list() == [5, 6, 20, 30]
    placed = engine.table("complaints").order_by("ticket_no").to_pandas()["building_id"]
    assert placed.to_list() == before["building_id"].to_list()[:1:-1]
    again = send(rows[0].replace("30", "31"), *rows[1:], *nameless, name="b.csv", header=header,
                 **how)  # fmt: skip
    assert (again.accepted, again.replaced, again.duplicates) == (1, 1, 3)
    after = engine.table("buildings").order_by("household_count").to_pandas()
    assert after["household_count"].to_list() == [5, 6, 20, 31]


@pytest.mark.parametrize("coded_first", [True, False])
def test_a_list_of_buildings_with_codes_and_one_without_are_warned_about(
    workspace: Workspace, send: Send, *, coded_first: bool
) -> None:
    coded = ("B1,示例花园12号楼,117.1,36.1", "楼栋编码,标准地址,经度,纬度", "buildings_coded_anew")
    bare = ("示例花园12号楼,117.1,36.1", "标准地址,经度,纬度", "buildings_without_codes")
    (row, header, _), (other, heads, told) = (coded, bare) if coded_first else (bare, coded)
    how = {"table": "buildings", "datum": "wgs84"}
    first = send(row, name="a.csv", header=header, **how)
    assert not {"buildings_coded_anew", "buildings_without_codes"} & set(first.warnings)
    assert told in send(other, name="b.csv", header=heads, dry_run=True, **how).warnings
    workspace.lake.undo(first.import_id)
    assert told not in send(other, name="b.csv", header=heads, **how).warnings


def test_an_import_that_was_taken_back_can_come_again(workspace: Workspace, send: Send) -> None:
    first = send(*ROWS[:2])
    workspace.lake.undo(first.import_id)
    again = send(*ROWS[:2])
    assert (again.repeated, again.accepted) == (False, 2)


def test_a_dry_run_gives_the_full_result_and_keeps_nothing(
    workspace: Workspace, send: Send
) -> None:
    rehearsed = send(*ROWS, dry_run=True)
    assert workspace.lake.imports(undone=True) == []
    assert list(workspace.quarantine_path.iterdir()) == []
    real = send(*ROWS)
    names = ("rows_in", "accepted", "quarantined", "duplicates", "reasons", "located", "mapping")
    assert [getattr(rehearsed, n) for n in names] == [getattr(real, n) for n in names]
    assert rehearsed.dry_run


def test_a_filter_leaves_rows_out_before_they_are_counted(send: Send) -> None:
    result = send(*ROWS, where={"工单标题": "周末补课"})
    assert (result.rows_in, result.left_out, result.duplicates) == (2, 2, 1)


def test_a_value_means_what_the_person_says(workspace: Workspace, send: Send) -> None:
    header, row = "工单编号,来电时间,事发地址,诉求属实", "1,2026-11-20,示例花园12号楼,有"
    refused = send(row, header=header, dry_run=True)
    assert refused.quarantined == 1
    result = send(row, header=header, values={"is_true": {"有": "属实"}})
    assert result.accepted == 1
    read = Engine(workspace).table("complaints").select("is_true").to_pyarrow()
    assert read["is_true"].to_pylist() == ["属实"]


def test_a_mapping_is_remembered_for_files_with_the_same_headers(send: Send) -> None:
    header = HEADER.replace("工单标题", "说了什么")
    first = send(*ROWS[:1], header=header, mapping={"title": "说了什么"})
    later = send(*ROWS[1:2], header=header, name="later.csv")
    assert first.mapping == later.mapping
    assert later.mapping["title"] == "说了什么"


def test_a_file_without_a_required_column_is_refused_with_its_headers(
    workspace: Workspace, send: Send
) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        send("1,x", header="工单编号,工单标题")
    assert refused.value.code == "columns_missing"
    assert "received_at" in refused.value.facts["missing"]
    assert workspace.lake.imports() == []


def test_a_file_of_another_table_is_refused_with_its_name(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "complaints.csv"
    path.write_text(HEADER + "\n" + ROWS[0])
    with pytest.raises(ImportRefusedError) as refused:
        import_file(workspace, "inspections", path, now=NOON)
    assert refused.value.code == "columns_of_another_table"
    assert refused.value.facts["table"] == "complaints"
    assert refused.value.facts["missing"]


def test_a_header_without_a_row_is_called_what_it_is(send: Send) -> None:
    with refused_as("no_rows"):
        send()


def test_a_file_whose_rows_are_all_left_out_is_refused(send: Send) -> None:
    with refused_as("no_rows", left_out=4):
        send(*ROWS, where={"工单标题": "别的"})


def test_a_crash_before_the_last_step_leaves_nothing(
    workspace: Workspace, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(run_module, "write_quarantined", Mock(side_effect=RuntimeError))
        with pytest.raises(RuntimeError):
            send(*ROWS)
    assert workspace.lake.imports(undone=True) == []
    assert send(*ROWS).accepted == 2


def test_a_crash_after_the_last_step_loses_nothing(
    workspace: Workspace, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(run_module._FileImport, "_locate", Mock(side_effect=RuntimeError))
        with pytest.raises(RuntimeError):
            send(*ROWS)
    assert len(titles(workspace)) == 2
    assert verify_workspace(workspace).sound


def test_two_imports_do_not_run_at_once(workspace: Workspace, send: Send) -> None:
    with workspace.lock(), pytest.raises(WorkspaceBusyError):
        send(*ROWS)


def test_quarantined_rows_are_kept_with_reasons_and_without_telephone_numbers(
    workspace: Workspace, send: Send
) -> None:
    send(ROWS[0].replace("2026-11-20 19:42", "someday"))
    (kept,) = read_quarantined(workspace)
    assert kept.problems["code"].to_pylist() == ["unreadable_date"]
    assert kept.rows["联系电话"].to_pylist() == ["138****5678"]


def test_of_each_reason_the_first_row_is_told_without_a_number_of_a_person(send: Send) -> None:
    odd = [row.replace("2026-11-2", "13812345678 2") for row in ROWS[:2]]
    for dry_run in (True, False):
        result = send(*ROWS[2:3], *odd, dry_run=dry_run)
        assert set(result.examples) == set(result.reasons) == {"unreadable_date"}
        cell = result.examples["unreadable_date"]
        assert (cell.row, cell.field, cell.column) == (3, "received_at", "来电时间")
        assert cell.seen.startswith("138****5678")


def test_rows_in_quarantine_leave_with_the_import_they_came_with(
    workspace: Workspace, send: Send
) -> None:
    result = send(*ROWS)
    workspace.lake.undo(result.import_id)
    assert read_quarantined(workspace) == []


def test_a_preview_shows_no_telephone_number_whatever_column_it_stands_in(
    workspace: Workspace, tmp_path: Path
) -> None:
    rows = "1,2026-11-20,补课 13812345678,示例花园 找王某13812345678,13812345678,13812345678"
    (path := tmp_path / "a.csv").write_text(f"{HEADER},其它\n{rows}\n", encoding="utf-8")
    preview = preview_file(workspace, "complaints", path, now=NOON, options=ImportOptions())
    assert "13812345678" not in preview.sample.to_csv()


def test_no_telephone_number_reaches_the_lake(workspace: Workspace, send: Send) -> None:
    manifest = workspace.lake.manifest(send(*ROWS[:2]).import_id)
    rows = pq.read_table(workspace.lake.rows_path(manifest)).to_pylist()
    assert "13812345678" not in str(rows)
    assert len({row["reporter_key"] for row in rows}) == 2


POINTS = "工单编号,来电时间,经度,纬度"


def test_points_without_a_datum_are_refused_and_nothing_is_kept(
    workspace: Workspace, send: Send
) -> None:
    with refused_as("datum_unclear", reason="no_reference"):
        send("1,2026-11-20,117.12,36.19", header=POINTS)
    assert workspace.lake.imports() == []


def test_points_outside_china_are_wgs84_for_want_of_a_choice(send: Send) -> None:
    result = send("1,2026-11-20,-87.65,41.94", header=POINTS)
    assert (result.datum, result.warnings) == ("wgs84", ("outside_china",))


def test_a_column_may_say_the_datum_of_each_row(workspace: Workspace, send: Send) -> None:
    header = POINTS + ",坐标系"
    send("1,2026-11-20,117.12,36.19,GCJ02", "2,2026-11-20,117.12,36.19,WGS84", header=header)
    rows = Engine(workspace).table("complaints").order_by("ticket_no").to_pyarrow().to_pylist()
    shift = abs(rows[0]["lon"] - rows[1]["lon"])
    assert rows[1]["lon"] == 117.12
    assert 0.002 < shift < 0.01


def test_the_same_numbers_in_another_datum_are_another_content(
    workspace: Workspace, send: Send
) -> None:
    send("1,2026-11-20,117.12,36.19", header=POINTS, datum="gcj02")
    again = send("1,2026-11-20,117.12,36.19", header=POINTS, datum="bd09")
    assert (again.replaced, again.duplicates) == (1, 0)
    assert Engine(workspace).table("complaints").count().to_pyarrow().as_py() == 1


@pytest.mark.parametrize("name", ["rows", "problems"])
def test_a_changed_byte_in_quarantine_is_found(workspace: Workspace, send: Send, name: str) -> None:
    send(*ROWS)
    assert verify_workspace(workspace).sound
    path = next(workspace.quarantine_path.glob(f"*-{name}.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    assert [p.code for p in verify_workspace(workspace).problems] == ["quarantine_changed"]


def write_workbook(path: Path, *rows: str) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("工单")
        for at, row in enumerate((HEADER, *rows)):
            sheet.write_row(at, 0, row.split(","))
    return path


def test_a_workbook_is_parsed_once_for_an_import_and_once_for_a_preview(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[object] = []
    parse = CalamineWorkbook.get_sheet_by_name

    class Counting:
        def __init__(self, book: CalamineWorkbook) -> None:
            self._book = book

        def __getattr__(self, name: str) -> object:
            return getattr(self._book, name)

        def get_sheet_by_name(self, name: str) -> object:
            parsed.append(name)
            return parse(self._book, name)

    open_book = excel._open
    monkeypatch.setattr(excel, "_open", lambda path: Counting(open_book(path)))
    path = write_workbook(tmp_path / "a.xlsx", *ROWS)
    preview_file(workspace, "complaints", path, now=NOON, options=ImportOptions())
    assert parsed == ["工单"]
    import_file(workspace, "complaints", path, now=NOON)
    assert parsed == ["工单"] * 2


def test_accepted_rows_are_let_go_before_the_next_rows_are_read(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted: list[weakref.ref[object]] = []
    check = mapped_file.check_batch

    def watch(*given: Any, **said: Any) -> Any:
        checked = check(*given, **said)
        accepted.append(weakref.ref(checked.accepted))
        return checked

    held: list[int] = []

    def count(*_: object) -> None:
        held.append(sum(rows() is not None for rows in accepted[:-1]))  # the last is at hand still

    monkeypatch.setattr(mapped_file, "BATCH_ROWS", 2)
    monkeypatch.setattr(mapped_file, "check_batch", watch)
    monkeypatch.setattr(run_module, "write_quarantined", count)
    rows = [f"{n},{'someday' if n % 2 else '2026-11-20'},补课,示例花园{n}号楼," for n in range(10)]
    path = write_workbook(tmp_path / "a.xlsx", *rows)
    result = import_file(workspace, "complaints", path, now=NOON)
    assert (result.accepted, result.quarantined) == (5, 5)
    assert (len(accepted), held) == (5, [0])
