"""Who may know who complained, and what may leave."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from refusals import refused_as

from data.export.writers import ExportError
from data.privacy.identities import IdentityError
from governance.access.permissions import Actor, NotAllowedError, Scope
from governance.office import Office
from governance.security.compliance.complainants import ComplaintUnknownError, IdentityNotKeptError
from governance.security.compliance.exports import UnmaskedError
from gridwarden.compose import open_office

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TICKET = "250912101108115401"
CLERK = Actor(id="clerk", name="热线", roles=("hotline_clerk",), scope=Scope.whole())
PLANNER = Actor(id="planner", name="赵计划", roles=("planner",), scope=Scope.whole())
MANAGER = Actor(id="manager", name="钱主任", roles=("office_manager",), scope=Scope.whole())
WARDEN = Actor(id="warden", name="网格员", roles=("warden",), scope=Scope.whole())


def actions(office: Office) -> list[str]:
    with office._workspace.store.begin() as unit:
        return [event.action for event in reversed(unit.audit.newest())]


def imported(office: Office, actor: Actor, tmp_path: Path, text: str, name: str = "c.csv") -> str:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return office.imports.import_file(actor, "complaints", path).import_id


def test_the_clerk_alone_learns_who_complained_and_it_is_written_down(office: Office) -> None:
    found = office.complainants.look_up(CLERK, TICKET)
    assert (found.name, found.phone) == ("张示例", "13800000001")
    assert actions(office)[-1] == "see_identity"
    for other in (PLANNER, MANAGER, WARDEN):
        with pytest.raises(NotAllowedError):
            office.complainants.look_up(other, TICKET)


def test_the_look_up_is_logged_before_it_is_made(office: Office) -> None:
    next(office._workspace.identities.folder.glob("*.bin")).write_bytes(b"damaged")
    with pytest.raises(IdentityError):
        office.complainants.look_up(CLERK, TICKET)
    assert actions(office)[-1] == "see_identity"


def test_a_complaint_outside_the_scope_does_not_exist(office: Office) -> None:
    near = replace(CLERK, scope=Scope(buildings=frozenset({"B5"})))
    with pytest.raises(ComplaintUnknownError):
        office.complainants.look_up(near, TICKET)
    assert "see_identity" not in actions(office)
    own = replace(CLERK, scope=Scope(buildings=frozenset({"B3"})))
    assert office.complainants.look_up(own, TICKET).name == "张示例"


def test_the_lake_itself_knows_no_complainant(office: Office) -> None:
    for path in office._workspace.lake_path.glob("complaints/*/rows.parquet"):
        text = str(pq.read_table(path).to_pylist())
        assert "张示例" not in text
        assert "13800000001" not in text


def test_a_corrected_complaint_is_its_newest_complainants(
    office: Office, actor: Actor, tmp_path: Path
) -> None:
    row = f"{TICKET},2026-11-02 19:10,示例花园3号楼2单元501,孙新来,13900000009,12345热线\n"
    newer = imported(
        office, actor, tmp_path, "工单编号,来电时间,事发地址,来电人,联系电话,来源渠道\n" + row
    )
    assert office.complainants.look_up(CLERK, TICKET).name == "孙新来"
    office.imports.undo(actor, newer)
    assert office.complainants.look_up(CLERK, TICKET).name == "张示例"
    assert newer not in office._workspace.identities.imports()
    assert office.verify(actor).sound


def test_a_row_back_from_quarantine_still_has_its_complainant(
    office: Office, actor: Actor, tmp_path: Path
) -> None:
    waiting = office.imports.quarantine(actor)[0]["import_id"]
    marked = tmp_path / "marked.xlsx"
    marked.write_bytes(office.imports.export_quarantine(actor, import_id=waiting))
    book = openpyxl.load_workbook(marked)
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            assert cell.value != "王示例"
            if cell.value == "不知道哪天":
                cell.value = "2026-11-06"
    book.save(marked)
    assert office.imports.import_file(actor, "complaints", marked).accepted == 1
    found = office.complainants.look_up(CLERK, "250912101108115403")
    assert (found.name, found.phone) == ("王示例", "13800000003")


def test_a_dry_run_keeps_nobody(empty_office: Office, actor: Actor, files: dict[str, Path]) -> None:
    empty_office.imports.import_file(actor, "complaints", files["complaints"], dry_run=True)
    assert empty_office._workspace.identities.imports() == []


def test_an_office_may_keep_nobody(
    empty_office: Office, actor: Actor, files: dict[str, Path]
) -> None:
    root = empty_office._workspace.root
    settings = root / "gridwarden.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace("keep_identities = true", "keep_identities = false"), encoding="utf-8"
    )
    office = open_office(root, now=lambda: NOW)
    office.imports.import_file(actor, "complaints", files["complaints"])
    assert office._workspace.identities.imports() == []
    with pytest.raises(IdentityNotKeptError):
        office.complainants.look_up(CLERK, TICKET)
    assert office.verify(actor).sound
    office.close()


def test_missing_and_forgotten_identities_are_found(office: Office, actor: Actor) -> None:
    kept = office._workspace.identities
    name = kept.imports()[0]
    kept.path(name).rename(kept.path("20200101T000000-aaaaaa"))
    codes = {problem.code for problem in office.verify(actor).problems}
    assert codes == {"identities_missing", "identities_left_behind"}


def test_a_blank_confidential_means_yes(office: Office, tmp_path: Path) -> None:
    office.exports.export_table(PLANNER, "complaints", tmp_path / "x.csv")
    frame = pd.read_csv(tmp_path / "x.csv", dtype=str)
    assert len(frame) == 3
    assert frame["confidential"].fillna("是").eq("是").all()


def test_an_export_is_masked_scoped_and_logged(office: Office, tmp_path: Path) -> None:
    assert office.exports.export_table(PLANNER, "complaints", tmp_path / "x.csv") == 3
    text = (tmp_path / "x.csv").read_text(encoding="utf-8-sig")
    assert "501" not in text.replace("2509121011081154", "")
    assert "张" not in text
    assert "138" not in text.replace("2509121011081154", "")
    assert set(pd.read_csv(tmp_path / "x.csv")["masked"]) == {"是"}
    assert actions(office)[-1] == "export"
    near = replace(PLANNER, scope=Scope(buildings=frozenset({"B5"})))
    assert office.exports.export_table(near, "complaints", tmp_path / "y.csv") == 0
    assert office.exports.export_table(near, "inspections", tmp_path / "z.csv") == 1


def test_a_warden_exports_nothing(office: Office, tmp_path: Path) -> None:
    with pytest.raises(NotAllowedError):
        office.exports.export_table(WARDEN, "buildings", tmp_path / "x.csv")
    with pytest.raises(NotAllowedError):
        office.exports.ask_unmasked(WARDEN, "buildings", "想看看")
    assert list(tmp_path.glob("*.csv")) == []


def approved(office: Office, asker: Actor = PLANNER, table: str = "complaints") -> int:
    number = office.exports.ask_unmasked(asker, table, "移交执法队第3号案").number
    office.exports.approve_unmasked(MANAGER, number)
    return number


def test_unmasked_needs_a_reason_and_another_person(office: Office, tmp_path: Path) -> None:
    with pytest.raises(UnmaskedError, match="Reason missing"):
        office.exports.ask_unmasked(PLANNER, "complaints", " 看 ")
    request = office.exports.ask_unmasked(MANAGER, "complaints", "移交执法队第3号案")
    assert request.state == "open"
    for code, actor in (("approver_is_asker", MANAGER), (None, PLANNER)):
        kind = UnmaskedError if code else NotAllowedError
        with pytest.raises(kind):
            office.exports.approve_unmasked(actor, request.number)
    with refused_as("request_not_approved"):
        office.exports.export_unmasked(MANAGER, request.number, tmp_path / "x.csv")


def test_one_person_with_two_accounts_approves_no_request_of_either(office: Office) -> None:
    asker = replace(PLANNER, person_id="P1")
    number = office.exports.ask_unmasked(asker, "complaints", "移交执法队第3号案").number
    with refused_as("approver_is_asker"):
        office.exports.approve_unmasked(replace(MANAGER, person_id="P1"), number)


def test_an_approved_export_is_good_once_and_for_its_asker(office: Office, tmp_path: Path) -> None:
    number = approved(office)
    with refused_as("request_of_another"):
        office.exports.export_unmasked(MANAGER, number, tmp_path / "x.csv")
    assert office.exports.export_unmasked(PLANNER, number, tmp_path / "x.csv") == 3
    text = (tmp_path / "x.csv").read_text(encoding="utf-8-sig")
    assert "2单元501" in text
    assert "张示例" not in text, "who complained leaves in no case"
    with refused_as("request_used"):
        office.exports.export_unmasked(PLANNER, number, tmp_path / "y.csv")
    assert [each.state for each in office.exports.requests(PLANNER)] == ["used"]
    told = ["ask_unmasked", "approve_unmasked", "export_unmasked", "export_unmasked"]
    assert actions(office)[-4:] == told


def test_an_approval_ends_after_seven_days(office: Office, tmp_path: Path) -> None:
    number = approved(office)
    later = open_office(office._workspace.root, now=lambda: NOW + timedelta(days=7))
    with refused_as("request_expired"):
        later.exports.export_unmasked(PLANNER, number, tmp_path / "x.csv")
    later.close()


def test_a_failed_export_can_be_made_again(office: Office, tmp_path: Path) -> None:
    number = approved(office, table="persons")
    with pytest.raises(ExportError):
        office.exports.export_unmasked(PLANNER, number, tmp_path / "x.docx")
    with pytest.raises(ExportError):
        office.exports.export_unmasked(PLANNER, number, tmp_path / "x.geojson")
    assert office.exports.export_unmasked(PLANNER, number, tmp_path / "x.csv") == 0


def test_what_was_approved_stays_within_both_scopes(office: Office, tmp_path: Path) -> None:
    near = replace(PLANNER, scope=Scope(buildings=frozenset({"B3"})))
    number = approved(office, near, "inspections")
    assert office.exports.export_unmasked(PLANNER, number, tmp_path / "x.csv") == 1


def test_refused_stays_refused(office: Office) -> None:
    number = office.exports.ask_unmasked(PLANNER, "complaints", "移交执法队第3号案").number
    assert office.exports.refuse_unmasked(MANAGER, number).state == "refused"
    with refused_as("request_decided"):
        office.exports.approve_unmasked(MANAGER, number)
    with refused_as("request_unknown"):
        office.exports.approve_unmasked(MANAGER, 99)


def test_everybody_sees_their_own_requests_and_who_approves_sees_all(office: Office) -> None:
    office.exports.ask_unmasked(PLANNER, "complaints", "移交执法队第3号案")
    other = replace(PLANNER, id="other")
    assert office.exports.requests(other) == []
    assert len(office.exports.requests(MANAGER)) == len(office.exports.requests(PLANNER)) == 1


def test_every_kind_of_file_says_who_took_it_out_and_why(office: Office, tmp_path: Path) -> None:
    said = []
    for ending in ("csv", "xlsx", "parquet", "geojson"):
        office.exports.export_unmasked(PLANNER, approved(office), tmp_path / f"x.{ending}")
    said += pd.read_csv(tmp_path / "x.csv")["watermark"].tolist()
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    sheet: Any = book.active
    said += [sheet["A1"].value, book.properties.description]
    assert "第3号案" in sheet.oddFooter.left.text
    assert sheet["A2"].value == "工单编号"
    table = pq.read_table(tmp_path / "x.parquet")
    said += [table.schema.metadata[b"watermark"].decode(), *table["watermark"].to_pylist()]
    layer = json.loads((tmp_path / "x.geojson").read_text(encoding="utf-8"))
    said += [layer["watermark"], layer["features"][0]["properties"]["watermark"]]
    assert len(said) == 3 + 2 + 4 + 2
    for line in said:
        assert all(part in line for part in ("planner", "第3号案", "manager", "2026-11-24"))
