"""What the office sees of public reports, and what those who are sent never learn."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from moving_clock import MovingClock
from public_office import NAME, PHONE, TEXT, form, hash_pins_quickly, picture, taking_reports
from refusals import refused_as
from service_arguments import call, decided_apart, services
from two_communities import text_of

from data.privacy.photos import PhotoError
from data.privacy.sealed_text import SealedTextError
from geo.errors import GridwardenError
from governance.access.permissions import (
    ROLES,
    Action,
    Actor,
    NotAllowedError,
    Scope,
    may,
    public_reporter,
)
from governance.cases.public_reports.report_form import PublicReportError
from governance.office import Office
from governance.security.compliance.audit import AuditFilter
from tests.governance.conftest import NOW

CLERK = Actor("clerk", "坐席", ("hotline_clerk",), Scope.whole())
MANAGER = Actor("manager", "主任", ("office_manager",), Scope.whole())
CASE = "XS-2026-0001"
SENT = ("warden", "building_head", "grid_chief", "property_owner", "enforcement_officer")
"""Roles that may be sent to the place, or are outside of the office."""


@pytest.fixture
def reported(taking: Office) -> Office:
    taking.public_intake.submit(public_reporter(), form(), [picture()], way="page")
    return taking


def test_clerk_and_manager_see_reports_and_rewards_and_nobody_else() -> None:
    seeing = {name for name, role in ROLES.items() if Action.SEE_PUBLIC_REPORTS in role.actions}
    deciding = {name for name, role in ROLES.items() if Action.DECIDE_REWARD in role.actions}
    assert seeing == {"hotline_clerk", "office_manager", "local_owner"}
    paying = {name for name, role in ROLES.items() if Action.PAY_REWARD in role.actions}
    assert deciding == {"office_manager", "local_owner"}
    assert paying == {"office_manager", "hotline_clerk", "local_owner"}


def test_the_office_reads_the_scrubbed_report_with_its_photos(reported: Office) -> None:
    for actor in (CLERK, MANAGER):
        (seen,) = reported.public_reports.of_case(actor, CASE)
        assert "139****4321" in seen.text
        assert (len(seen.photos), seen.has_contact, seen.reward.wanted) == (1, True, True)
        assert not [each for each in (PHONE, NAME) if each in text_of(seen)]
        assert reported.public_reports.photo(actor, seen.photos[0])[:2] == b"\xff\xd8"
    assert not reported.public_reports.of_case(CLERK, "XS-2026-9999")


def test_only_the_clerk_reads_the_original_and_that_is_written_down(reported: Office) -> None:
    told = reported.public_reports.original(CLERK, 1)
    assert (told.text, told.person.name, told.person.phone) == (TEXT, NAME, PHONE)
    with pytest.raises(NotAllowedError):
        reported.public_reports.original(MANAGER, 1)
    log = reported.audit.log(Actor("a", "a", ("auditor",)), AuditFilter(action="see_identity"))
    assert log["person"].tolist() == ["clerk"]


def test_what_is_kept_apart_opens_in_its_own_row_alone(reported: Office) -> None:
    reported.public_intake.submit(public_reporter(), form(), way="page")
    with reported._workspace.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE public_contacts SET sealed ="
            " (SELECT sealed FROM public_contacts WHERE report_id = 2) WHERE report_id = 1"
        )
    with pytest.raises(SealedTextError):
        reported.public_reports.original(CLERK, 1)


def test_reports_lie_in_the_scope_of_their_lead(reported: Office) -> None:
    elsewhere = replace(CLERK, scope=Scope(buildings=frozenset({"B5"})))
    there = replace(CLERK, scope=Scope(buildings=frozenset({"B3"})))
    (seen,) = reported.public_reports.of_case(there, CASE)
    assert not reported.public_reports.of_case(elsewhere, CASE)
    with pytest.raises(PhotoError):
        reported.public_reports.photo(elsewhere, seen.photos[0])
    with pytest.raises(PublicReportError):
        reported.public_reports.original(elsewhere, 1)
    manager = replace(MANAGER, scope=elsewhere.scope)
    with pytest.raises(PublicReportError):
        reported.public_reports.decide_reward(manager, 1, eligible=True)


def test_a_reward_is_decided_and_then_paid_once(reported: Office) -> None:
    rewards = reported.public_reports
    with pytest.raises(NotAllowedError):
        rewards.decide_reward(CLERK, 1, eligible=True)
    with pytest.raises(PublicReportError, match="not due"):
        rewards.pay_reward(MANAGER, 1)
    assert rewards.decide_reward(MANAGER, 1, eligible=False, note="重复").eligible is False
    with pytest.raises(PublicReportError, match="not due"):
        rewards.pay_reward(MANAGER, 1)
    rewards.decide_reward(MANAGER, 1, eligible=True)
    with refused_as("reward_own"):
        rewards.pay_reward(MANAGER, 1)
    assert rewards.pay_reward(CLERK, 1).paid_at is not None
    with pytest.raises(PublicReportError, match="not due"):
        rewards.pay_reward(CLERK, 1)
    with pytest.raises(PublicReportError, match="paid"):
        rewards.decide_reward(MANAGER, 1, eligible=False)
    assert rewards.of_case(CLERK, CASE)[0].reward.eligible


def test_nobody_gets_a_reward_that_was_not_asked_for(taking: Office) -> None:
    taking.public_intake.submit(public_reporter(), form(wants_reward=False), way="page")
    with pytest.raises(PublicReportError, match="not wanted"):
        taking.public_reports.decide_reward(MANAGER, 1, eligible=True)


@pytest.fixture(scope="module")
def pair(
    filled_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Office, Office]]:
    """Return one office twice: without a report, and with one whose reward was decided."""
    folder = tmp_path_factory.mktemp("pair")
    with pytest.MonkeyPatch.context() as patch:
        hash_pins_quickly(patch)
        offices = [
            taking_reports(shutil.copytree(filled_folder, folder / name / "office"),
                           MovingClock(NOW))
            for name in ("without", "with")
        ]  # fmt: skip
        offices[1].public_intake.submit(public_reporter(), form(), [picture()], way="page")
    offices[1].public_reports.decide_reward(MANAGER, 1, eligible=True, note="奖")
    yield offices[0], offices[1]
    for office in offices:
        office.close()


def _answer(office: Office, name: str, actor: Actor) -> str:
    try:
        told = text_of(call(office, name, actor, unit="B3", building_id="B3", case_no=CASE,
                            report_id=1, text="示例"))  # fmt: skip
    except NotAllowedError:
        return "refused"
    except GridwardenError as refused:
        told = text_of(refused.facts)
    return re.sub(r"\b[0-9a-f]{32,64}\b", "digest", told)


CHANGING = frozenset(name for name in services() if name.split(".")[-1] in {
    "approve", "attach", "record", "record_many", "undo", "save", "run", "publish", "cancel",
    "sign_out_everywhere", "change_password", "import_file", "verify", "export_table"})  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(services()) - CHANGING))
def test_who_is_sent_learns_nothing_of_a_report(pair: tuple[Office, Office], name: str) -> None:
    """Neither from what is told, nor from what is refused: both offices say the same."""
    actors = [Actor("x", "x", (role,), Scope.whole(), person_id="P3") for role in SENT]
    blind = [actor for actor in actors if not may(actor, Action.SEE_CASES)]
    assert {actor.roles[0] for actor in blind} == {"warden", "building_head", "property_owner"}
    for actor in decided_apart(blind):
        without, with_report = (_answer(office, name, actor) for office in pair)
        assert without == with_report, actor.roles


@pytest.mark.parametrize("role", SENT)
def test_of_photos_contacts_and_rewards_only_the_office_knows(
    pair: tuple[Office, Office], role: str
) -> None:
    actor = Actor("x", "x", (role,), Scope.whole())
    reports = pair[1].public_reports
    asked: tuple[Any, ...] = (
        lambda: reports.of_case(actor, CASE),
        lambda: reports.photo(actor, "0" * 64),
        lambda: reports.original(actor, 1),
        lambda: reports.decide_reward(actor, 1, eligible=True),
        lambda: reports.pay_reward(actor, 1),
    )
    for ask in asked:
        with pytest.raises(NotAllowedError):
            ask()


def test_a_manager_can_tell_the_two_offices_apart(pair: tuple[Office, Office]) -> None:
    apart = {n for n in ("cases.inbox", "public_reports.of_case")
             if _answer(pair[0], n, MANAGER) != _answer(pair[1], n, MANAGER)}  # fmt: skip
    assert apart == {"cases.inbox", "public_reports.of_case"}
