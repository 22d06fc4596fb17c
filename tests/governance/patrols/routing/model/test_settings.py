"""Rules of the ``[patrols]`` section."""

from typing import Any

import pytest

from data.workspace.sections import SettingsError
from data.workspace.settings import WorkspaceSettings, read_section
from governance.patrols.routing.model.settings import PatrolRules, check_floor, parse_shift
from governance.visits.rules.settings import Cadence


def read(raw: dict[str, Any]) -> PatrolRules:
    return read_section(WorkspaceSettings(sections={"patrols": raw}), "patrols", PatrolRules)


def test_what_a_section_leaves_out_keeps_its_default() -> None:
    rules = read({"random_share": 0.2})
    assert rules.random_share == 0.2
    assert rules.minutes == PatrolRules().minutes


def test_a_floor_of_an_older_file_may_not_differ_from_the_cadence_of_visits() -> None:
    check_floor(read({"floor": {"red": 7, "blue": 90}}), Cadence())
    with pytest.raises(SettingsError) as refused:
        check_floor(read({"floor": {"red": 14, "orange": 14, "violet": 3}}), Cadence())
    named = [(each.section, each.key, each.seen) for each in refused.value.facts["problems"]]
    assert named == [("patrols.floor", "red", "14"), ("patrols.floor", "violet", "3")]


def test_a_kind_of_building_without_hours_of_its_own_has_those_of_all_others() -> None:
    hours = read({"hours": {"other": [8, 12, 9, 10]}}).hours
    assert hours.of_kind("宝塔") == (8, 12, 9, 10)
    assert hours.of_kind("住宅") == PatrolRules().hours.home


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ({"random_share": 1.5}, "[patrols] random_share"),
        ({"teams": 0}, "[patrols] teams"),
        ({"floor": {"red": "7"}}, "[patrols.floor] red"),
        ({"minutes": {"look": 1.5}}, "[patrols.minutes] look"),
        ({"when": {"term_night": 1.0}}, "[patrols.when] term_night"),
        ({"hours": {"home": [9, 12]}}, "[patrols.hours] home"),
        ({"hours": {"home": [12, 9, 9, 12]}}, "[patrols.hours] home"),
        ({"day_from_hour": 16.0, "day_until_hour": 15.0}, "[patrols] day_until_hour"),
        ({"shifts": ["6/day", "8/day"]}, "[patrols] shifts"),
        ({"shifts": ["6/night"]}, "[patrols] shifts"),
    ],
)
def test_what_cannot_be_is_refused_by_its_key(raw: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(raw)
    (problem,) = refused.value.facts["problems"]
    assert f"[{problem.section}] {problem.key}" == named


def test_shifts_are_written_as_a_day_and_a_part() -> None:
    assert parse_shift("6/day") == (6, "day")
    assert parse_shift("working/evening") == ("working", "evening")
    assert [parse_shift(text) for text in ("0/day", "day", "six/day", "6/")] == [None] * 4
