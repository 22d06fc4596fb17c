"""The feedback loop of Ensign et al. (2018): naive counting runs away, weighing does not."""

from __future__ import annotations

import numpy as np
import pytest

from risk.feedback import Urn, UrnError, run_urn

ROUNDS, RUNS = 1_000, 2_000
OURS = {"corrected": True, "random_share": 0.1}
EQUAL, SLIGHTLY_UNEQUAL = (0.5, 0.5), (0.5, 0.45)


def deviations(urn: Urn, *, seed: int = 1) -> np.ndarray:
    """Return |share - truth| after each round of every run."""
    shares = run_urn(urn, rounds=ROUNDS, runs=RUNS, rng=np.random.default_rng(seed))
    return np.abs(shares - urn.truth)


@pytest.mark.parametrize("districts", [EQUAL, SLIGHTLY_UNEQUAL])
def test_naive_counting_leaves_the_truth_by_more_than_five_points_in_most_runs(
    districts: tuple[float, float],
) -> None:
    final = deviations(Urn(incident_probability=districts))[-1]
    assert np.mean(final > 0.05) > 0.6
    assert np.quantile(final, 0.9) > 0.15


@pytest.mark.parametrize("districts", [EQUAL, SLIGHTLY_UNEQUAL])
def test_weighed_discoveries_stay_within_five_points_after_1000_rounds_in_95_of_100_runs(
    districts: tuple[float, float],
) -> None:
    final = deviations(Urn(incident_probability=districts, **OURS))[-1]
    assert np.quantile(final, 0.95) <= 0.05


@pytest.mark.parametrize("districts", [EQUAL, SLIGHTLY_UNEQUAL])
def test_with_five_visits_a_day_weighed_discoveries_stay_within_five_points_in_999_of_1000_runs(
    districts: tuple[float, float],
) -> None:
    final = deviations(Urn(incident_probability=districts, patrols_per_round=5, **OURS))[-1]
    assert np.quantile(final, 0.999) <= 0.05


@pytest.mark.parametrize("districts", [EQUAL, SLIGHTLY_UNEQUAL])
def test_the_mean_share_of_weighed_discoveries_is_the_truth_within_half_a_point(
    districts: tuple[float, float],
) -> None:
    urn = Urn(incident_probability=districts, **OURS)
    shares = run_urn(urn, rounds=ROUNDS, runs=RUNS, rng=np.random.default_rng(2))
    assert shares[-1].mean() == pytest.approx(urn.truth, abs=0.005)


def test_naive_counting_never_comes_back_however_long_it_runs() -> None:
    """A Pólya urn's share converges to where chance led it; ours narrows as data come in."""
    rng = np.random.default_rng(3)
    naive = run_urn(Urn(incident_probability=EQUAL), rounds=4_000, runs=500, rng=rng)
    ours = run_urn(Urn(incident_probability=EQUAL, **OURS), rounds=4_000, runs=500, rng=rng)
    assert naive[-1].std() > 0.95 * naive[999].std()
    assert ours[-1].std() < 0.6 * ours[999].std()


def test_naive_counting_overshoots_a_slight_difference_and_goes_on_doing_so() -> None:
    urn = Urn(incident_probability=SLIGHTLY_UNEQUAL)
    shares = run_urn(urn, rounds=4_000, runs=RUNS, rng=np.random.default_rng(4)).mean(axis=1)
    assert shares[-1] > shares[999] > urn.truth + 0.03


def test_a_wrong_start_is_unlearnt_with_weighing_and_kept_without() -> None:
    kept = Urn(incident_probability=EQUAL, start=(40.0, 10.0))
    unlearnt = Urn(incident_probability=EQUAL, start=(40.0, 10.0), **OURS)
    rng = np.random.default_rng(5)
    assert run_urn(kept, rounds=ROUNDS, runs=500, rng=rng)[-1].mean() > 0.75
    assert run_urn(unlearnt, rounds=ROUNDS, runs=500, rng=rng)[-1].mean() < 0.53


def test_the_same_seed_gives_the_same_shares() -> None:
    urn = Urn(incident_probability=EQUAL, **OURS)
    first, again = (run_urn(urn, rounds=20, runs=5, rng=np.random.default_rng(6)) for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize(
    "wrong",
    [
        {"incident_probability": (0.0, 0.5)},
        {"incident_probability": EQUAL, "start": (0.0, 1.0)},
        {"incident_probability": EQUAL, "random_share": 1.5},
        {"incident_probability": EQUAL, "patrols_per_round": 0},
    ],
)
def test_an_urn_that_cannot_be_drawn_from_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UrnError):
        Urn(**wrong)  # type: ignore[arg-type]
