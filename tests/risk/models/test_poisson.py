from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from risk.models.poisson import RegressionError, fit_poisson


def draw(seed: int, rows: int = 300, features: int = 4) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, features))
    beta = rng.normal(scale=0.5, size=features)
    offset = rng.normal(scale=0.3, size=rows)
    y = rng.poisson(np.exp(offset - 1 + x @ beta)).astype(float)
    return {"x": x, "y": y, "offset": offset}


def free(features: int) -> dict[str, np.ndarray]:
    return {"prior": np.zeros(features), "lower": np.full(features, -np.inf)}


def objective(
    b: np.ndarray, data: dict[str, np.ndarray], penalty: float, prior: np.ndarray
) -> float:
    eta = data["offset"] + b[0] + data["x"] @ b[1:]
    loss = (np.exp(eta) - data["y"] * eta).sum()
    return float(loss + 0.5 * penalty * ((b[1:] - prior) ** 2).sum())


def test_it_agrees_with_a_general_optimiser() -> None:
    data, prior, penalty = draw(1), np.array([0.2, 0.0, -0.3, 0.5]), 30.0
    lower = np.array([0.0, -np.inf, 0.0, -np.inf])
    fit = fit_poisson(**data, penalty=penalty, prior=prior, lower=lower)
    oracle = minimize(
        objective,
        np.zeros(5),
        args=(data, penalty, prior),
        bounds=[(None, None), *((bound, None) for bound in lower)],
        method="L-BFGS-B",
        options={"ftol": 1e-15, "gtol": 1e-10},
    )
    assert np.allclose([fit.intercept, *fit.weights], oracle.x, atol=2e-4)


def test_with_features_that_say_the_same_no_step_within_the_bounds_gains() -> None:
    rng = np.random.default_rng(9)
    few = rng.normal(size=(2_000, 6))
    x = few @ rng.normal(size=(6, 40)) + 0.1 * rng.normal(size=(2_000, 40))
    x /= x.std(axis=0)
    y = rng.poisson(np.exp(-1 + 0.3 * few[:, 0])).astype(float)
    lower = np.where(np.arange(40) % 2, 0.0, -np.inf)
    fit = fit_poisson(x, y, offset=np.zeros(2_000), penalty=3.0, prior=np.zeros(40), lower=lower)
    mean = np.exp(fit.intercept + x @ fit.weights)
    slope = x.T @ (mean - y) + 3.0 * fit.weights
    held = fit.weights == lower
    assert held.any()
    assert (slope[held] > 0).all()
    assert np.abs(slope[~held]).max() < 1e-3
    assert (mean - y).sum() == pytest.approx(0, abs=1e-3)


def test_it_agrees_with_scikit_learn_where_there_are_no_priors_and_signs() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    data, rows, penalty = draw(2), 300, 12.0
    data["offset"] = np.zeros(rows)
    fit = fit_poisson(**data, penalty=penalty, **free(4))
    oracle = linear_model.PoissonRegressor(alpha=penalty / rows, tol=1e-9, max_iter=1000)
    oracle.fit(data["x"], data["y"])
    assert np.allclose(fit.weights, oracle.coef_, atol=1e-4)
    assert fit.intercept == pytest.approx(oracle.intercept_, abs=1e-4)


def test_a_heavy_penalty_leaves_the_policys_weights() -> None:
    prior = np.array([0.5, -0.1, 0.0, 1.0])
    fit = fit_poisson(**draw(3), penalty=1e9, prior=prior, lower=np.full(4, -np.inf))
    assert np.allclose(fit.weights, prior, atol=1e-5)


def test_where_it_starts_does_not_matter() -> None:
    data = draw(6)
    first = fit_poisson(**data, penalty=5.0, **free(4))
    again = fit_poisson(**data, penalty=5.0, **free(4), start=np.full(4, 0.9))
    assert np.allclose(first.weights, again.weights, atol=1e-6)


def test_arrays_that_do_not_fit_are_refused() -> None:
    data = draw(7)
    with pytest.raises(RegressionError, match="shapes"):
        fit_poisson(**data, penalty=1.0, **free(3))


def test_a_number_that_is_none_is_refused() -> None:
    data = draw(8)
    data["x"][0, 0] = np.nan
    with pytest.raises(RegressionError, match="finite"):
        fit_poisson(**data, penalty=1.0, **free(4))
