"""Where the audit line cannot be written, the change that it is about has not happened."""

import hashlib
import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from case_steps import lead, take_in
from imported import opened_copy
from PIL import Image
from public_office import form, picture, taking_reports
from service_arguments import DOORS, NEXT_WEEK, services
from sqlalchemy import MetaData, select
from trial_street import ASKED, FIRST, moved

from data.contracts.screening.office_terms import OfficeTerm
from data.store.audit.log import AuditTrail
from data.workspace.installation import Place
from governance.access.permissions import Actor, Scope, local_owner, public_reporter
from governance.cases.intake import LeadIntake, NewLead
from governance.cases.rules.deadlines import Deadline
from governance.office import Office
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.shifts import Team
from governance.records.ledger.key_lists import NewKeySubject
from governance.records.ledger.line_entry import NewLine
from governance.records.notices.rules.deadlines import NoticeDeadline
from governance.responsibility.assignment.build_problem import AssignmentOptions
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office
from tests.governance.security.compliance.test_audit import CHANGES, UNTOLD, reached

OWNER: Final = local_owner()
PUBLIC: Final = public_reporter()
PLANNER: Final = Actor("li", "李", ("planner",), Scope.whole())
TICKET: Final = "250912101108115401"
FILE_CHANGES: Final = frozenset(
    {"adverts.take_in_pasted", "automatic_scoring.step", "evidence_files.blur",
     "evidence_intake.finish", "evidence_intake.take_up", "imports.import_file", "imports.undo"}
)  # fmt: skip
"""A marker in the store makes up for the missing line: rules of `data.integrity.file_changes`."""
SCHEMA: Final = MetaData()
"""All tables of a store, as found in the first: it is the same in every office."""
COUNTS_ATTEMPTS: Final = ("failed_attempts", "public_uses")
"""Tables of attempts: one is counted before it is made, whatever becomes of its line."""


class AuditLogFullError(Exception):
    """What a write of an audit line raises in these tests."""


Prepare = Callable[[Office], Any]
Act = Callable[[Office, Any], object]


def _same(office: Office) -> Office:
    return office


def _later(**by: float) -> Prepare:
    """Prepare the same office, open some time after."""
    return lambda office: open_office(office._workspace.root, now=lambda: NOW + timedelta(**by))


def _demo(office: Office) -> Office:
    """Return the same office as a demonstration."""
    (office._workspace.root / "gridwarden.toml").write_text("[office]\ndemo = true\n", "utf-8")
    return open_office(office._workspace.root, now=lambda: NOW)


def _in_an_installation(office: Office) -> Office:
    """Return the same office with another one above it."""
    root = office._workspace.root
    place = Place(key="a", name="A", host="a.test", rollups=root / "rollups", below={})
    return open_office(root, now=lambda: NOW, place=place)


def _decided(office: Office) -> None:
    office.address_review.decide(OWNER, table="complaints", address="某处", building_id=None)


def _lead(office: Office) -> str:
    take_in(office, lead())
    return "XS-2026-0001"


def _advert(office: Office) -> str:
    office.adverts.take_in_pasted(OWNER, "初二数学一对一，每次200元，电话13800005678")
    rows = office._engine.table("adverts").select("row_key").to_pyarrow()
    return str(rows["row_key"][0].as_py())


def _accepted(office: Office) -> str:
    office.cases.act(OWNER, _lead(office), "accept")
    return "XS-2026-0001"


def _asked(office: Office) -> int:
    return office.exports.ask_unmasked(PLANNER, "complaints", "核对电话").number


def _approved(office: Office) -> int:
    return office.exports.approve_unmasked(OWNER, _asked(office)).number


def _scored(office: Office) -> str:
    return office.scores.run(OWNER, as_of=date(2026, 11, 23)).snapshot_id


def _first_password(office: Office) -> str:
    return str(office.accounts.add(OWNER, "wang", name="王"))


def _change_password(office: Office, first: str) -> None:
    owner = office.sign_in.owner_of("wang", first)
    office.sign_in.change_password(owner, old=first, new=CHOSEN)


def _own_password(office: Office) -> None:
    """Make an account whose person chose the password."""
    _change_password(office, _first_password(office))


def _locked(office: Office) -> str:
    first = _first_password(office)
    office.accounts.lock(OWNER, "wang")
    return first


def _token(office: Office) -> str:
    _own_password(office)
    return office.sign_in.by_password("wang", CHOSEN).token


def _signed_in(office: Office) -> Actor:
    actor = office.sessions.actor(_token(office))
    assert actor is not None
    return actor


def _session_a_day_after(office: Office, token: str) -> None:
    _later(days=1)(office).sessions.session(token)


def _demo_account(office: Office) -> None:
    office.demo_accounts.add(OWNER, "demo", name="示范", role="planner", scope=Scope.whole())


def _demo_with_account(office: Office) -> Office:
    demo = _demo(office)
    _demo_account(demo)
    return demo


def _proposed(office: Office) -> str:
    options = AssignmentOptions(curve=False)
    return office.assignment.propose(OWNER, options=options).proposal_id


def _assigned(office: Office) -> str:
    proposal = _proposed(office)
    office.assignment.approve(OWNER, proposal)
    return proposal


def _away(office: Office) -> int:
    return office.constraints.set_absence(OWNER, "P3", since=TODAY)


def _duty_set(office: Office) -> int:
    return office.duties.set_duty(
        OWNER, target_kind="building", target_id="B1", duty="网格员", person_id="P4",
        valid_from=TODAY,
    )  # fmt: skip


def _duty(office: Office) -> int:
    _duty_set(office)
    with office._workspace.store.begin() as unit:
        return int(unit.duties.held()["id"].iloc[0])


def _visited(office: Office) -> str:
    return office.visits.record(OWNER, VISIT).visit_id


def _suspected(office: Office) -> str:
    return office.visits.record(OWNER, replace(VISIT, result="疑似")).visit_id


def _attach(office: Office, visit: str) -> str:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(content, "PNG")
    return office.photos.attach(OWNER, visit, content.getvalue(), no_faces=True).sha256


def _team(office: Office) -> str:
    team = Team(team_id="new", name="一队", members=("P3",), shifts=((1, "evening"), (6, "day")))
    return office.teams.save(OWNER, team).team_id


def _planned(office: Office) -> tuple[Plan, str]:
    """Return the draft, and the building of its first stop."""
    plan = office.plans.of_week(OWNER, OPTIONS.first)
    assert plan is not None
    return plan, str(plan.stops["building_id"].iloc[0])


def _shorter(office: Office) -> tuple[Plan, str]:
    """Return version 2 of the draft, and the building taken off it."""
    plan, building = _planned(office)
    return office.plan_edits.remove_stop(OWNER, plan.plan_id, building, version=1), building


def _of_plan(act: Callable[[Office, Plan, str], object]) -> Act:
    return lambda office, prepared: act(office, *prepared)


def _designed(office: Office) -> str:
    return office.trials.design(OWNER, ASKED).trial_id


def _sealed(office: Office) -> str:
    return office.trials.seal(OWNER, _designed(office)).trial_id


def _cancelled(office: Office) -> str:
    return office.trials.cancel(OWNER, _sealed(office), reason="改期").trial_id


def _shift(plan: Plan, place: int) -> str:
    return str(plan.shifts["shift_id"].iloc[place])


def _taking(office: Office) -> Office:
    """Return the same office, which takes public reports."""
    return taking_reports(office._workspace.root, lambda: NOW)


def _report(office: Office) -> None:
    office.public_intake.submit(PUBLIC, form(), [picture()], way="page")


def _reported(office: Office) -> Office:
    taking = _taking(office)
    _report(taking)
    return taking


def _rewarded(office: Office) -> Office:
    taking = _reported(office)
    taking.public_reports.decide_reward(replace(OWNER, id="another"), 1, eligible=True)
    return taking


def _see_photo(taking: Office) -> None:
    seen = taking.public_reports.of_case(OWNER, "XS-2026-0001")[0]
    taking.public_reports.photo(OWNER, seen.photos[0])


def _material(office: Office) -> str:
    """Return the number of a picture that was taken in."""
    content, intake = picture(), office.evidence_intake
    digest = hashlib.sha256(content).hexdigest()
    upload = intake.begin(OWNER, "现场.jpg", len(content)).upload
    intake.piece(OWNER, upload, content, offset=0, sha256=digest)
    return intake.finish(OWNER, upload, sha256=digest)


def _letter(office: Office) -> str:
    return office.notices.draft(PLANNER, "致家长信")


def _letter_out(office: Office) -> tuple[Office, str]:
    """Return the office, and the letter that one wrote and another let go."""
    number = _letter(office)
    seen = {"seen": office.notices.act(PLANNER, number, "submit").content_hash()}
    for action in ("preview", "approve"):
        office.notices.act(OWNER, number, action, seen)
    office.notices.act(PLANNER, number, "publish")
    return office, number


CHOSEN: Final = "green-lantern-2026-Q"
NOW: Final = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TODAY: Final = date(2026, 11, 24)
OPTIONS: Final = replace(NEXT_WEEK, seed="s")
VISIT: Final = NewVisit(key="k", building_id="B1")


def _two_leads(office: Office) -> list[str]:
    at = datetime(2026, 11, 23, 9)  # noqa: DTZ001 -- local times throughout
    leads = [NewLead(channel="信访", origin_table="tickets", origin_key=key, received_at=at)
             for key in ("T1", "T2")]  # fmt: skip
    with office._workspace.store.begin() as unit:
        office._resources.part(LeadIntake).take_in(unit, leads, OWNER)
        unit.commit()
        return sorted(each.case_no for each in unit.cases.by_ids(range(1, 3)).values())


def _line(office: Office) -> str:
    new = NewLine(kind="楼栋", reason="上级交办", building_id="B1", note="督办")
    return office.ledger.enter(OWNER, new)


def _key(office: Office) -> int:
    new = NewKeySubject(key_list="转型机构", name="某中心", building_id="B1", note="转为托管")
    return office.key_lists.add(OWNER, new)


def _line_proposed(office: Office) -> int:
    _key(office)
    office.ledger.catch_up(OWNER)
    return int(office.ledger_proposals.open(OWNER).rows["proposal_id"].iloc[0])


def _line_declined(office: Office) -> int:
    number = _line_proposed(office)
    office.ledger_proposals.decline(OWNER, [number], note="误报")
    return number


PLAN_CASES: Final[dict[str, tuple[Prepare, Act]]] = {
    "plan_edits.add_stop": (_shorter, _of_plan(lambda o, plan, building: o.plan_edits.add_stop(
        OWNER, plan.plan_id, building, to_shift=_shift(plan, 0), version=2))),
    "plan_edits.lock_stops": (_planned, _of_plan(lambda o, plan, building: o.plan_edits.lock_stops(
        OWNER, plan.plan_id, [building], locked=True, version=1))),
    "plan_edits.move_stop": (_planned, _of_plan(lambda o, plan, building: o.plan_edits.move_stop(
        OWNER, plan.plan_id, building, to_shift=_shift(plan, -1), version=1))),
    "plan_edits.remove_stop": (
        _planned, _of_plan(lambda o, plan, building: o.plan_edits.remove_stop(
            OWNER, plan.plan_id, building, version=1))),
    "plan_edits.replan": (_planned, _of_plan(lambda o, plan, _: o.plan_edits.replan(
        OWNER, plan.plan_id, version=1, seconds=0.05))),
    "plan_edits.undo": (_shorter, _of_plan(lambda o, plan, _: o.plan_edits.undo(
        OWNER, plan.plan_id, version=2))),
    "plans.cancel": (_planned, _of_plan(lambda o, plan, _: o.plans.cancel(
        OWNER, plan.plan_id, version=1))),
    "plans.make": (_same, lambda o, _: o.plans.make(OWNER, OPTIONS)),
    "plans.publish": (_planned, _of_plan(lambda o, plan, _: o.plans.publish(
        OWNER, plan.plan_id, version=1))),
}  # fmt: skip
"""Of an office that has a score, a team and the draft of a plan."""
TRIAL_CASES: Final[dict[str, tuple[Prepare, Act]]] = {
    "trials.cancel": (_sealed, lambda o, trial: o.trials.cancel(OWNER, trial, reason="改期")),
    "trials.design": (_same, lambda o, _: o.trials.design(OWNER, ASKED)),
    "trials.protocol": (_cancelled, lambda o, trial: o.trials.protocol(OWNER, trial)),
    "trials.result": (
        _sealed,
        lambda o, trial: moved(o, FIRST + timedelta(days=3)).trials.result(
            OWNER, trial, early=True
        ),
    ),
    "trials.seal": (_designed, lambda o, trial: o.trials.seal(OWNER, trial)),
}
"""Of a street that has scores and a year of visits."""
MERGE_CASES: Final[dict[str, tuple[Prepare, Act]]] = {
    "lead_merging.accept": (_two_leads, lambda o, both: o.lead_merging.accept(OWNER, both)),
    "lead_merging.reject": (_two_leads, lambda o, both: o.lead_merging.reject(OWNER, both)),
    "lead_merging.unmerge": (
        lambda o: o.lead_merging.accept(OWNER, _two_leads(o)),
        lambda o, merge: o.lead_merging.unmerge(OWNER, merge)),
}  # fmt: skip
"""Of an office to which two leads came."""
LEDGER_CASES: Final[dict[str, tuple[Prepare, Act]]] = {
    "key_lists.add": (_same, lambda o, _: _key(o)),
    "key_lists.end": (_key, lambda o, key: o.key_lists.end(OWNER, key, reason="已注销")),
    "key_lists.set_occasions": (_same, lambda o, _: o.key_lists.set_occasions(OWNER, [])),
    "key_lists.take_up_again": (_key, lambda o, key: o.key_lists.take_up_again(OWNER, key)),
    "ledger.act": (_line, lambda o, no: o.ledger.act(OWNER, no, "hold", {"hold_reason": "空置"})),
    "ledger.catch_up": (_key, lambda o, _: o.ledger.catch_up(OWNER)),
    "ledger.enter": (_same, lambda o, _: _line(o)),
    "ledger_paper.rows": (_line, lambda o, _: o.ledger_paper.rows(OWNER, file="ledger.xlsx")),
    "ledger_proposals.accept": (
        _line_proposed, lambda o, n: o.ledger_proposals.accept(OWNER, [n])),
    "ledger_proposals.decline": (
        _line_proposed, lambda o, n: o.ledger_proposals.decline(OWNER, [n], note="误报")),
    "ledger_proposals.take_back": (
        _line_declined, lambda o, n: o.ledger_proposals.take_back(OWNER, [n])),
    "ledger_rules.set_rules": (_same, lambda o, _: o.ledger_rules.set_rules(
        OWNER, {"clean_visits": 5}, valid_from=date(2100, 1, 1), why="更严")),
}  # fmt: skip
"""Of an office that keeps a ledger."""
EVIDENCE_CASES: Final[dict[str, tuple[Prepare, Act]]] = {
    "evidence.act": (_material, lambda o, no: o.evidence.act(
        OWNER, no, "take_over_asked")),
    "evidence.correct": (_material, lambda o, no: o.evidence.correct(OWNER, no, {"note": "补充"})),
    "evidence_files.clear_picture": (
        _material, lambda o, no: o.evidence_files.clear_picture(OWNER, no)),
    "evidence_files.open_original": (
        _material, lambda o, no: o.evidence_files.open_original(OWNER, no)),
    "evidence_packs.export": (
        _material, lambda o, no: o.evidence_packs.export(OWNER, [no], purpose="移送")),
}  # fmt: skip
"""Of an office that keeps lead material."""
NOTICE_CASES: Final[dict[str, tuple[Prepare, Act]]] = {
    "notice_desk.set_deadline": (
        _same,
        lambda o, _: o.notice_desk.set_deadline(OWNER, NoticeDeadline(clock="review", days=3))),
    "notice_papers.paper": (_letter, lambda o, no: o.notice_papers.paper(OWNER, no)),
    "notice_papers.reset_template": (
        _same, lambda o, _: o.notice_papers.reset_template(OWNER, "letter")),
    "notice_papers.set_template": (
        lambda o: o.notice_papers.template(OWNER, "letter"),
        lambda o, file: o.notice_papers.set_template(OWNER, "general", file)),
    "notices.act": (_letter, lambda o, no: o.notices.act(PLANNER, no, "submit")),
    "notices.catch_up": (
        lambda o: _later(days=200)(_letter_out(o)[0]),
        lambda _, later: later.notices.catch_up(OWNER)),
    "notices.draft": (_same, lambda o, _: _letter(o)),
    "notices.draft_correction": (
        lambda o: _letter_out(o)[1], lambda o, no: o.notices.draft_correction(PLANNER, no)),
}  # fmt: skip
"""Of an office that writes to parents."""
CASES: Final[dict[str, tuple[Prepare, Act]]] = {
    **EVIDENCE_CASES,
    **LEDGER_CASES,
    **MERGE_CASES,
    **NOTICE_CASES,
    **PLAN_CASES,
    **TRIAL_CASES,
    "accounts.add": (_same, lambda o, _: _first_password(o)),
    "accounts.ensure_first_administrator": (
        _same, lambda o, _: o.accounts.ensure_first_administrator()),
    "accounts.lock": (_first_password, lambda o, _: o.accounts.lock(OWNER, "wang")),
    "accounts.reset_password": (
        _first_password, lambda o, _: o.accounts.reset_password(OWNER, "wang")),
    "accounts.unlock": (_locked, lambda o, _: o.accounts.unlock(OWNER, "wang")),
    "address_review.decide": (_same, lambda o, _: _decided(o)),
    "address_review.withdraw": (
        _decided, lambda o, _: o.address_review.withdraw(OWNER, address="某处")),
    "assignment.approve": (_proposed, lambda o, made: o.assignment.approve(OWNER, made)),
    "assignment.propose": (_same, lambda o, _: _proposed(o)),
    "assignment.undo": (_assigned, lambda o, made: o.assignment.undo(OWNER, made)),
    "audit.accept": (_same, lambda o, _: o.audit.accept(OWNER, "恢复备份")),
    "audit.export": (_same, lambda o, _: o.audit.export(OWNER, _out(o, "out.csv"))),
    "audit.prune": (_later(days=220), lambda _, later: later.audit.prune(OWNER)),
    "cases.act": (_lead, lambda o, no: o.cases.act(OWNER, no, "accept")),
    "cases.act_on_many": (_lead, lambda o, no: o.cases.act_on_many(OWNER, [no], "accept")),
    "case_desk.undo": (_accepted, lambda o, no: o.case_desk.undo(OWNER, [no])),
    "cases.catch_up": (_same, lambda o, _: o.cases.catch_up(OWNER)),
    "cases.results_workbook": (_lead, lambda o, no: o.cases.results_workbook(OWNER, [no])),
    "cases.set_deadline": (
        _same, lambda o, _: o.cases.set_deadline(OWNER, Deadline(clock="handle", days=3))),
    "complainants.look_up_advert": (
        _advert, lambda o, key: o.complainants.look_up_advert(OWNER, key)),
    "complainants.look_up": (_same, lambda o, _: o.complainants.look_up(OWNER, TICKET)),
    "constraints.remove_absence": (_away, lambda o, n: o.constraints.remove_absence(OWNER, n)),
    "constraints.set_absence": (_same, lambda o, _: _away(o)),
    "constraints.set_building_need": (
        _same, lambda o, _: o.constraints.set_building_need(OWNER, "B1", lift=True)),
    "constraints.set_warden_limit": (
        _same, lambda o, _: o.constraints.set_warden_limit(OWNER, "P3", max_stairs=4)),
    "demo_accounts.add": (_demo, lambda _, demo: _demo_account(demo)),
    "demo_accounts.add_people": (_demo, lambda _, demo: demo.demo_accounts.add_people(OWNER)),
    "duties.end": (_duty, lambda o, duty: o.duties.end(OWNER, duty, on=TODAY)),
    "duties.set_duty": (_same, lambda o, _: _duty_set(o)),
    "duties.undo": (_duty_set, lambda o, change: o.duties.undo(OWNER, change)),
    "exports.approve_unmasked": (_asked, lambda o, n: o.exports.approve_unmasked(OWNER, n)),
    "exports.ask_unmasked": (_same, lambda o, _: _asked(o)),
    "exports.export_table": (
        _same, lambda o, _: o.exports.export_table(OWNER, "complaints", _out(o, "out.csv"))),
    "exports.export_unmasked": (
        _approved, lambda o, n: o.exports.export_unmasked(PLANNER, n, _out(o, "out.csv"))),
    "exports.refuse_unmasked": (_asked, lambda o, n: o.exports.refuse_unmasked(OWNER, n)),
    "grants.set_rights": (
        _first_password,
        lambda o, _: o.grants.set_rights(OWNER, "wang", roles=["warden"], scope=Scope.whole())),
    "handovers.sheet": (_same, lambda o, _: o.handovers.sheet(OWNER, since=date(2026, 11, 1))),
    "imports.export_quarantine": (
        lambda o: str(o.imports.quarantine(OWNER)[0]["import_id"]),
        lambda o, name: o.imports.export_quarantine(OWNER, import_id=name)),
    "monitoring.pin_reference": (_scored, lambda o, made: o.monitoring.pin_reference(OWNER, made)),
    "personal_data.apply_retention": (_same, lambda o, _: o.personal_data.apply_retention(OWNER)),
    "personal_data.erase": (
        _same, lambda o, _: o.personal_data.erase(OWNER, "13800000001", reason="申请")),
    "personal_data.report": (_same, lambda o, _: o.personal_data.report(OWNER, "13800000001")),
    "photos.attach": (_visited, _attach),
    "photos.read": (
        lambda o: _attach(o, _visited(o)), lambda o, photo: o.photos.read(OWNER, photo)),
    "public_intake.submit": (_taking, lambda _, taking: _report(taking)),
    "public_reports.decide_reward": (
        _reported,
        lambda _, taking: taking.public_reports.decide_reward(OWNER, 1, eligible=False)),
    "public_reports.original": (
        _reported, lambda _, taking: taking.public_reports.original(OWNER, 1)),
    "public_reports.pay_reward": (
        _rewarded, lambda _, taking: taking.public_reports.pay_reward(OWNER, 1)),
    "public_reports.photo": (_reported, lambda _, taking: _see_photo(taking)),
    "responsibility.chain": (_same, lambda o, _: o.responsibility.chain(OWNER, "B1")),
    "risk_map.note_export": (_same, lambda o, _: o.risk_map.note_export(OWNER, file="map.html")),
    "risk_map.top": (
        _scored, lambda o, _: o.risk_map.top(OWNER, leaves_as="top.xlsx")),
    "roll_ups.tell": (_in_an_installation, lambda _, street: street.roll_ups.tell(OWNER)),
    "screening.save_terms": (
        _same,
        lambda o, _: o.screening.save_terms(OWNER, [OfficeTerm("一对一", "add", "单带")])),
    "sessions.session": (_token, _session_a_day_after),
    "sessions.sign_out_everywhere": (
        _signed_in, lambda o, actor: o.sessions.sign_out_everywhere(actor)),
    "sign_in.act_as": (_own_password, lambda o, _: o.sign_in.act_as("wang", CHOSEN)),
    "sign_in.by_demo": (_demo_with_account, lambda _, demo: demo.sign_in.by_demo("planner")),
    "sign_in.by_directory": (
        lambda o: o.accounts.add(OWNER, "wang", name="王", directory=True),
        lambda o, _: o.sign_in.by_directory("subject", "wang")),
    "sign_in.by_password": (_own_password, lambda o, _: o.sign_in.by_password("wang", CHOSEN)),
    "sign_in.change_password": (_first_password, _change_password),
    "sign_in.owner_of": (_locked, lambda o, first: o.sign_in.owner_of("wang", first)),
    "suspicions.settle": (
        _suspected, lambda o, visit: o.suspicions.settle(OWNER, visit, found=False)),
    "team_routes.my_patrol": (
        _same, lambda o, _: o.team_routes.my_patrol(OWNER, leaves_as="route.xlsx")),
    "teams.remove": (_team, lambda o, team: o.teams.remove(OWNER, team)),
    "teams.save": (_same, lambda o, _: _team(o)),
    "backups.make": (_same, lambda o, _: o.backups.make(OWNER, _out(o, "office.gwbackup"))),
    "backups.restored": (
        _signed_in, lambda o, _: o.backups.restored(OWNER, made_at=NOW, file="b")),
    "catch_up": (_same, lambda o, _: o.catch_up(OWNER)),
    "verify": (_same, lambda o, _: o.verify(OWNER)),
    "visits.record": (_same, lambda o, _: _visited(o)),
    "visits.record_many": (_same, lambda o, _: o.visits.record_many(OWNER, [VISIT])),
    "visits.undo": (_visited, lambda o, visit: o.visits.undo(OWNER, visit)),
    "worklist.my_buildings": (
        _same, lambda o, _: o.worklist.my_buildings(OWNER, leaves_as="list.xlsx")),
}  # fmt: skip
"""Service → what prepares an office, and what would then change or export something."""


def _out(office: Office, name: str) -> Path:
    return office._workspace.root.parent / "out" / name


def changing() -> set[str]:
    asked = {*services(), *DOORS} - UNTOLD
    return {name for name in asked if reached(name) & CHANGES}


def test_every_service_that_changes_something_has_a_case() -> None:
    assert changing() - FILE_CHANGES == {*CASES}


@pytest.fixture(scope="module")
def planned_folder(tmp_path_factory: pytest.TempPathFactory, staffed_folder: Path) -> Path:
    folder = shutil.copytree(staffed_folder, tmp_path_factory.mktemp("planned") / "office")
    office = open_office(folder, now=lambda: NOW)
    _scored(office)
    _team(office)
    office.plans.make(OWNER, OPTIONS)
    office.close()
    return folder


@pytest.fixture
def prepared(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Office]:
    """Return an office in which a case can be."""
    folder = "planned_folder" if name in PLAN_CASES else "staffed_folder"
    start = request.getfixturevalue("trial_street" if name in TRIAL_CASES else folder)
    yield from opened_copy(start, tmp_path, now=NOW)


@pytest.mark.parametrize("name", sorted(CASES))
def test_without_its_audit_line_nothing_has_changed(
    prepared: Office, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    prepare, act = CASES[name]
    at_hand = prepare(prepared)
    before = content_of(prepared)
    tried: list[str] = []

    def fail(_: AuditTrail, *, action: str, **_line: Any) -> None:
        tried.append(action)
        raise AuditLogFullError

    monkeypatch.setattr(AuditTrail, "add", fail)
    with pytest.raises(AuditLogFullError):
        act(prepared, at_hand)
    assert tried
    assert content_of(prepared) == before
    assert list(out.iterdir()) == []


def content_of(office: Office) -> tuple[dict[str, list[tuple[Any, ...]]], dict[str, str]]:
    """Return all rows of the store, and the hashes of all files but its own and caches."""
    engine = office._workspace.store.engine
    if not SCHEMA.tables:
        SCHEMA.reflect(engine)
    with engine.connect() as connection:
        rows = {
            name: [tuple(map(str, row)) for row in connection.execute(select(table))]
            for name, table in SCHEMA.tables.items()
            if name not in COUNTS_ATTEMPTS
        }
    root = office._workspace.root
    kept = (root / name for name in ("lake", "snapshots", "quarantine", "evidence", "audit.head"))
    paths = (path for each in kept for path in ([each] if each.is_file() else each.rglob("*")))
    files = {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths if p.is_file()}
    return rows, files
