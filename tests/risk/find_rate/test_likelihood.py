"""The weights are the most probable ones, and their covariance is that of their curvature."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from risk.find_rate import likelihood
from risk.find_rate.likelihood import (
    Mode,
    Prior,
    climb,
    fit_mode,
    information,
    with_doubt_of_prior,
)

Floats = NDArray[np.float64]
K = 4


def visits(seed: int, *, count: int = 300) -> tuple[Floats, Floats, Floats]:
    """Return design with an intercept, finds (0, 1 and shares) and offsets of some visits."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(count), rng.normal(size=(count, K - 1))])
    offset = np.log(rng.uniform(0.2, 1.0, count)) - 1.5
    chance = -np.expm1(-np.exp(offset + x @ np.array([0.2, 0.8, -0.5, 0.0])))
    y = (rng.random(count) < chance).astype(np.float64)
    return x, np.where(rng.random(count) < 0.1, 0.4, y), offset


def prior_of(**changed: Any) -> Prior:
    free = np.full(K, np.inf)
    parts = {
        "mean": np.array([0.0, 0.3, 0.1, 0.0]),
        "precision": np.array([1.0, 5.0, 20.0, 3.0]),
        "lower": -free,
        "upper": free,
    }
    return Prior(**(parts | changed))


def plain_loss(b: Floats, x: Floats, y: Floats, offset: Floats, prior: Prior) -> float:
    """Write the negative log posterior down visit by visit."""
    value = 0.0
    for row, found, log_effort in zip(x, y, offset, strict=True):
        chance = 1.0 - np.exp(-np.exp(log_effort + row @ b))
        value -= found * np.log(chance) + (1.0 - found) * np.log(1.0 - chance)
    away = b - prior.mean
    coupled = 0.0 if prior.coupling is None else away @ prior.coupling @ away
    return float(value + 0.5 * ((prior.precision * away**2).sum() + coupled))


COUPLING = 9.0 * np.ones((K, K)) + np.diag([0.0, 4.0, 0.0, 1.0])
BOUNDS = [
    {},
    {"coupling": COUPLING, "lower": np.array([-np.inf, -np.inf, -0.2, -np.inf])},
    {"lower": np.array([-np.inf, 1.2, -np.inf, 0.0])},
    {"upper": np.array([np.inf, 0.1, 0.5, np.inf]), "lower": np.array([-np.inf, 0.0, 0.0, 0.0])},
]


@pytest.mark.parametrize("bounds", BOUNDS, ids=["free", "coupled", "below", "both"])
def test_the_mode_is_that_of_the_plain_formula(bounds: dict[str, Floats]) -> None:
    x, y, offset = visits(1)
    prior = prior_of(**bounds)
    found = fit_mode(x, y, offset=offset, prior=prior)
    start = np.clip(prior.mean, prior.lower, prior.upper)
    best = minimize(
        plain_loss, start, args=(x, y, offset, prior), method="L-BFGS-B",
        bounds=list(zip(prior.lower, prior.upper, strict=True)),
    )  # fmt: skip
    np.testing.assert_allclose(found.terms, best.x, atol=2e-3)
    assert plain_loss(found.terms, x, y, offset, prior) <= best.fun + 1e-6


@pytest.mark.parametrize("bounds", BOUNDS[2:], ids=["below", "both"])
def test_no_term_passes_its_bound_and_one_held_there_has_no_variance(
    bounds: dict[str, Floats],
) -> None:
    prior = prior_of(**bounds)
    found = fit_mode(*visits(1)[:2], offset=visits(1)[2], prior=prior)
    assert ((prior.lower <= found.terms) & (found.terms <= prior.upper)).all()
    held = (found.terms == prior.lower) | (found.terms == prior.upper)
    assert held.any()
    assert not held.all()
    assert (found.covariance[held] == 0).all()
    assert (found.covariance[:, held] == 0).all()
    assert (np.diag(found.covariance)[~held] > 0).all()


def test_the_covariance_is_the_inverse_of_the_curvature_that_is_expected() -> None:
    """Of the Hessian the part with what was found is replaced by its expectation at the mode."""
    x, y, offset = visits(2, count=4_000)
    prior = prior_of()
    found = fit_mode(x, y, offset=offset, prior=prior)
    mean = np.exp(offset + x @ found.terms)
    y = -np.expm1(-mean)  # what is expected, so that Hessian and expected curvature agree
    prior = prior_of(mean=found.terms)
    step, hessian = 1e-4, np.zeros((K, K))
    at = np.eye(K) * step

    def loss(b: Floats) -> float:
        means = np.exp(offset + x @ b)
        value = ((1 - y) * means - y * np.log(-np.expm1(-means))).sum()
        return float(value + 0.5 * (prior.precision * (b - prior.mean) ** 2).sum())

    b = found.terms
    for i in range(K):
        for j in range(K):
            corners = [loss(b + s * at[i] + t * at[j]) * s * t for s in (1, -1) for t in (1, -1)]
            hessian[i, j] = sum(corners) / (4 * step**2)
    np.testing.assert_allclose(found.covariance, np.linalg.inv(hessian), rtol=1e-3, atol=1e-8)


def test_precision_is_the_same_whether_it_is_a_terms_own_or_coupled() -> None:
    x, y, offset = visits(6)
    further = np.array([2.0, 0.5, 30.0, 1.0])
    own = fit_mode(x, y, offset=offset, prior=prior_of(precision=prior_of().precision + further))
    coupled = fit_mode(x, y, offset=offset, prior=prior_of(coupling=np.diag(further)))
    np.testing.assert_allclose(coupled.terms, own.terms, atol=1e-6)
    np.testing.assert_allclose(coupled.covariance, own.covariance, rtol=1e-6, atol=1e-12)
    assert coupled.evidence == pytest.approx(own.evidence)
    seen = information(x, y, offset=offset, terms=own.terms)
    curvature = seen + np.diag(prior_of().precision + further)
    np.testing.assert_allclose(np.linalg.inv(curvature), own.covariance, rtol=1e-9, atol=1e-12)


def test_a_firmer_prior_draws_every_term_to_it_and_none_leaves_the_data_alone() -> None:
    x, y, offset = visits(3)
    prior = prior_of()
    penalised = np.array([0.0, 1.0, 1.0, 1.0])
    off = [
        np.abs(fit_mode(x, y, offset=offset, prior=prior.times(each, penalised)).terms - prior.mean)
        for each in (1e-6, 1.0, 1e6)
    ]
    assert (off[0][1:] > off[1][1:]).all()
    assert (off[1][1:] > off[2][1:]).all()
    assert off[2][1:].max() < 1e-3


def test_the_order_of_visits_moves_nothing_that_is_kept() -> None:
    x, y, offset = visits(4)
    turned = np.random.default_rng(0).permutation(len(y))
    one = fit_mode(x, y, offset=offset, prior=prior_of())
    other = fit_mode(x[turned], y[turned], offset=offset[turned], prior=prior_of())
    np.testing.assert_allclose(one.terms, other.terms, atol=1e-7)


def test_the_evidence_prefers_the_prior_that_made_the_weights() -> None:
    """Many small weights about 0: a firm prior is more probable than a loose one."""
    rng = np.random.default_rng(5)
    x = np.column_stack([np.ones(2_000), rng.normal(size=(2_000, 12))])
    offset = np.full(2_000, -1.0)
    free = np.full(13, np.inf)
    prior = Prior(mean=np.zeros(13), precision=np.ones(13), lower=-free, upper=free)
    penalised = np.concatenate([[0.0], np.ones(12)])

    def best(spread: float) -> float:
        b = np.concatenate([[0.0], rng.normal(scale=spread, size=12)])
        chance = -np.expm1(-np.exp(offset + x @ b))
        y = (rng.random(2_000) < chance).astype(np.float64)
        return max(
            (1.0, 400.0),
            key=lambda each: (
                fit_mode(x, y, offset=offset, prior=prior.times(each, penalised)).evidence
            ),
        )

    assert (best(1.0), best(0.03)) == (1.0, 400.0)


def test_the_mode_does_not_hang_on_how_many_rows_are_worked_through_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x, y, offset = visits(5)
    at_once = fit_mode(x, y, offset=offset, prior=prior_of())
    monkeypatch.setattr(likelihood, "_ROWS_AT_ONCE", 7)
    by_parts = fit_mode(x, y, offset=offset, prior=prior_of())
    np.testing.assert_allclose(by_parts.terms, at_once.terms, atol=2e-9)
    np.testing.assert_allclose(by_parts.covariance, at_once.covariance, rtol=1e-7)
    assert by_parts.evidence == pytest.approx(at_once.evidence, rel=1e-10)


def mode_of(term: float, variance: float, evidence: float) -> Mode:
    return Mode(terms=np.array([term]), covariance=np.array([[variance]]), evidence=evidence)


def test_from_1_down_the_likeliest_number_is_climbed_to_and_no_farther() -> None:
    evidence = {1.0: 0.0, 0.85: 2.0, 0.7: 3.0, 0.6: 2.5, 0.5: 99.0}
    asked: list[tuple[float, float]] = []

    def mode_at(value: float, start: Floats) -> Mode:
        asked.append((value, float(start[0])))
        return Mode(terms=np.array([value]), covariance=np.eye(1), evidence=evidence[value])

    first = Mode(terms=np.ones(1), covariance=np.eye(1), evidence=0.0)
    beliefs = [(value, 0.0) for value in evidence if value < 1]
    assert climb(first, beliefs, mode_at)[0] == 0.7
    assert asked == [(0.85, 1.0), (0.7, 0.85), (0.6, 0.7)]
    assert climb(first, [(value, -2.0) for value, _ in beliefs], mode_at)[0] == 1.0


def test_a_prior_that_is_as_likely_as_another_adds_its_doubt() -> None:
    """The covariance is that of the mixture, about the mode that is used."""
    sure, unsure, out = mode_of(0.0, 0.1, 5.0), mode_of(1.0, 0.9, 5.0), mode_of(9.0, 9.0, -50.0)

    def doubted(*modes: Mode) -> Mode:
        return with_doubt_of_prior(sure, dict(enumerate(modes)), lambda _, mode: mode)

    both = doubted(sure, unsure, out)
    assert both.terms.tolist() == [0.0]
    assert both.covariance[0, 0] == pytest.approx((0.1 + 0.9 + 1.0) / 2)
    assert doubted(sure, out).covariance[0, 0] == pytest.approx(0.1)


def test_a_prior_with_no_share_is_not_fitted_again() -> None:
    modes = {30.0: mode_of(0.0, 0.1, 5.0), 100.0: mode_of(0.0, 0.2, 4.0), 400.0: mode_of(9, 9, -6)}
    asked: list[float] = []

    def refit(penalty: float, mode: Mode) -> Mode:
        asked.append(penalty)
        return mode_of(0.0, 3.0, mode.evidence)

    assert with_doubt_of_prior(modes[30.0], modes, refit).covariance[0, 0] == pytest.approx(3.0)
    assert asked == [30.0, 100.0]
