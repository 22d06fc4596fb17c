"""Every kind of simulated office is what it says, and its truth is what its data came from."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from data.contracts.model import Kind
from data.contracts.registry import TABLES
from risk.config.score import ScoreConfig
from risk.features.build import build_features
from risk.scoring.run import cut_after
from simulation.city.city import CityPlan, build_city
from simulation.offices.kinds import KINDS, RANDOM, STREET, OfficeKind
from simulation.offices.office import TODAY, SimulatedOffice, make_office
from simulation.offices.tables import grade_visits
from simulation.sources import SOURCE_TABLES, source_schema
from simulation.truth.history import simulate_town
from simulation.truth.inspections import patrol_brings

MIDDLE = TODAY - timedelta(days=200)
FOUND, NOTHING = "属实", "未发现异常"
DEMONSTRATION = "ccfd5febcfbb7e01b1e26cd7f3fc1bda001b08b0ba0bcc762c4d567250655af7"
"""SHA-256 of sites, reports and visits of the demonstration at 60 buildings, as CSV."""


@pytest.fixture(scope="session")
def office() -> Callable[[str], SimulatedOffice]:
    made: dict[str, SimulatedOffice] = {}

    def make(kind: str) -> SimulatedOffice:
        if kind not in made:
            made[kind] = make_office(kind, seed=5, buildings=1_000)
        return made[kind]

    return make


Make = Callable[[str], SimulatedOffice]
EVERY = pytest.mark.parametrize("kind", list(KINDS))
RATES = pytest.mark.parametrize("kind", ["graded", "quiet", "random"])


def rows(office: SimulatedOffice, name: str = "inspections") -> pd.DataFrame:
    return office.tables[name].to_pandas()


def visited(office: SimulatedOffice) -> pd.DataFrame:
    """Return the visits that got in, each with the truth of it."""
    seen = rows(office).merge(office.truth.visits.drop(columns="day"), on="row_key")
    return seen[seen["result"].isin([FOUND, NOTHING])]


@EVERY
def test_the_same_seed_gives_the_same_rows_and_the_same_truth(kind: str, office: Make) -> None:
    one, again = office(kind), make_office(kind, seed=5, buildings=1_000)
    assert one.tables == again.tables
    pd.testing.assert_frame_equal(one.truth.at(MIDDLE), again.truth.at(MIDDLE))
    pd.testing.assert_frame_equal(one.truth.visits, again.truth.visits)


def test_another_seed_gives_another_town(office: Make) -> None:
    other = make_office("random", seed=6, buildings=1_000)
    assert other.tables["buildings"] != office("random").tables["buildings"]
    assert not other.truth.at(MIDDLE)["rate"].equals(office("random").truth.at(MIDDLE)["rate"])


@EVERY
def test_an_office_has_the_tables_and_columns_that_an_engine_gives(kind: str, office: Make) -> None:
    made = office(kind)
    for name in SOURCE_TABLES:
        assert made.source.table(name).columns == tuple(source_schema(name))
    assert set(made.tables) <= set(SOURCE_TABLES)
    assert made.source.table("buildings").count().execute() == 1_000


@EVERY
def test_every_row_stands_in_a_building_of_the_register_and_in_the_time_told_of(
    kind: str, office: Make
) -> None:
    made = office(kind)
    known = set(rows(made, "buildings")["building_id"])
    for name in set(made.tables) - {"buildings", "grids"}:
        table = rows(made, name)
        assert set(table["building_id"]) <= known
        assert table["row_key"].is_unique
        assert (table["event_at"] >= pd.Timestamp(made.first)).all()
        assert (table["learnt_at"] < pd.Timestamp(made.today)).all()


@EVERY
def test_every_word_is_one_that_the_contract_knows(kind: str, office: Make) -> None:
    for name, table in office(kind).tables.items():
        for field in TABLES[name].stored:
            worded = field.vocabulary is not None and field.kind is not Kind.GRADE
            if worded and field.name in table.column_names:
                seen = set(table[field.name].to_pandas().dropna()) - {""}
                assert seen <= set(field.vocabulary.values), (name, field.name)


@EVERY
def test_a_source_hides_what_was_learnt_after_the_cut(kind: str, office: Make) -> None:
    made, cut = office(kind), cut_after(MIDDLE)
    learnt = made.source.table("inspections", cut=cut)["learnt_at"]
    assert learnt.max().execute() < pd.Timestamp(cut)
    assert 0 < learnt.count().execute() < made.tables["inspections"].num_rows


@EVERY
def test_the_product_reads_every_kind_of_office(kind: str, office: Make) -> None:
    made = office(kind)
    features = build_features(made.source, cut=cut_after(MIDDLE), config=ScoreConfig())
    assert len(features.buildings) == 1_000
    assert features.buildings["visits"].sum() > 0


@RATES
def test_visits_find_as_often_as_the_truth_says_among_low_and_high_rates(kind: str) -> None:
    made = make_office(kind, seed=6, buildings=2_000)
    seen = visited(made)
    chance = -np.expm1(-(seen["effort"] * seen["rate"]))
    found = (seen["result"] == FOUND).to_numpy()
    halves = chance > chance.quantile(0.8)
    for part in (halves, ~halves):
        expected, count = chance[part].sum(), found[part].sum()
        spread = np.sqrt((chance[part] * (1 - chance[part])).sum())
        assert abs(count - expected) < 4 * spread


@pytest.mark.parametrize("kind", ["graded", "random"])
def test_whether_a_door_opens_has_nothing_to_do_with_what_is_behind_it(
    kind: str, office: Make
) -> None:
    made = office(kind)
    truth = made.truth.visits
    shut = ~rows(made)["result"].isin([FOUND, NOTHING]).to_numpy()
    worst = (truth["rate"] > truth["rate"].quantile(0.9)).to_numpy()
    share = made.kind.behaviour.closed_doors
    spread = np.sqrt(share * (1 - share) / worst.sum())
    assert abs(shut[worst].mean() - share) < 3 * spread


@RATES
def test_the_truth_of_a_visit_is_the_truth_of_its_place_on_its_day(kind: str, office: Make) -> None:
    made = office(kind)
    visits = made.truth.visits
    for day in visits["day"].dt.date.unique()[::60]:
        then = visits[visits["day"] == pd.Timestamp(day)]
        expected = made.truth.at(day)["rate"].to_numpy()[then["place"]]
        assert then["rate"].to_numpy() == pytest.approx(expected)


def test_the_truth_of_a_building_is_the_sum_of_its_places(office: Make) -> None:
    made = office("graded")
    units, buildings = made.truth.at(MIDDLE), made.truth.buildings_at(MIDDLE)
    assert units["unit_id"].is_unique
    assert len(buildings) == 1_000
    assert buildings["rate"].sum() == pytest.approx(units["rate"].sum())
    assert buildings["finds"].sum() == pytest.approx(units["chance"].sum())
    several = units.groupby("building_id")["chance"].agg(lambda part: 1 - np.prod(1 - part))
    named = buildings.set_index("building_id")["chance"]
    assert named[several.index].to_numpy() == pytest.approx(several.to_numpy())
    assert (named.drop(several.index) == 0).all()


@pytest.mark.parametrize("days", [-1, 156 * 7])
def test_there_is_no_truth_of_a_day_that_is_not_told_of(days: int, office: Make) -> None:
    made = office("graded")
    with pytest.raises(ValueError, match="day must be from"):
        made.truth.at(made.first + timedelta(days=days))


def test_random_visits_regard_neither_the_rate_of_a_place_nor_how_many_live_there() -> None:
    made = make_office("random", seed=7, buildings=3_000)
    assert 2_600 < made.tables["inspections"].num_rows < 3_400
    assert set(rows(made)["purpose"]) == {"随机抽查"}
    count = np.bincount(made.truth.visits["place"], minlength=3_000)
    rate = made.truth.at(MIDDLE)["rate"]
    assert abs(stats.spearmanr(count, rate).statistic) < 4 / np.sqrt(3_000)
    homes = rows(made, "buildings")["household_count"]
    assert abs(stats.spearmanr(count, homes).statistic) < 4 / np.sqrt(3_000)


@pytest.mark.parametrize("kind", ["graded", "random"])
def test_where_there_is_no_register_of_complaints_or_leases_no_row_tells_of_any(
    kind: str, office: Make
) -> None:
    for name in ("complaints", "rentals"):
        assert office(kind).source.table(name).count().execute() == 0


def test_a_graded_visit_has_a_grade_and_counts_and_a_find_is_a_critical_problem(
    office: Make,
) -> None:
    made = office("graded")
    table = rows(made)
    degree = table[["grade", "critical_count", "other_count"]]
    inside = table["result"].isin([FOUND, NOTHING])
    assert degree[inside].notna().all(axis=None)
    assert degree[~inside].isna().all(axis=None)
    assert table["grade"].dropna().between(0, 100).all()
    assert ((table["critical_count"] > 0) == (table["result"] == FOUND))[inside].all()
    assert set(table["purpose"]) == {"例行巡查", "投诉核查", "回头看"}


def test_the_higher_the_rate_the_lower_the_grade_on_average_and_among_visits_of_one_result(
    office: Make,
) -> None:
    seen = visited(office("graded")).query("purpose == '例行巡查'")
    for part in (seen, seen[seen["result"] == NOTHING]):
        fifth = pd.qcut(part["rate"], 5, labels=False)
        assert part.groupby(fifth)["grade"].mean().is_monotonic_decreasing


def test_critical_problems_are_as_many_as_the_rate() -> None:
    rng = np.random.default_rng(4)
    rate = np.repeat([0.05, 0.5, 3.0], 20_000)
    found = rng.random(len(rate)) < -np.expm1(-rate)
    degree = grade_visits(rate, found=found, looked=np.ones(len(rate), dtype=bool), rng=rng)
    mean = degree["critical_count"].groupby(rate).mean()
    assert mean.to_numpy() == pytest.approx(mean.index.to_numpy(), rel=0.06)
    assert degree["grade"].groupby(rate).mean().is_monotonic_decreasing


def test_grades_are_of_units_and_the_units_of_visits_are_those_of_the_truth(office: Make) -> None:
    made = office("graded")
    place = made.truth.places.loc[made.truth.visits["place"]].reset_index(drop=True)
    table = rows(made)
    for name in ("unit_id", "building_id", "party_key", "place_kind"):
        assert (table[name] == place[name]).all()
    assert table.groupby("party_key")["unit_id"].nunique().max() > 1
    assert table.groupby("building_id")["unit_id"].nunique().max() > 1


def test_a_rota_leaves_no_licence_unvisited_for_long(office: Make) -> None:
    made = office("graded")
    routine = made.truth.visits.query("reason == 'patrol'")
    assert set(routine["place"]) == set(range(len(made.truth.places)))
    gaps = routine.sort_values(["place", "day"]).groupby("place")["day"].diff().dt.days.dropna()
    assert gaps.quantile(0.99) < 2 * 7 * 1_000 / 26


def test_where_hardly_anybody_visits_complaints_rank_communities_by_reporting_not_by_rate() -> None:
    made = make_office("quiet", seed=8, buildings=6_000)
    visits, complaints = rows(made), rows(made, "complaints")
    assert 120 < len(visits) < 420
    assert len(complaints) > 20 * len(visits)
    told = complaints["community_code"].value_counts()
    truth = made.truth.at(MIDDLE).groupby("community_code")["rate"].mean()
    communities = made.truth.communities.set_index("community_code").assign(told=told, rate=truth)
    assert stats.spearmanr(communities["told"], communities["reporting"]).statistic > 0.75
    assert stats.spearmanr(communities["told"], communities["rate"]).statistic < 0.5
    true = made.truth.town.reports.query("about == 0")["building"]
    place = made.truth.places["community_code"]
    each = place[true].value_counts() / made.truth.at(MIDDLE)["rate"].groupby(place).sum()
    ranks = stats.spearmanr(each[communities.index], communities["reporting"])
    assert ranks.statistic > 0.8
    bound = 4 / np.sqrt(len(communities))
    assert abs(stats.spearmanr(communities["reporting"], communities["rate"]).statistic) < bound


def test_complaints_tell_of_the_rate_within_a_community(office: Make) -> None:
    made = office("quiet")
    truth = made.truth.at(MIDDLE).set_index("building_id")
    told = rows(made, "complaints")["building_id"].value_counts()
    both = truth.assign(told=told).fillna({"told": 0})
    ranks = both.groupby("community_code")[["told", "rate"]].rank()
    assert stats.spearmanr(ranks["told"], ranks["rate"]).statistic > 0.3


def test_a_street_office_is_the_demonstration_of_its_seed_before_its_files_are_untidy() -> None:
    made = make_office("street", seed=20_261_124, buildings=60)
    layout, living, *_ = np.random.SeedSequence(20_261_124).spawn(4)
    city = build_city(CityPlan(buildings=60, seed=20_261_124), rng=np.random.default_rng(layout))
    town = simulate_town(city, start=made.first, rng=np.random.default_rng(living))
    visits = made.truth.visits
    assert (visits["day"] == town.moments(town.visits["day"])).all()
    assert (visits["place"] == town.visits["building"]).all()


def test_the_street_s_truth_ranks_where_sites_stand_and_expects_as_many_as_there_are(
    office: Make,
) -> None:
    made = office("street")
    truth = made.truth.at(MIDDLE)
    there = truth["present"].to_numpy()
    expected = truth["chance"].sum() / 0.45
    assert abs(there.sum() - expected) < 4 * np.sqrt(expected)
    ranks = stats.rankdata(truth["chance"])
    area = (ranks[there].mean() - (there.sum() + 1) / 2) / (~there).sum()
    assert area > 0.75


def test_a_patrol_of_a_street_brings_what_its_truth_says_where_a_site_is_and_where_none_is(
    office: Make,
) -> None:
    visits = office("street").truth.town.visits
    got_in = visits["result"].isin([0, 1, 2])  # nothing, a suspicion, a find
    patrols = visits[(visits["reason"] == 0) & got_in]
    brings = patrols["result"].map({0: 0.0, 1: 0.4, 2: 1.0})
    looked = np.where(patrols["night"], 1.0, 0.7)
    for there in (False, True):
        at = ((patrols["site"] >= 0) == there).to_numpy()
        told = -np.log1p(-patrol_brings(np.array([float(there)]), suspicion=0.4)[0])
        spread = np.sqrt((brings[at] ** 2).sum()) / looked[at].sum()
        assert abs(brings[at].sum() / looked[at].sum() - told) < 3 * spread


def test_of_a_street_the_truth_of_usual_visits_is_milder_and_elsewhere_the_same(
    office: Make,
) -> None:
    street = office("street").truth.buildings_at(MIDDLE, suspicion=0.4)
    assert (np.argsort(street["usual"], kind="stable")
            == np.argsort(street["counted"], kind="stable")).all()  # fmt: skip
    high = street["chance"] > street["chance"].quantile(0.9)
    assert (street["usual"] < street["counted"])[high].all()
    graded = office("graded").truth.buildings_at(MIDDLE, suspicion=0.4)
    assert (graded["usual"] == graded["counted"]).all()


def test_the_demonstration_lives_through_the_same_two_years_as_ever() -> None:
    layout, living = np.random.SeedSequence(20_261_124).spawn(4)[:2]
    plan = CityPlan(buildings=60, seed=20_261_124)
    city = build_city(plan, rng=np.random.default_rng(layout))
    town = simulate_town(city, start=date(2024, 11, 26), rng=np.random.default_rng(living))
    digest = hashlib.sha256()
    for frame in (town.sites, town.reports, town.visits):
        digest.update(frame.to_csv(index=False, lineterminator="\n").encode())
    assert digest.hexdigest() == DEMONSTRATION


@pytest.mark.parametrize("kind", [STREET, RANDOM])
def test_a_kind_of_one_s_own_is_simulated_like_any_other(kind: OfficeKind) -> None:
    busy = replace(kind, behaviour=kind.behaviour._replace(spot_checks=40.0, weeks=26))
    made = make_office(busy, buildings=100)
    assert (made.today - made.first).days == 182
    drawn = rows(made).query("purpose == '随机抽查'")
    assert 60 < len(drawn) < 150
    for name in set(made.tables) - {"buildings", "grids"}:
        assert (rows(made, name)["learnt_at"] < pd.Timestamp(made.today)).all()
    assert len(made.truth.at(TODAY - timedelta(days=1))) == 100


def test_a_kind_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="kind must be one of street, graded, quiet, random"):
        make_office("loud")
