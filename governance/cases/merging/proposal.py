"""A proposal: leads of several cases beside each other, with what is seen of each."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from data.contracts.case_vocabulary import ENDED, Stage
from geo.arrays import Ints, Positions
from governance.cases.merging.open_leads import SHOWN
from governance.cases.merging.propose import Grouped

EVIDENCE: Final = ("place", "contact", "caller", "named", "days", "alike", "taught")
"""What is seen of a lead beside the first of its proposal, as in `Evidence`."""
MOST_LISTED: Final = 50
_STAGES: Final = {stage: at for at, stage in enumerate(Stage)}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Leads of several cases that are likely of one event."""

    case_nos: tuple[str, ...]
    """The cases, the one that the others would go to first."""
    bits: float
    """What speaks for the least sure of the other cases: the logarithm to base 2 of the odds."""
    leads: pd.DataFrame
    """Columns `SHOWN` and `EVIDENCE`: each beside the first, which has none."""


def worked_on(stage: str) -> int:
    """Return how far a case has come, for choosing the one that others go to; ended ones last."""
    return -1 if stage in ENDED else _STAGES[Stage(stage)]


def make_proposals(leads: pd.DataFrame, grouped: Grouped) -> list[Proposal]:
    """Return the proposals that groups of leads make, the surest first.

    Each is of several cases, one of which is open.

    ``leads``: as `OpenLeads.read` gives them, in the order of the rows that were grouped.
    """
    order = np.argsort(grouped.group, kind="stable")
    ends = np.flatnonzero(np.diff(grouped.group[order])) + 1
    is_open = (~leads["stage"].isin(sorted(ENDED))).to_numpy()
    case = leads["case_id"].to_numpy()
    groups = [
        rows
        for rows in np.split(order, ends)
        if len(rows) > 1 and is_open[rows].any() and len(np.unique(case[rows])) > 1
    ]
    bits = _least_sure(grouped, case, groups)
    best = sorted(range(len(groups)), key=lambda at: (-bits[at], groups[at][0]))[:MOST_LISTED]
    return [_proposal(leads, grouped, groups[at], bits[at]) for at in best]


def _proposal(all_leads: pd.DataFrame, grouped: Grouped, rows: Positions, bits: float) -> Proposal:
    some = all_leads.iloc[rows].assign(row=rows)
    first = some.assign(far=-some["stage"].map(worked_on)).sort_values(
        ["far", "received_at", "lead_id"], kind="stable"
    )
    into = str(first["case_no"].iloc[0])
    some = some.sort_values(["received_at", "lead_id"], kind="stable")
    some = pd.concat([some[some["case_no"] == into], some[some["case_no"] != into]])
    at = some["row"].to_numpy()
    seen = grouped.evidence(np.full(len(at) - 1, at[0]), at[1:])
    leads = some[list(SHOWN)].reset_index(drop=True)
    for name in EVIDENCE:
        leads[name] = pd.Series([None, *getattr(seen, name).tolist()], dtype=object)
    return Proposal(tuple(dict.fromkeys(some["case_no"])), bits, leads)


def _least_sure(grouped: Grouped, case: Ints, groups: list[Positions]) -> list[float]:
    """Return of each group the bits of the case whose best pair with any other speaks least."""
    if not groups:
        return []
    inside = [np.triu_indices(len(rows), k=1) for rows in groups]
    first, second, of = (
        np.concatenate(parts)
        for parts in zip(
            *(
                (rows[a], rows[b], np.full(len(a), at))
                for at, (rows, (a, b)) in enumerate(zip(groups, inside, strict=True))
            ),
            strict=True,
        )
    )
    other = case[first] != case[second]
    first, second, of = first[other], second[other], of[other]
    bits = grouped.bits(first, second)
    pairs = pd.DataFrame(
        {"group": [*of, *of], "case": [*case[first], *case[second]], "bits": [*bits, *bits]}
    )
    best = pairs.groupby(["group", "case"])["bits"].max()
    return [float(each) for each in best.groupby("group").min()]
