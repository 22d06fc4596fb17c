from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from risk.config import RESULT_GONE, Caps, Evidence, ExposureRule, HalfLives, ScoreConfig
from risk.features import FeatureTable, build_features
from risk.find_rules import FindRules
from risk.scorecard import Scorecard
from risk.waiting import read_waiting

TABLES = ("complaints", "violations", "inspections", "rentals")
MASSES = (
    "complaints",
    "violations",
    "inspections_found",
    "inspections_not_found",
    "inspections_no_access",
    "rental_short_term",
)
COUNTS = (
    "complaint_reporters",
    "confirmed_events",
    "visits",
    "rental_business_tenant",
    "rental_shared_tenant",
)


def at(features: FeatureTable, building: str) -> pd.Series:
    return features.buildings.set_index("building_id").loc[building]


def assert_same(one: FeatureTable, other: FeatureTable) -> None:
    pd.testing.assert_frame_equal(one.buildings, other.buildings, check_exact=True)
    pd.testing.assert_frame_equal(one.unlocated, other.unlocated, check_exact=True)
    assert one.rows_nowhere == other.rows_nowhere


def plain_features(  # noqa: C901, PLR0912 -- an oracle is better read in one piece
    engine: Any, cut: datetime, config: ScoreConfig
) -> pd.DataFrame:
    """Work everything out row by row, the slow way, as an oracle."""
    lives, evidence = config.half_life_days, config.evidence
    rows = {
        name: [
            row
            for row in engine.tables[name].to_pylist()
            if row["learnt_at"] < cut and row["event_at"] < cut and row["building_id"]
        ]
        for name in TABLES
    }
    out: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(float))

    def left(moment: datetime, half_life: float) -> float:
        return float(2.0 ** (-((cut - moment) / timedelta(days=1)) / half_life))

    days: dict[tuple[str, str], dict[Any, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows["complaints"]:
        worth = row["match_score"] * evidence.complaint_nature.get(row["nature"], 1.0)
        if (row["closed_at"] or row["event_at"] + timedelta(days=60)) < cut:
            worth *= evidence.complaint_truth.get(row["is_true"], 1.0)
        worth *= left(row["event_at"], lives.complaints)
        by_day = days[(row["building_id"], row["reporter_key"] or "")]
        by_day[row["event_at"].date()] = max(by_day[row["event_at"].date()], worth)
    for (building, reporter), by_day in days.items():
        cap = config.caps.reporter if reporter else config.caps.unknown_reporters
        out[building]["complaints"] += min(sum(by_day.values()), cap)
        out[building]["complaint_reporters"] += 1
    decided: dict[str, int] = defaultdict(int)
    found: dict[str, int] = defaultdict(int)
    window = cut - timedelta(days=config.rate_window_days)
    for row in rows["violations"]:
        out[row["building_id"]]["violations"] += row["match_score"] * left(
            row["event_at"], lives.violations
        )
        decided[row["building_id"]] += row["event_at"] >= window
    for row in rows["inspections"]:
        facts, result = out[row["building_id"]], row["result"]
        facts["visits"] += 1
        found[row["building_id"]] += result == "属实" and row["event_at"] >= window
        for signal, worths, half_life in (
            ("inspections_found", evidence.found, lives.inspections_found),
            ("inspections_not_found", evidence.not_found, lives.inspections_not_found),
            ("inspections_no_access", evidence.no_access, lives.inspections_no_access),
        ):
            worth = worths.get(result, 0.0) * row["match_score"]
            facts[signal] += worth * left(row["event_at"], half_life)
    business: dict[str, set[str]] = defaultdict(set)
    shared: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows["rentals"]:
        running = row["end_date"] >= cut
        length = (row["end_date"] - row["start_date"]) / timedelta(days=1)
        if length <= evidence.short_term_days:
            ended = cut if running else row["end_date"]
            out[row["building_id"]]["rental_short_term"] += left(ended, lives.rental_short_term)
        if running and row["lessee_kind"] == "企业" and row["purpose"] == "居住":
            business[row["building_id"]].add(row["unit_id"])
        if running and row["lessee_key"]:
            shared[(row["building_id"], row["lessee_key"])].add(row["unit_id"])
    for building, units in business.items():
        out[building]["rental_business_tenant"] = len(units)
    for (building, _), units in shared.items():
        out[building]["rental_shared_tenant"] += len(units) - 1
    for building in {*decided, *found}:
        out[building]["confirmed_events"] = max(decided[building], found[building])
    return pd.DataFrame.from_dict(out, orient="index").reindex(columns=[*MASSES, *COUNTS])


@pytest.mark.parametrize("seed", [1, 2])
def test_the_engine_agrees_with_a_plain_loop_over_the_rows(
    random_engine: Callable[[int], Any], cut: datetime, seed: int
) -> None:
    config = ScoreConfig(
        half_life_days=HalfLives(complaints=50), caps=Caps(reporter=0.7, unknown_reporters=1.5)
    )
    engine = random_engine(seed)
    features = build_features(engine, cut=cut, config=config)
    plain = plain_features(engine, cut, config)
    plain = plain.reindex(features.buildings["building_id"]).fillna(0.0)
    for name in (*MASSES, *COUNTS):
        ours = features.buildings[name].to_numpy(float)
        np.testing.assert_allclose(ours, plain[name].to_numpy(float), atol=1e-7, err_msg=name)


def test_no_order_of_rows_changes_a_bit(
    random_engine: Callable[[int], Any], cut: datetime, config: ScoreConfig
) -> None:
    engine = random_engine(4)
    first = build_features(engine, cut=cut, config=config)
    for seed in range(2):
        again = engine.shuffled(np.random.default_rng(seed))
        assert_same(first, build_features(again, cut=cut, config=config))


@pytest.mark.parametrize(
    ("closed_at", "known_from"),
    [
        (datetime(2026, 11, 20), datetime(2026, 11, 20)),  # noqa: DTZ001 -- local and naive
        (None, datetime(2026, 12, 19)),  # noqa: DTZ001 -- 60 days later
    ],
)
def test_the_outcome_of_a_complaint_counts_once_it_was_closed(
    engine: Any, config: ScoreConfig, closed_at: datetime | None, known_from: datetime
) -> None:
    received = datetime(2026, 10, 20)  # noqa: DTZ001 -- as above
    row = {"building_id": "B5", "event_at": received, "closed_at": closed_at}
    offices = {
        truth: engine.with_rows("complaints", [row | {"is_true": truth}])
        for truth in ("属实", "不属实", None)
    }

    def features(truth: str | None, cut: datetime) -> FeatureTable:
        return build_features(offices[truth], cut=cut, config=config)

    for cut in (datetime(2026, 10, 29), known_from):  # noqa: DTZ001 -- as above
        for truth in ("属实", "不属实"):
            assert_same(features(truth, cut), features(None, cut))
            told = read_waiting(offices[truth], cut=cut, config=config, rules=FindRules())
            assert "B5" in told.index
    after = known_from + timedelta(seconds=1)
    masses = [at(features(truth, after), "B5")["complaints"] for truth in ("属实", "不属实")]
    assert masses[1] == pytest.approx(masses[0] * config.evidence.complaint_truth["不属实"])
    told = read_waiting(offices["属实"], cut=after, config=config, rules=FindRules())
    assert "B5" not in told.index


@pytest.mark.parametrize("late", ["learnt_at", "event_at"])
def test_no_row_learnt_or_happened_at_the_cut_or_later_is_used(
    engine: Any, baseline: FeatureTable, cut: datetime, config: ScoreConfig, late: str
) -> None:
    before = cut - timedelta(days=3)
    times = {"event_at": before, "learnt_at": before, "start_date": before, late: cut}
    planted = times | {"building_id": "B5", "result": "属实", "unit_id": "planted"}
    unlocated = planted | {"building_id": None, "h3_r10": "8a30a6c0a0effff"}
    for table in TABLES:
        engine = engine.with_rows(table, [planted, unlocated])
    assert_same(baseline, build_features(engine, cut=cut, config=config))


def test_the_same_rows_a_moment_earlier_are_used(
    engine: Any, cut: datetime, config: ScoreConfig
) -> None:
    moment = cut - timedelta(microseconds=1)
    row = {"building_id": "B5", "event_at": moment, "learnt_at": moment, "result": "属实"}
    for table in TABLES:
        engine = engine.with_rows(table, [row])
    seen = at(build_features(engine, cut=cut, config=config), "B5")
    assert seen["complaints"] == seen["violations"] == seen["inspections_found"] == 1
    assert seen["registered_units"] == 1


def test_an_event_of_unknown_time_counts_from_when_it_was_learnt(
    engine: Any, cut: datetime, config: ScoreConfig
) -> None:
    row = {"building_id": "B5", "learnt_at": cut - timedelta(days=365)}
    features = build_features(engine.with_rows("violations", [row]), cut=cut, config=config)
    assert at(features, "B5")["violations"] == 0.5


def test_what_is_not_there_any_more_raises_no_score_and_is_no_closed_door(
    engine: Any, cut: datetime, config: ScoreConfig
) -> None:
    row = {"building_id": "B5", "event_at": cut - timedelta(days=3)}

    def scored(*results: str) -> tuple[pd.Series, float]:
        office = engine.with_rows("inspections", [row | {"result": each} for each in results])
        features = build_features(office, cut=cut, config=config)
        scores = Scorecard.from_policy(features, config).score(features).buildings
        score = float(scores.loc[scores["building_id"] == "B5", "score"].item())
        return at(features, "B5"), score

    gone, score = scored(RESULT_GONE)
    signals = ["inspections_found", "inspections_not_found", "inspections_no_access"]
    assert gone[["visits", *signals]].tolist() == [1, 0, 0, 0]
    assert score <= scored()[1] < scored("无人")[1]


@pytest.mark.parametrize("name", ["found", "no_access"])
def test_policy_may_not_make_it_evidence_that_something_is_gone(name: str) -> None:
    with pytest.raises(ValidationError, match="gone_is_no_evidence"):
        Evidence(**{name: {RESULT_GONE: 0.5}})


def test_a_building_without_events_is_there_with_nothing(
    baseline: FeatureTable,
) -> None:
    row = at(baseline, "B6")
    assert [row[name] for name in (*MASSES, *COUNTS)] == [0] * len((*MASSES, *COUNTS))
    assert np.isnan(row["days_since_visit"])
    assert row["unvisited"] == 1


def test_one_reporter_who_calls_every_day_counts_no_more_than_his_cap(
    engine: Any, cut: datetime, config: ScoreConfig
) -> None:
    calls = [
        {"building_id": "B5", "event_at": cut - timedelta(days=day), "reporter_key": "loud"}
        for day in range(1, 60)
    ]
    features = build_features(engine.with_rows("complaints", calls), cut=cut, config=config)
    assert at(features, "B5")["complaints"] == config.caps.reporter
    assert at(features, "B5")["complaint_report_days"] == 59


def test_reports_without_a_reporter_share_one_cap(
    engine: Any, cut: datetime, config: ScoreConfig
) -> None:
    calls = [{"building_id": "B5", "event_at": cut - timedelta(days=d)} for d in range(1, 60)]
    features = build_features(engine.with_rows("complaints", calls), cut=cut, config=config)
    assert at(features, "B5")["complaints"] == config.caps.unknown_reporters


def test_several_tickets_of_one_reporter_on_one_day_are_one_report(
    engine: Any, cut: datetime, config: ScoreConfig
) -> None:
    calls = [
        {"building_id": "B5", "event_at": cut - timedelta(hours=hour), "reporter_key": "r"}
        for hour in (1, 2, 3)
    ]
    features = build_features(engine.with_rows("complaints", calls), cut=cut, config=config)
    assert at(features, "B5")["complaints"] == pytest.approx(2 ** (-1 / 24 / 90), abs=1e-9)


def test_a_chaser_of_a_known_ticket_and_a_marked_duplicate_say_nothing_new(
    engine: Any, cut: datetime, config: ScoreConfig
) -> None:
    day = timedelta(days=1)
    first = {"building_id": "B5", "event_at": cut - 9 * day, "ticket_no": "T1", "row_key": "T1"}
    chaser = first | {"event_at": cut - day, "ticket_no": "T2", "related_ticket": "T1"}
    marked = first | {"event_at": cut - 2 * day, "ticket_no": "T3", "status": "重复件"}
    alone = build_features(engine.with_rows("complaints", [first]), cut=cut, config=config)
    added = engine.with_rows("complaints", [first, chaser, marked])
    assert_same(alone, build_features(added, cut=cut, config=config))


@pytest.mark.parametrize("related", ["T9", "T1"])
def test_a_ticket_related_to_one_never_seen_or_to_itself_counts(
    engine: Any, cut: datetime, config: ScoreConfig, related: str
) -> None:
    row = {"building_id": "B5", "event_at": cut - timedelta(days=1), "ticket_no": "T1"}
    row |= {"related_ticket": related}
    features = build_features(engine.with_rows("complaints", [row]), cut=cut, config=config)
    assert at(features, "B5")["complaints"] > 0.9


def test_a_complaint_counts_as_surely_as_it_was_placed(
    baseline: FeatureTable,
) -> None:
    assert at(baseline, "B2")["complaints"] == pytest.approx(0.8 / 2, abs=1e-9)


def test_channels_and_categories_can_be_weighted(engine: Any, cut: datetime) -> None:
    config = ScoreConfig(
        evidence=Evidence(complaint_source={"媒体": 0.5}, complaint_category={"噪音": 0.5})
    )
    row = {"building_id": "B5", "event_at": cut, "learnt_at": cut - timedelta(days=1)}
    row |= {"event_at": cut - timedelta(microseconds=1), "source": "媒体", "category": "噪音"}
    features = build_features(engine.with_rows("complaints", [row]), cut=cut, config=config)
    assert at(features, "B5")["complaints"] == pytest.approx(0.25)


def test_what_is_known_to_a_cell_only_stays_out_of_every_building(
    baseline: FeatureTable,
) -> None:
    unlocated = baseline.unlocated
    assert (unlocated["h3_r10"] != "").tolist() == [False, True]
    assert unlocated["complaints"].gt(0.9).all()
    assert unlocated["community_code"].tolist() == ["370902001002"] * 2


def test_a_row_sure_of_no_place_is_counted_as_nowhere(
    baseline: FeatureTable,
) -> None:
    nowhere = baseline.rows_nowhere
    assert nowhere["complaints"] == pytest.approx(2 ** (-7 / 90), abs=1e-9)


def test_a_row_of_a_building_that_the_register_does_not_know_counts_in_its_cell(
    engine: Any, cut: datetime, config: ScoreConfig
) -> None:
    cell = "8a30a6c0a387fff"
    row = {"building_id": "gone", "h3_r10": cell, "event_at": cut - timedelta(days=1)}
    features = build_features(engine.with_rows("violations", [row]), cut=cut, config=config)
    assert features.unlocated.set_index("h3_r10").loc[cell, "violations"] > 0.9


def test_a_licence_counts_only_after_its_first_inspection_where_the_register_demands_it(
    engine: Any, cut: datetime
) -> None:
    config = ScoreConfig(exposure=ExposureRule(counts_after_first_inspection=True))
    seen = {"building_id": "B1", "unit_id": "B1-2", "event_at": cut - timedelta(days=1)}
    never = build_features(engine, cut=cut, config=config)
    once = build_features(engine.with_rows("inspections", [seen]), cut=cut, config=config)
    assert np.isnan(at(never, "B1")["registered_units"])
    assert at(once, "B1")["registered_units"] == 1


def test_an_end_date_written_in_later_can_be_left_unread(
    engine: Any, baseline: FeatureTable, cut: datetime
) -> None:
    wary = ScoreConfig(exposure=ExposureRule(trust_end_date=False))
    assert at(baseline, "B4")["registered_units"] == 0
    assert at(build_features(engine, cut=cut, config=wary), "B4")["registered_units"] == 1


def test_rented_dwellings_of_the_register_stand_in_where_no_lease_is_filed(
    engine: Any, cut: datetime, config: ScoreConfig
) -> None:
    row = {"building_id": "B9", "household_count": 10, "rental_count": 4}
    features = build_features(engine.with_rows("buildings", [row]), cut=cut, config=config)
    assert at(features, "B9")["registered_units"] == 4


def test_an_empty_office_has_no_features(engine: Any, cut: datetime, config: ScoreConfig) -> None:
    empty = type(engine)({})
    features = build_features(empty, cut=cut, config=config)
    assert features.buildings.empty
    assert features.unlocated.empty


class SparkEngine:
    def __init__(self, session: Any, engine: Any, folder: Path) -> None:
        import ibis

        connection = ibis.pyspark.connect(session)
        self.views = {}
        for name, table in engine.tables.items():
            pq.write_table(table, folder / f"{name}.parquet")
            self.views[name] = connection.read_parquet(str(folder / f"{name}.parquet"))

    def table(self, name: str, *, cut: datetime | None = None) -> Any:  # noqa: ARG002 -- uncut
        return self.views[name]


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")  # pyspark 4.0 itself warns with pandas 3
def test_duckdb_and_spark_give_the_same_features(
    spark: Any,
    random_engine: Callable[[int], Any],
    cut: datetime,
    config: ScoreConfig,
    tmp_path: Path,
) -> None:
    engine = random_engine(5)
    ours = build_features(engine, cut=cut, config=config)
    theirs = build_features(SparkEngine(spark, engine, tmp_path), cut=cut, config=config)
    pd.testing.assert_frame_equal(ours.buildings, theirs.buildings, rtol=1e-9, atol=1e-9)
    pd.testing.assert_frame_equal(ours.unlocated, theirs.unlocated, rtol=1e-9, atol=1e-9)
