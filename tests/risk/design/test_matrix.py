from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from risk.config.find_rate import ModelConfig, PriorWeights
from risk.config.score import ScoreConfig
from risk.design import names
from risk.design.matrix import build_design
from risk.design.relative_risks import Level
from risk.design.units import known_places
from risk.design.visit_table import Facts
from risk.events.purposes import NOT_STATED
from risk.features.empirical_bayes import local_mean, log_ratio, prior_strength
from risk.find_rate.columns import reference_of

CUT = 15_500
MODEL = ModelConfig()
Make = Callable[..., Facts]


def design_at(facts: Facts, cut: int = CUT) -> tuple[pd.DataFrame, pd.DataFrame]:
    known = facts.before(cut)
    places = known_places(known)
    return places, build_design(known, places, cut=cut, config=MODEL)


def expected_of(known: pd.DataFrame) -> np.ndarray:
    found = known["found"].to_numpy()
    return local_mean(known["day"].to_numpy(), found, width_days=MODEL.season_days)


def ratio_of_kinds(known: pd.DataFrame) -> pd.Series:
    kinds = known.assign(e=expected_of(known)).groupby("kind_class")[["found", "e"]].sum()
    found, expected = kinds["found"].to_numpy(), kinds["e"].to_numpy()
    ratio = log_ratio(found, expected, prior_strength(found, expected))
    return pd.Series(ratio, index=kinds.index)


def test_the_history_of_units_agrees_with_the_plain_sums(city_facts: Make) -> None:
    facts = city_facts()
    places, x = design_at(facts)
    known = facts.before(CUT).visits
    factor = np.exp(known["kind_class"].map(ratio_of_kinds(known)).astype(float))
    units = known.assign(e=expected_of(known) * factor).groupby("unit")[["found", "e"]].sum()
    strength = prior_strength(units["found"].to_numpy(), units["e"].to_numpy())
    ratio = log_ratio(units["found"].to_numpy(), units["e"].to_numpy(), strength)
    plain = places["unit"].map(pd.Series(ratio, index=units.index)).astype(float).fillna(0.0)
    assert np.allclose(x[names.history("found", "unit")], plain)


def test_the_history_of_words_agrees_with_the_plain_sums(city_facts: Make) -> None:
    facts = city_facts()
    places, x = design_at(facts)
    known = facts.before(CUT).visits
    factor = np.exp(known["kind_class"].map(ratio_of_kinds(known)).astype(float))
    known = known.assign(e=expected_of(known) * factor, word=known["words"].str.split(" "))
    sums = known.explode("word").groupby("word")[["found", "e"]].sum()
    ratio = np.log((sums["found"] + 10.0) / (sums["e"] + 10.0))
    plain = [sum(ratio[word] for word in text.split(" ")) for text in places["words"]]
    assert np.allclose(x[names.history("found", "words")], plain)
    assert ratio.abs().max() > 0.01


def test_a_name_that_nobody_had_yet_is_told_by_its_words(city_facts: Make) -> None:
    facts = city_facts()
    known = facts.before(CUT)
    places, x = design_at(facts)
    columns = [names.history(outcome, "words") for outcome in ("found", "critical", "other")]
    told = (places["words_code"] >= 0) & (x[columns[0]].abs() > 0.01)
    named = places[told].iloc[[0]]
    new = named.assign(words_code=-1, words=named["words"] + " neverseen")
    told_anew = build_design(known, new, cut=CUT, config=MODEL)[columns]
    assert np.allclose(told_anew, x.loc[named.index, columns])


def test_a_place_never_met_reads_like_any_other(city_facts: Make) -> None:
    facts = city_facts()
    places, _ = design_at(facts)
    unknown = places.iloc[[0]].assign(
        unit_code=-1, party_code=-1, words_code=-1, building_code=-1, cell_code=-1, words=""
    )
    x = build_design(facts.before(CUT), unknown, cut=CUT, config=MODEL)
    histories = [n for n in x if n.startswith(("history.", "last.", "area.")) and "kind" not in n]
    assert (x[histories] == 0.0).all(axis=None)
    assert x["unit.since"].iloc[0] == pytest.approx(np.log1p(MODEL.no_history_days))


def unstated(visits: pd.DataFrame) -> pd.DataFrame:
    return visits.assign(purpose_code=np.int8(NOT_STATED))


def test_times_since_a_visit_have_squares_where_an_office_states_no_purpose(
    city_facts: Make,
) -> None:
    places, x = design_at(city_facts(change=unstated))
    squares = {names.squared(name): name for name in names.SINCE}
    assert set(squares) == {"unit.since.squared", "unit.result_since.squared"}
    for square, name in squares.items():
        np.testing.assert_array_equal(x[square], (x[name] - 6.0) ** 2)
    nobody = places.iloc[[0]].assign(unit_code=-1, building_code=-1)
    known = city_facts(change=unstated).before(CUT)
    never = build_design(known, nobody, cut=CUT, config=MODEL)[[*squares]]
    assert never.iloc[0].tolist() == reference_of([*squares], ScoreConfig()).tolist()
    _, stated = design_at(city_facts())
    assert not [name for name in stated if name.endswith("squared")]


def test_where_visits_name_no_doors_units_and_buildings_read_as_if_each_were_summed_alone(
    city_facts: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = city_facts(change=lambda visits: visits.assign(door="")).before(CUT)
    places = known_places(known)
    some = places.assign(unit_code=places["unit_code"].where(places.index % 3 > 0, -1))
    for each in (places, some):
        x = build_design(known, each, cut=CUT, config=MODEL)
        with monkeypatch.context() as patch:
            patch.setattr(Level, "has_rows_of", lambda _one, _other: False)
            alone = build_design(known, each, cut=CUT, config=MODEL)
        pd.testing.assert_frame_equal(x, alone, check_exact=True)
    level = (Level.of(name, known, known.visits, some) for name in ("unit", "building"))
    assert next(level).has_rows_of(next(level))
    assert (x["building.since"] != x["unit.since"]).any()


def test_an_outcome_that_nobody_records_has_no_features(city_facts: Make) -> None:
    _, x = design_at(city_facts(change=lambda visits: visits.assign(other=np.nan)))
    assert not [name for name in x if ".other" in name and not name.startswith("visits")]
    assert names.history("found", "unit") in x


def test_policy_holds_own_histories_up_and_leaves_the_rest_alone() -> None:
    prior: PriorWeights = MODEL.prior
    assert names.prior_weight("history.found.unit", "found", prior) == prior.unit
    assert names.prior_weight("history.critical.unit", "found", prior) == 0.0
    assert names.prior_weight("area.found.800m.60d", "found", prior) == prior.area
    assert names.prior_weight("visits.unit.routine", "found", prior) == 0.0
    assert names.is_raised_only("last.other")
    assert not names.is_raised_only("visits.unit.complaint")


def test_a_rate_reads_neighbourhoods_of_one_half_life_or_of_none(city_facts: Make) -> None:
    _, x = design_at(city_facts())
    chosen = names.risk_features(x, half_life_days=60.0, config=MODEL)
    areas = [name for name in chosen if name.startswith("area.")]
    assert areas
    assert all(name.endswith(".60d") for name in areas)
    without = names.risk_features(x, half_life_days=None, config=MODEL)
    assert not [name for name in without if name.startswith("area")]
