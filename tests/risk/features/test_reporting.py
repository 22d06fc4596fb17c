"""A community's readiness to report is taken out of what its reports say of a building."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from risk import schema as c
from risk.features.factors import factor_columns
from risk.features.reporting import REPORTING_STRENGTH, rates_of_communities, reporting_rates


def office(seed: int, readiness: list[float]) -> pd.DataFrame:
    """Return twenty buildings of each community, of one underlying cause of complaints."""
    rng = np.random.default_rng(seed)
    cause = np.tile(rng.gamma(0.5, 10.0, 20), len(readiness))
    return pd.DataFrame(
        {
            c.COMMUNITY: np.repeat([f"c{number}" for number in range(len(readiness))], 20),
            c.EXPOSURE: np.tile(rng.uniform(10, 200, 20), len(readiness)),
            c.COMPLAINTS: cause * np.repeat(readiness, 20),
        }
    )


def usual_of(buildings: pd.DataFrame) -> dict[str, float]:
    return {c.COMPLAINTS: float(buildings[c.COMPLAINTS].sum() / buildings[c.EXPOSURE].sum())}


def test_the_rate_is_complaints_over_those_of_as_many_doors_drawn_to_one() -> None:
    buildings = office(1, [0.2, 3.0])
    buildings.loc[buildings.index[-1], c.COMMUNITY] = ""
    usual = usual_of(buildings)
    rates = reporting_rates(buildings, usual=usual[c.COMPLAINTS])
    for code, rows in buildings.groupby(c.COMMUNITY):
        found = rows[c.COMPLAINTS].sum() + REPORTING_STRENGTH
        expected = rows[c.EXPOSURE].sum() * usual[c.COMPLAINTS] + REPORTING_STRENGTH
        np.testing.assert_allclose(rates[rows.index], found / expected if code else 1.0)


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 10.0))
def test_two_communities_that_differ_in_readiness_alone_come_closer(
    seed: int, readiness: float
) -> None:
    buildings = office(seed, [1.0, readiness])
    usual = usual_of(buildings)
    rates = reporting_rates(buildings, usual=usual[c.COMPLAINTS])
    plain, told = (
        factor_columns(buildings, usual=usual, reporting=reporting)[c.COMPLAINTS]
        for reporting in (np.ones(len(buildings)), rates)
    )
    apart = [abs(x[:20].sum() - x[20:].sum()) for x in (plain, told)]
    assert apart[1] <= apart[0] + 1e-9


def test_an_office_without_complaints_has_no_such_rates() -> None:
    quiet = pd.DataFrame({c.EXPOSURE: [1.0, 2.0], c.COMMUNITY: ["a", "b"], c.COMPLAINTS: 0.0})
    np.testing.assert_array_equal(reporting_rates(quiet, usual=0.0), [1.0, 1.0])


def test_each_community_has_the_rate_of_its_buildings_once() -> None:
    buildings = office(2, [0.2, 3.0, 1.0])
    buildings.loc[buildings.index[-1], c.COMMUNITY] = ""
    usual = usual_of(buildings)[c.COMPLAINTS]
    rates = reporting_rates(buildings, usual=usual)
    told = rates_of_communities(buildings, usual=usual).set_index(c.COMMUNITY)["rate"]
    assert told.index.tolist() == ["c0", "c1", "c2"]
    for code, rate in zip(buildings[c.COMMUNITY], rates, strict=True):
        assert rate == told.get(code, 1.0)
