"""The rules of the simulated two years: what a policy may know, what it may spend, what is told."""

import gc
from dataclasses import replace
from types import FunctionType, ModuleType

import numpy as np
import pandas as pd
import pytest

from benchmarks.patrols.patrol_simulation import POLICIES, VARIANTS, make_policy
from data.contracts.vocabulary import PURPOSE_OF_ORIGIN
from simulation.patrols.dispatch import LIST, RANDOM, Policy, TooMuchError, refuse_too_much
from simulation.patrols.measures import MEASURES, WAITS, compare, measure, summarise
from simulation.patrols.office import Office, Scene
from simulation.patrols.plan import OurPlan
from simulation.patrols.policies import AtRandom, LastComplaint, NearestFirst, RoundRobin
from simulation.patrols.town import Record, simulate
from simulation.truth.history import Truth
from simulation.truth.inspections import FOUND
from simulation.truth.sites import Town

SCENE = Scene(buildings=150, weeks=6, teams=1, movers=6)
FORBIDDEN = (Town, Truth)


class Given:
    """Visits given buildings, and keeps what it was told."""

    name = "given"

    def __init__(self, buildings: range, *, minutes: int = 12, arm: str = LIST) -> None:
        """Go to these, in this order, in the first shift of every week."""
        self.stops = pd.DataFrame({"shift": 0, "place": range(len(buildings)),
                                   "building": buildings, "arm": arm, "minutes": minutes,
                                   "chance": np.nan})  # fmt: skip
        self.seen: list[tuple[int, pd.DataFrame]] = []

    def plan(self, office: Office, day: int) -> pd.DataFrame:
        """Return the visits."""
        self.seen.append((day, office.reports))
        return self.stops


@pytest.fixture(scope="module")
def given() -> tuple[Given, Record]:
    """Return a policy that goes to six buildings, half of all in the random arm, and its record."""
    policy = Given(range(6), arm=RANDOM)
    return policy, simulate(SCENE, policy, seed=3)


@pytest.fixture(scope="module")
def simple() -> dict[str, Record]:
    """Return what came of the same town under the policies that learn nothing."""
    policies: list[Policy] = [AtRandom(), RoundRobin(), NearestFirst(), LastComplaint()]
    return {policy.name: simulate(SCENE, policy, seed=3) for policy in policies}


class TwiceOurs(OurPlan):
    """Makes every plan a second time, and compares."""

    def plan(self, office: Office, day: int) -> pd.DataFrame:
        """Return the first."""
        first, again = super().plan(office, day), super().plan(office, day)
        pd.testing.assert_frame_equal(first, again)
        return first


def reachable(root: object) -> list[object]:
    """Return every object that can be reached from one, short of code."""
    seen, waiting, found = {id(root)}, [root], [root]
    while waiting:
        for item in gc.get_referents(waiting.pop()):
            if id(item) not in seen and not isinstance(item, type | ModuleType | FunctionType):
                seen.add(id(item))
                waiting.append(item)
                found.append(item)
    return found


def test_no_policy_can_reach_the_truth_from_what_it_is_told(given: tuple[Given, Record]) -> None:
    record = given[1]
    assert not [item for item in reachable(record.office) if isinstance(item, FORBIDDEN)]
    assert [item for item in reachable(record) if isinstance(item, FORBIDDEN)]


def test_the_office_is_not_measures_sites_nor_which_complaints_are_true(
    given: tuple[Given, Record],
) -> None:
    office = given[1].office
    assert set(office.reports) == {"day", "building", "tutoring", "reporter"}
    assert not {"site", "eye", "true", "about"} & {*office.visits, *office.leases}
    missed = office.visits[office.visits["result"] != FOUND]
    assert (missed["operator"] == -1).all()


def test_complaints_are_told_only_from_before_the_week(given: tuple[Given, Record]) -> None:
    policy, record = given
    assert [day for day, _ in policy.seen] == [7 * week for week in range(SCENE.weeks)]
    for day, reports in policy.seen:
        assert (reports["day"] < day).all()
    last = policy.seen[-1][0]
    later = record.truth.reports["day"] >= last
    assert later.any()


def test_a_lease_of_a_tutor_is_told_from_others_neither_by_number_nor_by_place(
    given: tuple[Given, Record],
) -> None:
    office = given[1].office
    assert office.leases["filed_day"].is_monotonic_increasing
    assert office.leases["unit"].max() < 1 << 17
    assert office.leases["unit"].is_unique


def test_the_same_seed_gives_the_same_weeks_and_another_seed_others(
    simple: dict[str, Record],
) -> None:
    short = replace(SCENE, weeks=2)
    again, other = (simulate(short, AtRandom(), seed=seed) for seed in (3, 4))
    stops = simple["random"].stops
    pd.testing.assert_frame_equal(stops[stops["day"] < 14], again.stops)
    assert not again.stops.equals(other.stops)


def test_newcomers_are_the_same_whoever_decides(simple: dict[str, Record]) -> None:
    fresh = []
    for record in simple.values():
        sites = record.truth.sites
        own = sites[(sites["moved_from"] < 0) & (sites["operator"] >= 0)]
        fresh.append(own[["building", "opened", "pupils"]].reset_index(drop=True))
    assert (fresh[0]["opened"] > 0).any()
    for other in fresh[1:]:
        pd.testing.assert_frame_equal(fresh[0], other)


def test_simple_policies_use_the_teams_time_and_no_more(simple: dict[str, Record]) -> None:
    most = (len(SCENE.evenings) + len(SCENE.days)) * SCENE.shift_minutes
    for record in simple.values():
        assert (record.weeks["minutes"] <= most).all()
        # Nearest-first has seen the whole village by the third week.
        assert (record.weeks["minutes"].iloc[:2] > 0.7 * most).all()


def test_our_plan_uses_the_same_time_and_no_more_and_is_the_same_when_made_again() -> None:
    scene = Scene(buildings=100, weeks=1, teams=1, movers=1)
    spent = simulate(scene, TwiceOurs(), seed=3).weeks["minutes"].iloc[0]
    most = (len(scene.evenings) + len(scene.days)) * (scene.shift_minutes + 1)
    assert 0.7 * most < spent <= most


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (Given(range(13)), "expected 150 at most"),
        (Given(range(2), minutes=80), "expected 150 at most"),
        (Given(range(149, 151)), "none of the register"),
        (Given(range(2), minutes=-1), "less than no time"),
    ],
    ids=["too many visits", "too long visits", "no such building", "time given back"],
)
def test_a_policy_that_spends_what_its_teams_lack_is_refused(
    policy: Given, said: str, given: tuple[Given, Record]
) -> None:
    with pytest.raises(TooMuchError, match=said):
        refuse_too_much(given[1].office, policy.stops, 0)


def test_walking_counts_as_the_teams_time(given: tuple[Given, Record]) -> None:
    # Twelve visits of twelve minutes leave six to walk: not enough for a dozen ways.
    far = Given(range(0, 144, 12)).stops
    assert far["minutes"].sum() < SCENE.shift_minutes
    with pytest.raises(TooMuchError, match="at most"):
        refuse_too_much(given[1].office, far, 0)


def test_no_policy_is_sent_out_with_more_than_its_teams_have() -> None:
    with pytest.raises(TooMuchError):
        simulate(replace(SCENE, buildings=60), Given(range(13)), seed=3)


def test_something_is_found_only_where_a_site_was_open(simple: dict[str, Record]) -> None:
    record = simple["complaints first"]
    found = record.stops[record.stops["result"] == FOUND]
    assert len(found)
    sites = record.truth.sites.loc[found["site"]]
    assert (sites["building"].to_numpy() == found["building"].to_numpy()).all()
    assert (sites["opened"].to_numpy() <= found["day"].to_numpy()).all()
    assert not found["site"].duplicated().any()


def test_a_short_look_finds_in_proportion_to_its_minutes(given: tuple[Given, Record]) -> None:
    short = simulate(replace(SCENE, weeks=1), Given(range(6), minutes=6), seed=3)
    assert np.allclose(short.stops["eye"] * 2, given[1].stops["eye"].head(6))


def test_a_planted_operator_opens_again_after_a_find_and_only_then(
    simple: dict[str, Record],
) -> None:
    planted = simple["complaints first"].planted
    first = planted[planted["opened"] == 0]
    assert len(first) == 2 * SCENE.movers
    assert planted["found"].any()
    last = 7 * SCENE.weeks
    for _, sites in planted.groupby("operator"):
        ends = sites.loc[sites["found"], "closed"] + SCENE.wait_days
        assert sorted(sites["opened"])[1:] == sorted(ends[ends < last])


def test_visits_of_the_plan_and_of_chance_are_called_as_the_product_calls_them(
    given: tuple[Given, Record],
) -> None:
    visits = given[1].office.visits
    own = visits[visits["day"] >= 0]
    again = own["purpose"] == "回头看"
    assert set(own.loc[~again, "purpose"]) == {PURPOSE_OF_ORIGIN["random"]}
    assert set(own.loc[~again, "mode"]) == {"抽检"}
    assert (own.loc[again, "mode"] == "回头看").all()
    assert "投诉核查" in set(visits.loc[visits["day"] < 0, "purpose"])


def test_a_variant_is_our_plan_with_one_setting_changed() -> None:
    usual = vars(OurPlan().rules)
    for name, changed in VARIANTS.items():
        rules = vars(make_policy(name).rules)  # type: ignore[attr-defined]
        assert {key for key, value in rules.items() if value != usual[key]} == set(changed)
    assert [make_policy(name).name for name in POLICIES] == list(POLICIES)


def test_finds_are_counted_per_visit_and_per_hour_with_walking(given: tuple[Given, Record]) -> None:
    record = given[1]
    measures = measure(record)
    finds = int((record.stops["result"] == FOUND).sum())
    assert measures["visits a week"] == 6
    assert measures["finds per 100 visits"] == pytest.approx(100 * finds / (6 * SCENE.weeks))
    walked = 1_000 * measures["walking, km a week"] / SCENE.walk_m_a_minute
    hours = SCENE.weeks * (6 * 12 + walked) / 60
    assert measures["finds per 100 team-hours"] == pytest.approx(100 * finds / hours)
    assert measures["buildings seen at least once, %"] == pytest.approx(100 * 6 / 150)


def test_means_and_differences_are_taken_town_by_town() -> None:
    base = dict.fromkeys(MEASURES, 1.0) | {
        f"{name} | {part}": 2.0 for name in WAITS for part in ("weeks", "events")
    }
    name = "finds per 100 visits"
    runs = pd.DataFrame(
        [
            {"policy": policy, "seed": seed, **base, name: level + seed}
            for policy, level in (("a", 0.0), ("b", 1.0))
            for seed in (1, 2, 3)
        ]
    )
    means = summarise(runs).set_index(["policy", "measure"])
    assert means.loc[("a", name), "mean"] == pytest.approx(2.0)
    # Student's t of two degrees of freedom, standard deviation 1, three towns.
    assert means.loc[("a", name), "half_width"] == pytest.approx(4.3027 / np.sqrt(3), abs=1e-3)
    gaps = compare(runs, baseline="a").set_index(["policy", "measure"])
    assert gaps.loc[("b", name), "mean"] == pytest.approx(1.0)
    assert gaps.loc[("b", name), "half_width"] == pytest.approx(0.0, abs=1e-12)


def test_waits_of_sites_never_found_count_with_the_weeks_they_were_open() -> None:
    name = next(iter(WAITS))
    parts = {f"{each} | {part}": 0.0 for each in WAITS for part in ("weeks", "events")}
    rows = [
        {"policy": "a", "seed": 1, **dict.fromkeys(MEASURES, 0.0), **parts,
         f"{name} | weeks": 30.0, f"{name} | events": 2.0},
        {"policy": "a", "seed": 2, **dict.fromkeys(MEASURES, 0.0), **parts,
         f"{name} | weeks": 30.0, f"{name} | events": 0.0},
    ]  # fmt: skip
    means = summarise(pd.DataFrame(rows)).set_index("measure")
    assert means.loc[name, "mean"] == pytest.approx(30.0)
    assert means["mean"].isna()[[*WAITS][1]]
