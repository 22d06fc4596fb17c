from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from risk.config.score import ScoreConfig
from risk.config.words import PURPOSES
from risk.design.read import read_facts, read_report_facts
from risk.events.fetch import day_of
from tests.risk.conftest import MemoryEngine, a_building, make_engine

CUT = datetime(2026, 11, 24)  # noqa: DTZ001 -- the product's times are local and naive


def a_visit(key: str, **facts: Any) -> dict[str, Any]:
    at = facts.pop("event_at", CUT - timedelta(days=40))
    return {
        "row_key": key,
        "event_at": at,
        "learnt_at": at,
        "building_id": "B1",
        "unit_id": "F1",
    } | facts


def read(engine: Any, *rows: dict[str, Any]) -> Any:
    source = engine.with_rows("inspections", list(rows))
    visits = read_facts(source, cut=CUT, config=ScoreConfig()).before(day_of(CUT)).visits
    keys = [row["row_key"] for row in rows]
    return visits[visits["row_key"].isin(keys)].set_index("row_key")


def test_days_are_counted_from_1970() -> None:
    assert day_of(datetime(1970, 1, 2, 23)) == 1  # noqa: DTZ001 -- as above
    assert day_of(CUT.date()) == day_of(CUT) == 20_781


@pytest.mark.parametrize(
    ("result", "found"),
    [
        ("属实", 1.0),
        ("疑似", 0.4),
        ("未发现异常", 0.0),
        ("无人", np.nan),
        ("拒不开门", np.nan),
        (None, np.nan),
    ],
)
def test_who_was_not_let_in_has_found_neither_something_nor_nothing(
    engine: Any, result: str | None, found: float
) -> None:
    visits = read(engine, a_visit("v", result=result))
    assert visits.loc["v", "found"] == pytest.approx(found, nan_ok=True)


FIND, AFTER = CUT - timedelta(days=60), CUT - timedelta(days=40)
REVISIT, ROUTINE = PURPOSES.index("revisit"), PURPOSES.index("routine")


def office_of(*rows: dict[str, Any]) -> MemoryEngine:
    return make_engine({"buildings": [a_building(1)], "inspections": list(rows)})


@pytest.mark.parametrize(
    ("further", "purpose"),
    [
        ({}, REVISIT),
        ({"event_at": CUT - timedelta(days=90), "purpose": "例行巡查"}, ROUTINE),
        ({"event_at": CUT - timedelta(days=90), "mode": "夜查"}, ROUTINE),
        ({"event_at": CUT - timedelta(days=30), "purpose": "例行巡查"}, REVISIT),
        ({"event_at": CUT, "purpose": "例行巡查"}, REVISIT),
    ],
    ids=["never", "purpose stated before", "way stated before", "since", "after the cut"],
)
def test_a_visit_soon_after_a_find_is_a_revisit_until_an_office_states_purposes(
    further: dict[str, Any], purpose: int
) -> None:
    rows = [a_visit("find", event_at=FIND, result="属实"), a_visit("v", event_at=AFTER)]
    facts = read_facts(
        office_of(*rows, a_visit("other", unit_id="F2", **further)), cut=CUT, config=ScoreConfig()
    ).before(day_of(CUT))
    codes = facts.visits.set_index("row_key")["purpose_code"]
    assert codes["v"] == purpose
    assert facts.guesses_purposes == (purpose == REVISIT)


def test_a_find_that_was_not_known_at_a_cut_makes_no_revisit_at_it() -> None:
    source = office_of(
        a_visit("find", event_at=FIND, learnt_at=CUT - timedelta(days=10), result="属实"),
        a_visit("v", event_at=AFTER, result="未发现异常"),
    )
    facts = read_facts(source, cut=CUT, config=ScoreConfig())
    then, now = (facts.before(day_of(CUT) - days).visits for days in (20, 0))
    assert then.set_index("row_key")["purpose_code"].to_dict() == {"v": ROUTINE}
    assert now.set_index("row_key")["purpose_code"]["v"] == REVISIT


def test_counts_of_problems_are_unknown_where_nobody_counted(engine: Any) -> None:
    visits = read(
        engine,
        a_visit("counted", result="属实", critical_count=2, other_count=3),
        a_visit("not", result="属实", unit_id="F2"),
    )
    assert visits.loc["counted", ["critical", "other"]].tolist() == [1.0, 3.0]
    assert visits.loc["not", ["critical", "other"]].isna().all()


def graded(engine: Any, grades: list[float | None], words: list[str | None]) -> Any:
    """Give the office one visit per grade, and the two columns of grades."""
    rows = [
        a_visit(f"V{number}", result="未发现异常", inspection_id=f"V{number}")
        for number in range(len(grades))
    ]
    tables = engine.with_rows("inspections", rows).tables
    visits = tables["inspections"]
    blank: list[Any] = [None] * (visits.num_rows - len(grades))
    for name, values, kind in (("grade", grades, pa.float64()), ("grade_word", words, pa.string())):
        column = pa.array([*blank, *values], kind)
        there = visits.schema.get_field_index(name)
        if there >= 0:
            visits = visits.set_column(there, name, column)
        else:
            visits = visits.append_column(name, column)
    return MemoryEngine({**tables, "inspections": visits})


@pytest.mark.parametrize(
    ("grade_better", "expected"), [("high", [-92.0, -60.0, -50.0]), ("low", [92.0, 60.0, -50.0])]
)
def test_scores_are_turned_so_that_more_is_worse_and_words_whatever_the_setting_says(
    engine: Any, grade_better: str, expected: list[float]
) -> None:
    source = graded(engine, [92.0, 60.0, 50.0, None], [None, None, "差", None])
    facts = read_facts(source, cut=CUT, config=ScoreConfig(grade_better=grade_better))
    visits = facts.visits.set_index("row_key")["fault_score"]
    assert visits[["V0", "V1", "V2"]].tolist() == expected
    assert np.isnan(visits["V3"])


def test_problems_are_all_that_were_counted(engine: Any) -> None:
    visits = read(
        engine,
        a_visit("both", result="属实", critical_count=2, other_count=3),
        a_visit("one", result="属实", other_count=4, unit_id="F2"),
        a_visit("none", result="属实", unit_id="F3"),
    )
    assert visits.loc[["both", "one"], "problems"].tolist() == [5.0, 4.0]
    assert np.isnan(visits.loc["none", "problems"])


def test_a_visit_that_two_files_report_is_one_visit(engine: Any) -> None:
    visits = read(
        engine,
        a_visit("told"),
        a_visit("known", result="未发现异常"),
        a_visit("other purpose", purpose="投诉核查"),
        a_visit("other day", event_at=CUT - timedelta(days=39)),
    )
    assert sorted(visits.index) == ["known", "other day", "other purpose"]


def test_a_result_learnt_later_does_not_hide_a_visit_that_was_known(engine: Any) -> None:
    rows = [a_visit("went"), a_visit("found", result="属实", learnt_at=CUT - timedelta(days=10))]
    facts = read_facts(engine.with_rows("inspections", rows), cut=CUT, config=ScoreConfig())
    keys = [set(facts.before(day_of(CUT) - days).visits["row_key"]) for days in (20, 0)]
    assert [each & {"went", "found"} for each in keys] == [{"went"}, {"found"}]


def test_a_visit_without_unit_is_one_of_the_building(engine: Any) -> None:
    assert read(engine, a_visit("v", unit_id=None)).loc["v", "unit"] == "B1"


def test_only_what_was_learnt_before_the_cut_is_read(engine: Any) -> None:
    visits = read(
        engine,
        a_visit("late", learnt_at=CUT),
        a_visit("tomorrow", event_at=CUT + timedelta(days=1), learnt_at=CUT - timedelta(days=1)),
        a_visit("in time", learnt_at=CUT - timedelta(seconds=1)),
    )
    assert visits.index.tolist() == ["in time"]


def test_the_order_of_rows_changes_nothing(engine: Any) -> None:
    facts = [
        read_facts(each, cut=CUT, config=ScoreConfig())
        for each in (engine, engine.shuffled(np.random.default_rng(2)))
    ]
    assert facts[0].visits.equals(facts[1].visits)
    assert facts[0].complaints.equals(facts[1].complaints)
    assert len(facts[0].complaints) == 7


def calls(reporter: str | None, *days: float, building: str = "B6") -> list[dict[str, Any]]:
    return [
        {
            "building_id": building,
            "event_at": CUT - timedelta(days=day),
            "learnt_at": CUT - timedelta(days=day),
            "reporter_key": reporter,
            "row_key": f"{reporter}-{number}",
        }
        for number, day in enumerate(days)
    ]


def heard(engine: Any, rows: list[dict[str, Any]], cut: datetime = CUT) -> list[str]:
    reports = read_report_facts(engine.with_rows("complaints", rows), cut=cut, config=ScoreConfig())
    return [str(key) for key in reports.loc[reports["building"] == "B6", "row_key"]]


def test_one_reporter_is_heard_about_a_place_no_more_than_his_cap(engine: Any) -> None:
    """Two at once, and another once what was said has faded."""
    every_day = calls("loud", *(float(day) + 0.5 for day in range(200)))
    kept = heard(engine, every_day)
    assert 2 < len(kept) <= 6
    ages = np.sort([int(key.removeprefix("loud-")) for key in kept])
    for age in ages:
        earlier = ages[ages >= age]
        assert (2.0 ** (-(earlier - age) / 90.0)).sum() <= ScoreConfig().caps.reporter + 1e-9


def test_several_calls_of_a_reporter_on_one_day_are_one_report(engine: Any) -> None:
    assert len(heard(engine, calls("r", 10.1, 10.2, 10.3))) == 1
    assert len(heard(engine, calls("a", 10.1) + calls("b", 10.2))) == 2


def test_reports_without_a_name_share_a_cap(engine: Any) -> None:
    many = calls(None, *(10 + 0.01 * n for n in range(50)))
    assert len(heard(engine, many)) == ScoreConfig().caps.unknown_reporters


def test_what_is_learnt_later_silences_nothing_that_was_heard_before(engine: Any) -> None:
    rows = calls("r", *(50.0 + 7 * n for n in range(10)))
    for number, row in enumerate(rows[::2]):
        row["learnt_at"] = CUT - timedelta(days=1 + number)
    early = CUT - timedelta(days=30)
    known = set(heard(engine, rows, early))
    everything = set(heard(engine, rows))
    assert known == {key for key in everything if rows[int(key[2:])]["learnt_at"] < early}


def test_a_unit_is_the_door_or_else_the_building_and_the_other_way_round(engine: Any) -> None:
    rows = [
        a_visit("a", unit_id="U7"),
        a_visit("b", unit_id="U7", building_id=None),
        a_visit("c", unit_id=None),
        a_visit("d", unit_id=None, building_id=None),
    ]
    source = engine.with_rows("inspections", rows)
    facts = read_facts(source, cut=CUT, config=ScoreConfig())
    visits, units = facts.visits, [*facts.names["unit"], ""]
    for by in ("by_door.", "by_building."):
        named = [units[code] for code in visits[by + "unit_code"]]
        assert named == visits[by + "unit"].tolist()
        assert units[:-1] == sorted(set(units[:-1]))
    of = visits.set_index("row_key").loc[list("abcd")]
    assert of["by_door.unit"].tolist() == ["U7", "U7", "B1", ""]
    assert of["by_building.unit"].tolist() == ["B1", "U7", "B1", ""]
