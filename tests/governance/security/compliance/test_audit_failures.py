"""Where the audit line cannot be written, the change that it is about has not happened."""

import hashlib
import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import pytest
from case_steps import lead, take_in
from imported import opened_copy
from PIL import Image
from public_office import form, picture, taking_reports
from service_arguments import ARGUMENTS, DOORS, NEXT_WEEK, call, services
from trial_street import ASKED, FIRST, moved

from data.contracts.screening.office_terms import OfficeTerm
from data.store.audit.log import AuditTrail
from data.workspace.installation import Place
from governance.access.permissions import Actor, Scope, local_owner, public_reporter
from governance.cases.intake import LeadIntake, NewLead
from governance.office import Office
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.shifts import Team
from governance.records.ledger.key_lists import NewKeySubject
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
COUNTS_ATTEMPTS: Final = ("failed_attempts", "public_uses")
"""Tables of attempts: one is counted before it is made, whatever becomes of its line."""


class AuditLogFullError(Exception):
    """What a write of an audit line raises in these tests."""


CHOSEN: Final = "green-lantern-2026-Q"
NOW: Final = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TODAY: Final = date(2026, 11, 24)
OPTIONS: Final = replace(NEXT_WEEK, seed="s")
VISIT: Final = NewVisit(key="k", building_id="B1")
TEAM: Final = Team(team_id="new", name="一队", members=("P3",), shifts=((1, "evening"), (6, "day")))
Case = Callable[[Office], dict[str, Any]]
"""Prepares an office; returns what a service is then told, as `service_arguments` does not.

``actor`` is who asks, if not `OWNER`; ``office`` the office that is asked, if it is another one.
"""


def about(before: Callable[[Office], object] | None = None, /, **told: Any) -> Case:
    """Return a case, prepared by ``before``; what is told is made of the office where callable."""

    def prepare(office: Office) -> dict[str, Any]:
        if before is not None:
            before(office)
        return {name: each(office) if callable(each) else each for name, each in told.items()}

    return prepare


def _later(**by: float) -> Callable[[Office], Office]:
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


def _out(office: Office) -> Path:
    return office._workspace.root.parent / "out" / "out.csv"


def _decided(office: Office) -> None:
    office.address_review.decide(OWNER, table="complaints", address="某处", building_id=None)


def _ended(office: Office) -> None:
    office.building_ends.end(OWNER, ["B1"], ended_on=TODAY, reason="拆迁")


def _lead(office: Office) -> str:
    take_in(office, lead())
    return "XS-2026-0001"


def _leads(office: Office) -> list[str]:
    return [_lead(office)]


def _advert(office: Office) -> str:
    office.adverts.take_in_pasted(OWNER, "初二数学一对一，每次200元，电话13800005678")
    rows = office._engine.table("adverts").select("row_key").to_pyarrow()
    return str(rows["row_key"][0].as_py())


def _accepted(office: Office) -> list[str]:
    office.cases.act(OWNER, _lead(office), "accept")
    return ["XS-2026-0001"]


def _asked(office: Office) -> int:
    return office.exports.ask_unmasked(PLANNER, "complaints", "核对电话").number


def _approved(office: Office) -> int:
    return office.exports.approve_unmasked(OWNER, _asked(office)).number


def _scored(office: Office) -> str:
    return office.scores.run(OWNER, as_of=date(2026, 11, 23)).snapshot_id


def _first_password(office: Office) -> str:
    return str(office.accounts.add(OWNER, "wang", name="王"))


def _new_owner(office: Office) -> dict[str, Any]:
    """Make an account; return who owns it, and what they change their password from and to."""
    first = _first_password(office)
    return {"actor": office.sign_in.owner_of("wang", first), "old": first, "new": CHOSEN}


def _own_password(office: Office) -> None:
    """Make an account whose person chose the password."""
    owner = _new_owner(office)
    office.sign_in.change_password(owner["actor"], old=owner["old"], new=CHOSEN)


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


def _demo_with_account(office: Office) -> Office:
    demo = _demo(office)
    demo.demo_accounts.add(OWNER, "demo", name="示范", role="planner", scope=Scope.whole())
    return demo


def _in_directory(office: Office) -> None:
    office.accounts.add(OWNER, "wang", name="王", directory=True)


def _proposed(office: Office) -> str:
    options = AssignmentOptions(curve=False)
    return office.assignment.propose(OWNER, options=options).proposal_id


def _assigned(office: Office) -> str:
    proposal = _proposed(office)
    office.assignment.approve(OWNER, proposal)
    return proposal


def _away(office: Office) -> int:
    return office.constraints.set_absence(OWNER, "P3", since=TODAY)


DUTY: Final = {"target_kind": "building", "target_id": "B1", "duty": "网格员", "person_id": "P4",
               "valid_from": TODAY}  # fmt: skip


def _duty_set(office: Office) -> int:
    return office.duties.set_duty(OWNER, **DUTY)


def _duty(office: Office) -> int:
    _duty_set(office)
    with office._workspace.store.begin() as unit:
        return int(unit.duties.held()["id"].iloc[0])


def _refused_rows(office: Office) -> str:
    return str(office.imports.quarantine(OWNER)[0]["import_id"])


def _visited(office: Office) -> str:
    return office.visits.record(OWNER, VISIT).visit_id


def _suspected(office: Office) -> str:
    return office.visits.record(OWNER, replace(VISIT, result="疑似")).visit_id


def _photo() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(content, "PNG")
    return content.getvalue()


def _attached(office: Office) -> str:
    return office.photos.attach(OWNER, _visited(office), _photo(), no_faces=True).sha256


def _team(office: Office) -> str:
    return office.teams.save(OWNER, TEAM).team_id


def _of_plan(plan: Plan, building: str, *, to_shift: str) -> dict[str, Any]:
    return {"plan_id": plan.plan_id, "version": plan.version, "seconds": 0.05, "locked": True,
            "building_id": building, "building_ids": [building],
            "to_shift": to_shift, "to_shifts": [to_shift]}  # fmt: skip


def _planned(office: Office) -> dict[str, Any]:
    """Return what is said of the draft: of its first stop and its last shift."""
    plan = office.plans.of_week(OWNER, OPTIONS.first)
    assert plan is not None
    last = str(plan.shifts["shift_id"].iloc[-1])
    return _of_plan(plan, str(plan.stops["building_id"].iloc[0]), to_shift=last)


def _shorter(office: Office) -> dict[str, Any]:
    """Return what is said of version 2 of the draft: of the building taken off it."""
    draft = _planned(office)
    building = draft["building_id"]
    plan = office.plan_edits.remove_stop(OWNER, draft["plan_id"], building, version=1)
    return _of_plan(plan, building, to_shift=str(plan.shifts["shift_id"].iloc[0]))


def _designed(office: Office) -> str:
    return office.trials.design(OWNER, ASKED).trial_id


def _sealed(office: Office) -> str:
    return office.trials.seal(OWNER, _designed(office)).trial_id


def _cancelled(office: Office) -> str:
    return office.trials.cancel(OWNER, _sealed(office), reason="改期").trial_id


def _under_way(office: Office) -> Office:
    return moved(office, FIRST + timedelta(days=3))


def _taking(office: Office) -> Office:
    """Return the same office, which takes public reports."""
    return taking_reports(office._workspace.root, lambda: NOW)


def _reported(office: Office) -> Office:
    taking = _taking(office)
    taking.public_intake.submit(PUBLIC, form(), [picture()], way="page")
    return taking


def _rewarded(office: Office) -> Office:
    taking = _reported(office)
    taking.public_reports.decide_reward(replace(OWNER, id="another"), 1, eligible=True)
    return taking


def _reported_photo(office: Office) -> dict[str, Any]:
    taking = _reported(office)
    seen = taking.public_reports.of_case(OWNER, "XS-2026-0001")[0]
    return {"office": taking, "sha256": seen.photos[0]}


def _material(office: Office) -> str:
    """Return the number of a picture that was taken in."""
    content, intake = picture(), office.evidence_intake
    digest = hashlib.sha256(content).hexdigest()
    upload = intake.begin(OWNER, "现场.jpg", len(content)).upload
    intake.piece(OWNER, upload, content, offset=0, sha256=digest)
    return intake.finish(OWNER, upload, sha256=digest)


def _materials(office: Office) -> list[str]:
    return [_material(office)]


def _letter(office: Office) -> str:
    return office.notices.draft(PLANNER, "致家长信")


def _letter_out(office: Office) -> str:
    """Return the letter that one wrote and another let go."""
    number = _letter(office)
    seen = {"seen": office.notices.act(PLANNER, number, "submit").content_hash()}
    for action in ("preview", "approve"):
        office.notices.act(OWNER, number, action, seen)
    office.notices.act(PLANNER, number, "publish")
    return number


def _template(office: Office) -> bytes:
    return office.notice_papers.template(OWNER, "letter")


def _two_leads(office: Office) -> list[str]:
    at = datetime(2026, 11, 23, 9)  # noqa: DTZ001 -- local times throughout
    leads = [NewLead(channel="信访", origin_table="tickets", origin_key=key, received_at=at)
             for key in ("T1", "T2")]  # fmt: skip
    with office._workspace.store.begin() as unit:
        office._resources.part(LeadIntake).take_in(unit, leads, OWNER)
        unit.commit()
        return sorted(each.case_no for each in unit.cases.by_ids(range(1, 3)).values())


def _merged(office: Office) -> int:
    return office.lead_merging.accept(OWNER, _two_leads(office))


def _line(office: Office) -> str:
    return office.ledger.enter(OWNER, ARGUMENTS["new_line"])


def _key(office: Office) -> int:
    new = NewKeySubject(key_list="转型机构", name="某中心", building_id="B1", note="转为托管")
    return office.key_lists.add(OWNER, new)


def _line_proposed(office: Office) -> list[int]:
    _key(office)
    office.ledger.catch_up(OWNER)
    return [int(office.ledger_proposals.open(OWNER).rows["proposal_id"].iloc[0])]


def _line_declined(office: Office) -> list[int]:
    numbers = _line_proposed(office)
    office.ledger_proposals.decline(OWNER, numbers, note="误报")
    return numbers


PLAN_CASES: Final[dict[str, Case]] = {
    **{f"plan_edits.{step}": _planned
       for step in ("hand_over", "lock_stops", "move_stop", "remove_stop", "replan")},
    "plan_edits.add_stop": _shorter,
    "plan_edits.undo": _shorter,
    "plans.cancel": _planned,
    "plans.make": about(options=OPTIONS),
    "plans.publish": _planned,
}  # fmt: skip
"""Of an office that has a score, a team and the draft of a plan."""
TRIAL_CASES: Final[dict[str, Case]] = {
    "trials.cancel": about(trial_id=_sealed),
    "trials.design": about(trial_options=ASKED),
    "trials.protocol": about(trial_id=_cancelled),
    "trials.result": about(trial_id=_sealed, office=_under_way, early=True),
    "trials.seal": about(trial_id=_designed),
}
"""Of a street that has scores and a year of visits."""
NEEDS_NOTHING: Final = (
    "accounts.add", "accounts.ensure_first_administrator", "address_review.decide",
    "audit.accept", "cases.catch_up", "cases.set_deadline", "catch_up",
    "handovers.sheet", "key_lists.add", "key_lists.set_occasions", "ledger.enter",
    "notice_lists.set_deadline", "personal_data.apply_retention", "responsibility.chain",
    "verify", "visits.record", "sent_visits.record_many",
)  # fmt: skip
CASES: Final[dict[str, Case]] = {
    **dict.fromkeys(NEEDS_NOTHING, about()),
    **PLAN_CASES,
    **TRIAL_CASES,
    "accounts.lock": about(_first_password, login="wang"),
    "accounts.reset_password": about(_first_password, login="wang"),
    "accounts.unlock": about(_locked, login="wang"),
    "address_review.withdraw": about(_decided, address="某处"),
    "assignment.approve": about(proposal_id=_proposed),
    "assignment.propose": about(options=AssignmentOptions(curve=False)),
    "assignment.undo": about(proposal_id=_assigned),
    "audit.export": about(path=_out),
    "audit.log_for_file": about(file="log.xlsx"),
    "audit.prune": about(office=_later(days=220)),
    "backups.make": about(path=_out),
    "backups.restored": about(_signed_in, made_at=NOW, file="b"),
    "building_ends.end": about(building_ids=["B1"], ended_on=TODAY, reason="拆迁"),
    "building_ends.take_back": about(_ended, building_ids=["B1"]),
    "case_inbox.undo": about(case_nos=_accepted),
    "cases.act": about(case_no=_lead, action="accept"),
    "cases.act_on_many": about(case_nos=_leads, action="accept"),
    "cases.results_workbook": about(case_nos=_leads),
    "complainants.look_up": about(ticket_no=TICKET),
    "complainants.look_up_advert": about(row_key=_advert),
    "constraints.remove_absence": about(absence_id=_away),
    "constraints.set_absence": about(person_id="P3", since=TODAY),
    "constraints.set_building_need": about(building_id="B1", need={"lift": True}),
    "constraints.set_warden_limit": about(person_id="P3", max_stairs=4),
    "demo_accounts.add": about(office=_demo, role="planner", scope=Scope.whole()),
    "demo_accounts.add_people": about(office=_demo),
    "duties.end": about(duty_id=_duty, on=TODAY),
    "duties.set_duty": about(**DUTY),
    "duties.undo": about(change_id=_duty_set),
    "evidence.act": about(evidence_no=_material, action="take_over_asked"),
    "evidence.correct": about(evidence_no=_material, description={"note": "补充"}),
    "evidence.list_for_file": about(_material, file="material.xlsx"),
    "evidence_files.clear_picture": about(evidence_no=_material),
    "evidence_files.open_original": about(evidence_no=_material),
    "evidence_packs.export": about(evidence_nos=_materials, purpose="移送"),
    "exports.approve_unmasked": about(number=_asked),
    "exports.ask_unmasked": about(reason="核对电话", actor=PLANNER),
    "exports.export_table": about(path=_out),
    "exports.export_unmasked": about(number=_approved, path=_out, actor=PLANNER),
    "exports.refuse_unmasked": about(number=_asked),
    "grants.set_rights": about(
        _first_password, login="wang", roles=["warden"], scope=Scope.whole()),
    "imports.export_quarantine": about(import_id=_refused_rows),
    "key_lists.end": about(subject_id=_key),
    "key_lists.take_up_again": about(subject_id=_key),
    "lead_merging.accept": about(case_nos=_two_leads),
    "lead_merging.reject": about(case_nos=_two_leads),
    "lead_merging.unmerge": about(merge_id=_merged),
    "ledger.act": about(ledger_no=_line, action="hold", facts={"hold_reason": "空置"}),
    "ledger.catch_up": about(_key),
    "ledger_paper.rows": about(_line, file="ledger.xlsx"),
    "ledger_proposals.accept": about(proposal_ids=_line_proposed),
    "ledger_proposals.decline": about(proposal_ids=_line_proposed, note="误报"),
    "ledger_proposals.take_back": about(proposal_ids=_line_declined),
    "ledger_rules.set_rules": about(valid_from=date(2100, 1, 1), why="更严"),
    "monitoring.pin_reference": about(snapshot_id=_scored),
    "notice_papers.paper": about(notice_no=_letter),
    "notice_papers.reset_template": about(name="letter"),
    "notice_papers.set_template": about(name="general", content=_template),
    "notices.act": about(notice_no=_letter, action="submit", actor=PLANNER),
    "notices.catch_up": about(_letter_out, office=_later(days=200)),
    "notices.draft": about(kind="致家长信", actor=PLANNER),
    "notices.draft_correction": about(notice_no=_letter_out, actor=PLANNER),
    "personal_data.erase": about(phone="13800000001"),
    "personal_data.report": about(phone="13800000001"),
    "photos.attach": about(of_visit=_visited, raw=_photo(), no_faces=True),
    "photos.read": about(sha256=_attached),
    "public_intake.submit": about(
        office=_taking, actor=PUBLIC, form=form(), photos=[picture()], way="page"),
    "public_reports.decide_reward": about(office=_reported),
    "public_reports.original": about(office=_reported),
    "public_reports.pay_reward": about(office=_rewarded),
    "public_reports.photo": _reported_photo,
    "risk_map.note_export": about(file="map.html"),
    "risk_map.top": about(_scored, leaves_as="top.xlsx"),
    "roll_ups.tell": about(office=_in_an_installation),
    "screening.save_terms": about(terms=[OfficeTerm("一对一", "add", "单带")]),
    "sessions.session": about(token=_token, office=_later(days=1)),
    "sessions.sign_out_everywhere": about(actor=_signed_in),
    "sign_in.act_as": about(_own_password, login="wang", password=CHOSEN),
    "sign_in.by_demo": about(office=_demo_with_account, role="planner"),
    "sign_in.by_directory": about(_in_directory, subject="subject", login="wang"),
    "sign_in.by_password": about(_own_password, login="wang", password=CHOSEN),
    "sign_in.change_password": _new_owner,
    "sign_in.owner_of": about(login="wang", password=_locked),
    "suspicions.settle": about(visit_id=_suspected),
    "team_routes.my_patrol": about(leaves_as="route.xlsx"),
    "teams.remove": about(team_id=_team),
    "teams.save": about(team=TEAM),
    "visits.undo": about(visit_id=_visited),
    "worklist.my_buildings": about(leaves_as="list.xlsx"),
}  # fmt: skip
"""Service → what prepares an office, and what is then told that would change or export."""


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
    told = CASES[name](prepared)
    before = content_of(prepared)
    tried: list[str] = []

    def fail(_: AuditTrail, *, action: str, **_line: Any) -> None:
        tried.append(action)
        raise AuditLogFullError

    monkeypatch.setattr(AuditTrail, "add", fail)
    with pytest.raises(AuditLogFullError):
        ask(name, {"office": prepared, "actor": OWNER, **told})
    assert tried
    assert content_of(prepared) == before
    assert list(out.iterdir()) == []


def ask(name: str, told: dict[str, Any]) -> None:
    office, actor = told.pop("office"), told.pop("actor")
    if name in DOORS:
        attrgetter(name)(office)(**told)
    else:
        call(office, name, actor, **told)


def content_of(office: Office) -> tuple[dict[str, list[tuple[Any, ...]]], dict[str, str]]:
    """Return all rows of the store, and the hashes of all files but its own and caches."""
    with closing(office._workspace.store.engine.raw_connection()) as connection:
        read = connection.cursor().execute
        rows = {
            name: read(f"SELECT * FROM {name}").fetchall()  # noqa: S608 -- a name of a table
            for (name,) in read("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            if name not in COUNTS_ATTEMPTS
        }
    root = office._workspace.root
    kept = (root / name for name in ("lake", "snapshots", "quarantine", "evidence", "audit.head"))
    paths = (path for each in kept for path in ([each] if each.is_file() else each.rglob("*")))
    files = {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths if p.is_file()}
    return rows, files
