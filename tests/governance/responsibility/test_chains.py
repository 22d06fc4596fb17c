"""Who answers for a building: decided, corrected, handed over, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from governance.access.permissions import (
    Action,
    Actor,
    NotAllowedError,
    Scope,
)
from governance.office import Office
from governance.responsibility.chains import NobodyKnownError
from governance.responsibility.duty_reader import UnknownTargetError
from governance.responsibility.duty_register import buildings_of_person, read_duties
from governance.responsibility.duty_writer import DutyError

TODAY = date(2026, 11, 24)
WEST, EAST = "370998001001001", "370998001001002"


def warden_of(office: Office, actor: Actor, unit: str, **asked: object) -> str | None:
    chain = office.responsibility.chain(actor, unit, **asked)  # type: ignore[arg-type]
    return next(link.person_id for link in chain.links if link.duty == "网格员")


def test_without_staff_and_grids_it_says_what_to_import(office: Office, actor: Actor) -> None:
    with pytest.raises(NobodyKnownError) as refused:
        office.responsibility.chain(actor, "B1")
    assert "persons" in refused.value.facts["what_to_do"]


def test_the_chain_comes_from_the_grids_with_contacts(staffed: Office, actor: Actor) -> None:
    links = {link.duty: link for link in staffed.responsibility.chain(actor, "B1").links}
    assert [links[d].person for d in ("包片领导", "网格长", "网格员")] == ["甲", "乙", "丙"]
    assert links["网格员"].phone == "0538-0000003"
    assert links["网格员"].source == "grids"
    assert links["楼长"].problems == ()
    assert staffed.responsibility.chain(actor, WEST).links[2].person_id == "P3"


def test_a_change_holds_from_its_day_and_leaves_the_past_alone(
    staffed: Office, actor: Actor
) -> None:
    staffed.duties.set_duty(
        actor, target_kind="building", target_id="B1", duty="网格员", person_id="P4",
        valid_from=TODAY,
    )  # fmt: skip
    later = TODAY + timedelta(days=10)
    staffed.duties.set_duty(
        actor, target_kind="building", target_id="B1", duty="网格员", person_id="P3",
        valid_from=later, valid_to=later + timedelta(days=5),
    )  # fmt: skip
    days = {TODAY - timedelta(1): "P3", TODAY: "P4", later: "P3", later + timedelta(5): "P4"}
    for day, person in days.items():
        assert warden_of(staffed, actor, "B1", on=day) == person
    assert warden_of(staffed, actor, "B2", on=TODAY) == "P3"


def test_correcting_the_past_needs_a_reason_and_both_versions_stay(
    staffed: Office, actor: Actor
) -> None:
    past = TODAY - timedelta(days=30)
    with pytest.raises(DutyError) as refused:
        staffed.duties.set_duty(
            actor, target_kind="building", target_id="B1", duty="楼长", person_id="P4",
            valid_from=past,
        )  # fmt: skip
    assert refused.value.code == "duty_past_needs_reason"
    staffed.duties.set_duty(
        actor, target_kind="building", target_id="B1", duty="楼长", person_id="P4",
        valid_from=past, reason="名册漏登",
    )  # fmt: skip
    staffed.duties.set_duty(
        actor, target_kind="building", target_id="B1", duty="楼长", person_id="P3",
        valid_from=past, reason="写错人",
    )  # fmt: skip
    history = staffed.responsibility.history(actor, "B1")
    assert history["person_id"].tolist() == ["P4", "P3"]
    assert history["reason"].tolist() == ["名册漏登", "写错人"]
    assert history["withdrawn_by"].fillna("").tolist() == [actor.id, ""]


def test_a_change_can_be_taken_back_once_unless_another_builds_on_it(
    staffed: Office, actor: Actor
) -> None:
    first, second = (
        staffed.duties.set_duty(
            actor, target_kind="building", target_id="B1", duty="网格员", person_id=person,
            valid_from=TODAY,
        )
        for person in ("P4", "P1")
    )  # fmt: skip
    with pytest.raises(DutyError) as refused:
        staffed.duties.undo(actor, first)
    assert refused.value.code == "change_built_upon"
    staffed.duties.undo(actor, second)
    assert warden_of(staffed, actor, "B1") == "P4"
    with pytest.raises(DutyError):
        staffed.duties.undo(actor, second)
    assert staffed.duties.changes(actor)["undone"].astype(bool).tolist() == [False, True, False]


def test_an_ended_duty_falls_back_to_what_the_layers_say(staffed: Office, actor: Actor) -> None:
    staffed.duties.set_duty(
        actor, target_kind="grid", target_id=WEST, duty="网格员", person_id="P4", valid_from=TODAY
    )
    number = staffed.responsibility.chain(actor, "B1").links[2].duty_id
    assert number is not None
    staffed.duties.end(actor, number, on=TODAY + timedelta(days=3))
    assert warden_of(staffed, actor, "B1", on=TODAY + timedelta(days=2)) == "P4"
    assert warden_of(staffed, actor, "B1", on=TODAY + timedelta(days=3)) == "P3"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"duty": "所长"}, "duty_unusable"),
        ({"person_id": None}, "duty_nobody"),
        ({"person_id": "P99"}, "person_unknown"),
        ({"valid_to": TODAY}, "duty_dates"),
        ({"target_id": "B99"}, "target_unknown"),
        ({"target_kind": "room"}, "target_unknown"),
    ],
)
def test_what_cannot_be_is_refused(
    staffed: Office, actor: Actor, given: dict[str, object], code: str
) -> None:
    asked = {"target_kind": "building", "target_id": "B1", "duty": "网格员", "person_id": "P4",
             "valid_from": TODAY} | given  # fmt: skip
    with pytest.raises((DutyError, UnknownTargetError)) as refused:
        staffed.duties.set_duty(actor, **asked)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_work_lists_gaps_people_gone_and_overlaps(staffed: Office, actor: Actor) -> None:
    work = staffed.responsibility.work(actor)
    assert work.buildings == 8
    kinds = set(zip(work.rows["kind"], work.rows["duty"], strict=True))
    assert ("left", "网格员") in kinds
    assert ("gap", "产权人") in kinds
    assert work.counts["left"] == (work.rows["kind"] == "left").sum() == 4


def test_people_see_and_change_what_is_theirs_alone(staffed: Office) -> None:
    chief = Actor(
        id="chief", name="乙", roles=("grid_chief",), scope=Scope(grids=frozenset({WEST}))
    )
    assert set(staffed.responsibility.work(chief).rows["building_id"]) <= {"B1", "B2", "B3", "B4"}
    assert set(staffed.responsibility.duties_of_day(chief)["building_id"]) == {
        "B1",
        "B2",
        "B3",
        "B4",
    }
    with pytest.raises(UnknownTargetError):
        staffed.responsibility.chain(chief, "B8")
    with pytest.raises(UnknownTargetError):
        staffed.duties.set_duty(
            chief, target_kind="community", target_id=WEST[:12], duty="网格员", person_id="P4",
            valid_from=TODAY,
        )  # fmt: skip
    warden = replace(chief, roles=("warden",))
    for act in (
        lambda: staffed.responsibility.chain(warden, "B1"),
        lambda: staffed.handovers.rows(warden, since=TODAY),
        lambda: staffed.duties.undo(warden, 1),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_a_persons_buildings_are_those_he_answers_for_that_day(
    staffed: Office, actor: Actor
) -> None:
    workspace, engine = staffed._workspace, staffed._engine
    assert buildings_of_person(workspace, engine, "P3", on=TODAY) == {"B1", "B2", "B3", "B4"}
    staffed.duties.set_duty(
        actor, target_kind="building", target_id="B1", duty="网格员", person_id="P4",
        valid_from=TODAY + timedelta(days=1),
    )  # fmt: skip
    assert "B1" in buildings_of_person(workspace, engine, "P3", on=TODAY)
    tomorrow = TODAY + timedelta(days=1)
    assert "B1" not in buildings_of_person(workspace, engine, "P3", on=tomorrow)
    assert read_duties(workspace, engine, on=TODAY) is read_duties(workspace, engine, on=TODAY)


def test_a_handover_says_from_whom_to_whom_and_what_is_open_but_no_complaint(
    staffed: Office, actor: Actor
) -> None:
    change = staffed.duties.set_duty(
        actor, target_kind="grid", target_id=WEST, duty="网格员", person_id="P4",
        valid_from=TODAY + timedelta(days=7),
    )  # fmt: skip
    frame = staffed.handovers.rows(actor, since=TODAY)
    assert set(frame["building_id"]) == {"B1", "B2", "B3", "B4"}
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
    heads = {link.duty: link for link in staffed.responsibility.chain(actor, "B2").links}
    assert (heads["楼长"].person_id, heads["楼长"].source) == ("P4", "assignments")
    assert heads["网格员"].person_id == "P3"
    assert warden_of(staffed, actor, "B2", on=date(2025, 6, 1)) == "P4"
    owner = {link.duty: link for link in staffed.responsibility.chain(actor, "B5").links}["产权人"]
    assert owner.pledge_on == date(2026, 3, 1)
    staffed.imports.undo(actor, done.import_id)
    assert staffed.responsibility.chain(actor, "B2").links[3].person_id is None


def test_every_change_leaves_an_audit_line(staffed: Office, actor: Actor) -> None:
    staffed.duties.set_duty(
        actor, target_kind="building", target_id="B1", duty="网格员", person_id="P4",
        valid_from=TODAY,
    )  # fmt: skip
    with staffed._workspace.store.begin() as unit:
        newest = unit.audit.newest(1)[0]
        assert (newest.actor, newest.action) == (actor.id, Action.EDIT_RESPONSIBILITY.value)
