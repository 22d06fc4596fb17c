"""Tickets of the hotline's exports as leads: new ones, changed ones, and those taken back."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from case_steps import CLERK, MANAGER, WHOLE_WAY, person
from imported import copied_office, opened_copy

from data.contracts.case_vocabulary import Stage
from data.store.repositories.cases.inbox import InboxQuery
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Actor, NotAllowedError, local_owner
from governance.cases.intake import LeadIntake, NewLead
from governance.cases.upkeep import tickets
from governance.cases.upkeep.tickets import TicketLeads
from governance.office import Office
from tests.governance.conftest import NOW

HEADER = (
    "工单编号,来电时间,事发地址,来电人,联系电话,来源渠道,工单状态,截止时间,退回次数,满意度,"
    "工单标题,诉求内容\n"
)
FIRST = (
    "A1,2026-11-20 09:00,示例花园3号楼,张示例,13800000001,12345热线,待处置,2026-11-27 18:00,0,,"
    "反映补课,3号楼有人一对一补数学，每小时200元，电话13800000001\n"
)
SECOND = (
    "A2,2026-11-20 10:00,示例花园4号楼,李示例,13800000002,信访,已结案,,0,满意,反映噪音,晚上很吵\n"
)
EXPORT = HEADER + FIRST + SECOND


def bring_in(office: Office, actor: Actor, folder: Path, text: str) -> str:
    path = folder / "export.csv"
    path.write_text(text, encoding="utf-8")
    return str(office.imports.import_file(actor, "complaints", path).import_id)


@pytest.fixture(scope="module")
def exported_folder(filled_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("exported")
    with copied_office(filled_folder, to, now=NOW) as office:
        bring_in(office, local_owner(), to, EXPORT)
        office.cases.catch_up(local_owner())
    return office._workspace.root


@pytest.fixture
def exported(exported_folder: Path, tmp_path: Path) -> Iterator[Office]:
    """Return the office after an export, whose tickets are leads."""
    yield from opened_copy(exported_folder, tmp_path, now=NOW)


def test_each_new_ticket_is_a_lead_where_it_was_placed(
    office: Office, actor: Actor, tmp_path: Path
) -> None:
    office.cases.catch_up(actor)
    bring_in(office, actor, tmp_path, EXPORT)
    done = office.cases.catch_up(actor)
    assert (done.leads.new, done.leads.updated) == (2, 0)
    assert office.cases.catch_up(actor).leads.new == 0
    page = office.cases.inbox(MANAGER, InboxQuery(search="A1"))
    row = page.rows.iloc[0]
    assert (row["title"], row["building_id"], row["channel"]) == ("反映补课", "B3", "12345热线")
    lead = office.cases.case(MANAGER, row["case_no"]).leads.iloc[0]
    assert (lead["status"], lead["due_at"]) == ("待处置", datetime(2026, 11, 27, 18, 0))  # noqa: DTZ001
    assert "一对一" in lead["forms"]


def test_a_lead_holds_the_scrubbed_text_and_no_reporter(exported: Office) -> None:
    with exported._workspace.store.begin() as unit:
        held = str(unit.leads.known("complaints"))
    assert "13800000001" not in held
    assert "李示例" not in held


def test_a_ticket_that_was_over_when_it_came_waits_for_nobody(exported: Office) -> None:
    over = exported.cases.inbox(MANAGER, InboxQuery(search="A2", stages=(Stage.CLOSED,)))
    assert over.total == 1
    assert over.rows["card"].tolist() == [""]


def test_importing_again_keeps_status_deadline_and_return_in_step(
    exported: Office, actor: Actor, tmp_path: Path
) -> None:
    case_no = exported.cases.inbox(MANAGER, InboxQuery(search="A1")).rows["case_no"][0]
    assert exported.cases.act(CLERK, case_no, "accept").due_at == datetime(2026, 11, 27, 18, 0)  # noqa: DTZ001
    later = EXPORT.replace("待处置,2026-11-27 18:00,0", "待处置,2026-12-04 18:00,1")
    bring_in(exported, actor, tmp_path, later)
    assert exported.cases.catch_up(actor).leads.updated == 1
    view = exported.cases.case(MANAGER, case_no)
    assert view.facts["due_at"] == datetime(2026, 12, 4, 18, 0)  # noqa: DTZ001
    assert view.leads["returned"].tolist() == [1]
    assert view.history["action"].tolist() == ["take_in", "accept", "update"]


def test_a_ticket_that_gives_days_alone_is_due_by_them_and_by_its_extension(
    office: Office, actor: Actor, tmp_path: Path
) -> None:
    text = HEADER.replace("截止时间", "派单时间,办理期限,延期天数")
    text += FIRST.replace("2026-11-27 18:00", "2026-11-20 11:00,5,")
    for extension, day in (("", 27), ("3", 2)):
        bring_in(office, actor, tmp_path, text.replace(",5,", f",5,{extension}"))
        office.cases.catch_up(actor)
        case_no = office.cases.inbox(MANAGER, InboxQuery(search="A1")).rows["case_no"][0]
        leads = office.cases.case(MANAGER, case_no).leads
        month = 12 if extension else 11
        assert leads["due_at"].tolist() == [datetime(2026, month, day, 23, 59)]  # noqa: DTZ001


def test_an_import_that_is_taken_back_and_made_again_loses_no_case(
    office: Office, actor: Actor, tmp_path: Path
) -> None:
    import_id = bring_in(office, actor, tmp_path, EXPORT)
    office.cases.catch_up(actor)
    case_no = office.cases.inbox(MANAGER, InboxQuery(search="A1")).rows["case_no"][0]
    office.imports.undo(actor, import_id)
    office.cases.catch_up(actor)
    assert office.cases.case(MANAGER, case_no).facts["stage"] == Stage.RETURNED
    bring_in(office, actor, tmp_path, EXPORT)
    office.cases.catch_up(actor)
    assert office.cases.case(MANAGER, case_no).facts["stage"] == Stage.NEW
    assert office.cases.inbox(MANAGER, InboxQuery(search="A1")).total == 1


def test_many_tickets_are_taken_in_batch_by_batch_and_one_cut_short_goes_on_where_it_stopped(
    office: Office, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tickets, "BATCH", 1)
    before = office.cases.catch_up(actor).leads.new
    bring_in(office, actor, tmp_path, EXPORT)
    taken: list[list[str]] = []
    take_in = LeadIntake.take_in

    def cut_short(intake: LeadIntake, unit: UnitOfWork, leads: list[NewLead], by: Actor) -> Any:
        if len(taken) == 1:
            taken.append([])
            raise KeyboardInterrupt
        taken.append([lead.ticket_no for lead in leads])
        return take_in(intake, unit, leads, by)

    monkeypatch.setattr(LeadIntake, "take_in", cut_short)
    with pytest.raises(KeyboardInterrupt):
        office.cases.catch_up(actor)
    with office._workspace.store.begin() as unit:
        assert len(unit.leads.known("complaints")) == before + 1
    assert office.cases.catch_up(actor).leads.new == 1
    assert taken == [["A1"], [], ["A2"]]
    assert office.cases.catch_up(actor).leads.new == 0


def test_who_neither_imports_nor_sees_cases_takes_nothing_in(office: Office) -> None:
    for role in ("warden", "property_owner", "auditor"):
        with pytest.raises(NotAllowedError):
            office.cases.catch_up(person(role))


def test_the_line_about_it_says_how_many(office: Office, actor: Actor) -> None:
    office.cases.catch_up(actor)
    with office._workspace.store.begin() as unit:
        line = unit.audit.newest()[0]
        assert (line.actor, line.action) == ("machine", "take_leads")
        assert line.facts["new"] == 3


def test_a_reporter_whom_the_export_calls_dissatisfied_opens_the_case_again(
    exported: Office, actor: Actor, tmp_path: Path
) -> None:
    case_no = exported.cases.inbox(MANAGER, InboxQuery(search="A1")).rows["case_no"][0]
    for who, action, facts in WHOLE_WAY:
        exported.cases.act(who, case_no, action, facts)
    bring_in(exported, actor, tmp_path, EXPORT.replace("18:00,0,,", "18:00,0,不满意,"))
    exported.cases.catch_up(actor)
    facts = exported.cases.case(MANAGER, case_no).facts
    assert (facts["stage"], facts["reopened"]) == (Stage.ASSIGNED, 1)


def test_news_of_a_ticket_that_is_no_deadline_leaves_an_extension_as_it_is(
    exported: Office, actor: Actor, tmp_path: Path
) -> None:
    case_no = exported.cases.inbox(MANAGER, InboxQuery(search="A1")).rows["case_no"][0]
    exported.cases.act(CLERK, case_no, "accept")
    extended = exported.cases.act(MANAGER, case_no, "extend", {"extend_basis": "疑难", "days": "3"})
    bring_in(exported, actor, tmp_path, EXPORT.replace("18:00,0,,", "18:00,1,,"))
    assert exported.cases.catch_up(actor).leads.updated == 1
    assert exported.cases.case(MANAGER, case_no).facts["due_at"] == extended.due_at


def test_a_ticket_that_says_when_it_was_closed_and_no_status_is_closed(
    office: Office, actor: Actor, tmp_path: Path
) -> None:
    header = "工单编号,来电时间,事发地址,办结时间,工单状态\n"
    rows = (
        "C1,2026-11-18 09:00,示例花园3号楼,2026-11-19,\n"
        "C2,2026-11-18 09:00,示例花园4号楼,,\n"
        "C3,2026-11-18 09:00,示例花园4号楼,2026-11-19,待处置\n"
    )
    office.cases.catch_up(actor)
    bring_in(office, actor, tmp_path, header + rows)
    office.cases.catch_up(actor)
    stages = [
        office.cases.inbox(MANAGER, InboxQuery(search=number)).rows["stage"].tolist()
        for number in ("C1", "C2", "C3")
    ]
    assert stages == [[], [Stage.NEW], [Stage.NEW]], "the inbox has what is open"


@pytest.mark.parametrize("given", ["20261201,", "3,9999-12-31 23:59"])
def test_a_deadline_further_off_than_any_is_none_and_stops_no_other_ticket(
    office: Office, actor: Actor, tmp_path: Path, given: str
) -> None:
    header = "工单编号,来电时间,事发地址,来源渠道,工单状态,工单标题,办理期限,截止时间\n"
    rows = "".join(
        f"{number},2026-11-20 09:00,示例花园3号楼,12345热线,待处置,反映补课{number},{limit}\n"
        for number, limit in (("A8", given), ("A9", "3,"))
    )
    bring_in(office, actor, tmp_path, header + rows)
    office.cases.catch_up(actor)
    leads = {each.ticket_no: each.due_at for each in office._resources.part(TicketLeads).read()}
    in_days = datetime(2026, 11, 25, 23, 59)  # noqa: DTZ001
    assert leads["A9"] == in_days
    assert leads["A8"] == (in_days if given.startswith("3,") else None)
    titles = set(office.cases.inbox(actor).rows["title"])
    assert {"反映补课A8", "反映补课A9"} <= titles
