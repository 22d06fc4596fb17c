"""The addresses that wait for a person: one line for all rows that read alike."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from data.derived.placing.address_keys import KEY
from data.lake.schema import EVENT_AT

Order = Literal["likely", "rows", "newest"]
QUEUE_COLUMNS: Final = ("address", "example", "table", "tables", "rows", "candidates", "score",
                        "communities", "newest")  # fmt: skip
_SORTED: Final[Mapping[str, list[str]]] = {
    "likely": ["unlike", "rows", "address"],
    "rows": ["rows", "address"],
    "newest": ["newest", "address"],
}
_FALLING: Final = frozenset({"rows", "newest"})


@lru_cache(maxsize=2)
def waiting_rows(path: Path) -> pd.DataFrame:
    """Return the rows of the first of `data.engine.Engine.waiting_files`."""
    rows: pd.DataFrame = pq.read_table(path).to_pandas()
    return rows.fillna({"match_candidates": "", "community_code": ""})


@lru_cache(maxsize=2)
def waiting_keys(path: Path) -> frozenset[str]:
    """Return the normalised addresses of `waiting_rows`, reading nothing else of them."""
    return frozenset(pq.read_table(path, columns=[KEY])[KEY].unique().to_pylist())


@lru_cache(maxsize=2)
def waiting_addresses(path: Path, register: Path) -> pd.DataFrame:
    """Gather the rows by what their addresses say, decided or not: `QUEUE_COLUMNS`.

    ``tables`` counts rows by table, ``table`` is the one with most; ``candidates`` are ids, those
    of most rows first; ``communities`` are codes: where the rows or their candidates are.

    ``path``, ``register``: as of `data.engine.Engine.waiting_files`.
    """
    rows = waiting_rows(path)
    by_table = _lists(rows, "table")
    with_choice = rows[rows["match_candidates"] != ""]
    by_choice = _lists(with_choice, "match_candidates")
    groups = rows.groupby(KEY, sort=True)
    found = groups.agg(
        rows=("table", "size"), score=("match_score", "max"), newest=(EVENT_AT, "max")
    )  # fmt: skip
    found["example"] = _commonest(rows, "raw_address")
    counts = {key: dict(pairs) for key, pairs in by_table.items()}
    choices = {key: _ids([text for text, _ in pairs]) for key, pairs in by_choice.items()}
    keys = found.index.tolist()
    found["address"] = keys
    found["tables"] = pd.Series([counts[key] for key in keys], index=keys)
    found["table"] = [next(iter(counts[key])) for key in keys]
    found["candidates"] = [choices.get(key, []) for key in keys]
    found["communities"] = _communities(rows, choices, keys, register)
    return found.reset_index(drop=True)[list(QUEUE_COLUMNS)]


def chosen(
    queue: pd.DataFrame,
    *,
    decided: Collection[str],
    containing: str = "",
    tables: Collection[str] = (),
    communities: Collection[str] = (),
    order: Order = "likely",
) -> pd.DataFrame:
    """Return the lines that are not decided and pass the filters, in order.

    A filter without anything lets everything pass. ``likely`` puts those with candidates first,
    then those with most rows; ``newest`` those whose newest row is youngest.
    """
    wanted = ~queue["address"].isin(list(decided))
    if text := containing.strip():
        wanted &= queue["example"].str.contains(text, regex=False)
    if tables:
        wanted &= _any_of(queue["tables"], frozenset(tables))
    if communities:
        wanted &= _any_of(queue["communities"], frozenset(communities))
    queue = queue[wanted]
    queue = queue.assign(unlike=[not ids for ids in queue["candidates"]])
    by = _SORTED[order]
    queue = queue.sort_values(by, ascending=[name not in _FALLING for name in by], kind="stable")
    return queue[list(QUEUE_COLUMNS)].reset_index(drop=True)


def _commonest(rows: pd.DataFrame, column: str) -> pd.Series:
    """Return key → its commonest text of a column; of equally common ones the first that came."""
    counted = rows.groupby([KEY, column], sort=False).size().rename("n").reset_index()
    first = counted.sort_values("n", ascending=False, kind="stable").drop_duplicates(KEY)
    return first.set_index(KEY)[column]


def _lists(rows: pd.DataFrame, column: str) -> dict[str, list[tuple[str, int]]]:
    """Return key → its values of a column with their counts, the commonest first."""
    counted = rows.groupby([KEY, column]).size().rename("n").reset_index()
    counted = counted.sort_values([KEY, "n", column], ascending=[True, False, True])
    lists: dict[str, list[tuple[str, int]]] = {}
    for key, value, n in zip(counted[KEY], counted[column], counted["n"], strict=True):
        lists.setdefault(key, []).append((value, int(n)))
    return lists


def _communities(
    rows: pd.DataFrame, choices: Mapping[str, list[str]], keys: list[str], register: Path
) -> list[list[str]]:
    known = pq.read_table(register, columns=["building_id", "community_code"]).to_pandas()
    codes = known["community_code"].fillna("")
    of_building = dict(zip(known["building_id"], codes, strict=True))
    held: dict[str, set[str]] = {
        key: {of_building.get(unit, "") for unit in choices.get(key, [])} for key in keys
    }
    for key, code in zip(rows[KEY], rows["community_code"], strict=True):
        held[key].add(code)
    return [sorted(held[key] - {""}) for key in keys]


def _ids(joined: list[str]) -> list[str]:
    return list(dict.fromkeys(each for text in joined for each in text.split(";")))


def _any_of(column: pd.Series, wanted: frozenset[str]) -> np.ndarray:
    return np.array([not wanted.isdisjoint(held) for held in column], dtype=bool)
