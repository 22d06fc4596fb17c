"""Which leads are likely of one event: the algorithm as a whole, without a database."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from geo.arrays import Bools, Floats, Ints, Positions
from governance.cases.merging.candidates import candidate_pairs
from governance.cases.merging.evidence import Evidence, character_grams, compare, weighted
from governance.cases.merging.groups import groups_of_pairs

DECIDED_BITS = 40.0
"""What a person's decision about a pair weighs: more than anything that is seen."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What people said before.

    ``apart``: pairs of leads that are not of one event, the smaller id first.
    """

    apart: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Grouped:
    """Rows and the group of each."""

    rows: pd.DataFrame
    """as of `governance.cases.merging.rows.rows_of_leads`."""
    group: Ints
    """Of each row; rows of one group are likely of one event."""
    words: csr_matrix
    """Their words, for comparing pairs again."""
    decided: Decided

    def evidence(self, first: Positions, second: Positions) -> Evidence:
        """Return what is seen of pairs of rows."""
        some, at = np.unique(np.concatenate([first, second]), return_inverse=True)
        rows = self.rows.iloc[some].reset_index(drop=True)
        return compare(rows, self.words[some], *np.split(at, [len(first)]))

    def bits(self, first: Positions, second: Positions) -> Floats:
        """Return what speaks for pairs of rows, decisions included."""
        return _bits(self.rows, self.words, self.decided, first, second)


def group_leads(rows: pd.DataFrame, *, decided: Decided | None = None) -> Grouped:
    """Group leads that are likely of one event; those of one case are of one event already.

    ``rows``: as `governance.cases.merging.rows.rows_of_leads` gives them.
    ``decided``: what people said before.
    """
    decided = decided or Decided()
    grams = character_grams(rows["text"])
    words = weighted(grams) if grams.nnz else grams
    first, second = candidate_pairs(rows, grams)
    bits = partial(_bits, rows, words, decided)
    group = groups_of_pairs(len(rows), first, second, bits(first, second), compare=bits)
    return Grouped(rows, group, words, decided)


def _bits(
    rows: pd.DataFrame, words: csr_matrix, decided: Decided, first: Positions, second: Positions
) -> Floats:
    bits = compare(rows, words, first, second).bits
    case = rows["case_id"].to_numpy()
    bits[case[first] == case[second]] = DECIDED_BITS
    if decided.apart:
        bits[_apart(rows["lead_id"].to_numpy(np.int64), decided, first, second)] = -DECIDED_BITS
    return bits


def _apart(lead: Ints, decided: Decided, first: Positions, second: Positions) -> Bools:
    """Say which pairs a person kept apart."""
    apart = np.array(sorted(decided.apart), dtype=np.int64)
    base = int(max(lead.max(), apart.max())) + 1
    low, high = np.minimum(lead[first], lead[second]), np.maximum(lead[first], lead[second])
    return np.isin(low * base + high, apart[:, 0] * base + apart[:, 1])
