"""Drift, under-reporting and time factors behind the office's door."""

import json
from datetime import date
from typing import Any

import pandas as pd
import pytest
from imported import import_text
from pandas.testing import assert_frame_equal

from data.calendars.calendar import OFFICE_FILE
from data.results.run_log import SnapshotError
from data.workspace.sections import SettingsError
from governance.access.permissions import Actor, local_owner
from governance.office import Office
from governance.scores import monitoring as module
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office
from risk.models.time_factors import NOT_ENOUGH as TOO_LITTLE
from risk.monitoring.drift import STEADY, TOO_FEW
from risk.monitoring.repeat_reports import ReportingRules
from risk.monitoring.under_reporting import NOT_ENOUGH
from tests.governance.conftest import NOW

REPORTED = "工单编号,来电时间,楼栋编码,诉求内容\n" + "".join(
    f"M{day},2026-11-{day} 18:00,B{day % 2 + 1},周末补课扰民\n" for day in range(18, 24)
)


def set_up(office: Office, text: str) -> Office:
    """Write settings and open the office again."""
    root = office._workspace.root
    (root / "gridwarden.toml").write_text(text, encoding="utf-8")
    office.close()
    return open_office(root, now=lambda: NOW)


def latest(office: Office, actor: Actor, place: int = 0) -> str:
    return str(office.scores.snapshots(actor)["snapshot_id"].iloc[place])


def test_without_a_pinned_snapshot_there_is_no_drift_to_speak_of(
    office: Office, seen_scored: Office, actor: Actor
) -> None:
    assert office.monitoring.drift(actor) is None
    assert seen_scored.monitoring.drift(actor) is None
    assert seen_scored.monitoring.compared(actor) is None
    assert seen_scored.monitoring.pinned_reference(actor) is None


def test_a_snapshot_compared_with_itself_has_not_drifted(scored: Office, actor: Actor) -> None:
    office = set_up(scored, "[monitoring.drift]\nleast_known = 2\n")
    office.monitoring.pin_reference(actor, latest(office, actor))
    with office._workspace.store.begin() as unit:
        assert unit.audit.newest(1)[0].facts == {"pinned": latest(office, actor)}
    assert office.monitoring.compared(actor) == (latest(office, actor),) * 2
    drift = office.monitoring.drift(actor)
    assert drift is not None
    assert drift.state == STEADY
    assert drift.same_config
    assert drift.same_model
    assert "score" in set(drift.columns["column"])
    assert drift.pinned_by == actor.id


def test_eight_buildings_are_too_few_to_speak_of_drift(scored: Office, actor: Actor) -> None:
    scored.monitoring.pin_reference(actor, latest(scored, actor, 1))
    drift = scored.monitoring.drift(actor)
    assert drift is not None
    assert drift.state == TOO_FEW
    assert (drift.reference_as_of, drift.as_of) == (date(2026, 10, 1), date(2026, 11, 24))


def test_scores_of_two_models_are_not_compared(scored: Office, actor: Actor) -> None:
    office = set_up(scored, "[monitoring.drift]\nleast_known = 2\n")
    earlier = latest(office, actor, 1)
    path = office._workspace.root / "snapshots" / earlier / "manifest.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    del facts["score"]
    path.write_text(json.dumps(facts | {"scorecard": {"weights": {}}}), encoding="utf-8")
    office.monitoring.pin_reference(actor, earlier)
    drift = office.monitoring.drift(actor)
    assert drift is not None
    assert not drift.same_model
    names = set(drift.columns["column"])
    assert "complaints" in names
    assert not {name for name in names if name in {"score", "low", "high"} or "points_" in name}


def test_only_a_snapshot_that_exists_can_be_pinned(office: Office, actor: Actor) -> None:
    with pytest.raises(SnapshotError):
        office.monitoring.pin_reference(actor, "20260101-000000000000")


def test_every_community_is_listed_even_where_little_is_known(office: Office, actor: Actor) -> None:
    communities = office.monitoring.reporting(actor)
    assert (communities["state"] == NOT_ENOUGH).all()
    assert "community" in communities


def test_an_empty_office_has_no_reporting_and_no_time_factors(
    empty_office: Office, actor: Actor
) -> None:
    assert empty_office.monitoring.reporting(actor).empty
    factors = empty_office.monitoring.time_factors(actor)
    assert (factors.visits["state"] == TOO_LITTLE).all()
    assert (factors.complaints["state"] == TOO_LITTLE).all()


def test_the_year_to_come_is_said_to_be_unknown_until_the_office_writes_it(
    office: Office, actor: Actor
) -> None:
    assert office.monitoring.time_factors(actor).unknown_years == [2027]
    (office._workspace.root / OFFICE_FILE).write_text(
        "起始日期,截止日期,类型\n2027-01-01,2027-12-31,已公布\n", encoding="utf-8"
    )
    assert office.monitoring.time_factors(actor).unknown_years == []


def events(office: Office) -> pd.DataFrame:
    """Return the confirmed events that the rates of communities follow from."""
    found, _ = office.monitoring._reports(ReportingRules())
    return found.sort_values("building_id", ignore_index=True)


def test_after_visits_it_is_what_an_office_says_that_has_read_nothing(
    office: Office, actor: Actor
) -> None:
    import_text(office, "complaints", REPORTED)
    events(office)
    for number, building in enumerate(("B1", "B2", "B1")):
        new = NewVisit(key=f"m{number}", building_id=building, result="属实")
        recorded = office.visits.record(local_owner(), new)
        if number == 2:
            office.visits.undo(local_owner(), recorded.visit_id)
        plain = open_office(office._workspace.root, now=lambda: NOW)
        assert_frame_equal(events(office), events(plain))
        assert len(events(plain)) == (1 if number == 0 else 2)
        factors, found = (each.monitoring.time_factors(actor) for each in (office, plain))
        assert_frame_equal(factors.visits, found.visits)
        assert_frame_equal(factors.complaints, found.complaints)
        plain.close()


def test_a_visit_has_the_events_at_its_building_alone_read_again(
    office: Office, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, plain = list[str](), module.report_events

    def note(source: object, **options: Any) -> Any:
        read.append(type(source).__name__)
        return plain(source, **options)

    monkeypatch.setattr(module, "report_events", note)
    for number in range(2):
        office.monitoring.reporting(actor)
        office.monitoring.reporting(actor)
        office.visits.record(local_owner(), NewVisit(key=f"a{number}", building_id="B1"))
    assert read == ["Engine", "RowsAtBuildings"]


def test_time_factors_are_read_once_while_nothing_changes(
    office: Office, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = office.monitoring.time_factors(actor)
    assert office.monitoring.time_factors(actor) is first
    monkeypatch.setattr(module, "complaint_moments", lambda *_, **__: pytest.fail("read"))
    office.visits.record(local_owner(), NewVisit(key="t", building_id="B1"))
    assert office.monitoring.time_factors(actor) is not first


def test_wrong_monitoring_settings_are_refused_by_name(office: Office, actor: Actor) -> None:
    office = set_up(office, "[monitoring.drift]\nbins = 1\n[monitoring.reporting]\nsimilar = 'x'\n")
    with pytest.raises(SettingsError) as refusal:
        office.monitoring.reporting(actor)
    problems = refusal.value.facts["problems"]
    assert [(each.section, each.key) for each in problems] == [
        ("monitoring.drift", "bins"),
        ("monitoring.reporting", "similar"),
    ]


def test_a_reference_pinned_by_an_earlier_release_is_read(office: Office, actor: Actor) -> None:
    stored = {"snapshot_id": "20261124-abc", "pinned_by": "li",
              "pinned_at": "2026-11-24T04:00:00+00:00"}  # fmt: skip
    with office._workspace.store.begin() as unit:
        unit.settings.put("drift_reference", stored)
        unit.commit()
    pinned = office.monitoring.pinned_reference(actor)
    assert pinned is not None
    assert (pinned.snapshot_id, pinned.pinned_by, pinned.pinned_at) == ("20261124-abc", "li", NOW)
