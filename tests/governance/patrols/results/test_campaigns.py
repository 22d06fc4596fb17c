"""A campaign in the field's words: person-times, places, problems; of places, never of people."""

from datetime import datetime

import pytest
from imported import import_text

from governance.access.permissions import Actor, NotAllowedError, Scope
from governance.office import Office
from governance.patrols.routing.model.plan import PlanError
from tests.governance.patrols.results.afterwards_street import (
    FOUND,
    MONDAY,
    NOBODY,
    SUNDAY,
    SUSPECTED,
    desk_of,
    keep,
    plan_of,
    visit,
)

DURING = datetime(2026, 12, 29, 12, 0)  # noqa: DTZ001 -- local


def test_a_joint_visit_is_two_person_times_at_one_place(desk: Office, actor: Actor) -> None:
    visit(desk, "B2", "2026-12-28 18:30", FOUND, kind="日查")
    visit(desk, "B2", "2026-12-28 18:40", FOUND, kind="联检", recorded_by="b", person_id="W2")
    visit(desk, "B3", "2026-12-28 19:30")
    visit(desk, "B3", "2026-12-29 10:30", NOBODY)
    summary = desk.campaigns.summary(actor, "W1")
    # W1 in the evening and the morning after, W2 in the evening.
    assert (summary.person_times, summary.places, summary.visits, summary.problems) == (3, 2, 3, 1)
    assert (summary.looked, summary.planned, summary.joint) == (2, 6, 1)
    assert summary.departments.to_numpy().tolist() == [["市场监管", 1], ["教育", 1]]
    assert summary.sentence == "累计出动3人次，检查点位2处，发现问题1个"
    assert summary.sentence_en == "3 person-times out, 2 places checked, 1 problems found"


def test_suspicions_stand_apart_from_what_was_confirmed(desk: Office, actor: Actor) -> None:
    visit(desk, "B1", "2026-12-28 18:30", SUSPECTED)
    visit(desk, "B1", "2026-12-30 18:30", FOUND)
    visit(desk, "B5", "2026-12-30 18:50", SUSPECTED, kind="抽检")
    summary = desk.campaigns.summary(actor, "W1")
    assert (summary.problems, summary.suspected) == (1, 1)
    assert summary.kinds.to_numpy().tolist() == [["住宅", 1, 1, 0], ["商铺", 1, 0, 1]]
    assert summary.modes.to_numpy().tolist() == [["夜查", 1, 1, 0], ["抽检", 1, 0, 1]]


def test_what_the_teams_did_elsewhere_is_summary_apart(desk: Office, actor: Actor) -> None:
    visit(desk, "B1", "2026-12-28 18:30", person_id="stranger")
    visit(desk, "B7", "2026-12-28 18:40", FOUND)
    visit(desk, "B8", "2026-12-28 18:50", FOUND, person_id="stranger")
    visit(desk, "B8", "2026-12-29 18:50", recorded_by="W2", person_id=None)
    summary = desk.campaigns.summary(actor, "W1")
    assert (summary.places, summary.problems, summary.person_times) == (1, 0, 1)
    away = summary.elsewhere
    assert (away.places, away.visits, away.problems, away.person_times) == (2, 2, 1, 2)


def test_people_of_files_count_once_a_part_of_the_day(desk: Office, actor: Actor) -> None:
    lines = [
        "检查编号,检查时间,楼栋编码,检查方式,检查结果,检查人员,参加单位,出动人次",
        'Y1,2026-12-28 18:10,B1,联检,属实,"甲、乙","教育,公安",3',
        'Y2,2026-12-28 19:10,B2,联检,未发现异常,"甲、乙",教育,2',
        'Y3,2026-12-28 10:10,B3,日查,未发现异常,"甲、乙",,',
        "Y4,2026-12-29 10:10,B4,日查,未发现异常,,,4",
        "Y5,2026-12-29 11:10,B5,日查,未发现异常,,,",
    ]
    import_text(desk, "inspections", "\n".join(lines))
    summary = desk.campaigns.summary(actor, "W1")
    # Three on the evening of the 28th, two in its daytime, four on the 29th.
    assert (summary.person_times, summary.places, summary.joint) == (3 + 2 + 4, 5, 2)
    assert summary.departments.to_numpy().tolist() == [["教育", 2], ["公安", 1]]


def test_it_is_summed_up_while_it_runs(office: Office, actor: Actor) -> None:
    desk = desk_of(office, at=DURING)
    keep(desk, plan_of(kind="campaign"))
    visit(desk, "B1", "2026-12-28 18:30")
    summary = desk.campaigns.summary(actor, "W1")
    assert (summary.over, summary.until, summary.places) == (False, DURING.date(), 1)
    assert (summary.first, summary.last, summary.title) == (MONDAY, SUNDAY, "寒假专项")


def test_who_answers_for_a_part_sums_up_that_part(desk: Office) -> None:
    for building in ("B1", "B2", "B7"):
        visit(desk, building, "2026-12-28 18:30", FOUND)

    def chief(*buildings: str, role: str = "grid_chief") -> Actor:
        return Actor("c", "", (role,), Scope(buildings=frozenset(buildings)))

    part = desk.campaigns.summary(chief("B1", "B8"), "W1")
    assert (part.planned, part.places, part.problems, part.elsewhere.places) == (1, 1, 1, 0)
    with pytest.raises(PlanError, match="Plan missing"):
        desk.campaigns.summary(chief("B8"), "W1")
    with pytest.raises(NotAllowedError):
        desk.campaigns.summary(chief("B1", "B8", role="warden"), "W1")
