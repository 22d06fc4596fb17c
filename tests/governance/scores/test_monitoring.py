"""Drift, under-reporting and time factors behind the office's door."""

import json
from datetime import date

import pytest

from data.calendars.calendar import OFFICE_FILE
from data.results.run_log import SnapshotError
from data.workspace.sections import SettingsError
from governance.access.permissions import Actor
from governance.office import Office
from gridwarden.compose import open_office
from risk.models.time_factors import NOT_ENOUGH as TOO_LITTLE
from risk.monitoring.drift import STEADY, TOO_FEW
from risk.monitoring.under_reporting import NOT_ENOUGH
from tests.governance.conftest import NOW


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
