"""A visit counts that arrives after its building passed on, by what was published or decided then.

The account wang is in the team that Monday's plan sends to B5 on Tuesday; B1 is theirs anyway.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from imported import copied_office, import_text, opened_copy

from governance.access.permissions import Actor, NotAllowedError, Scope, local_owner
from governance.office import Office
from governance.patrols.routing.model.shifts import Team
from governance.visits.rules.new_visit import NewVisit, VisitReceipt
from tests.governance.conftest import PERSONS
from tests.governance.patrols.results.afterwards_street import keep, plan_of
from tests.governance.visits.test_service import noted, set_clock, stored

MONDAY = date(2026, 11, 23)
SIGNED_IN, VISITED, CHANGED, SENT = (f"2026-11-24 {hour}:00" for hour in ("09", "10", "11", "15"))
OWNER = local_owner()
TEAM = Team(team_id="new", name="一队", members=("wang",), people=2,
            shifts=(("working", "evening"),))  # fmt: skip
STOPS = (("B5", 1, "random", ["random"]), ("B6", 1, "list", ["joint"]), ("B2", 1, "list", ["risk"]))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture(scope="module")
def street_folder(filled_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to, start = tmp_path_factory.mktemp("sent"), moment("2026-11-23 08:00")
    scope = Scope(buildings=frozenset({"B1"}))
    with copied_office(filled_folder, to, now=start) as office:
        import_text(office, "persons", PERSONS)
        office.accounts.add(
            OWNER, "wang", name="王网格员", roles=("warden",), scope=scope, person_id="P3"
        )
        office.teams.save(OWNER, TEAM)
        keep(office, plan_of(first=MONDAY, last=MONDAY + timedelta(days=6), stops=STOPS))
        sign_in(office, SIGNED_IN)
    return office._workspace.root


@pytest.fixture
def street(street_folder: Path, tmp_path: Path) -> Iterator[Office]:
    yield from opened_copy(street_folder, tmp_path, now=moment(CHANGED))


def sign_in(office: Office, when: str) -> None:
    set_clock(office, moment(when))
    with office._workspace.store.begin() as unit:
        account = unit.accounts.of_login("wang")
        assert account is not None
        office.sessions._session_store.open_session(unit, account, by="local", address="", agent="")
        unit.commit()


def wang(office: Office) -> Actor:
    """Return who acts by the account now, as a session would say."""
    with office._workspace.store.begin() as unit:
        account = unit.accounts.of_login("wang")
        assert account is not None
        unit.commit()  # what was read stays readable
    return office.sessions._session_store.actor_of(account)


def send(
    office: Office,
    building: str = "B5",
    visited: str = VISITED,
    *,
    key: str = "k",
    sent: str = SENT,
) -> VisitReceipt:
    """Send a visit in the afternoon, as made at a time; raise what it is refused for."""
    set_clock(office, moment(sent))
    visit = NewVisit(key=key, building_id=building, at=at(visited))
    (answer,) = office.sent_visits.record_many(wang(office), [visit])
    if answer.recorded is None:
        assert [problem.code for problem in answer.problems] == ["not_allowed"]
        raise NotAllowedError("not_allowed")
    return answer.recorded


def cancel(office: Office) -> None:
    office.plans.cancel(OWNER, "W1", version=2)


def replan(office: Office) -> None:
    """Publish another version, whose stop at B5 is gone."""
    days = {"first": MONDAY, "last": MONDAY + timedelta(days=6)}
    keep(office, replace(plan_of(**days, stops=STOPS[1:]), version=3))  # type: ignore[arg-type]


def replace_team(office: Office, *members: str) -> None:
    (team,) = office.teams.all(OWNER)
    office.teams.save(OWNER, replace(team, members=members), seen=team)


def dissolve(office: Office) -> None:
    office.teams.remove(OWNER, "T1")


CHANGES = (cancel, replan, replace_team, dissolve)


@pytest.mark.parametrize("change", CHANGES)
def test_a_visit_of_before_the_change_is_kept_as_one_of_the_plan_of_then(
    street: Office, change: Callable[[Office], None]
) -> None:
    change(street)
    kept = stored(street, send(street))
    assert (kept.at, kept.building_id, kept.recorded_by) == (at(VISITED), "B5", "wang")
    assert kept.origin == "random"
    ((_, facts),) = noted(street, "record_visit")
    late = {"late": True, "visited_at": f"{VISITED}:00"}
    late |= {"plan": "W1", "plan_version": 2, "team": "T1"}
    assert {name: facts.get(name) for name in late} == late


def test_a_late_visit_opens_nothing_of_the_building(street: Office) -> None:
    cancel(street)
    receipt = send(street)
    actor = wang(street)
    with pytest.raises(NotAllowedError):
        street.worklist.building(actor, "B5")
    assert "B5" not in set(street.worklist.my_buildings(actor)["building_id"])
    assert receipt.visit_id not in set(street.worklist.visits(actor)["visit_id"])
    with pytest.raises(NotAllowedError):
        street.visits.record(actor, NewVisit(key="now", building_id="B5"))


def test_a_late_visit_sent_again_is_kept_once(street: Office) -> None:
    cancel(street)
    first = send(street)
    assert send(street, visited=SIGNED_IN) == replace(first, repeated=True)
    assert len(noted(street, "record_visit")) == 1


def test_a_late_visit_at_a_joint_check_of_then_is_a_joint_one(street: Office) -> None:
    cancel(street)
    assert stored(street, send(street, "B6")).kind == "联检"


def test_a_visit_that_is_not_late_says_nothing_of_it(street: Office) -> None:
    send(street)
    send(street, "B1", key="own")
    assert not any("late" in facts for _, facts in noted(street, "record_visit"))


@pytest.mark.parametrize(
    ("building", "visited"),
    [
        ("B5", "2026-11-24 11:01"),
        ("B5", "2026-11-24 15:04"),
        ("B5", "2026-11-24 08:59"),
        ("B7", VISITED),
        ("B99", VISITED),
    ],
    ids=["after the change", "in the future", "before signing in", "never theirs", "no building"],
)
def test_a_time_or_building_that_was_not_theirs_is_refused(
    street: Office, building: str, visited: str
) -> None:
    cancel(street)
    with pytest.raises(NotAllowedError):
        send(street, building, visited)


def test_a_visit_of_before_the_plan_was_published_is_refused(street: Office) -> None:
    sign_in(street, "2026-11-23 07:00")
    set_clock(street, moment(CHANGED))
    cancel(street)
    with pytest.raises(NotAllowedError):
        send(street, visited="2026-11-23 07:30")


def test_what_is_older_than_a_visit_may_be_is_refused(street: Office) -> None:
    cancel(street)
    with pytest.raises(NotAllowedError):
        send(street, sent="2026-12-02 10:00")


def test_a_plan_that_was_never_published_lends_no_building(street: Office) -> None:
    draft = plan_of(first=MONDAY, last=MONDAY + timedelta(days=6), plan_id="W2",
                    stops=(("B7", 1, "list", ["risk"]),))  # fmt: skip
    set_clock(street, moment("2026-11-23 08:30"))
    keep(street, draft, published=False)
    with pytest.raises(NotAllowedError):
        send(street, "B7")


def test_a_change_of_a_draft_takes_nothing_from_what_was_published(street: Office) -> None:
    set_clock(street, moment("2026-11-24 09:30"))
    days = {"first": MONDAY, "last": MONDAY + timedelta(days=6)}
    changed = replace(plan_of(**days, stops=STOPS[1:]), version=3)  # type: ignore[arg-type]
    keep(street, changed, published=False)
    set_clock(street, moment(CHANGED))
    street.plans.cancel(OWNER, "W1", version=3)
    assert send(street).result == "未发现异常"


def test_of_a_team_that_changed_twice_who_was_in_it_then_counts(street: Office) -> None:
    set_clock(street, moment("2026-11-24 09:30"))
    replace_team(street, "P4")
    set_clock(street, moment(CHANGED))
    replace_team(street, "P4", "P1")
    with pytest.raises(NotAllowedError):
        send(street)
    set_clock(street, moment(CHANGED))
    replace_team(street, "wang")
    replace_team(street)
    with pytest.raises(NotAllowedError):
        send(street)
    assert send(street, visited="2026-11-24 09:10", key="k2").result == "未发现异常"


def rights(office: Office, **changes: object) -> None:
    office.grants.set_rights(OWNER, "wang", **changes)  # type: ignore[arg-type]


def lock(office: Office) -> None:
    office.accounts.lock(OWNER, "wang")


@pytest.mark.parametrize(
    "loss", [lock, lambda office: rights(office, roles=("hotline_clerk",))], ids=["lock", "role"]
)
def test_who_was_locked_or_lost_the_role_is_refused(
    street: Office, loss: Callable[[Office], None]
) -> None:
    cancel(street)
    loss(street)
    with pytest.raises(NotAllowedError):
        send(street)


def test_who_was_another_person_then_has_none_of_this_persons_rights(street: Office) -> None:
    set_clock(street, moment("2026-11-24 09:30"))
    replace_team(street, "P4")
    set_clock(street, moment(CHANGED))
    rights(street, person="P4")
    replace_team(street)
    with pytest.raises(NotAllowedError):
        send(street)


@contextmanager
def duty_of(office: Office, person: str) -> Iterator[None]:
    """Give B7 to a person on Monday; after the block it is another's."""
    owner = {"target_kind": "building", "target_id": "B7", "duty": "楼长", "reason": "示例"}
    set_clock(office, moment("2026-11-23 09:00"))
    office.duties.set_duty(OWNER, person_id=person, valid_from=MONDAY, **owner)  # type: ignore[arg-type]
    yield
    set_clock(office, moment(CHANGED))
    office.duties.set_duty(OWNER, person_id="P1", valid_from=MONDAY, **owner)  # type: ignore[arg-type]


def test_a_duty_counts_as_it_was_known_then(street: Office) -> None:
    with duty_of(street, "P3"):
        pass
    with pytest.raises(NotAllowedError):
        send(street, "B7", "2026-11-24 11:30")
    send(street, "B7")
    ((_, facts),) = noted(street, "record_visit")
    assert (facts["late"], facts["duty"], facts["duty_id"]) == (True, "楼长", 1)


def test_a_duty_that_was_written_into_the_past_lends_nothing(street: Office) -> None:
    with duty_of(street, "P4"):
        set_clock(street, moment("2026-11-24 10:30"))
        street.duties.set_duty(
            OWNER, target_kind="building", target_id="B7", duty="楼长", person_id="P3",
            valid_from=MONDAY, reason="补记",
        )  # fmt: skip
    with pytest.raises(NotAllowedError):
        send(street, "B7")


def test_what_was_given_to_the_account_then_counts(street: Office) -> None:
    rights(street, scope=Scope.nothing())
    send(street, "B1")
    ((_, facts),) = noted(street, "record_visit")
    assert (facts["late"], facts["reason"]) == (True, "given_to_account")
