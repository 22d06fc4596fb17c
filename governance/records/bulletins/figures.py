"""The figures of bulletins: what is counted of what, and how two periods compare.

Each is of the cases, visits and buildings of one community or of all. A deadline counts in the
period in which it fell, not in that in which the case came, so a period that is over is settled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

FEW: Final = 10
"""A rate of fewer says little."""
FIGURE_COLUMNS: Final = ("community", "figure", "numerator", "denominator", "value", "few",
                         "before", "before_few", "before_numerator", "before_denominator",
                         "year_before", "year_before_few")  # fmt: skip
ALL: Final = ""
"""Stands for all communities together."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a figure is.

    ``numerator``, ``denominator``: what is counted, and of what; a figure without a denominator is
    a count.
    """

    name: str
    """Its name in the catalogues."""
    numerator: str
    denominator: str = ""


FIGURES: Final = (
    Figure("person_times", "person_times"),
    Figure("places_checked", "places"),
    Figure("problems_found", "found"),
    Figure("ordered_to_stop", "stopped"),
    Figure("leads_handed_over", "handed_over"),
    Figure("received", "received"),
    Figure("open", "open"),
    Figure("overdue", "overdue"),
    Figure("on_hold", "on_hold"),
    Figure("on_ledger", "on_ledger"),
    Figure("came_onto_ledger", "came_in"),
    Figure("left_ledger", "went_out"),
    Figure("signed_in_time", "signed", "sign_due"),
    Figure("handled", "handled", "handle_due"),
    Figure("handled_in_time", "handled_in_time", "handle_due"),
    Figure("verified", "verified", "received"),
    Figure("confirmed", "confirmed", "judged"),
    Figure("returned", "returned", "received"),
    Figure("extended", "extended", "handle_due"),
    Figure("reworked", "reopened", "worked"),
    Figure("satisfied", "satisfied", "reached"),
    Figure("coverage", "covered", "due"),
    Figure("found_again", "found_again", "looked_again"),
)
BY_NAME: Final = {each.name: each for each in FIGURES}
COUNTS: Final = tuple(
    dict.fromkeys(n for each in FIGURES for n in (each.numerator, each.denominator) if n)
)
"""What has to be counted for the figures."""


def measure(
    counts: pd.DataFrame, before: pd.DataFrame | None, year_before: pd.DataFrame | None
) -> pd.DataFrame:
    """Work out all figures, of each community and of all together (`ALL`, first).

    ``counts``, ``before``, ``year_before``: index community code, columns `COUNTS`, of the period
    and of those that it is compared with; NaN where nothing was recorded then, None where there is
    no such period.

    Returns `FIGURE_COLUMNS`; ``value``: a rate from 0 to 1, or a count; NaN where nothing was due.
    ``denominator`` NaN of counts. ``few``: a rate of fewer than ten. The compared values are NaN
    where they are not known.
    """
    tables = {"": counts, "before": before, "year_before": year_before}
    known = {name: _by_place(table) for name, table in tables.items() if table is not None}
    of_place = {
        community: {name: places.get(community, _nothing(places)) for name, places in known.items()}
        for community in known[""]
    }
    rows = [_row(figure, place, values) for place, values in of_place.items() for figure in FIGURES]
    return pd.DataFrame(rows, columns=list(FIGURE_COLUMNS))


def _by_place(counts: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return the counts of each community, and before them their sum under `ALL`.

    Those of no community are in the sum alone.
    """
    named = counts[counts.index != ALL].sort_index()
    total = counts.sum(min_count=1).to_frame(ALL).T
    places: dict[str, dict[str, float]]
    places = pd.concat([total, named]).astype(float).to_dict("index")  # type: ignore[assignment]
    return places


def _nothing(places: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return the counts of a community that is not among others; unknown is what is so of all."""
    return {name: count * 0 for name, count in places[ALL].items()}


def _row(
    figure: Figure, community: str, values: Mapping[str, Mapping[str, float]]
) -> tuple[object, ...]:
    value, few, above, below = _value(figure, values[""])
    before, before_few, *parts = _value(figure, values.get("before"))
    year, year_few, *_ = _value(figure, values.get("year_before"))
    return (community, figure.name, above, below, value, few, before, before_few, *parts,
            year, year_few)  # fmt: skip


def _value(figure: Figure, counts: Mapping[str, float] | None) -> tuple[float, bool, float, float]:
    """Return a figure, whether it is a rate of so few that it says little, and its parts."""
    nan = float("nan")
    if counts is None:
        return nan, False, nan, nan
    above = counts[figure.numerator]
    if not figure.denominator:
        return above, False, above, nan
    below = counts[figure.denominator]
    return (above / below if below else nan), below < FEW, above, below
