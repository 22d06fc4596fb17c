"""Rules of visits: recorded once, at one's own buildings, and part of the next score."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from data import engine
from data.derived import build
from data.privacy.photos import PhotoError
from data.store.tables.visits import VisitVersion
from governance.access.permissions import Actor, NotAllowedError, Scope
from governance.office import Office
from governance.visits.base import VisitReader
from governance.visits.rules.new_visit import NewVisit, VisitReceipt, VisitRefusedError
from governance.visits.worklist import WorklistService
from gridwarden.compose import open_office

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 24, 12)  # noqa: DTZ001 -- the same, local, as every stored time of a visit
TODAY = NOON.date()
PHOTO = (40, 30)


@pytest.fixture
def warden() -> Actor:
    own = Scope(buildings=frozenset({"B1", "B3"}))
    return Actor("wang", "王网格员", ("warden",), own, person_id="P7")


@pytest.fixture
def colleague() -> Actor:
    return Actor("li", "李网格员", ("warden",), Scope(buildings=frozenset({"B3", "B4"})))


def record(
    office: Office, actor: Actor, key: str = "k1", building_id: str = "B1", **more: Any
) -> VisitReceipt:
    return office.visits.record(actor, NewVisit(key=key, building_id=building_id, **more))


def stored(office: Office, receipt: VisitReceipt) -> VisitVersion:
    with office._workspace.store.begin() as unit:
        newest = unit.visits.newest(receipt.visit_id)
    assert newest is not None
    return newest


def refusal(ask: Callable[[], object]) -> VisitRefusedError:
    with pytest.raises(VisitRefusedError) as error:
        ask()
    return error.value


def set_clock(office: Office, moment: datetime) -> None:
    object.__setattr__(office._resources, "now", lambda: moment)


def noted(office: Office, action: str) -> list[tuple[str, dict[str, Any]]]:
    with office._workspace.store.begin() as unit:
        return [(e.actor, dict(e.facts)) for e in unit.audit.newest(50) if e.action == action]


def with_settings(office: Office, text: str) -> Office:
    folder = office._workspace.root
    path = folder / "gridwarden.toml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return open_office(folder, now=office._resources.now)


def picture(red: int = 255) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", PHOTO, (red, 0, 0)).save(target, format="JPEG")
    return target.getvalue()


# ---- recording ------------------------------------------------------------------------------


def test_nothing_found_needs_a_key_and_a_building(office: Office, warden: Actor) -> None:
    kept = record(office, warden)
    assert (kept.result, kept.next_step, kept.retry_at) == ("未发现异常", "none", None)
    assert kept.undo_until == NOW.replace(tzinfo=None) + timedelta(hours=24)
    assert stored(office, kept).at == NOON


def test_what_was_sent_twice_even_at_once_is_answered_alike_and_kept_once(
    office: Office, warden: Actor
) -> None:
    with ThreadPoolExecutor(max_workers=4) as pool:
        answers = list(pool.map(lambda _: record(office, warden, result="疑似"), range(8)))
    first = replace(answers[0], repeated=False)
    assert [replace(each, repeated=False) for each in answers] == [first] * 8
    assert record(office, warden, result="属实") == replace(first, repeated=True)
    assert len(office.worklist.visits(warden)) == 1
    assert [facts["version"] for _, facts in noted(office, "record_visit")] == [1]


def test_a_warden_records_at_their_own_buildings_only(office: Office, warden: Actor) -> None:
    for building in ("B2", "no such building"):
        with pytest.raises(NotAllowedError):
            record(office, warden, building_id=building)


def test_everything_wrong_with_a_visit_is_told_at_once(office: Office, actor: Actor) -> None:
    wrong = {
        "key": "", "building_id": "B99", "result": "没事", "signs": ("不知道",),
        "unit": "王某某家", "pupils": -1, "note": "长" * 301, "next_step": "punish",
        "origin": "complaint", "at": NOON - timedelta(days=30),
    }  # fmt: skip
    assert {p.code for p in refusal(lambda: record(office, actor, **wrong)).problems} == {
        "key_unusable", "building_unknown", "result_unknown", "sign_unknown", "unit_unclear",
        "count_out_of_range", "note_too_long", "step_unknown", "origin_unknown", "time_too_old",
    }  # fmt: skip


def test_a_visit_ahead_of_time_is_refused_but_a_fast_clock_is_forgiven(
    office: Office, warden: Actor
) -> None:
    error = refusal(lambda: record(office, warden, at=NOON + timedelta(minutes=10)))
    assert [problem.code for problem in error.problems] == ["time_in_future"]
    kept = record(office, warden, at=NOON + timedelta(minutes=3))
    assert stored(office, kept).at == NOON


def test_one_bad_visit_of_a_queue_harms_no_other(office: Office, warden: Actor) -> None:
    sent: list[tuple[dict[str, Any], set[str]]] = [
        ({"key": "a", "building_id": "B1"}, set()),
        ({"key": "b", "building_id": "B2"}, {"not_allowed"}),
        ({"key": "c", "building_id": "B1", "pupils": "many", "teachers": True, "phone": "1"},
         {"field_unreadable", "field_unknown"}),
        ({"key": "d", "building_id": "B3", "result": "无人", "at": "2026-11-23T10:00"}, set()),
        ({"building_id": "B1", "signs": "其他"}, {"field_missing", "field_unreadable"}),
        ({"key": None, "building_id": "B1"}, {"field_missing"}),
        ({"key": "e", "building_id": "B1", "unit": "", "note": None, "signs": ["其他"],
          "pupils": 3, "at": "2026-11-24T01:00+00:00"}, set()),
    ]  # fmt: skip
    for repeated in (False, True):
        answers = office.sent_visits.record_many(warden, [each for each, _ in sent])
        assert [{p.code for p in answer.problems} for answer in answers] == [
            codes for _, codes in sent
        ]
        assert [answer.key for answer in answers] == [str(each.get("key", "")) for each, _ in sent]
        assert {a.recorded.repeated for a in answers if a.recorded} == {repeated}
    seen = office.worklist.visits(warden)
    assert [str(at) for at in seen["at"]] == [
        "2026-11-24 12:00:00",
        "2026-11-24 09:00:00",
        "2026-11-23 10:00:00",
    ]


def test_a_note_keeps_what_was_seen_and_not_who(office: Office, warden: Actor) -> None:
    record(office, warden, result="疑似", note="王老师13800001111说约20名学生, 学生张小明在")
    (kept,) = office.worklist.visits(warden)["note"]
    assert "20名学生" in kept
    assert not any(part in kept for part in ("1380", "王老师", "张小明"))


def test_a_visit_is_undone_by_its_own_warden_once(
    office: Office, warden: Actor, colleague: Actor
) -> None:
    kept = record(office, warden, building_id="B3")
    assert refusal(lambda: office.visits.undo(colleague, kept.visit_id)).code == "visit_missing"
    undone = office.visits.undo(warden, kept.visit_id)
    assert office.worklist.visits(warden).empty
    assert office.visits.undo(warden, kept.visit_id) == replace(undone, repeated=True)
    assert (stored(office, kept).version, stored(office, kept).withdrawn) == (2, True)
    lines = noted(office, "record_visit")
    assert [(who, facts["version"]) for who, facts in lines] == [("wang", 2), ("wang", 1)]


def test_after_a_day_a_visit_stays(office: Office, warden: Actor) -> None:
    kept = record(office, warden)
    assert list(office.worklist.visits(warden)["may_undo"]) == [True]
    set_clock(office, NOW + timedelta(hours=25))
    assert list(office.worklist.visits(warden)["may_undo"]) == [False]
    assert refusal(lambda: office.visits.undo(warden, kept.visit_id)).code == "visit_too_late"


# ---- what nobody is asked ---------------------------------------------------------------------


def test_the_way_of_a_visit_is_derived(office: Office, warden: Actor, colleague: Actor) -> None:
    ten = (NOON - timedelta(days=1)).replace(hour=10)
    visits = [
        (warden, "B1", ten, "日查"),
        (warden, "B1", ten.replace(hour=20), "夜查"),
        # B3 was found out before (import X1), so going there again is a re-visit
        (warden, "B3", ten + timedelta(minutes=9), "回头看"),
        (colleague, "B3", ten + timedelta(minutes=20), "回头看"),
        (colleague, "B4", ten, "日查"),
    ]
    for number, (actor, building, at, kind) in enumerate(visits):
        assert stored(office, record(office, actor, str(number), building, at=at)).kind == kind
    last = record(office, warden, "f", at=ten + timedelta(minutes=14))
    assert stored(office, last).minutes == 5


def test_two_at_one_door_are_a_joint_visit(office: Office, actor: Actor) -> None:
    record(office, actor, "a", "B6")
    other = record(office, replace(actor, id="other"), "b", "B6")
    assert stored(office, other).kind in {"联检", "抽检"}


def test_what_chance_drew_and_was_not_due_is_the_random_arm(office: Office, actor: Actor) -> None:
    drawn = with_settings(office, "\n[visits]\ndraw_a_day = 1.0\n")
    # B5 was visited six weeks ago and is due after 90 days; B6 was never visited
    kept = stored(drawn, record(drawn, actor, "a", "B5"))
    assert (kept.kind, kept.origin) == ("抽检", "random")
    assert stored(drawn, record(drawn, actor, "b", "B6")).kind != "抽检"
    rows = drawn._engine.table("inspections").to_pyarrow().to_pylist()
    (row,) = [each for each in rows if each["row_key"] == kept.visit_id]
    assert (row["mode"], row["purpose"]) == ("抽检", "例行巡查(抽检)")
    drawn.close()


def test_nobody_can_make_a_visit_random(office: Office, actor: Actor) -> None:
    never = with_settings(office, "\n[visits]\ndraw_a_day = 0.0\n")
    assert stored(never, record(never, actor, "a", "B5", origin="random")).origin == "own"
    never.close()


def test_a_recorded_visit_enters_the_next_score_and_leaves_it_when_undone(
    office: Office, actor: Actor, warden: Actor
) -> None:
    def points(as_of: date) -> float:
        result = office.scores.run(actor, as_of=as_of)
        told = office.scores.explain(actor, "B1", snapshot_id=result.snapshot_id, rows=False)
        return dict(told.points)["inspections_found"]

    before = points(TODAY)
    kept = record(office, warden, result="属实")
    assert points(TODAY) > before
    rows = office.scores.explain(actor, "B1").rows["inspections_found"]
    assert [row.row_key for row in rows] == [kept.visit_id]
    assert office.verify(actor).sound
    set_clock(office, NOW + timedelta(hours=23))
    office.visits.undo(warden, kept.visit_id)
    # as if it had never been; only days have passed
    assert points(TODAY + timedelta(days=1)) == pytest.approx(before, abs=1e-2)


# ---- what is told ------------------------------------------------------------------------------


def test_another_sees_a_visit_but_not_who_made_it(
    office: Office, warden: Actor, colleague: Actor
) -> None:
    record(office, warden, building_id="B3")
    record(office, warden, "k2", "B1")
    seen = office.worklist.visits(colleague)
    assert seen[["building_id", "mine"]].to_numpy().tolist() == [["B3", False]]
    assert not {"recorded_by", "person_id"} & set(seen.columns)
    assert office.worklist.visits(colleague, own_only=True).empty


def test_a_warden_is_not_told_how_a_visit_came_about(
    office: Office, warden: Actor, actor: Actor
) -> None:
    record(office, warden, origin="lead")
    assert list(office.worklist.visits(warden)["origin"]) == [""]
    assert list(office.worklist.visits(actor)["origin"]) == ["lead"]


def test_the_list_holds_ones_own_buildings_without_a_score_or_a_reason(
    office: Office, warden: Actor, actor: Actor
) -> None:
    office.scores.run(actor, as_of=TODAY)
    listed = office.worklist.my_buildings(warden)
    assert sorted(listed["building_id"]) == ["B1", "B3"]
    assert not [n for n in listed if any(part in n for part in ("score", "point", "compl"))]
    row = listed.set_index("building_id").loc["B3"]
    assert (row["last_result"], row["name"]) == ("属实", "示例花园3号楼")
    assert (row["today"], row["why"]) == (True, "revisit")
    assert (listed["tier"] == "").all()
    told = office.worklist.my_buildings(actor).set_index("building_id")
    assert told.loc["B3", "tier"] in {"红", "橙", "黄", "蓝"}
    assert len(row["look_for"]) >= 2


def test_a_list_that_leaves_as_a_file_is_written_down_and_one_looked_at_is_not(
    office: Office, warden: Actor
) -> None:
    looked_at = office.worklist.my_buildings(warden)
    assert office.worklist.my_buildings(warden, leaves_as="patrol.xlsx").equals(looked_at)
    facts = {"file": "patrol.xlsx", "on": "2026-11-24", "buildings": 2}
    assert noted(office, "export") == [("wang", facts)]


def test_the_list_of_a_day_stays_and_is_ticked_off(office: Office, actor: Actor) -> None:
    before = office.worklist.my_buildings(actor)
    today = before[before["today"]]
    assert list(today["order"]) == list(range(1, len(today) + 1))
    first = str(today["building_id"].iloc[0])
    record(office, actor, "a", first)
    after = office.worklist.my_buildings(actor)
    assert list(after["building_id"]) == list(before["building_id"])
    assert list(after[after["done"]]["building_id"]) == [first]
    tomorrow = office.worklist.my_buildings(actor, on=TODAY + timedelta(days=1))
    row = tomorrow.set_index("building_id").loc[first]
    assert row["last_result"] == "未发现异常"
    assert row["why"] in {"", "round"}


def test_who_met_nobody_by_day_has_the_building_again_in_the_evening(
    office: Office, warden: Actor
) -> None:
    evening = NOON.replace(hour=20)
    record(office, warden, result="无人", next_step="again", retry_at=evening)
    row = office.worklist.my_buildings(warden).set_index("building_id").loc["B1"]
    assert (row["today"], row["done"], row["why"]) == (True, False, "retry")
    assert row["retry_at"] == evening


def test_an_appointment_at_one_door_outlasts_what_is_recorded_at_the_next(
    office: Office, warden: Actor
) -> None:
    evening = NOON.replace(hour=20)
    record(office, warden, "a", unit="501", result="无人", next_step="again", retry_at=evening)
    set_clock(office, NOW + timedelta(minutes=1))
    record(office, warden, "b", unit="502")

    def row() -> Any:
        return office.worklist.my_buildings(warden).set_index("building_id").loc["B1"]

    shown = row()
    assert (shown["done"], shown["why"], shown["retry_at"]) == (False, "retry", evening)
    set_clock(office, NOW + timedelta(minutes=2))
    record(office, warden, "c", unit="501")
    assert (row()["done"], row()["next_step"]) == (True, "none")


def test_of_the_appointments_of_several_doors_the_earliest_counts(
    office: Office, warden: Actor
) -> None:
    evening, tomorrow = NOON.replace(hour=20), NOON + timedelta(days=1)
    record(office, warden, "a", unit="501", result="无人", next_step="again", retry_at=evening)
    set_clock(office, NOW + timedelta(minutes=1))
    record(office, warden, "b", unit="502", result="无人", next_step="again", retry_at=tomorrow)
    shown = office.worklist.my_buildings(warden).set_index("building_id").loc["B1"]
    assert (shown["done"], shown["retry_at"]) == (False, evening)


def test_a_visit_to_the_whole_building_settles_each_of_its_doors(
    office: Office, warden: Actor
) -> None:
    evening = NOON.replace(hour=20)
    record(office, warden, "a", unit="501", result="无人", next_step="again", retry_at=evening)
    set_clock(office, NOW + timedelta(minutes=1))
    whole = record(office, warden, "b")
    listed = office.worklist.my_buildings(warden).set_index("building_id")
    assert (listed.loc["B1", "done"], listed.loc["B1", "next_step"]) == (True, "none")
    office.visits.undo(warden, whole.visit_id)
    listed = office.worklist.my_buildings(warden).set_index("building_id")
    assert (listed.loc["B1", "done"], listed.loc["B1", "retry_at"]) == (False, evening)


def test_a_chief_and_a_warden_each_have_the_step_of_the_door_that_is_theirs(
    office: Office, warden: Actor, actor: Actor
) -> None:
    evening = NOON.replace(hour=20)
    record(office, warden, "a", unit="501", result="无人", next_step="again", retry_at=evening)
    set_clock(office, NOW + timedelta(minutes=1))
    record(office, warden, "b", unit="502", result="疑似")
    set_clock(office, NOW + timedelta(minutes=2))
    record(office, warden, "c", unit="503")

    def next_steps() -> list[str]:
        lists = (office.worklist.my_buildings(who) for who in (warden, actor))
        return [rows.set_index("building_id").loc["B1", "next_step"] for rows in lists]

    assert next_steps() == ["again", "again"]
    set_clock(office, NOW + timedelta(minutes=3))
    record(office, warden, "d", unit="501")
    assert next_steps() == ["none", "chief_looks"]


def test_a_building_shows_its_last_visits_and_known_doors(office: Office, warden: Actor) -> None:
    record(office, warden, unit="1单元101", note="看")
    card = office.worklist.building(warden, "B1")
    assert (card.row["building_id"], list(card.visits["note"])) == ("B1", ["看"])
    assert card.units == ("1单元101",)
    with pytest.raises(NotAllowedError):
        office.worklist.building(warden, "B2")


def test_a_list_of_a_day_is_computed_once_until_something_changes(
    office: Office, warden: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed, compute = [], WorklistService._new_list
    monkeypatch.setattr(
        WorklistService, "_new_list", lambda *a, **k: (computed.append(k), compute(*a, **k))[1]
    )
    first = office.worklist.building(warden, "B1")
    office.worklist.building(warden, "B3")
    assert len(computed) == 1
    assert (first.row["done"], first.row["last_result"]) == (False, "")
    record(office, warden)
    after = office.worklist.building(warden, "B1")
    assert len(computed) == 2
    assert (after.row["done"], after.row["last_result"]) == (True, "未发现异常")
    narrower = replace(warden, scope=Scope(buildings=frozenset({"B3"})))
    assert office.worklist.my_buildings(narrower)["building_id"].tolist() == ["B3"]


def test_a_building_is_shown_of_one_moment_and_earlier_visits_are_asked_of_those_visited_today(
    office: Office, warden: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(office, warden)
    moments, read = [], engine.read_inputs
    for module in (engine, build):
        monkeypatch.setattr(
            module, "read_inputs", lambda *a, **k: (moments.append(a), read(*a, **k))[1]
        )
    asked, ask = [], VisitReader.last_at_buildings
    monkeypatch.setattr(
        VisitReader,
        "last_at_buildings",
        lambda self, ids, **how: (asked.append(sorted(ids)), ask(self, ids, **how))[1],
    )
    assert office.worklist.building(warden, "B1").row["last_result"] == "未发现异常"
    assert asked == [["B1", "B3"], ["B1"]]
    assert len(moments) == 1


def test_coverage_is_of_places_and_its_street_is_their_sum(
    office: Office, actor: Actor, warden: Actor
) -> None:
    record(office, actor, "a", "B1")
    street = office.coverage.summary(actor, since=TODAY, until=TODAY, by="street")
    whole = street[street["tier"] == ""].iloc[0]
    # B5 was visited six weeks ago and is due after 90 days; B3 was found out and is due after 30
    assert (whole["due"], whole["visited"], whole["few"]) == (7, 1, True)
    assert not {"recorded_by", "person_id", "warden"} & set(street.columns)
    late = office.coverage.breaches(actor).set_index("building_id")
    assert "B1" not in late.index
    assert late.loc["B3", "days_late"] == 15
    assert late.index[0] == "B3"
    never = late[late["last_at"].isna()]
    imported = min(each.imported_at for each in office._workspace.lake.imports()).date()
    assert set(never["due_on"].dt.date) == {min(imported, TODAY)}
    assert never["days_late"].min() == max((TODAY - imported).days, 0)
    chief = replace(warden, roles=("grid_chief",))
    own = office.coverage.summary(chief, since=TODAY, until=TODAY, by="street")
    assert own[own["tier"] == ""]["due"].sum() == 2
    assert set(office.coverage.breaches(chief)["building_id"]) == {"B3"}


# ---- photos -----------------------------------------------------------------------------------


def test_a_photo_is_kept_with_its_visit_and_seen_where_the_visit_is(
    office: Office, warden: Actor, colleague: Actor
) -> None:
    kept = record(office, warden)
    with pytest.raises(PhotoError, match="faces"):
        office.photos.attach(warden, "k1", picture(), no_faces=False)
    photo = office.photos.attach(warden, "k1", picture(), no_faces=True)
    assert office.photos.attach(warden, kept.visit_id, picture(), no_faces=True) == photo
    assert list(office.worklist.visits(warden)["photos"]) == [[photo.sha256]]
    assert office.photos.read(warden, photo.sha256).startswith(b"\xff\xd8")
    with pytest.raises(NotAllowedError):
        office.photos.read(colleague, photo.sha256)
    refusal(lambda: office.photos.attach(colleague, kept.visit_id, picture(), no_faces=True))
    office.visits.undo(warden, kept.visit_id)
    with pytest.raises(PhotoError):
        office.photos.read(warden, photo.sha256)


def test_nothing_is_added_to_a_visit_of_long_ago(office: Office, warden: Actor) -> None:
    record(office, warden)
    set_clock(office, NOW + timedelta(days=7))
    office.photos.attach(warden, "k1", picture(), no_faces=True)
    set_clock(office, NOW + timedelta(days=7, seconds=1))
    late = refusal(lambda: office.photos.attach(warden, "k1", picture(90), no_faces=True))
    assert late.code == "visit_too_late"


def test_a_visit_takes_only_so_many_photos(office: Office, warden: Actor) -> None:
    few = with_settings(office, "\n[visits]\nphotos_a_visit = 1\n")
    record(few, warden)
    few.photos.attach(warden, "k1", picture(), no_faces=True)
    with pytest.raises(PhotoError) as error:
        few.photos.attach(warden, "k1", picture(90), no_faces=True)
    assert error.value.code == "photo_too_many"
    few.close()
