"""What is told of the words that operators' names share: finds at others, and which visits.

The words are keyed hashes and not told themselves: here they are numbers. Finds, and what was usual
of such visits, are those of `risk.design.relative_risks`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from risk import schema as c
from risk.arrays import Codes
from risk.config.find_rate import OUTCOME_LEVELS, ModelConfig
from risk.design.relative_risks import WORD_STRENGTH, Level
from risk.design.visit_table import WORDS, Facts, code_column
from risk.features.empirical_bayes import local_mean, log_ratio, prior_strength

OUTCOME: Final = "found"
WORD: Final = "word"
USUAL: Final = "usual"
SURPLUS: Final = "surplus"
MOST_WORDS: Final = 12
"""Of a building's words, those whose finds elsewhere depart most from what was usual."""
MOST_VISITS: Final = 20
"""Of a word's visits, those whose finds depart most from what was usual."""
_TEXT: Final = code_column(WORDS)
_BUILDING: Final = code_column("building")


def visits_with_usual(known: Facts, *, config: ModelConfig) -> pd.DataFrame:
    """Return the visits that say whether they found something, with what was usual of them.

    The frame: ``building``, codes of building and of the operator's name, ``found``
    (capped), ``usual`` and ``surplus``, the one less the other.
    """
    visits = known.with_results()
    visits = visits[visits[OUTCOME].notna()]
    found = np.minimum(visits[OUTCOME].to_numpy(np.float64), config.count_cap)
    usual = local_mean(visits[c.DAY].to_numpy(np.int64), found, width_days=config.season_days)
    kind = Level.of(OUTCOME_LEVELS[0], known, visits, visits)
    o, e = kind.sum(found), kind.sum(usual)
    usual = usual * np.exp(kind.at_places(log_ratio(o, e, prior_strength(o, e))))
    columns = known.visits.loc[visits.index, ["building", _BUILDING, _TEXT]]
    return c.with_columns(columns, {OUTCOME: found, USUAL: usual, SURPLUS: found - usual})


def shared_words(
    known: Facts, places: pd.DataFrame, *, config: ModelConfig
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tell of each building's words what visits to other buildings found whose names have them.

    ``places``: ``building`` and the codes of building and of the operator's name, one row per
    place.

    The first frame: ``building_id``, ``word`` (a number, as text), ``visits``, ``found`` and
    ``usual``, at most `MOST_WORDS` a building, those that say most first; words that no visit
    elsewhere has are left out. The second: ``word``, ``row_key``, ``building_id`` and ``surplus``
    of at most `MOST_VISITS` visits of each of these words, those that weigh most first.
    """
    visits = visits_with_usual(known, config=config)
    visits = visits[visits[_TEXT] >= 0]
    words = _of_buildings(known, places, visits)
    return words, _of_words(known, visits, words[WORD].unique())


def _of_buildings(known: Facts, places: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    of_text = known.words
    named = places[(places[_TEXT] >= 0) & (places["building"] != "")]
    named = named.drop_duplicates(["building", _TEXT])
    of_place = of_text[named[_TEXT].to_numpy()]
    words = pd.DataFrame({
        c.BUILDING: named["building"].to_numpy().repeat(np.diff(of_place.indptr)),
        _BUILDING: named[_BUILDING].to_numpy().repeat(np.diff(of_place.indptr)),
        WORD: of_place.indices,
    }).drop_duplicates([c.BUILDING, WORD])  # fmt: skip
    sums = visits.assign(visits=1.0).groupby([_BUILDING, _TEXT])[["visits", OUTCOME, USUAL]].sum()
    sums = sums.reset_index()
    each = of_text[sums[_TEXT].to_numpy()]
    lengths = np.diff(each.indptr)
    size = of_text.shape[1]
    keys = sums[_BUILDING].to_numpy(np.int64).repeat(lengths) * size + each.indices
    building = words[_BUILDING].to_numpy(np.int64)
    pairs, place = np.unique(building * size + words[WORD], return_inverse=True)
    at = np.searchsorted(pairs, keys)
    listed = (
        (at < len(pairs)) & (pairs[np.minimum(at, len(pairs) - 1)] == keys)
        if len(pairs)
        else at < 0
    )
    for name in ("visits", OUTCOME, USUAL):
        value = sums[name].to_numpy().repeat(lengths)
        everywhere = np.bincount(each.indices, value, size)[words[WORD]]
        words[name] = everywhere - np.bincount(at[listed], value[listed], len(pairs))[place]
    return _strongest(words[words["visits"] > 0].drop(columns=_BUILDING))


def _strongest(words: pd.DataFrame) -> pd.DataFrame:
    """Keep the words of each building that say most, these first."""
    departs = np.abs(log_ratio(words[OUTCOME].to_numpy(), words[USUAL].to_numpy(), WORD_STRENGTH))
    words = words.assign(visits=words["visits"].astype(np.int64))
    # Numbers of words are those of another order in each workspace: what is told decides first.
    building = pd.factorize(words[c.BUILDING], sort=True)[0]
    by = (words[WORD], words[USUAL], words[OUTCOME], -words["visits"], -departs, building)
    words = words.take(np.lexsort(by))
    words = words[words.groupby(c.BUILDING).cumcount() < MOST_WORDS]
    return words.astype({c.BUILDING: "str", WORD: "str"}).reset_index(drop=True)


def _of_words(known: Facts, visits: pd.DataFrame, words: pd.Index | np.ndarray) -> pd.DataFrame:
    """List the visits of each word that weigh most, by word."""
    at_building = visits[visits["building"] != ""]
    # To read keys costs a scan of all rows, which offices that tell no names are spared.
    keyless = at_building.assign(**{c.ROW_KEY: ""})
    at_building = keyless if at_building.empty else known.with_keys(at_building)
    order = at_building.assign(size=at_building[SURPLUS].abs())[::-1]  # of alike ones the newest
    order = order.sort_values("size", ascending=False, kind="stable", ignore_index=True)
    of_visit = known.words[order[_TEXT].to_numpy()]
    by_word = csr_matrix(of_visit.T)  # the visits of each word, in their order
    by_word.sort_indices()
    wanted = np.sort(np.asarray(words).astype(np.int64))
    starts = by_word.indptr.astype(np.int64)
    lengths = np.minimum(np.diff(starts), MOST_VISITS)[wanted]
    rows, number = _firsts(by_word.indices.astype(np.int64), starts[wanted], lengths)
    frame = order.iloc[rows][[c.ROW_KEY, "building", SURPLUS]].reset_index(drop=True)
    frame = frame.rename(columns={"building": c.BUILDING})
    frame.insert(0, WORD, wanted[number].astype(str))
    texts = dict.fromkeys((WORD, c.ROW_KEY, c.BUILDING), "str")
    return frame.astype(texts).sort_values(WORD, kind="stable", ignore_index=True)


def _firsts(values: Codes, starts: Codes, lengths: Codes) -> tuple[Codes, Codes]:
    """Return the first values of each run, and which run each is of."""
    number = np.repeat(np.arange(len(starts)), lengths)
    within = np.arange(len(number)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return values[np.repeat(starts, lengths) + within], number
