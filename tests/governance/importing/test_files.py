"""What comes in through the office's door."""

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from data.contracts.registry import TABLES
from data.ingest.options import ImportOptions
from data.ingest.reading.headers.column_mapping import MappingError
from governance.access.permissions import Actor, NotAllowedError, Scope
from governance.importing.files import NothingQuarantinedError
from governance.office import Office


def audit(office: Office) -> list[str]:
    with office._workspace.store.begin() as unit:
        return [event.action for event in reversed(unit.audit.newest())]


def test_no_row_is_lost(office: Office, actor: Actor) -> None:
    for row in office.imports.history(actor).itertuples():
        assert row.rows_in == row.accepted + row.quarantined + row.duplicates


def test_a_complaint_counts_at_the_level_it_is_sure_of(
    office: Office, actor: Actor, files: dict[str, Path]
) -> None:
    again = office.imports.import_file(actor, "complaints", files["complaints"])
    assert again.repeated
    assert again.located.get("room", 0) + again.located["building"] == 2
    assert sum(again.located.values()) == 3


def test_every_change_is_written_down(office: Office, actor: Actor) -> None:
    office.scores.run(actor)
    office.imports.undo(actor, office.imports.history(actor)["import_id"].iloc[0])
    assert audit(office) == ["import", "import", "import", "score", "undo_import"]


def test_a_dry_run_leaves_no_trace(
    empty_office: Office, actor: Actor, files: dict[str, Path]
) -> None:
    result = empty_office.imports.import_file(
        actor, "buildings", files["buildings"], ImportOptions(datum="wgs84"), dry_run=True
    )
    assert result.accepted == 8
    assert empty_office.imports.history(actor).empty
    assert audit(empty_office) == []


def test_an_import_that_was_taken_back_leaves_the_tables(office: Office, actor: Actor) -> None:
    newest = office.imports.history(actor).iloc[0]
    office.imports.undo(actor, newest["import_id"])
    tables = office.imports.tables(actor).set_index("table")
    assert tables.loc[newest["table"], "rows"] == 0
    assert office.imports.history(actor).iloc[0]["undone"]


def test_quarantined_rows_come_back_marked_and_can_be_sent_again(
    office: Office, actor: Actor, tmp_path: Path
) -> None:
    waiting = office.imports.quarantine(actor)
    assert [each["rows"] for each in waiting] == [1]
    marked = office.imports.export_quarantine(actor, import_id=waiting[0]["import_id"])
    book = openpyxl.load_workbook(io.BytesIO(marked))
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if cell.value == "不知道哪天":
                cell.value = "2026-11-06"
    corrected = tmp_path / "corrected.xlsx"
    book.save(corrected)
    result = office.imports.import_file(actor, "complaints", corrected)
    assert (result.rows_in, result.accepted, result.quarantined) == (1, 1, 0)
    assert result.unmapped == (), "columns that we added are none of the sender's"
    assert office.imports.quarantine(actor) == [], "what came back waits no longer"
    office.imports.undo(actor, result.import_id)
    assert [each["rows"] for each in office.imports.quarantine(actor)] == [1]


@pytest.fixture
def clerk() -> Actor:
    return Actor(id="clerk", name="热线", roles=("hotline_clerk",), scope=Scope.whole())


def brought_in(office: Office, by: Actor, folder: Path) -> str:
    """Import two complaints, one of them unusable; return the import's name."""
    path = folder / f"{by.id}.csv"
    path.write_text(f"工单编号,来电时间,地址\n{by.id}1,2026-11-06,甲\n{by.id}2,某天,乙\n", "utf-8")
    return office.imports.import_file(by, "complaints", path).import_id


def test_who_may_import_lists_undoes_and_corrects_own_imports(
    office: Office, actor: Actor, clerk: Actor, tmp_path: Path
) -> None:
    assert office.imports.history(clerk).empty
    own = brought_in(office, clerk, tmp_path)
    assert [each["import_id"] for each in office.imports.listed(clerk)] == [own]
    assert [each["import_id"] for each in office.imports.quarantine(clerk)] == [own]
    assert office.imports.export_quarantine(clerk, import_id=own)
    assert office.imports.undo(clerk, own).import_id == own
    assert audit(office)[-1] == "undo_import"
    assert [each["undone"] for each in office.imports.listed(clerk)] == [True]
    assert own in set(office.imports.history(actor)["import_id"])


def test_imports_of_others_are_kept_from_who_only_imports(
    office: Office, actor: Actor, clerk: Actor, tmp_path: Path
) -> None:
    colleague = replace(clerk, id="colleague")
    others = [brought_in(office, by, tmp_path) for by in (actor, colleague)]
    for import_id in (*others, "no such import"):
        for service in (office.imports.undo, office.imports.export_quarantine):
            with pytest.raises(NotAllowedError, match="Not own import"):
                service(clerk, import_id=import_id)
    assert office.imports.listed(clerk) == office.imports.quarantine(clerk) == []
    assert not set(office.imports.history(actor)["undone"]) & {True}
    assert audit(office)[-1] == "refused"


def test_the_same_file_again_makes_an_import_nobody_elses(
    office: Office, clerk: Actor, tmp_path: Path
) -> None:
    import_id = brought_in(office, clerk, tmp_path)
    colleague = replace(clerk, id="colleague")
    again = office.imports.import_file(colleague, "complaints", tmp_path / "clerk.csv")
    assert (again.repeated, again.import_id) == (True, import_id)
    assert office.imports.listed(colleague) == []


def test_an_import_without_refused_rows_has_no_quarantine_to_give(
    office: Office, actor: Actor
) -> None:
    with pytest.raises(NothingQuarantinedError):
        office.imports.export_quarantine(actor, import_id="no such import")


@pytest.mark.parametrize("table", list(TABLES))
def test_every_table_has_a_template(empty_office: Office, actor: Actor, table: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(empty_office.imports.template(actor, table)))
    assert book.worksheets


def test_a_preview_shows_what_would_be_read_and_keeps_nothing(
    empty_office: Office, actor: Actor, files: dict[str, Path]
) -> None:
    seen = empty_office.imports.preview(actor, "buildings", files["buildings"])
    assert seen.mapping["building_id"] == "楼栋编码"
    assert seen.datum_needed
    assert len(seen.sample) == 8
    assert empty_office.imports.history(actor).empty


def test_a_column_named_like_one_of_our_workbook_is_told_in_a_file_of_others(
    empty_office: Office, actor: Actor, tmp_path: Path
) -> None:
    path = tmp_path / "others.csv"
    path.write_text("工单编号,来电时间,地址,怎样更正\n1,2026-11-06,甲,无\n", "utf-8")
    assert empty_office.imports.preview(actor, "complaints", path).unmapped == ("怎样更正",)


def test_a_preview_masks_people(empty_office: Office, actor: Actor, files: dict[str, Path]) -> None:
    shown = empty_office.imports.preview(actor, "complaints", files["complaints"]).sample.to_csv()
    assert "250912101108115401" in shown
    for hidden in ("张示例", "13800000001"):
        assert hidden not in shown


def test_a_preview_hides_the_numbers_above_a_table(
    empty_office: Office, actor: Actor, tmp_path: Path
) -> None:
    path = tmp_path / "工单.csv"
    path.write_text(
        "11月工单 联系电话：13800001111\n工单编号,来电时间,地址\n1,2026-11-20,甲路1号\n"
    )
    seen = empty_office.imports.preview(actor, "complaints", path)
    assert seen.heading == "11月工单 联系电话：138****1111"


def test_a_meaning_of_a_field_that_does_not_exist_is_refused(
    empty_office: Office, actor: Actor, files: dict[str, Path]
) -> None:
    with pytest.raises(MappingError):
        empty_office.imports.import_file(
            actor,
            "inspections",
            files["inspections"],
            ImportOptions(values={"outcome": {"x": "属实"}}),
        )


def test_an_export_is_written_down(office: Office, actor: Actor, tmp_path: Path) -> None:
    rows = office.exports.export_table(actor, "complaints", tmp_path / "out.csv")
    text = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert rows == 3
    assert "13800000001" not in text
    assert "张示例" not in text
    assert audit(office)[-1] == "export"
