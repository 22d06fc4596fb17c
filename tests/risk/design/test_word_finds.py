"""What visits elsewhere found whose operators' names share words, beside a plain count."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from risk import schema as c
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.design import word_finds as module
from risk.design.names import history
from risk.design.relative_risks import WORD_STRENGTH
from risk.design.word_finds import shared_words, visits_with_usual
from risk.find_rate.knowledge import Known, known_at
from tests.risk.conftest import make_engine, random_office

CUT = datetime(2026, 11, 24)  # noqa: DTZ001 -- the product's times are local and naive
CONFIG = ScoreConfig(model=ModelConfig(windows=3, burn_in_days=60))


@pytest.fixture(scope="module", params=[3, 8])
def known(request: pytest.FixtureRequest) -> Known:
    rng = np.random.default_rng(request.param)
    rows = random_office(rng, buildings=25, events=150)
    for row in rows["inspections"]:
        row |= {
            "unit_id": [None, f"U{rng.integers(40)}"][int(rng.integers(2))],
            "party_words": [None, "w1 w2", "w2", f"w1 w{rng.integers(2, 9)}"][int(rng.integers(4))],
            "place_kind": [None, "培训", "餐饮"][int(rng.integers(3))],
        }
    return known_at(make_engine(rows), cut=CUT, config=CONFIG)


def words_of(known: Known, code: int) -> set[str]:
    return set(known.facts.names["words"][code].split(" ")) if code >= 0 else set()


def told_plainly(known: Known) -> dict[str, list[tuple[int, float, float]]]:
    """Count, for every building and word of its places, the visits to other buildings by one."""
    visits = visits_with_usual(known.facts, config=CONFIG.model)
    rows = list(
        zip(visits["building"], visits["words_code"], visits["found"], visits["usual"], strict=True)
    )
    told: dict[str, list[tuple[int, float, float]]] = {}
    for building in sorted(set(known.places["building"]) - {""}):
        codes = known.places.loc[known.places["building"] == building, "words_code"]
        for word in set().union(*(words_of(known, code) for code in codes)):
            others = [
                (found, usual) for at, code, found, usual in rows
                if at != building and word in words_of(known, code)
            ]  # fmt: skip
            if others:
                sums = len(others), sum(f for f, _ in others), sum(u for _, u in others)
                told.setdefault(building, []).append(sums)
    return told


def test_finds_elsewhere_are_those_of_a_plain_count(known: Known) -> None:
    words, _ = shared_words(known.facts, known.places, config=CONFIG.model)
    told = {
        str(building): sorted(zip(part["visits"], part["found"], part["usual"], strict=True))
        for building, part in words.groupby(c.BUILDING)
    }
    plain = {building: sorted(sums) for building, sums in told_plainly(known).items()}
    assert told.keys() == plain.keys()
    assert len(told) > 5
    for building, sums in told.items():
        assert sums == [pytest.approx(each, abs=1e-9) for each in plain[building]]


def test_what_was_usual_is_what_the_score_is_made_of(known: Known) -> None:
    visits = visits_with_usual(known.facts, config=CONFIG.model)
    column = known.x[history("found", "words")]
    named = known.places["words_code"] >= 0
    assert named.sum() > 5
    for place in known.places[named].index:
        ratios = []
        for word in words_of(known, known.places["words_code"][place]):
            has = [word in words_of(known, code) for code in visits["words_code"]]
            o, e = visits.loc[has, ["found", "usual"]].sum()
            ratios.append(np.log((o + WORD_STRENGTH) / (e + WORD_STRENGTH)))
        assert column[place] == pytest.approx(np.sum(ratios), abs=1e-9)


def test_words_that_say_most_come_first_and_few_are_kept(
    known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    every, _ = shared_words(known.facts, known.places, config=CONFIG.model)
    ratio = np.log((every["found"] + WORD_STRENGTH) / (every["usual"] + WORD_STRENGTH)).abs()
    for _, part in ratio.groupby(every[c.BUILDING]):
        assert all(a >= b for a, b in pairwise(part))
    monkeypatch.setattr(module, "MOST_WORDS", 1)
    few, _ = shared_words(known.facts, known.places, config=CONFIG.model)
    first = every.groupby(c.BUILDING).head(1).reset_index(drop=True)
    assert len(first) < len(every)
    pd.testing.assert_frame_equal(few, first)


def test_the_visits_of_a_word_are_those_that_depart_most(
    known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_VISITS", 5)
    words, visits = shared_words(known.facts, known.places, config=CONFIG.model)
    surplus = visits_with_usual(known.facts, config=CONFIG.model)
    surplus = surplus[surplus["building"] != ""]
    keys = list(dict.fromkeys(w for text in known.facts.names["words"] for w in text.split(" ")))
    assert set(visits["word"]) == set(words["word"])
    for word, part in visits.groupby("word"):
        has = [keys[int(str(word))] in words_of(known, code) for code in surplus["words_code"]]
        sizes = surplus.loc[has, "surplus"].abs().sort_values(ascending=False)
        assert len(part) == min(5, len(sizes))
        assert part["surplus"].abs().to_numpy() == pytest.approx(sizes.head(5).to_numpy())


def test_an_office_whose_visits_name_nobody_has_nothing_to_tell(known: Known) -> None:
    nobody = known.places.assign(words_code=-1)
    words, visits = shared_words(known.facts, nobody, config=CONFIG.model)
    assert words.empty
    assert visits.empty


def test_a_name_that_turns_up_later_moves_no_word_of_the_others() -> None:
    """Else sums over a name's words would be added up in another order, and round otherwise."""

    def order(*texts: str) -> list[str]:
        rows = random_office(np.random.default_rng(3), buildings=5, events=len(texts))
        for row, text in zip(rows["inspections"], texts, strict=False):
            row |= {"party_words": text}
        facts = known_at(make_engine(rows), cut=CUT, config=CONFIG).facts
        (first,) = np.flatnonzero(facts.names["words"] == "b c d")
        return [word for _, word in sorted(zip(facts.words[first].indices, "bcd", strict=True))]

    assert order("b c d") == order("b c d", "a d c")
