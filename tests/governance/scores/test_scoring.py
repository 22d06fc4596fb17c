"""The score behind the office's door."""

import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from imported import import_text

from data.results.run_log import SnapshotError
from governance.access.permissions import Actor
from governance.access.scopes import Scope
from governance.office import Office
from governance.scores.blinding import as_far_as_seen, without_chance
from governance.scores.scoring import ScoreRefusedError
from governance.service import NothingScoredError
from governance.visits.rules.settings import VisitRules
from gridwarden.compose import open_office
from risk import schema as c
from risk.events.cuts import Cuts, list_cuts
from risk.events.provenance import DISCOVERED, RANDOM_ARM
from risk.explanation.evidence import EvidenceRow
from risk.explanation.lookup import UnknownUnitError
from risk.features import build
from risk.features.official_grids import read_grids_at_each

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def test_before_the_first_score_one_is_told_what_to_do(office: Office, actor: Actor) -> None:
    with pytest.raises(NothingScoredError) as refusal:
        office.risk_map.top(actor)
    assert "score" in refusal.value.facts["what_to_do"]


def test_the_building_with_complaints_and_a_find_stands_on_top(
    seen_scored: Office, actor: Actor
) -> None:
    top = seen_scored.risk_map.top(actor, k=3)
    assert (top[0]["unit"], top[0]["name"]) == ("B3", "示例花园3号楼")
    assert [row["rank"] for row in top] == [1, 2, 3]


def test_the_points_of_an_explanation_are_its_score(seen_scored: Office, actor: Actor) -> None:
    answer = seen_scored.scores.explain(actor, "B3")
    assert sum(answer.points.values()) == answer.score
    assert answer.name == "示例花园3号楼"


def test_an_earlier_day_knows_less_and_is_listed_after_the_later(
    seen_scored: Office, actor: Actor
) -> None:
    listed = seen_scored.scores.snapshots(actor)
    assert listed["as_of"].tolist() == [date(2026, 11, 24), date(2026, 10, 1)]
    late, early = (
        seen_scored.scores.explain(actor, "B3", snapshot_id=name).score
        for name in listed["snapshot_id"]
    )
    assert late > early
    assert seen_scored.scores.trend(actor, "B3")["score"].tolist() == [early, late]


def test_of_each_snapshot_it_is_told_which_model_made_it_and_whether_visits_taught_it(
    seen_scored: Office, actor: Actor
) -> None:
    listed = seen_scored.scores.snapshots(actor)
    assert listed["model"].tolist() == ["find_rate", "find_rate"]
    assert set(listed["state"]) <= {"policy", "learnt"}
    newest = seen_scored.scores.explain(actor, "B3").learning
    assert (newest.model, newest.state) == tuple(listed.loc[0, ["model", "state"]])
    assert set(seen_scored.scores.trend(actor, "B3")["model"]) == {"find_rate"}


def test_what_one_person_was_told_of_a_building_tells_another_no_more_than_their_own(
    scored: Office, actor: Actor
) -> None:
    own = Actor(id="w", name="w", roles=("enforcement_officer",),
                scope=Scope(buildings=frozenset({"B3"})))  # fmt: skip
    alone = scored.scores.explain(own, "B3")
    scored.scores._explanations.forget()
    whole = scored.scores.explain(actor, "B3")
    assert {each.unit for each in whole.neighbours} > {each.unit for each in alone.neighbours}
    assert scored.scores.explain(own, "B3") == alone
    assert scored.scores.explain(actor, "B3") == whole
    with pytest.raises(UnknownUnitError):
        scored.scores.explain(own, whole.neighbours[0].unit)


def test_a_row_that_comes_later_is_behind_the_factor_at_once_and_no_more_once_it_is_undone(
    scored: Office, actor: Actor
) -> None:
    before = scored.scores.explain(actor, "B3")
    text = "工单编号,来电时间,楼栋编码,联系电话\n99,2026-11-12 20:00,B3,13800000009\n"
    made = import_text(scored, "complaints", text)
    after = scored.scores.explain(actor, "B3")
    assert len(after.rows[c.COMPLAINTS]) == len(before.rows[c.COMPLAINTS]) + 1
    assert c.COMPLAINTS in after.changed
    scored.imports.undo(actor, made.import_id)
    assert scored.scores.explain(actor, "B3") == before


def test_who_may_not_know_what_chance_chose_reads_it_as_a_patrol(
    seen_scored: Office, actor: Actor
) -> None:
    row = EvidenceRow(
        factor="inspections_found", table="inspections", row_key="r", event_at=None, value=1.0,
        facts={"mode": "抽检"}, match_level="building", source=RANDOM_ARM,
    )  # fmt: skip
    answer = seen_scored.scores.explain(actor, "B3")
    told = without_chance(replace(answer, rows={"inspections_found": [row]}), VisitRules())
    (blinded,) = told.rows["inspections_found"]
    assert (blinded.source, blinded.facts["mode"]) == (DISCOVERED, "日查")


@pytest.mark.parametrize("factor", ["history_operator", "history_words"])
def test_visits_to_operators_elsewhere_are_told_only_of_buildings_one_may_see(
    seen_scored: Office, actor: Actor, factor: str
) -> None:
    rows = [
        EvidenceRow(
            factor=factor, table="inspections", row_key=where, event_at=None, value=1.0, facts={},
            match_level="building", building_id=where,
        )
        for where in ("B3", "B2", "")
    ]  # fmt: skip
    answer = replace(seen_scored.scores.explain(actor, "B3"), rows={factor: rows})
    snapshot = seen_scored.scores._snapshots.latest()
    assert snapshot is not None
    own = Scope(buildings=frozenset({"B3"}))
    told = as_far_as_seen(answer, snapshot, own).rows[factor]
    assert [row.building_id for row in told] == ["B3"]
    assert as_far_as_seen(answer, snapshot, Scope.whole()).rows[factor] == rows


def test_several_days_are_scored_as_each_alone(office: Office, actor: Actor) -> None:
    days = [date(2026, 8, 26), date(2026, 11, 24)]  # a horizon apart: one begins where one ended
    alone = [office.scores.run(actor, as_of=day) for day in days]
    assert office.scores.run_days(actor, days) == alone


def test_what_several_days_share_is_worked_out_once(
    office: Office, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[datetime] = []

    def reading(source: Any, *, cut: Cuts) -> dict[datetime, pd.DataFrame]:
        read.extend(list_cuts(cut))
        return read_grids_at_each(source, cut=cut)

    monkeypatch.setattr(build, "read_grids_at_each", reading)
    office.scores.run_days(actor, [date(2026, 11, 24)] * 2)
    assert len(read) == len(set(read)) > 0


def test_a_score_made_while_the_clock_was_ahead_is_shown_by_nothing_once_it_is_right(
    tmp_path: Path, filled_folder: Path, actor: Actor
) -> None:
    now = [NOW]
    office = open_office(shutil.copytree(filled_folder, tmp_path / "o"), now=lambda: now[0])
    with closing(office):
        made = office.scores.run(actor).snapshot_id
        now[0] += timedelta(days=365)
        ahead = office.scores.run(actor).snapshot_id
        assert office.automatic_scoring.state(actor).snapshot_id == ahead
        now[0] = NOW
        assert office.automatic_scoring.state(actor).snapshot_id == made
        assert office.scores.snapshots(actor)["snapshot_id"].tolist() == [made]
        assert office.scores.explain(actor, "B3").snapshot_id == made
        assert list(office.scores.ahead(actor)) == [ahead]
        office.scores.take_back(actor, ahead)
        assert not office.scores.ahead(actor)


def test_a_day_that_has_not_come_is_not_scored(office: Office, actor: Actor) -> None:
    tomorrow = office.clock.today() + timedelta(days=1)
    for refused in (
        lambda: office.scores.run(actor, as_of=tomorrow),
        lambda: office.scores.run_days(actor, [office.clock.today(), tomorrow]),
    ):
        with pytest.raises(ScoreRefusedError) as error:
            refused()
        assert error.value.code == "score_in_future"
    assert office.scores.snapshots(actor).empty


def test_a_score_taken_back_leaves_the_one_before_it(scored: Office, actor: Actor) -> None:
    newest, before = scored.scores.snapshots(actor)["snapshot_id"]
    scored.scores.take_back(actor, newest)
    assert scored.scores.snapshots(actor)["snapshot_id"].tolist() == [before]
    with pytest.raises(SnapshotError):
        scored.scores.take_back(actor, newest)


def test_a_score_that_drift_is_measured_from_is_not_taken_back(
    scored: Office, actor: Actor
) -> None:
    pinned = scored.scores.snapshots(actor)["snapshot_id"].iloc[0]
    scored.monitoring.pin_reference(actor, pinned)
    with pytest.raises(ScoreRefusedError) as error:
        scored.scores.take_back(actor, pinned)
    assert error.value.code == "score_needed"
