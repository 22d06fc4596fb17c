"""Figures are what is counted divided by what it is of; a sum is of all, known or not."""

import math
import random

import pandas as pd
import pytest

from governance.records.bulletins.figures import ALL, COUNTS, FIGURES, measure

DRAW = random.Random(5)  # noqa: S311 -- no secret


def counts(*communities: str) -> pd.DataFrame:
    rows = {code: {name: DRAW.randrange(25) for name in COUNTS} for code in communities}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(COUNTS))


def plainly(table: pd.DataFrame | None, community: str, above: str, below: str) -> float:
    """Work one figure out by adding lines up one by one."""
    if table is None:
        return math.nan
    chosen = [row for code, row in table.iterrows() if community in (ALL, code)]
    values = {name: sum(row[name] for row in chosen) for name in (above, below) if name}
    if not below:
        return float(values[above])
    return values[above] / values[below] if values[below] else math.nan


def same(one: float, other: float) -> bool:
    return (math.isnan(one) and math.isnan(other)) or one == pytest.approx(other)


def test_figures_are_those_of_a_plain_sum() -> None:
    now, before, year = counts("", "C1", "C2"), counts("", "C2", "C3"), None
    measured = measure(now, before, year)
    assert list(measured["community"].unique()) == [ALL, "C1", "C2"]
    assert len(measured) == 3 * len(FIGURES)
    by_name = {each.name: each for each in FIGURES}
    for row in measured.to_dict("records"):
        figure = by_name[str(row["figure"])]
        told = (str(row["community"]), figure.numerator, figure.denominator)
        assert same(row["value"], plainly(now, *told)), row
        assert same(row["before"], plainly(before, *told)), row
        assert math.isnan(row["year_before"])
        if figure.denominator:
            assert row["few"] == (row["denominator"] < 10)
            assert same(row["value"] * row["denominator"], row["numerator"] or math.nan) or (
                row["denominator"] == 0 or row["numerator"] == 0
            )
        else:
            assert not row["few"]
            assert math.isnan(row["denominator"])


def test_what_was_not_on_file_then_is_unknown_and_not_none() -> None:
    now, before = counts("C1"), counts("C2").astype(float).assign(received=math.nan)
    measured = measure(now, before, None).set_index(["community", "figure"])["before"]
    assert math.isnan(measured["", "received"])
    assert math.isnan(measured["", "verified"])  # of those received
    assert math.isnan(measured["C1", "received"])
    assert measured["C1", "person_times"] == 0
