"""Plant the mistakes that make a row unusable, and remember where."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True)
class Blunder:
    """One kind of mistake: what the importer calls it, in which column, and what is written."""

    problem: str
    header: str
    written: tuple[object, ...]


def plant(
    cells: pd.DataFrame,
    answers: pd.DataFrame,
    blunders: tuple[Blunder, ...],
    *,
    rng: np.random.Generator,
    spared: int = 0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return copies of `cells` and `answers` with every blunder in a row of its own.

    A written None empties the cell; the first `spared` rows are left alone. Where there are too
    few rows, the last blunders are left out.
    """
    wanted = [(blunder, cell) for blunder in blunders for cell in blunder.written]
    places = spared + rng.permutation(max(0, len(cells) - spared))[: len(wanted)]
    columns = {name: list(cells[name]) for name in cells}
    problems = [""] * len(cells)
    for (blunder, cell), place in zip(wanted, places, strict=False):
        columns[blunder.header][place] = cell
        problems[place] = blunder.problem
    spoilt = {name: pd.Series(column, dtype=object) for name, column in columns.items()}
    return pd.DataFrame(spoilt), answers.assign(problem=pd.Series(problems, dtype=object))
