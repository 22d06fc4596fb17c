"""What is held about a person, how long, and that what is erased is gone everywhere."""

import hashlib
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from case_steps import CHIEF, WHOLE_WAY
from case_steps import MANAGER as OFFICE_MANAGER
from imported import import_text
from public_office import PHONE as REPORTERS
from public_office import form, hash_pins_quickly, picture, taking_reports
from sqlalchemy import text

from data.privacy.photos import PUBLIC_FOLDER, clean_photo, keep_photo
from data.workspace.folder import STORE_FILE
from governance.access.permissions import (
    ROLES,
    Action,
    Actor,
    NotAllowedError,
    Scope,
    local_owner,
    public_reporter,
)
from governance.cases.public_reports.report_keeper import ORIGIN
from governance.office import Office
from governance.records.ledger.line_entry import NewLine
from governance.security.accounts.authentication import SignInError
from governance.security.compliance.complainants import IdentityNotKeptError
from governance.security.compliance.held_data import PhoneUnreadableError
from governance.security.compliance.personal_data import ErasureReasonError
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office

PHONE, TICKET = "13800000001", "250912101108115401"
REFUSED = "13800000003"
"""The number in the row that has no date."""
CLERK = Actor(id="clerk", name="热线", roles=("hotline_clerk",), scope=Scope.whole())
MANAGER = Actor(id="manager", name="钱主任", roles=("office_manager",), scope=Scope.whole())


def _data(office: Office, phone: str = PHONE) -> set[str]:
    return set(office.personal_data.report(CLERK, phone)["data"])


def _set(office: Office, line: str) -> Office:
    """Return the office opened anew with a line of its privacy settings changed."""
    root = office._workspace.root
    settings = root / "gridwarden.toml"
    name = line.split(" ", maxsplit=1)[0]
    lines = settings.read_text("utf-8").splitlines()
    changed = [line if each.startswith(f"{name} ") else each for each in lines]
    settings.write_text("\n".join(changed) + "\n", encoding="utf-8")
    later = datetime(2027, 3, 1, tzinfo=UTC)
    return open_office(root, now=lambda: later)


WIDE = str.maketrans("0123456789", "".join(chr(0xFF10 + digit) for digit in range(10)))


@pytest.mark.parametrize(
    "spelling", [PHONE, "138-0000-0001", "+86 138 0000 0001", PHONE.translate(WIDE)]
)
def test_a_person_is_found_however_the_number_is_typed(office: Office, spelling: str) -> None:
    told = office.personal_data.report(CLERK, spelling)
    assert {"identities", "complaints"} <= set(told["data"])
    assert TICKET in set(told.loc[told["data"] == "complaints", "number"])
    assert "张示例" not in told.to_csv()
    assert PHONE not in told.to_csv()


def test_a_row_that_knew_the_person_in_an_earlier_version_is_told(office: Office) -> None:
    again = (
        "工单编号,来电时间,事发地址,来电人,联系电话,来源渠道\n"
        f"{TICKET},2026-11-02 19:10,示例花园3号楼2单元501,孙示例,13800000009,12345热线\n"
    )
    import_text(office, "complaints", again, name="again.csv")
    for phone in (PHONE, "13800000009"):
        told = office.personal_data.report(CLERK, phone)
        assert told.loc[told["data"] == "complaints", "number"].tolist() == [TICKET]


def test_a_refused_row_that_knows_the_person_is_told_also_after_the_number_is_erased(
    office: Office,
) -> None:
    of = next(each.import_id for each in office._workspace.lake.imports("complaints"))
    office.personal_data.erase(MANAGER, REFUSED, reason="本人申请")
    told = office.personal_data.report(CLERK, REFUSED)
    assert told.values.tolist() == [["quarantine", of, "hash"]]


def test_who_stands_in_the_table_of_staff_is_told_so_also_by_an_earlier_version(
    office: Office,
) -> None:
    for phone in ("138-0000-0077", "05381234567"):
        rows = f"P77,王示例,网格员,{phone}\n"
        import_text(office, "persons", f"人员编号,姓名,角色,办公电话\n{rows}", name=f"{phone}.csv")
    found = office.personal_data.report(CLERK, "13800000077").to_dict("records")
    assert found == [{"data": "persons", "number": "P77", "held": "sent"}]


def test_who_is_not_known_is_told_so_and_what_is_no_number_is_refused(office: Office) -> None:
    assert office.personal_data.report(CLERK, "13912345678").empty
    for nonsense in ("", "none", "***"):
        with pytest.raises(PhoneUnreadableError):
            office.personal_data.report(CLERK, nonsense)


def test_the_log_names_nobody_by_number(office: Office) -> None:
    office.personal_data.report(CLERK, PHONE)
    office.personal_data.erase(MANAGER, PHONE, reason="本人申请")
    with office._workspace.store.begin() as unit:
        lines = [(event.action, str(event.facts)) for event in unit.audit.newest()]
    assert {"answer_subjects", "erase_personal"} <= {action for action, _ in lines}
    assert not [facts for _, facts in lines if PHONE in facts]


def test_what_is_erased_is_gone_and_everything_else_stays_and_holds(office: Office) -> None:
    before = office.personal_data.retention(MANAGER).set_index("data")["held"]
    erased = office.personal_data.erase(MANAGER, PHONE, reason="本人申请")
    assert erased.identities >= 1
    assert "identities" not in _data(office)
    with pytest.raises(IdentityNotKeptError):
        office.complainants.look_up(CLERK, TICKET)
    after = office.personal_data.retention(MANAGER).set_index("data")["held"]
    assert after["identities"] == before["identities"] - erased.identities
    assert office.verify(MANAGER).sound
    again = office.personal_data.erase(MANAGER, PHONE, reason="本人申请")
    assert (again.identities, again.contacts) == (0, 0)


def test_no_file_of_the_workspace_holds_what_was_erased(office: Office) -> None:
    files = {path: path.read_bytes() for path in office._workspace.identities.folder.iterdir()}
    office.personal_data.erase(MANAGER, PHONE, reason="本人申请")
    changed = [path for path, content in files.items() if path.read_bytes() != content]
    assert changed
    for name in office._workspace.identities.imports():
        assert PHONE not in str(office._workspace.identities.read(name).to_pylist())


def test_what_a_crash_left_is_found_and_erased_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = type(office._workspace.identities)
    with monkeypatch.context() as patch:
        patch.setattr(kept, "replace", _stop)
        with pytest.raises(OSError, match="stopped"):
            office.personal_data.erase(MANAGER, PHONE, reason="本人申请")
    assert not office.verify(MANAGER).sound
    office.personal_data.erase(MANAGER, PHONE, reason="本人申请")
    assert office.verify(MANAGER).sound
    assert "identities" not in _data(office)


def _stop(*_: object) -> None:
    raise OSError("stopped")


def test_nothing_is_erased_without_a_reason(office: Office) -> None:
    with pytest.raises(ErasureReasonError):
        office.personal_data.erase(MANAGER, PHONE, reason=" ")
    assert "identities" in _data(office)


def test_who_answers_does_not_erase_and_who_erases_does_not_look() -> None:
    for role in ROLES.values():
        if role.name != "local_owner":
            assert not {Action.ANSWER_SUBJECTS, Action.ERASE_PERSONAL} <= role.actions


def test_only_for_the_whole_street(office: Office) -> None:
    part = Scope(buildings=frozenset({"B1"}))
    for asked in (
        lambda: office.personal_data.report(replace(CLERK, scope=part), PHONE),
        lambda: office.personal_data.erase(replace(MANAGER, scope=part), PHONE, reason="x"),
        lambda: office.personal_data.retention(replace(MANAGER, scope=part)),
        lambda: office.personal_data.apply_retention(replace(MANAGER, scope=part)),
    ):
        with pytest.raises(NotAllowedError):
            asked()


def test_names_and_numbers_stay_as_long_as_their_import_unless_days_are_set(
    office: Office,
) -> None:
    assert not office.personal_data.retention(MANAGER)["past"].any()
    erased = office.personal_data.apply_retention(MANAGER)
    assert (erased.identities, erased.contacts) == (0, 0)


def test_a_dry_run_says_what_is_erased_then_and_changes_nothing(office: Office) -> None:
    later = _set(office, "identities_days = 30")
    try:
        due = later.personal_data.retention(MANAGER).set_index("data")
        assert due.loc["identities", "past"] == due.loc["identities", "held"] > 0
        assert later.personal_data.retention(MANAGER).set_index("data").equals(due)
        assert (
            later.personal_data.apply_retention(MANAGER).identities == due.loc["identities", "past"]
        )
        left = later.personal_data.retention(MANAGER).set_index("data").loc["identities"]
        assert (left["held"], left["past"]) == (0, 0)
        assert later.verify(MANAGER).sound
    finally:
        later.close()


@pytest.mark.parametrize("held_after", [1, 3, 6])
def test_who_reported_what_a_case_is_about_is_kept_until_it_ends_also_on_hold(
    office: Office, held_after: int
) -> None:
    office.catch_up(local_owner())
    later = _set(office, "identities_days = 30")
    number = _case_of(later, TICKET)
    hold = [(CHIEF, "ask_hold", {"hold_reason": "等待复议"}), (OFFICE_MANAGER, "hold", {}),
            (OFFICE_MANAGER, "resume", {})]  # fmt: skip
    way = [*WHOLE_WAY[:held_after], *hold, *WHOLE_WAY[held_after:]]
    try:
        for actor, action, facts in way:
            if action != "accept":
                assert _erased_as_told(later) == 1
                assert later.complainants.look_up(CLERK, TICKET).phone == PHONE
            later.cases.act(actor, number, action, facts)
        assert _erased_as_told(later) == 0
        with pytest.raises(IdentityNotKeptError):
            later.complainants.look_up(CLERK, TICKET)
        assert later.verify(MANAGER).sound
    finally:
        later.close()


def _case_of(office: Office, ticket: str) -> str:
    complaints = office._engine.table("complaints")
    keys = complaints.filter(complaints["ticket_no"] == ticket).select("row_key").to_pyarrow()
    with office._workspace.store.begin() as unit:
        case = unit.leads.case_of("complaints", keys["row_key"][0].as_py())
        return case.case_no


def _erased_as_told(office: Office) -> int:
    """Apply retention; return how many names and numbers of imports are left."""
    told = office.personal_data.retention(MANAGER).set_index("data").loc["identities"]
    assert office.personal_data.apply_retention(MANAGER).identities == told["past"]
    left = office.personal_data.retention(MANAGER).set_index("data").loc["identities"]
    assert (left["held"], left["past"]) == (told["held"] - told["past"], 0)
    return int(left["held"])


def test_the_rows_of_an_import_that_was_taken_back_are_erased_from_every_file(
    office: Office,
) -> None:
    listed = office.imports.history(MANAGER).set_index("import_id")
    of = next(each.import_id for each in office._workspace.lake.imports("complaints"))
    assert TICKET in _everything(office)
    office.catch_up(local_owner())
    assert "leads" in _data(office)
    office.imports.undo(MANAGER, of)
    due = office.personal_data.retention(MANAGER).set_index("data").loc["undone_imports"]
    assert due["past"] == due["held"] == listed.loc[of, ["accepted", "quarantined"]].sum()
    _last_read(office, datetime.now(UTC))
    assert office.personal_data.apply_retention(MANAGER).undone_rows == due["past"]
    assert TICKET in _everything(office), "what was read just now stays until it is called again"
    assert "leads" not in _data(office)
    _last_read(office, datetime(2026, 1, 1, tzinfo=UTC))
    assert office.personal_data.apply_retention(MANAGER).undone_rows == 0
    office.imports.tables(MANAGER)
    assert TICKET not in _everything(office)
    assert TICKET not in _everything(office)
    assert office.verify(MANAGER).sound
    assert office.imports.history(MANAGER).set_index("import_id").loc[of, "undone"]


def test_a_persons_own_name_leaves_with_it_from_the_texts_of_their_rows(office: Office) -> None:
    """Also where the row is refused; and a name that tells nobody who it is stays."""
    names = ("欧阳示例", "John Example", "王女士", "学生家长", "数学")
    row = "{0},2026-11-02 19:10,示例花园1号楼,{1},1380000002{0},我是{1}，请回复{1},{1}来过"
    lines = [row.format(n, name) for n, name in enumerate(names)]
    lines.append("9,某天,示例花园1号楼,欧阳示例,13800000029,我是欧阳示例，请回复,欧阳示例来过")
    head = "工单编号,来电时间,事发地址,来电人,联系电话,投诉内容,别的\n"
    import_text(office, "complaints", head + "\n".join(lines), name="投诉13800000029.csv")
    told, root = _everything(office), office._workspace.root
    assert "欧阳示例" not in told
    assert "John Example" not in told
    assert all(f"我是{name}" in told for name in ("欧**", "J**", "王女士", "学生家长"))
    assert "欧**来过" in told, "of the refused row, with a column that no field takes"
    assert not [path for path in root.rglob("manifest.json") if "13800000029" in path.read_text()]


def test_what_is_typed_of_a_case_or_a_line_of_the_ledger_keeps_no_number(office: Office) -> None:
    office.catch_up(local_owner())
    number = office.cases.inbox(local_owner()).rows["case_no"].iloc[0]
    typed = f"回电{PHONE}，身份证370902198801011234"
    office.cases.act(local_owner(), number, "accept", note=typed)
    office.cases.act(local_owner(), number, "ask_hold", {"hold_reason": typed})
    line = NewLine(kind="机构", reason="上级交办", name=f"托管{PHONE}", note=typed)
    office.ledger.enter(local_owner(), line)
    root = office._workspace.root
    office.close()
    stored = b"".join(path.read_bytes() for path in root.glob(f"{STORE_FILE}*"))
    assert "回电138****0001，身份证370902************".encode() in stored
    assert [each for each in (PHONE, "370902198801011234") if each.encode() in stored] == []


def test_buildings_of_an_import_that_was_taken_back_are_erased_from_every_file(
    office: Office,
) -> None:
    of = next(each.import_id for each in office._workspace.lake.imports("buildings"))
    office.imports.undo(MANAGER, of)
    assert of in _everything(office)
    _last_read(office, datetime(2026, 1, 1, tzinfo=UTC))
    office.personal_data.apply_retention(MANAGER)
    left = [path.name for path in office._workspace.derived_path.glob("register-*.parquet")]
    assert (of in _everything(office), left) == (False, [])
    assert office.imports.tables(MANAGER) is not None
    assert office.verify(MANAGER).sound


def _last_read(office: Office, at: datetime) -> None:
    for path in office._workspace.derived_path.rglob("*.parquet"):
        os.utime(path, (at.timestamp(), at.timestamp()))


def _everything(office: Office) -> str:
    """Return what all tables among the files of a workspace hold, as text."""
    files = office._workspace.root.rglob("*.parquet")
    return "".join(str(pq.ParquetFile(path).read().to_pydict()) for path in files)


def test_what_is_younger_than_the_days_stays(office: Office) -> None:
    later = _set(office, "identities_days = 36500")
    try:
        assert not later.personal_data.retention(MANAGER)["past"].any()
    finally:
        later.close()


@pytest.fixture
def reported(filled_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Return an office to which somebody has sent a report; the test closes it."""
    hash_pins_quickly(monkeypatch)
    folder = shutil.copytree(filled_folder, tmp_path / "public")
    office = taking_reports(folder, lambda: datetime(2026, 11, 24, 4, tzinfo=UTC))
    office.public_intake.submit(public_reporter(), form(), [], way="page")
    return office


def test_who_sent_a_public_report_is_found_and_erased_and_the_report_stays(
    reported: Office,
) -> None:
    try:
        assert {"public_contacts", "leads"} <= _data(reported, REPORTERS)
        erased = reported.personal_data.erase(MANAGER, REPORTERS, reason="本人申请")
        assert erased.contacts == 1
        assert _data(reported, REPORTERS) == {"leads"}
        assert reported.verify(MANAGER).sound
    finally:
        reported.close()


def test_who_sent_a_public_report_is_kept_while_its_case_is_open_or_its_reward_undecided_or_unpaid(
    reported: Office,
) -> None:
    later = _set(reported, "contacts_days = 30")
    reported.close()
    with later._workspace.store.begin() as unit:
        case = unit.leads.case_of(ORIGIN, "1").case_no
    try:
        assert _past_contacts(later) == 1
        for actor, action, facts in WHOLE_WAY:
            later.cases.act(actor, case, action, facts)
            assert _past_contacts(later) == 0
        later.public_reports.decide_reward(OFFICE_MANAGER, 1, eligible=False)
        assert _past_contacts(later) == 1
        later.public_reports.decide_reward(OFFICE_MANAGER, 1, eligible=True)
        assert _past_contacts(later) == 0
        later.public_reports.pay_reward(CLERK, 1)
        assert later.personal_data.apply_retention(MANAGER).contacts == 1
    finally:
        later.close()


def test_retention_deletes_what_nobody_came_back_to(reported: Office) -> None:
    """Attempts, uses of the public page, sessions and uploads that are over."""
    office = reported
    with pytest.raises(SignInError):
        office.sign_in.by_password("nobody", "x", address="192.0.2.1", agent="")
    office.public_intake.count_try(public_reporter(), address="192.0.2.1")
    begun = office.evidence_intake.begin(local_owner(), "a.jpg", 9)
    part = b"123"
    office.evidence_intake.piece(local_owner(), begun.upload, part, offset=0,
                                 sha256=hashlib.sha256(part).hexdigest())  # fmt: skip
    later = _set(office, "identities_days = 30")
    office.close()
    try:
        later.personal_data.apply_retention(MANAGER)
        tables = ("failed_attempts", "public_uses", "sessions", "evidence_uploads")
        with later._workspace.store.engine.connect() as connection:
            left = [connection.scalar(text(f"SELECT count(*) FROM {each}")) for each in tables]  # noqa: S608
        assert (left, [*later._workspace.evidence_path.glob("uploads/*")]) == ([0] * 4, [])
    finally:
        later.close()


def test_retention_deletes_photos_that_nothing_shows_any_more(office: Office) -> None:
    """Of a visit that was taken back, and of which a crash left no row; the same of one stays."""
    visits = []
    for key, colour in (("k1", "red"), ("k2", "blue"), ("k3", "blue")):
        visits += [office.visits.record(local_owner(), NewVisit(key=key, building_id="B3"))]
        office.photos.attach(local_owner(), key, picture(colour), no_faces=True)
    for each in visits[:2]:
        office.visits.undo(local_owner(), each.visit_id)
    evidence = office._workspace.evidence_path
    for within in ("", PUBLIC_FOLDER):
        keep_photo(evidence / within, clean_photo(picture("green")))
    due = office.personal_data.retention(MANAGER).set_index("data").loc["photos"]
    assert (due["held"], due["past"]) == (4, 3)
    assert office.personal_data.apply_retention(MANAGER).photos == 3
    (left,) = evidence.rglob("*.jpg")
    assert left.stem == clean_photo(picture("blue")).sha256
    assert office.verify(MANAGER).sound


def _past_contacts(office: Office) -> int:
    due = office.personal_data.retention(MANAGER).set_index("data")
    return int(due.loc["public_contacts", "past"])
