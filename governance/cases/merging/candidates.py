"""Which pairs of leads are compared at all: few of the billions that there are."""

from typing import Final

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from geo.arrays import Ints, Positions

WITHIN_DAYS: Final = 200
NEIGHBOURS: Final = 24
"""Of one key a lead is compared with at most so many that came after it."""
_BANDS, _ROWS = 6, 3
_PRIME: Final = (1 << 31) - 1


def candidate_pairs(rows: pd.DataFrame, grams: csr_matrix) -> tuple[Positions, Positions]:
    """Return the pairs of rows that share a key within `WITHIN_DAYS`, each once, first < second.

    Keys are the building, the place name where the building is unknown, the caller, each contact,
    and words that are nearly the same (MinHash). Numbers that one lead names and another has make
    a pair at any distance in time, and so does one case. Leads that are placed in two buildings
    are no pair otherwise.

    ``rows``: as of `governance.cases.merging.rows.rows_of_leads`.
    ``grams``: character n-grams of their texts, shape (rows, features).
    """
    keys = [_key("b", rows["building_id"]), _key("c", rows["caller"])]
    keys += [_words_key("t", rows["contact"]), *_places(rows)]
    keys += [_bands(grams, band) for band in range(_BANDS)]
    found = np.concatenate([*(_near_in_time(rows, key) for key in keys), _naming(rows),
                            _of_one_case(rows)])  # fmt: skip
    first, second = np.divmod(np.unique(found[:, 0] * len(rows) + found[:, 1]), len(rows))
    return first, second


def _key(kind: str, values: pd.Series) -> pd.DataFrame:
    known = values[values != ""]
    return pd.DataFrame({"row": known.index, "key": kind + known.to_numpy()})


def _words_key(kind: str, values: pd.Series) -> pd.DataFrame:
    each = values[values != ""].str.split().explode()
    return pd.DataFrame({"row": each.index, "key": kind + each.to_numpy()})


def _places(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the place name as a key of rows without a building, and of those it could lead to."""
    without = rows["building_id"] == ""
    vague = rows["place"].isin(rows.loc[without & (rows["place"] != ""), "place"].unique())
    return [_key("p", rows["place"].where(vague, ""))]


def _bands(grams: csr_matrix, band: int) -> pd.DataFrame:
    """Return for each row with words a band of its MinHash signature."""
    filled = np.flatnonzero(np.diff(grams.indptr))
    rng = np.random.default_rng(band)
    key = np.zeros(len(filled), dtype=np.uint64)
    for _ in range(_ROWS):
        a, b = rng.integers(1, _PRIME, 2)
        hashed = (grams.indices.astype(np.int64) * a + b) % _PRIME
        least = np.minimum.reduceat(hashed, grams.indptr[filled]) if len(filled) else hashed[:0]
        key = key * np.uint64(_PRIME) + least.astype(np.uint64)
    return pd.DataFrame({"row": filled, "key": key})


def _near_in_time(rows: pd.DataFrame, keyed: pd.DataFrame) -> Ints:
    """Return pairs of rows of one key, each row with the next few after it."""
    days = rows["received_at"].to_numpy().astype("datetime64[s]").astype(np.int64)[keyed["row"]]
    codes = pd.factorize(keyed["key"])[0]
    order = np.lexsort((keyed["row"], days, codes))
    row, code, day = keyed["row"].to_numpy()[order], codes[order], days[order]
    placed = pd.factorize(rows["building_id"].replace("", None))[0][row]
    found = [np.empty((0, 2), dtype=np.int64)]
    for step in range(1, NEIGHBOURS + 1):
        near = (code[step:] == code[:-step]) & (day[step:] - day[:-step] <= WITHIN_DAYS * 86_400)
        if not near.any():
            break
        one, other = placed[:-step], placed[step:]
        near &= (one == other) | (one < 0) | (other < 0)
        pair = np.stack([row[:-step][near], row[step:][near]], axis=1)
        found.append(np.sort(pair[pair[:, 0] != pair[:, 1]], axis=1))
    return np.concatenate(found)


def _naming(rows: pd.DataFrame) -> Ints:
    """Return pairs of which one names a number of the other, or that share one."""
    has = _words_key("", rows["numbers"])
    names = _words_key("", rows["named"])
    both = pd.concat([has, names]).merge(has, on="key", suffixes=("", "_other"))
    pair = both.loc[both["row"] != both["row_other"], ["row", "row_other"]].to_numpy(np.int64)
    return np.sort(pair.reshape(-1, 2), axis=1)


def _of_one_case(rows: pd.DataFrame) -> Ints:
    """Return each lead with the next one of its case."""
    order = np.argsort(rows["case_id"].to_numpy(), kind="stable")
    case = rows["case_id"].to_numpy()[order]
    same = np.flatnonzero(case[1:] == case[:-1])
    return np.stack([order[same], order[same + 1]], axis=1).astype(np.int64)
