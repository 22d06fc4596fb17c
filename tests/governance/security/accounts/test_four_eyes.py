"""What asks for two people is done by no single one, whatever accounts they have or had."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from case_steps import WHOLE_WAY, lead, take_in
from moving_clock import MovingClock
from notice_steps import LONG_AGO, decided_case
from public_office import form, hash_pins_quickly, picture, taking_reports
from refusals import refused_as

from data.contracts.evidence_vocabulary import Custody
from data.store.unit_of_work import Store
from geo.errors import GridwardenError
from governance.access.permissions import Actor, Scope, local_owner, public_reporter
from governance.access.persons import own_names
from governance.access.roles import ROLES
from governance.office import Office
from governance.records.ledger.line_entry import NewLine
from tests.governance.conftest import NOW
from tests.governance.records.evidence.conftest import photo, send

OFFICE_ROLES = tuple(
    name for name, role in ROLES.items() if not role.exclusive and name not in {"local_owner",
                                                                                "property_owner"}
)  # fmt: skip
NO = "XS-2026-0001"
P = "P1"
OTHER = Actor("third", "第三人", OFFICE_ROLES, Scope.whole())


@pytest.fixture(params=["sqlite", "postgresql"])
def office(
    request: pytest.FixtureRequest, tmp_path: Path, filled_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Office]:  # fmt: skip
    """Return an office on either database, with three accounts that may do everything in it."""
    hash_pins_quickly(monkeypatch)
    made = taking_reports(shutil.copytree(filled_folder, tmp_path / "office"), MovingClock(NOW))
    if request.param == "postgresql":
        empty_store = request.getfixturevalue("empty_store")
        made._workspace.__dict__["store"] = Store(empty_store())
    for login in ("one", "two", OTHER.id):
        made.accounts.add(local_owner(), login, name=login)
        made.grants.set_rights(
            local_owner(), login, roles=OFFICE_ROLES, scope=Scope.whole(),
            person={"one": P, OTHER.id: "P9"}.get(login),
        )  # fmt: skip
    yield made
    made.close()


def account(office: Office, login: str) -> Actor:
    """Return who acts by an account as it stands."""
    with office._workspace.store.begin() as unit:
        found = unit.accounts.of_login(login)
        assert found is not None
        return Actor(login, login, OFFICE_ROLES, Scope.whole(), person_id=found.person_id)


def hand_over(office: Office) -> None:
    """Take the person from the first account and give it to the second one."""
    office.grants.set_rights(local_owner(), "one", person="")
    office.grants.set_rights(local_owner(), "two", person=P)


Step = Callable[[Actor], object]
Begin = Callable[[Office, Actor], Step]


def _case_to_close(office: Office, first: Actor) -> Step:
    take_in(office, lead())
    for actor, action, facts in WHOLE_WAY[:-1]:
        office.cases.act(first if action == "verify" else actor, NO, action, facts)
    return lambda actor: office.cases.act(actor, NO, "close")


def _case_on_hold(office: Office, first: Actor) -> Step:
    take_in(office, lead())
    for actor, action, facts in WHOLE_WAY[:2]:
        office.cases.act(actor, NO, action, facts)
    office.cases.act(first, NO, "ask_hold", {"hold_reason": "当事人外出"})
    return lambda actor: office.cases.act(actor, NO, "hold")


def _notice(office: Office, first: Actor) -> str:
    case_no = decided_case(office, "T1", on=LONG_AGO)
    number = office.notices.draft(first, "典型案例曝光", case_nos=[case_no])
    office.notices.act(first, number, "submit")
    return number


def _notice_to_look_at(office: Office, first: Actor) -> Step:
    number = _notice(office, first)
    seen = {"seen": office.notice_lists.notice(OTHER, number).seen}
    return lambda actor: office.notices.act(actor, number, "preview", seen)


def _notice_to_approve(office: Office, first: Actor) -> Step:
    number = _notice(office, first)
    seen = {"seen": office.notice_lists.notice(OTHER, number).seen}
    office.notices.act(OTHER, number, "preview", seen)
    return lambda actor: office.notices.act(actor, number, "approve", seen)


def _appeal(office: Office, first: Actor) -> Step:
    number = _notice(office, first)
    seen = {"seen": office.notice_lists.notice(OTHER, number).seen}
    for action, told in (("preview", seen), ("approve", seen), ("publish", {}),
                         ("appeal", {"appeal": "事实不清"})):  # fmt: skip
        office.notices.act(OTHER, number, action, told)
    return lambda actor: office.notices.act(actor, number, "uphold", {"answer": "维持"})


def _evidence(office: Office, first: Actor) -> Step:
    number = send(office, first, photo())
    office.evidence.act(first, number, Custody.TAKE_OVER_ASKED)
    return lambda actor: office.evidence.act(actor, number, Custody.TAKEN_OVER)


def _exit(office: Office, first: Actor) -> Step:
    new = NewLine(kind="楼栋", reason="上级交办", building_id="B3", note="督办单3号")
    line = office.ledger.enter(first, new)
    office.ledger.act(first, line, "ask_exit", {"out_reason": "已搬离"})
    return lambda actor: office.ledger.act(actor, line, "approve_exit")


def _export(office: Office, first: Actor) -> Step:
    number = office.exports.ask_unmasked(first, "complaints", "上级要求提供原件").number
    return lambda actor: office.exports.approve_unmasked(actor, number)


def _reward(office: Office, first: Actor) -> Step:
    office.public_intake.submit(public_reporter(), form(), [picture()], way="page")
    office.public_reports.decide_reward(first, 1, eligible=True)
    return lambda actor: office.public_reports.pay_reward(actor, 1)


STEPS: dict[str, tuple[Begin, str]] = {
    "a case is closed": (_case_to_close, "case_closer_verified"),
    "a case is put on hold": (_case_on_hold, "case_hold_own"),
    "a notice is looked at": (_notice_to_look_at, "notice_own"),
    "a notice is let go": (_notice_to_approve, "notice_own"),
    "an appeal is answered": (_appeal, "notice_own"),
    "material becomes evidence": (_evidence, "custody_same_officer"),
    "a line leaves the ledger": (_exit, "ledger_approved_already"),
    "rows leave unmasked": (_export, "approver_is_asker"),
    "a reward is paid": (_reward, "reward_own"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_second_account_of_the_same_person_takes_no_step_that_asks_for_another(
    office: Office, step: str
) -> None:
    begin, code = STEPS[step]
    take = begin(office, account(office, "one"))
    hand_over(office)
    for same in (account(office, "one"), account(office, "two")):
        with pytest.raises(GridwardenError) as refused:
            take(same)
        assert refused.value.code == code, same.id
    take(OTHER)


def test_nothing_that_a_person_may_not_approve_is_counted_as_waiting_for_them(
    office: Office,
) -> None:
    for begin in (_notice_to_look_at, _exit, _export):
        begin(office, account(office, "one"))
    hand_over(office)
    assert not office.approvals.waiting(account(office, "two")).keys() & {
        "approve_notices", "approve_exits", "approve_exports",
    }  # fmt: skip
    assert office.approvals.waiting(OTHER).keys() >= {
        "approve_notices", "approve_exits", "approve_exports",
    }  # fmt: skip


def test_nobody_changes_the_rights_of_another_account_of_their_own(office: Office) -> None:
    hand_over(office)
    guard = replace(account(office, "one"), roles=("security_administrator",))
    with refused_as("own_rights"):
        office.grants.set_rights(guard, "two", roles=("warden",))
    office.grants.set_rights(guard, OTHER.id, roles=("warden",))


def test_a_person_is_known_by_all_accounts_they_ever_had_and_by_no_others(office: Office) -> None:
    hand_over(office)
    with office._workspace.store.begin() as unit:
        assert own_names(unit, account(office, "two")) == {"one", "two", P}
        assert own_names(unit, account(office, "one")) == {"one", "two", P}
        assert own_names(unit, OTHER) == {OTHER.id, "P9"}
        assert own_names(unit, local_owner()) == {"local"}
