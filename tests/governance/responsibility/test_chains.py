"""Who answers for a building: decided, corrected, handed over, taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from governance.access.permissions import Actor, NotAllowedError, Scope
from governance.office import Office
from governance.responsibility.chains import Link, NobodyKnownError
from governance.responsibility.duty_reader import UnknownTargetError
from governance.responsibility.duty_register import read_duties
from governance.responsibility.duty_writer import DutyError

TODAY = date(2026, 11, 24)
WEST = "370998001001001"
WESTERN = {"B1", "B2", "B3", "B4"}
WARDEN = "网格员"

SetWarden = Callable[..., int]


def links_of(office: Office, actor: Actor, unit: str, on: date | None = None) -> dict[str, Link]:
    chain = office.responsibility.chain(actor, unit, on=on)
    return {link.duty: link for link in chain.links}


def wardens_on(office: Office, actor: Actor, *days: date, unit: str = "B1") -> list[str | None]:
    return [links_of(office, actor, unit, day)[WARDEN].person_id for day in days]


def test_without_staff_and_grids_it_says_what_to_import(office: Office, actor: Actor) -> None:
    with pytest.raises(NobodyKnownError) as refused:
        office.responsibility.chain(actor, "B1")
    assert "persons" in refused.value.facts["what_to_do"]


def test_the_chain_comes_from_the_grids_with_contacts(staffed: Office, actor: Actor) -> None:
    links = links_of(staffed, actor, "B1")
    assert [links[d].person for d in ("包片领导", "网格长", WARDEN)] == ["甲", "乙", "丙"]
    assert (links[WARDEN].phone, links[WARDEN].source) == ("0538-0000003", "grids")
    assert links["楼长"].problems == ()
    assert links_of(staffed, actor, WEST)[WARDEN].person_id == "P3"


def test_a_change_holds_from_its_day_and_leaves_the_past_alone(
    staffed: Office, actor: Actor, set_warden: SetWarden
) -> None:
    later = TODAY + timedelta(days=10)
    set_warden("P4")
    set_warden("P3", valid_from=later, valid_to=later + timedelta(days=5))
    days = (TODAY - timedelta(1), TODAY, later, later + timedelta(5))
    assert wardens_on(staffed, actor, *days) == ["P3", "P4", "P3", "P4"]
    assert wardens_on(staffed, actor, TODAY, unit="B2") == ["P3"]
    workspace, engine = staffed._workspace, staffed._engine
    for day, held in zip(days, (True, False, True, False), strict=True):
        of_person = read_duties(workspace, engine, on=day).of_person
        assert of_person["P3"] - {"B1"} == WESTERN - {"B1"}
        assert ("B1" in of_person["P3"]) is held
    assert read_duties(workspace, engine, on=TODAY) is read_duties(workspace, engine, on=TODAY)


def test_correcting_the_past_needs_a_reason_and_both_versions_stay(
    staffed: Office, actor: Actor, set_warden: SetWarden
) -> None:
    past = {"duty": "楼长", "valid_from": TODAY - timedelta(days=30)}
    with pytest.raises(DutyError) as refused:
        set_warden("P4", **past)
    assert refused.value.code == "duty_past_needs_reason"
    set_warden("P4", **past, reason="名册漏登")
    set_warden("P3", **past, reason="写错人")
    history = staffed.responsibility.history(actor, "B1")
    assert history["person_id"].tolist() == ["P4", "P3"]
    assert history["reason"].tolist() == ["名册漏登", "写错人"]
    assert history["withdrawn_by"].fillna("").tolist() == [actor.name, ""]


def test_a_history_names_who_recorded_a_duty_and_tells_the_login_of_an_account_that_is_gone(
    staffed: Office, actor: Actor
) -> None:
    staffed.accounts.add(actor, "wang3", name="王三")
    logins = ("wang3", "gone", actor.id)
    for login, person in zip(logins, ("P4", "P3", "P1"), strict=True):
        staffed.duties.set_duty(
            replace(actor, id=login), duty=WARDEN, target_kind="building", target_id="B1",
            person_id=person, valid_from=TODAY,
        )  # fmt: skip
    by = staffed.responsibility.history(actor, "B1")["recorded_by"].tolist()
    assert by == ["王三", "gone", actor.name]
    assert staffed.duties.changes(actor)["by"].tolist() == by[::-1]


def test_a_change_can_be_taken_back_once_unless_another_builds_on_it(
    staffed: Office, actor: Actor, set_warden: SetWarden
) -> None:
    first, second = set_warden("P4"), set_warden("P1")
    with pytest.raises(DutyError) as refused:
        staffed.duties.undo(actor, first)
    assert refused.value.code == "change_built_upon"
    staffed.duties.undo(actor, second)
    assert wardens_on(staffed, actor, TODAY) == ["P4"]
    with pytest.raises(DutyError):
        staffed.duties.undo(actor, second)
    assert staffed.duties.changes(actor)["undone"].astype(bool).tolist() == [False, True, False]


def test_an_ended_duty_falls_back_to_what_the_layers_say(
    staffed: Office, actor: Actor, set_warden: SetWarden
) -> None:
    set_warden("P4", WEST, target_kind="grid")
    number = links_of(staffed, actor, "B1")[WARDEN].duty_id
    assert number is not None
    end = TODAY + timedelta(days=3)
    staffed.duties.end(actor, number, on=end)
    assert wardens_on(staffed, actor, end - timedelta(days=1), end) == ["P4", "P3"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"duty": "所长"}, "duty_unusable"),
        ({"person": None}, "duty_nobody"),
        ({"person": "P99"}, "person_unknown"),
        ({"valid_to": TODAY}, "duty_dates"),
        ({"unit": "B99"}, "target_unknown"),
        ({"target_kind": "room"}, "target_unknown"),
    ],
)
def test_what_cannot_be_is_refused(set_warden: SetWarden, given: dict[str, Any], code: str) -> None:
    with pytest.raises((DutyError, UnknownTargetError)) as refused:
        set_warden(**{"person": "P4"} | given)
    assert refused.value.code == code


def test_work_lists_gaps_people_gone_and_overlaps(staffed: Office, actor: Actor) -> None:
    work = staffed.responsibility.work(actor)
    assert work.buildings == 8
    assert {("left", WARDEN), ("gap", "产权人")} <= {
        *zip(work.rows["kind"], work.rows["duty"], strict=True)
    }
    assert work.counts["left"] == (work.rows["kind"] == "left").sum() == 4


def test_people_see_and_change_what_is_theirs_alone(staffed: Office) -> None:
    chief = Actor("chief", "乙", ("grid_chief",), Scope(grids=frozenset({WEST})))
    assert set(staffed.responsibility.work(chief).rows["building_id"]) <= WESTERN
    assert set(staffed.responsibility.duties_of_day(chief)["building_id"]) == WESTERN
    community = {"target_kind": "community", "target_id": WEST[:12]}
    for beyond in (
        lambda: staffed.responsibility.chain(chief, "B8"),
        lambda: staffed.duties.set_duty(
            chief, **community, duty=WARDEN, person_id="P4", valid_from=TODAY
        ),
    ):
        with pytest.raises(UnknownTargetError):
            beyond()
    warden = replace(chief, roles=("warden",))
    for act in (
        lambda: staffed.responsibility.chain(warden, "B1"),
        lambda: staffed.handovers.rows(warden, since=TODAY),
        lambda: staffed.duties.undo(warden, 1),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_a_handover_says_from_whom_to_whom_and_what_is_open_but_no_complaint(
    staffed: Office, actor: Actor, set_warden: SetWarden
) -> None:
    change = set_warden("P4", WEST, target_kind="grid", valid_from=TODAY + timedelta(days=7))
    frame = staffed.handovers.rows(actor, since=TODAY)
    assert set(frame["building_id"]) == WESTERN
    assert set(zip(frame["from_person"], frame["to_person"], strict=True)) == {("丙", "丁")}
    third = frame.set_index("building_id").loc["B3"]
    assert (third["last_result"], third["visits_90d"]) == ("属实", 1)
    assert len(staffed.handovers.sheet(actor, since=TODAY, person_id="P4")) == 4
    assert staffed.handovers.sheet(actor, since=TODAY, person_id="P1").empty
    staffed.duties.undo(actor, change)
    assert staffed.handovers.rows(actor, since=TODAY).empty


def test_an_imported_list_of_responsibilities_holds_under_what_is_decided_here(
    staffed: Office, actor: Actor, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "责任对象类型,责任对象,责任类型,责任人编号,责任单位,承诺书签订日期,生效日期,失效日期\n"
        "楼栋,B2,楼栋长,P4,,,2026-01-01,\n楼栋,B5,产权人,,示例置业有限公司,2026-03-01,2026-01-01,\n"
        "网格,370998001001001,网格员,P4,,,2025-01-01,2026-01-01\n",
        encoding="utf-8",
    )
    done = staffed.imports.import_file(actor, "assignments", path)
    assert (done.accepted, done.quarantined) == (3, 0)
    links = links_of(staffed, actor, "B2")
    assert (links["楼长"].person_id, links["楼长"].source) == ("P4", "assignments")
    assert links[WARDEN].person_id == "P3"
    assert wardens_on(staffed, actor, date(2025, 6, 1), unit="B2") == ["P4"]
    assert links_of(staffed, actor, "B5")["产权人"].pledge_on == date(2026, 3, 1)
    staffed.imports.undo(actor, done.import_id)
    assert links_of(staffed, actor, "B2")["楼长"].person_id is None
