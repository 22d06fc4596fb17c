"""Rules of visits: recorded once, at one's own buildings, and part of the next score."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from governance.access.permissions import Actor, NotAllowedError, Scope
from governance.office import Office
from governance.visits.rules.new_visit import NewVisit, VisitRefusedError

NOW = datetime(2026, 11, 24, 4, 0)  # noqa: DTZ001 -- UTC, naive, as the store keeps it


@pytest.fixture
def warden() -> Actor:
    return Actor(
        "wang", "王网格员", ("warden",), Scope(buildings=frozenset({"B1", "B3"})), person_id="P7"
    )


@pytest.fixture
def colleague() -> Actor:
    return Actor("li", "李网格员", ("warden",), Scope(buildings=frozenset({"B3", "B4"})))


def local_now(office: Office) -> datetime:
    return office._local_now()


def at_hour(office: Office, *, days_ago: int = 0, hours_ago: float = 0) -> datetime:
    return local_now(office) - timedelta(days=days_ago, hours=hours_ago)


def visit(key: str = "k1", building_id: str = "B1", **changes: Any) -> NewVisit:
    return NewVisit(key=key, building_id=building_id, **changes)


def codes(error: pytest.ExceptionInfo[VisitRefusedError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def set_clock(office: Office, moment: datetime) -> None:
    from datetime import UTC

    object.__setattr__(office._resources, "now", lambda: moment.replace(tzinfo=UTC))


def test_nothing_found_needs_a_key_and_a_building(office: Office, warden: Actor) -> None:
    kept = office.visits.record(warden, visit())
    assert (kept.result, kept.next_step, kept.retry_at) == ("未发现异常", "none", None)
    assert (kept.name, kept.version, kept.repeated) == ("示例花园1号楼", 1, False)
    assert kept.undo_until == NOW + timedelta(hours=24)


def test_what_was_sent_twice_is_answered_alike_and_kept_once(office: Office, warden: Actor) -> None:
    first = office.visits.record(warden, visit(result="疑似"))
    again = office.visits.record(warden, visit(result="属实"))
    assert again == replace(first, repeated=True)
    assert len(office.worklist.visits(warden)) == 1


def test_many_threads_sending_one_visit_keep_one(office: Office, warden: Actor) -> None:
    with ThreadPoolExecutor(max_workers=4) as pool:
        answers = list(pool.map(lambda _: office.visits.record(warden, visit()), range(8)))
    assert len({each.visit_id for each in answers}) == 1
    assert len(office.worklist.visits(warden)) == 1


def test_a_warden_records_at_his_own_buildings_only(office: Office, warden: Actor) -> None:
    for building in ("B2", "no such building"):
        with pytest.raises(NotAllowedError):
            office.visits.record(warden, visit(building_id=building))


def test_whoever_may_not_visit_records_and_sees_nothing(office: Office, stranger: Actor) -> None:
    for call in (
        lambda: office.visits.record(stranger, visit()),
        lambda: office.visits.record_many(stranger, []),
        lambda: office.worklist.my_buildings(stranger),
        lambda: office.worklist.visits(stranger),
        lambda: office.visits.undo(stranger, "V1"),
        lambda: office.coverage.summary(stranger, since=date(2026, 11, 1), until=date(2026, 11, 2)),
        lambda: office.coverage.breaches(stranger),
        lambda: office.photos.attach(stranger, "V1", b"", no_faces=True),
        lambda: office.photos.read(stranger, "0" * 64),
    ):
        with pytest.raises(NotAllowedError):
            call()


def test_everything_wrong_with_a_visit_is_told_at_once(office: Office, actor: Actor) -> None:
    wrong = visit(
        key="",
        building_id="B99",
        result="没事",
        signs=("不知道",),
        unit="王某某家",
        pupils=-1,
        note="长" * 301,
        next_step="punish",
        origin="complaint",
        at=at_hour(office, days_ago=30),
    )
    with pytest.raises(VisitRefusedError) as error:
        office.visits.record(actor, wrong)
    assert set(codes(error)) == {
        "key_unusable", "building_unknown", "result_unknown", "sign_unknown", "unit_unclear",
        "count_out_of_range", "note_too_long", "step_unknown", "origin_unknown", "time_too_old",
    }  # fmt: skip


def test_a_visit_ahead_of_time_is_refused_but_a_fast_clock_is_forgiven(
    office: Office, warden: Actor
) -> None:
    ahead = local_now(office) + timedelta(minutes=10)
    with pytest.raises(VisitRefusedError) as error:
        office.visits.record(warden, visit(at=ahead))
    assert codes(error) == ["time_in_future"]
    kept = office.visits.record(warden, visit(at=local_now(office) + timedelta(minutes=3)))
    assert kept.at == local_now(office)


def test_one_bad_visit_of_a_queue_harms_no_other(office: Office, warden: Actor) -> None:
    sent = [
        {"key": "a", "building_id": "B1"},
        {"key": "b", "building_id": "B2"},
        {"key": "c", "building_id": "B1", "pupils": "many", "phone": "1"},
        {"key": "d", "building_id": "B3", "result": "无人", "at": "2026-11-23T10:00"},
        {"building_id": "B1"},
    ]
    answers = office.visits.record_many(warden, sent)
    assert [answer.key for answer in answers] == ["a", "b", "c", "d", ""]
    assert [bool(answer.recorded) for answer in answers] == [True, False, False, True, False]
    assert [p.code for p in answers[1].problems] == ["not_allowed"]
    assert {p.code for p in answers[2].problems} == {"field_unreadable", "field_unknown"}
    assert [p.code for p in answers[4].problems] == ["field_missing"]
    again = office.visits.record_many(warden, sent)
    assert [bool(a.recorded and a.recorded.repeated) for a in again] == [
        True, False, False, True, False,
    ]  # fmt: skip
    assert len(office.worklist.visits(warden)) == 2


def test_a_note_keeps_what_was_seen_and_not_who(office: Office, warden: Actor) -> None:
    note = "王老师13800001111说约20名学生, 学生张小明在"
    office.visits.record(warden, visit(result="疑似", note=note))
    (kept,) = office.worklist.visits(warden)["note"]
    assert "20名学生" in kept
    assert not any(part in kept for part in ("1380", "王老师", "张小明"))


def test_a_visit_is_undone_by_its_own_warden_within_a_day(
    office: Office, warden: Actor, colleague: Actor
) -> None:
    kept = office.visits.record(warden, visit(building_id="B3"))
    with pytest.raises(VisitRefusedError):
        office.visits.undo(colleague, kept.visit_id)
    undone = office.visits.undo(warden, kept.visit_id)
    assert (undone.version, undone.withdrawn) == (2, True)
    assert office.worklist.visits(warden).empty
    assert office.visits.undo(warden, kept.visit_id).repeated
    assert list(office.worklist.versions(warden, kept.visit_id)["withdrawn"]) == [False, True]


def test_after_a_day_a_visit_stays(office: Office, warden: Actor) -> None:
    kept = office.visits.record(warden, visit())
    assert list(office.worklist.visits(warden)["may_undo"]) == [True]
    set_clock(office, NOW + timedelta(hours=25))
    assert list(office.worklist.visits(warden)["may_undo"]) == [False]
    with pytest.raises(VisitRefusedError) as error:
        office.visits.undo(warden, kept.visit_id)
    assert error.value.code == "visit_too_late"


def test_a_correction_keeps_the_version_before(office: Office, warden: Actor) -> None:
    kept = office.visits.record(warden, visit(signs=("教辅资料",)))
    better = office.visits.correct(warden, kept.visit_id, key="c1", result="疑似", pupils=12)
    assert (better.version, better.result, better.next_step) == (2, "疑似", "chief_looks")
    assert office.visits.correct(warden, kept.visit_id, key="c1", result="属实").repeated
    (row,) = office.worklist.visits(warden).to_dict("records")
    assert (row["result"], row["pupils"], row["signs"]) == ("疑似", 12, ["教辅资料"])
    assert list(office.worklist.versions(warden, kept.visit_id)["result"]) == ["未发现异常", "疑似"]
    with pytest.raises(VisitRefusedError):
        office.visits.correct(warden, kept.visit_id, key="c2", phone="1")


def test_the_way_of_a_visit_is_derived(office: Office, warden: Actor, colleague: Actor) -> None:
    noon = local_now(office).replace(hour=10, minute=0) - timedelta(days=1)
    night = noon.replace(hour=20)
    kinds = [
        office.visits.record(warden, visit("a", "B1", at=noon)).kind,
        office.visits.record(warden, visit("b", "B1", at=night)).kind,
        office.visits.record(warden, visit("c", "B3", at=noon + timedelta(minutes=9))).kind,
        office.visits.record(colleague, visit("d", "B3", at=noon + timedelta(minutes=20))).kind,
    ]
    # B3 was found out before (import X1), so going there again is a re-visit
    assert kinds == ["日查", "夜查", "回头看", "回头看"]
    assert office.visits.record(colleague, visit("e", "B4", at=noon)).kind == "日查"
    minutes = office.visits.record(
        warden, visit("f", "B1", at=noon + timedelta(minutes=14))
    ).minutes
    assert minutes == 5


def test_two_at_one_door_are_a_joint_visit(office: Office, actor: Actor) -> None:
    day = at_hour(office, hours_ago=1)
    others = replace(actor, id="other")
    office.visits.record(actor, visit("a", "B6", at=day))
    assert office.visits.record(others, visit("b", "B6", at=day)).kind in {"联检", "抽检"}


def test_another_sees_a_visit_but_not_who_made_it(
    office: Office, warden: Actor, colleague: Actor
) -> None:
    office.visits.record(warden, visit(building_id="B3"))
    office.visits.record(warden, visit("k2", "B1"))
    seen = office.worklist.visits(colleague)
    assert list(seen["building_id"]) == ["B3"]
    assert list(seen["mine"]) == [False]
    assert not {"recorded_by", "person_id"} & set(seen.columns)
    assert list(office.worklist.visits(colleague, mine=True)["visit_id"]) == []


def test_a_warden_is_not_told_how_a_visit_came_about(
    office: Office, warden: Actor, actor: Actor
) -> None:
    office.visits.record(warden, visit(origin="lead"))
    assert list(office.worklist.visits(warden)["origin"]) == [""]
    assert list(office.worklist.visits(actor)["origin"]) == ["lead"]


def points(office: Office, actor: Actor, building: str, as_of: date) -> dict[str, float]:
    result = office.scores.run(actor, as_of=as_of)
    told = office.scores.explain(actor, building, snapshot_id=result.snapshot_id, rows=False)
    return dict(told.points)


def test_a_recorded_visit_enters_the_next_score_and_leaves_it_when_undone(
    office: Office, actor: Actor, warden: Actor
) -> None:
    today = local_now(office).date()
    before = points(office, actor, "B1", today)
    kept = office.visits.record(warden, visit(result="属实"))
    with_visit = points(office, actor, "B1", today)
    assert with_visit["inspections_found"] > before["inspections_found"]
    rows = office.scores.explain(actor, "B1").rows["inspections_found"]
    assert [row.row_key for row in rows] == [kept.visit_id]
    assert office.verify(actor).sound
    set_clock(office, NOW + timedelta(hours=23))
    office.visits.undo(warden, kept.visit_id)
    without = points(office, actor, "B1", today + timedelta(days=1))
    # as if it had never been; only days have passed
    assert without["inspections_found"] == pytest.approx(before["inspections_found"], abs=1e-2)


def test_the_audit_log_names_every_visit_once(office: Office, warden: Actor) -> None:
    kept = office.visits.record(warden, visit())
    office.visits.record(warden, visit())
    office.visits.undo(warden, kept.visit_id)
    with office._workspace.store.begin() as unit:
        events = [e for e in unit.audit.newest(50) if e.action == "record_visit"]
        told = [(e.actor, e.facts["version"]) for e in events]
    assert told == [("wang", 2), ("wang", 1)]


def test_the_list_holds_ones_own_buildings_without_a_score_or_a_reason(
    office: Office, warden: Actor
) -> None:
    office.scores.run(actor_of_street(), as_of=local_now(office).date())
    listed = office.worklist.my_buildings(warden)
    assert sorted(listed["building_id"]) == ["B1", "B3"]
    shown = set(listed.columns)
    assert not [name for name in shown if "score" in name or "point" in name or "compl" in name]
    row = listed.set_index("building_id").loc["B3"]
    assert (row["last_result"], row["name"]) == ("属实", "示例花园3号楼")
    assert row["today"]
    assert row["why"] == "revisit"
    assert row["tier"] in {"红", "橙", "黄", "蓝"}
    assert len(row["look_for"]) >= 2


def test_a_day_s_list_that_leaves_as_a_file_is_written_down_and_one_looked_at_is_not(
    office: Office, warden: Actor
) -> None:
    looked_at = office.worklist.my_buildings(warden)
    taken = office.worklist.my_buildings(warden, leaves_as="patrol.xlsx")
    assert taken.equals(looked_at)
    with office._workspace.store.begin() as unit:
        events = [e for e in unit.audit.newest(50) if e.action == "export"]
        told = [(e.actor, dict(e.facts)) for e in events]
    assert told == [("wang", {"file": "patrol.xlsx", "on": "2026-11-24", "buildings": 2})]


def actor_of_street() -> Actor:
    from governance.access.permissions import local_owner

    return local_owner()


def test_the_list_of_a_day_stays_and_is_ticked_off(office: Office, actor: Actor) -> None:
    set_clock(office, datetime(2026, 11, 24, 1, 0))  # noqa: DTZ001 -- UTC
    before = office.worklist.my_buildings(actor)
    today = before[before["today"]]
    assert list(today["order"]) == list(range(1, len(today) + 1))
    first = str(today["building_id"].iloc[0])
    office.visits.record(actor, visit("a", first))
    after = office.worklist.my_buildings(actor)
    assert list(after["building_id"]) == list(before["building_id"])
    assert list(after[after["done"]]["building_id"]) == [first]
    tomorrow = office.worklist.my_buildings(actor, on=date(2026, 11, 25)).set_index("building_id")
    assert tomorrow.loc[first, "last_result"] == "未发现异常"
    assert tomorrow.loc[first, "why"] in {"", "round"}


def test_who_met_nobody_by_day_has_the_building_again_in_the_evening(
    office: Office, warden: Actor
) -> None:
    morning = at_hour(office, hours_ago=1)
    retry = at_hour(office, hours_ago=-8)
    kept = office.visits.record(
        warden, visit(result="无人", at=morning, next_step="again", retry_at=retry)
    )
    assert (kept.next_step, kept.retry_at) == ("again", retry)
    row = office.worklist.my_buildings(warden).set_index("building_id").loc["B1"]
    assert (row["today"], row["done"], row["why"]) == (True, False, "retry")
    assert row["retry_at"] == retry


def test_a_building_shows_its_last_visits_and_known_doors(office: Office, warden: Actor) -> None:
    office.visits.record(warden, visit(unit="1单元101", note="看"))
    told = office.worklist.building(warden, "B1")
    assert (told.row["building_id"], list(told.visits["note"])) == ("B1", ["看"])
    assert told.units == ("1单元101",)
    with pytest.raises(NotAllowedError):
        office.worklist.building(warden, "B2")


def test_a_list_of_a_day_is_computed_once_until_something_changes(
    office: Office, warden: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    worklist = office.worklist._daily_worklist
    computed = []
    compute = type(worklist)._new_list
    monkeypatch.setattr(
        type(worklist), "_new_list", lambda *a, **k: (computed.append(k), compute(*a, **k))[1]
    )
    first = office.worklist.building(warden, "B1")
    assert office.worklist.building(warden, "B3").row["building_id"] == "B3"
    assert len(computed) == 1
    assert (first.row["done"], first.row["last_result"]) == (False, "")
    office.visits.record(warden, visit())
    after = office.worklist.building(warden, "B1")
    assert len(computed) == 2
    assert (after.row["done"], after.row["last_result"]) == (True, "未发现异常")
    narrower = replace(warden, scope=Scope(buildings=frozenset({"B3"})))
    assert office.worklist.my_buildings(narrower)["building_id"].tolist() == ["B3"]


def test_coverage_is_of_places_and_its_street_is_their_sum(office: Office, actor: Actor) -> None:
    today = local_now(office).date()
    office.visits.record(actor, visit("a", "B1"))
    street = office.coverage.summary(actor, since=today, until=today, by="street")
    whole = street[street["tier"] == ""].iloc[0]
    # B5 was visited six weeks ago and is due after 90 days; B3 was found out and is due after 30
    assert (whole["due"], whole["visited"], whole["few"]) == (7, 1, True)
    assert not {"recorded_by", "person_id", "warden"} & set(street.columns)
    late = office.coverage.breaches(actor).set_index("building_id")
    assert "B1" not in late.index
    assert late.loc["B3", "days_late"] == 15
    assert next(iter(late.index)) == "B3"
    never = late[late["last_at"].isna()]
    imported = min(each.imported_at for each in office._workspace.lake.imports()).date()
    assert set(never["due_on"].dt.date) == {min(imported, today)}
    assert never["days_late"].min() == max((today - imported).days, 0)


def test_coverage_of_ones_own_buildings_only(office: Office, warden: Actor) -> None:
    today = local_now(office).date()
    street = office.coverage.summary(warden, since=today, until=today, by="street")
    assert street[street["tier"] == ""]["due"].sum() == 2
    assert set(office.coverage.breaches(warden)["building_id"]) <= {"B1", "B3"}


def jpeg() -> bytes:
    import io

    from PIL import Image

    target = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(target, format="JPEG")
    return target.getvalue()


def test_a_photo_is_kept_with_its_visit_and_seen_where_the_visit_is(
    office: Office, warden: Actor, colleague: Actor
) -> None:
    from data.privacy.photos import PhotoError

    kept = office.visits.record(warden, visit())
    with pytest.raises(PhotoError) as error:
        office.photos.attach(warden, "k1", jpeg(), no_faces=False)
    assert error.value.code == "photo_faces_not_confirmed"
    photo = office.photos.attach(warden, "k1", jpeg(), no_faces=True)
    assert office.photos.attach(warden, kept.visit_id, jpeg(), no_faces=True) == photo
    assert list(office.worklist.visits(warden)["photos"]) == [[photo.sha256]]
    assert office.photos.read(warden, photo.sha256).startswith(b"\xff\xd8")
    with pytest.raises(NotAllowedError):
        office.photos.read(colleague, photo.sha256)
    with pytest.raises(VisitRefusedError):
        office.photos.attach(colleague, kept.visit_id, jpeg(), no_faces=True)
    office.visits.undo(warden, kept.visit_id)
    with pytest.raises(PhotoError):
        office.photos.read(warden, photo.sha256)


def test_a_photo_whose_row_was_not_kept_leaves_no_image(
    office: Office, warden: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from data.store.audit.log import AuditTrail

    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError

    office.visits.record(warden, visit())
    monkeypatch.setattr(AuditTrail, "add", refuse)
    with pytest.raises(RuntimeError):
        office.photos.attach(warden, "k1", jpeg(), no_faces=True)
    assert not [*office._workspace.evidence_path.rglob("*.jpg")]
    assert office.worklist.visits(warden)["photos"].tolist() == [[]]


def test_a_visit_takes_only_so_many_photos(office: Office, warden: Actor) -> None:
    import io

    from PIL import Image

    from data.privacy.photos import PhotoError

    office.visits.record(warden, visit())
    for shade in range(7):
        target = io.BytesIO()
        Image.new("RGB", (8, 8), (shade * 30, 0, 0)).save(target, format="PNG")
        if shade < 6:
            office.photos.attach(warden, "k1", target.getvalue(), no_faces=True)
        else:
            with pytest.raises(PhotoError) as error:
                office.photos.attach(warden, "k1", target.getvalue(), no_faces=True)
            assert error.value.code == "photo_too_many"


def with_settings(office: Office, text: str) -> Office:
    from gridwarden.compose import open_office

    folder = office._workspace.root
    path = folder / "gridwarden.toml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return open_office(folder, now=office._resources.now)


def test_what_chance_drew_and_was_not_due_is_the_random_arm(office: Office, actor: Actor) -> None:
    drawn = with_settings(office, "\n[visits]\ndraw_a_day = 1.0\n")
    # B5 was visited six weeks ago and is due after 90 days; B6 was never visited
    assert drawn.visits.record(actor, visit("a", "B5")).kind == "抽检"
    assert drawn.visits.record(actor, visit("b", "B6")).kind != "抽检"
    row = drawn.worklist.visits(actor, building_id="B5").iloc[0]
    assert row["origin"] == "random"
    rows = drawn._engine.table("inspections").to_pyarrow().to_pylist()
    (seen,) = [each for each in rows if each["row_key"] == row["visit_id"]]
    assert (seen["mode"], seen["purpose"]) == ("抽检", "例行巡查(抽检)")
    drawn.close()


def test_nobody_can_make_a_visit_random(office: Office, actor: Actor) -> None:
    never = with_settings(office, "\n[visits]\ndraw_a_day = 0.0\n")
    never.visits.record(actor, visit("a", "B5", origin="random"))
    assert list(never.worklist.visits(actor)["origin"]) == ["own"]
    never.close()
