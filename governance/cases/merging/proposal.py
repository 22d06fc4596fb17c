"""A proposal: leads of several cases beside each other, with what is seen of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from data.contracts.case_vocabulary import ENDED, Stage
from geo.arrays import Positions
from governance.cases.merging.open_leads import SHOWN
from governance.cases.merging.propose import Grouped

EVIDENCE: Final = ("place", "contact", "caller", "named", "days", "alike")
"""What is seen of a lead beside the first of its proposal, as in `Evidence`."""
_STAGES: Final = {stage: at for at, stage in enumerate(Stage)}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Leads of several cases that are likely of one event.

    Parameters
    ----------
    case_nos
        The cases, the one that the others would go to first.
    bits
        What speaks for the least sure of the other cases: the logarithm to base 2 of the odds.
    leads
        Columns `SHOWN` and `EVIDENCE`: each beside the first, which has none.
    """

    case_nos: tuple[str, ...]
    bits: float
    leads: pd.DataFrame


def worked_on(stage: str) -> int:
    """Return how far a case has come, for choosing the one that others go to; ended ones last."""
    return -1 if stage in ENDED else _STAGES[Stage(stage)]


def make_proposals(told: pd.DataFrame, grouped: Grouped) -> Iterator[Proposal]:
    """Yield the proposals that groups of leads make: of several cases, one of them open.

    Parameters
    ----------
    told
        As `OpenLeads.read` gives them, in the order of the rows that were grouped.
    """
    order = np.argsort(grouped.group, kind="stable")
    ends = np.flatnonzero(np.diff(grouped.group[order])) + 1
    is_open = (~told["stage"].isin(sorted(ENDED))).to_numpy()
    case = told["case_id"].to_numpy()
    for rows in np.split(order, ends):
        if len(rows) > 1 and is_open[rows].any() and len(np.unique(case[rows])) > 1:
            yield _proposal(told, grouped, rows)


def _proposal(told: pd.DataFrame, grouped: Grouped, rows: Positions) -> Proposal:
    some = told.iloc[rows].assign(row=rows)
    first = some.assign(far=-some["stage"].map(worked_on)).sort_values(
        ["far", "received_at", "lead_id"], kind="stable"
    )
    into = str(first["case_no"].iloc[0])
    some = first.sort_values(["received_at", "lead_id"], kind="stable")
    some = pd.concat([some[some["case_no"] == into], some[some["case_no"] != into]])
    at = some["row"].to_numpy()
    seen = grouped.evidence(np.full(len(at) - 1, at[0]), at[1:])
    leads = some[list(SHOWN)].reset_index(drop=True)
    for name in EVIDENCE:
        values = pd.Series([None, *getattr(seen, name).tolist()], dtype=object)
        leads[name] = values
    numbers = tuple(dict.fromkeys(some["case_no"]))
    return Proposal(numbers, _least_sure(grouped, some), leads)


def _least_sure(grouped: Grouped, some: pd.DataFrame) -> float:
    """Return the bits of the case whose best pair with any other speaks least."""
    at, case = some["row"].to_numpy(), some["case_no"].to_numpy()
    a, b = np.triu_indices(len(at), k=1)
    other = case[a] != case[b]
    bits = grouped.bits(at[a[other]], at[b[other]])
    pairs = pd.DataFrame({"case": np.concatenate([case[a[other]], case[b[other]]]),
                          "bits": np.concatenate([bits, bits])})  # fmt: skip
    return float(pairs.groupby("case")["bits"].max().min())
