"""An export holds the rows that were asked for, and both people know beforehand what it shows."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from refusals import refused_as

from governance.access.permissions import Actor, NotAllowedError, Scope, local_owner
from governance.office import Office
from governance.security.compliance.export_requests import UnmaskedError
from governance.security.compliance.export_selection import ExportSelection, SelectionError

PLANNER = Actor(id="planner", name="赵计划", roles=("planner",), scope=Scope.whole())
MANAGER = Actor(id="manager", name="钱主任", roles=("office_manager",), scope=Scope.whole())
SECURITY = Actor(id="security", name="孙安全", roles=("security_administrator",))
REASON = "移交执法队第3号案"
B3 = ExportSelection(building_id="B3")


def test_a_masked_export_holds_the_chosen_rows_alone(office: Office, tmp_path: Path) -> None:
    everything = office.exports.export_table(PLANNER, "complaints", tmp_path / "all.csv")
    rows = office.exports.export_table(PLANNER, "complaints", tmp_path / "b3.csv", selection=B3)
    frame = pd.read_csv(tmp_path / "b3.csv", dtype=str)
    assert set(frame["building_id"]) == {"B3"}
    assert rows == len(frame) < everything


def test_a_period_keeps_both_of_its_days(office: Office, tmp_path: Path) -> None:
    office.exports.export_table(PLANNER, "complaints", tmp_path / "all.csv")
    days = pd.to_datetime(pd.read_csv(tmp_path / "all.csv")["received_at"]).dt.date
    day = min(days)
    only = ExportSelection(since=day, until=day)
    rows = office.exports.export_table(PLANNER, "complaints", tmp_path / "x.csv", selection=only)
    assert rows == (days == day).sum() > 0


@pytest.mark.parametrize(
    ("table", "selection", "code"),
    [
        ("persons", B3, "selection_impossible"),
        ("buildings", ExportSelection(since=date(2026, 1, 1)), "selection_impossible"),
        ("complaints", ExportSelection(since=date(2026, 2, 1), until=date(2026, 1, 1)),
         "period_ends_before_it_begins"),
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_is_refused_before_it_is_asked(
    office: Office, table: str, selection: ExportSelection, code: str
) -> None:
    with refused_as(code):
        office.exports.ask_unmasked(PLANNER, table, REASON, selection=selection)


def test_an_approved_export_holds_just_the_rows_that_both_were_told(
    office: Office, tmp_path: Path
) -> None:
    told = office.exports.contents(PLANNER, "complaints", selection=B3)
    number = office.exports.ask_unmasked(PLANNER, "complaints", REASON, selection=B3).number
    assert office.exports.contents_of(MANAGER, number) == told
    assert office.exports.contents_of(SECURITY, number) == told
    office.exports.approve_unmasked(MANAGER, number)
    assert office.exports.export_unmasked(PLANNER, number, tmp_path / "x.csv") == told.rows
    assert set(pd.read_csv(tmp_path / "x.csv")["building_id"]) == {"B3"}


def test_an_approved_export_of_a_case_holds_the_rows_that_are_its_leads(
    office: Office, tmp_path: Path
) -> None:
    office.cases.catch_up(local_owner())
    case_no = str(office.cases.inbox(MANAGER).rows["case_no"].iloc[0])
    leads = office.cases.case(MANAGER, case_no).leads
    asked = ExportSelection.of_case(case_no, leads, "complaints")
    number = office.exports.ask_unmasked(MANAGER, "complaints", REASON, selection=asked).number
    told = office.exports.contents_of(SECURITY, number)
    assert (told.selection, told.rows) == (asked, len(leads))
    office.exports.approve_unmasked(SECURITY, number)
    office.exports.export_unmasked(MANAGER, number, tmp_path / "x.csv")
    written = pd.read_csv(tmp_path / "x.csv", dtype=str)
    assert sorted(written["ticket_no"]) == sorted(leads["ticket_no"])


def test_rows_that_are_no_leads_of_the_case_named_are_not_asked_for(office: Office) -> None:
    office.cases.catch_up(local_owner())
    first, *_, other = office.cases.inbox(MANAGER).rows["case_no"].astype(str)
    leads = office.cases.case(MANAGER, other).leads
    forged = ExportSelection.of_case(first, leads, "complaints")
    with refused_as("rows_not_of_case"):
        office.exports.ask_unmasked(MANAGER, "complaints", REASON, selection=forged)


def test_a_case_without_a_row_in_a_table_takes_none_of_it_out(office: Office) -> None:
    none = ExportSelection(case_no="XS-2026-0001")
    assert office.exports.contents(PLANNER, "complaints", selection=none).rows == 0


def test_rows_of_a_case_are_chosen_only_where_rows_are_leads() -> None:
    with pytest.raises(SelectionError):
        ExportSelection.of_case("XS-2026-0001", pd.DataFrame(), "rentals")


def test_what_is_told_names_columns_by_their_headers_and_why_others_stay_masked(
    office: Office,
) -> None:
    told = office.exports.contents(PLANNER, "complaints", selection=B3)
    assert "事发地址" in told.clear
    assert told.masked["诉求人"] == "complainant"
    assert told.place.endswith("B3")
    rentals = office.exports.contents(PLANNER, "rentals")
    assert set(rentals.masked.values()) == {"door"}


def test_nobody_else_is_told_what_a_request_holds(office: Office) -> None:
    number = office.exports.ask_unmasked(PLANNER, "complaints", REASON).number
    with pytest.raises(UnmaskedError, match="another"):
        office.exports.contents_of(replace(PLANNER, id="other"), number)
    warden = replace(PLANNER, roles=("warden",))
    with pytest.raises(NotAllowedError):
        office.exports.contents_of(warden, number)


def test_what_waits_for_a_person_are_others_open_requests(office: Office) -> None:
    assert dict(office.approvals.waiting(MANAGER)) == {}
    number = office.exports.ask_unmasked(PLANNER, "complaints", REASON).number
    office.exports.ask_unmasked(MANAGER, "inspections", REASON)
    assert [each.number for each in office.exports.to_decide(MANAGER)] == [number]
    assert office.approvals.waiting(MANAGER)["approve_exports"] == 1
    assert office.approvals.waiting(SECURITY)["approve_exports"] == 2
    assert dict(office.approvals.waiting(PLANNER)) == {}
    office.exports.refuse_unmasked(SECURITY, number)
    assert "approve_exports" not in office.approvals.waiting(MANAGER)


def test_a_workbook_has_chinese_headers_and_numbers_without_a_tail(
    office: Office, tmp_path: Path
) -> None:
    office.exports.export_table(PLANNER, "complaints", tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0]
    head, *rows = sheet.iter_rows(values_only=True)
    assert sheet.title == "投诉线索"
    assert not [name for name in head if str(name).isascii()]
    numbers = [value for row in rows for value in row if isinstance(value, float)]
    assert numbers
    assert all(number == round(number, 7) for number in numbers)


def test_a_selection_is_kept_as_it_was_chosen() -> None:
    chosen = ExportSelection(community_code="C1", since=date(2026, 1, 2))
    assert ExportSelection.of_mapping(chosen.to_mapping()) == chosen
    case = ExportSelection(case_no="XS-2026-0001", case_rows=("1", "2 3"))
    assert ExportSelection.of_mapping(case.to_mapping()) == case
    assert ExportSelection.of_mapping(None) == ExportSelection()


def test_an_approver_of_a_part_learns_of_no_request_elsewhere(office: Office) -> None:
    part = replace(MANAGER, id="part", scope=Scope(buildings=frozenset({"B3"})))
    every = office.exports.ask_unmasked(PLANNER, "complaints", "上级要求提供").number
    there, here = (
        office.exports.ask_unmasked(
            PLANNER, "complaints", "上级要求提供", selection=ExportSelection(building_id=code)
        ).number
        for code in ("B5", "B3")
    )
    assert [each.number for each in office.exports.to_decide(part)] == [here]
    assert [each.number for each in office.exports.requests(part)] == [here]
    assert office.approvals.waiting(part) == {"approve_exports": 1}
    for number in (every, there):
        for ask in (office.exports.contents_of, office.exports.approve_unmasked,
                    office.exports.refuse_unmasked):  # fmt: skip
            with refused_as("request_unknown"):
                ask(part, number)
    assert office.exports.approve_unmasked(part, here).state == "approved"
    assert len(office.exports.to_decide(SECURITY)) == 2
