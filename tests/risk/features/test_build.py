from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from risk.config.score import RESULT_GONE, Caps, Evidence, ExposureRule, HalfLives, ScoreConfig
from risk.events.open_reports import read_waiting
from risk.features.build import FeatureTable, build_features
from risk.scoring.score_as_of import score_as_of
from tests.risk.conftest import CUT, in_buildings

TABLES = ("complaints", "violations", "inspections", "rentals", "adverts")
MASSES = (
    "complaints",
    "adverts",
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


def ago(**span: float) -> datetime:
    return CUT - timedelta(**span)


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
    offers: dict[tuple[str, str], float] = defaultdict(float)
    for row in filter(lambda row: row["tutoring"], rows["adverts"]):
        worth = row["match_score"] * evidence.advert_kind.get(row["kind"], 1.0)
        offer = (row["building_id"], row["contact_key"] or "")
        offers[offer] = max(offers[offer], worth * left(row["event_at"], lives.adverts))
    for (building, _), worth in offers.items():
        out[building]["adverts"] += worth
    decided: dict[str, list[datetime]] = defaultdict(list)
    found: dict[str, list[datetime]] = defaultdict(list)
    window = cut - timedelta(days=config.rate_window_days)
    for row in rows["violations"]:
        out[row["building_id"]]["violations"] += row["match_score"] * left(
            row["event_at"], lives.violations
        )
        decided[row["building_id"]].append(row["event_at"])
    for row in rows["inspections"]:
        facts, result = out[row["building_id"]], row["result"]
        facts["visits"] += 1
        found[row["building_id"]] += [row["event_at"]] if result == "属实" else []
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
        finds = found[building]
        own = [at for at in decided[building] if not any(
            find.date() <= at.date() and at <= find + timedelta(days=90) for find in finds
        )]  # fmt: skip
        out[building]["confirmed_events"] = sum(at >= window for at in finds + own)
    return pd.DataFrame.from_dict(out, orient="index").reindex(columns=[*MASSES, *COUNTS])


@pytest.mark.parametrize("seed", [1])
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
    again = engine.shuffled(np.random.default_rng(0))
    assert_same(first, build_features(again, cut=cut, config=config))


DAYS = [ago(days=day) for day in range(1, 60)]
MOMENT = ago(microseconds=1)
SENT = {"imported_at": MOMENT}

FIND, DECISION = {"result": "属实"}, {"event_at": ago(days=10)}
TICKET = {"event_at": ago(days=9), "ticket_no": "T1"}
CASES: dict[str, tuple[dict[str, list[dict[str, Any]]], dict[str, float]]] = {
    "one reporter who calls every day counts no more than the cap": (
        {"complaints": [{"event_at": day, "reporter_key": "loud"} for day in DAYS]},
        {"complaints": Caps().reporter, "complaint_report_days": 59, "complaint_reporters": 1},
    ),
    "reports without a reporter share one cap": (
        {"complaints": [{"event_at": day} for day in DAYS]},
        {"complaints": Caps().unknown_reporters},
    ),
    "adverts of one contact are one offer, and so are all of nobody known": (
        {
            "adverts": [
                *({"event_at": MOMENT, "contact_key": key} for key in ("c1", "c1", "c2")),
                *({"event_at": MOMENT} for _ in range(3)),
            ]
        },
        {"adverts": 3},
    ),
    "an advert that is no tutoring's says nothing": (
        {"adverts": [{"event_at": MOMENT, "tutoring": False}]},
        {"adverts": 0},
    ),
    "several tickets of one reporter on one day are one report": (
        {"complaints": [{"event_at": ago(hours=n), "reporter_key": "r"} for n in (1, 2, 3)]},
        {"complaints": 2 ** (-1 / 24 / 90)},
    ),
    "a chaser of a known ticket and a marked duplicate say nothing new": (
        {
            "complaints": [
                TICKET,
                TICKET
                | {"event_at": ago(days=1), "ticket_no": "T2", "related_ticket": "T1"}
                | SENT,
                TICKET | {"event_at": ago(days=2), "ticket_no": "T3", "status": "重复件"} | SENT,
            ]
        },
        {"complaints": 2 ** (-9 / 90), "complaint_report_days": 1},
    ),
    "a ticket related to one never seen counts": (
        {"complaints": [{"event_at": MOMENT, "ticket_no": "T4", "related_ticket": "T9"}]},
        {"complaints": 1},
    ),
    "a ticket related to itself counts": (
        {"complaints": [{"event_at": MOMENT, "ticket_no": "T5", "related_ticket": "T5"}]},
        {"complaints": 1},
    ),
    "what happened a moment before the cut is used": (
        {name: [{"event_at": MOMENT, "result": "属实"}] for name in TABLES},
        {"complaints": 1, "violations": 1, "inspections_found": 1, "registered_units": 1},
    ),
    "a find and the decision that follows it are one event": (
        {"inspections": [FIND | {"event_at": ago(days=40)}], "violations": [DECISION]},
        {"confirmed_events": 1, "violations": 2 ** (-10 / 365)},
    ),
    "a decision that follows no find of late is an event of its own": (
        {"inspections": [FIND | {"event_at": ago(days=101)}], "violations": [DECISION]},
        {"confirmed_events": 2},
    ),
    "what is found after a decision is another event": (
        {"inspections": [FIND | {"event_at": ago(days=9)}], "violations": [DECISION]},
        {"confirmed_events": 2},
    ),
    "an event of unknown time counts from when it was learnt": (
        {"violations": [{"learnt_at": ago(days=365)}]},
        {"violations": 0.5},
    ),
    "what is not there any more is no find and no closed door": (
        {"inspections": [{"event_at": ago(days=3), "result": RESULT_GONE}]},
        {"visits": 1} | dict.fromkeys(MASSES, 0),
    ),
    "rented dwellings of the register stand in where no lease is filed": (
        {"buildings": [{"household_count": 10, "rental_count": 4}]},
        {"registered_units": 4},
    ),
}


@pytest.fixture(scope="module")
def planted(engine: Any, config: ScoreConfig) -> pd.DataFrame:
    """Return the features of one building per case, all of one office: asking takes long."""
    office, ids = in_buildings(engine, [rows for rows, _ in CASES.values()])
    features = build_features(office, cut=CUT, config=config).buildings
    return features.set_index("building_id").loc[ids].set_axis(list(CASES))


@pytest.mark.parametrize("case", CASES)
def test_what_a_building_reads(planted: pd.DataFrame, case: str) -> None:
    expected = pd.Series(CASES[case][1], dtype=float)
    seen = planted.loc[case, expected.index].astype(float)
    assert seen.tolist() == pytest.approx(expected.tolist(), abs=1e-9)


def test_what_is_not_there_any_more_raises_no_score(engine: Any, config: ScoreConfig) -> None:
    visits = [[], [RESULT_GONE], ["无人"]]
    office, ids = in_buildings(
        engine,
        [{"inspections": [{"event_at": ago(days=3), "result": each} for each in results]}
         for results in visits],
    )  # fmt: skip
    scored = score_as_of(office, cut=CUT, config=config).buildings
    never, gone, closed = scored.set_index("building_id").loc[ids, "score"]
    assert gone <= never < closed


@pytest.mark.parametrize(
    ("closed", "known_from"),
    [
        (True, datetime(2026, 11, 20)),  # noqa: DTZ001 -- local and naive
        (False, datetime(2026, 12, 19)),  # noqa: DTZ001 -- 60 days later
    ],
)
def test_the_outcome_of_a_complaint_counts_once_it_was_closed(
    engine: Any, config: ScoreConfig, *, closed: bool, known_from: datetime
) -> None:
    received = datetime(2026, 10, 20)  # noqa: DTZ001 -- as above
    row = {"event_at": received, "closed_at": known_from if closed else None}
    office, ids = in_buildings(
        engine, [{"complaints": [row | {"is_true": truth}]} for truth in ("属实", "不属实")]
    )
    for cut, ratio in ((received + timedelta(days=9), 1.0), (known_from, 1.0),
                       (known_from + timedelta(seconds=1), 0.25)):  # fmt: skip
        features = build_features(office, cut=cut, config=config).buildings
        found, none = features.set_index("building_id").loc[ids, "complaints"]
        assert none == pytest.approx(found * ratio)
        waiting = read_waiting(office, cut=cut, config=config).index
        assert set(ids) <= set(waiting) if ratio == 1 else not set(ids) & set(waiting)


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


@pytest.mark.parametrize("name", ["found", "no_access"])
def test_policy_may_not_make_it_evidence_that_something_is_gone(name: str) -> None:
    with pytest.raises(ValidationError, match="gone_is_no_evidence"):
        Evidence(**{name: {RESULT_GONE: 0.5}})


def test_a_building_without_events_is_there_with_nothing(
    baseline: FeatureTable,
) -> None:
    row = at(baseline, "B6")
    kept = set(MASSES) - {"adverts"}  # the office keeps none
    assert set(row[[*kept, *COUNTS]]) == {0}
    assert "adverts" not in row
    assert np.isnan(row["days_since_visit"])


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
