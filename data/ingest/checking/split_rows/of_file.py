"""Join what a file lists in pieces, whatever kind of pieces its table has."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.contracts.model import TableContract
from data.ingest.checking.problems import Problems
from data.ingest.checking.split_rows.split_shapes import SplitShapes, Values, repeated_keys
from data.ingest.checking.split_rows.visit_problems import (
    VisitProblems,
    problem_field,
    with_results_of_problems,
)

Pieces = SplitShapes | VisitProblems


def pieces_of(contract: TableContract, mapping: Mapping[str, str], keys: pa.Array) -> Pieces:
    """Return what takes the pieces of a file; ``keys`` are those that it gives more than once."""
    field = problem_field(contract, mapping)
    return VisitProblems(contract, field) if field else SplitShapes(contract, keys)


def join_pieces(
    contract: TableContract,
    mapping: Mapping[str, str],
    values: Values,
    problems: Problems,
    pieces: Pieces | None,
) -> tuple[Values, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the values of a batch joined, later pieces, and which of them are rows of no content.

    ``problems``: of the batch; rows of visits that are refused whole are added.
    ``pieces``: of the whole file; None where the batch is that.
    """
    if pieces is None:
        pieces = pieces_of(contract, mapping, repeated_keys(values[contract.key]))
        pieces.add(values, problems)
    if isinstance(pieces, VisitProblems):
        pieces.refuse(values, problems)
    values, later = pieces.join(values)
    counted = pieces if isinstance(pieces, VisitProblems) else None
    empty = later if counted else np.zeros(len(later), bool)
    return with_results_of_problems(contract, values, mapping, counted), later, empty
