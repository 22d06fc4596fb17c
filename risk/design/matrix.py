"""One row of features per place, from what was known before a cut and nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risk.arrays import Columns
from risk.config.find_rate import ModelConfig
from risk.design.recency import recency_columns
from risk.design.relative_risks import outcome_columns
from risk.design.visit_table import Facts


def build_design(
    known: Facts,
    places: pd.DataFrame,
    *,
    cut: int,
    config: ModelConfig,
    further: Columns | None = None,
) -> pd.DataFrame:
    """Build the features of places as of a cut.

    ``known``: facts of before the cut (`Facts.before`). ``places``: rows of
    `risk.design.units.known_places`. ``further``: columns that come last.

    The frame: float64, one row per place in their order, columns named by
    `risk.design.names`. An outcome that was never recorded has no columns.
    """
    columns: Columns = {}
    columns |= outcome_columns(known, places, cut=cut, config=config)
    columns |= recency_columns(known, places, cut=cut, config=config)
    columns |= _indicators(known, places, config)
    return pd.DataFrame(columns | (further or {}), index=places.index, copy=False)


def _indicators(known: Facts, places: pd.DataFrame, config: ModelConfig) -> Columns:
    """Mark the commonest classes and kinds among the results so far."""
    results = known.with_results()
    columns: Columns = {}
    for prefix, name, most in (
        ("class", "risk_class", config.top_classes),
        ("kind", "kind", config.top_kinds),
    ):
        for text in _commonest(results[name], most):
            columns[f"{prefix}.{text}"] = np.asarray(places[name] == text, dtype=np.float64)
    return columns


def _commonest(texts: pd.Series, most: int) -> list[str]:
    counts = texts[texts != ""].value_counts().rename_axis("text").reset_index(name="count")
    ordered = counts.sort_values(["count", "text"], ascending=[False, True], kind="stable")
    return [str(text) for text in ordered["text"].iloc[:most]]
