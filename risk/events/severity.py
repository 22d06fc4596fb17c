"""Put the grades of visits on one scale: how bad, against what the same inspectors usually give.

A score of 92 means one thing to the fire brigade and another to the kitchen inspectors, and a first
inspection is graded otherwise than a re-inspection. So a grade is compared with the grades of its
own source and purpose, and only with those that were known before the cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import ibis
from ibis import ir

from data.workspace.settings import GradeBetter
from risk.events.expressions import real, text_of
from risk.events.known_from import known_before

GRADE_Z: Final = "grade_z"
BY: Final = ("source", "purpose")
FEWEST: Final = 30
"""So many known grades make a scale of their own; with fewer a wider group's is used."""
LIMIT: Final = 4.0
"""Standard deviations beyond which a grade counts as just so far from the usual."""
_WORST, _IS_WORD = "_worst", "_is_word"


def with_grade_z(
    rows: ir.Table, *, cut: datetime, by: Sequence[str] = BY, better: GradeBetter = "high"
) -> ir.Table:
    """Return ``rows`` with ``grade_z``: how many standard deviations worse than usual.

    Numbers are compared with numbers and words with words. The scale of a row is that of its group
    where at least `FEWEST` rows of it, not all alike, were known; else that of the group without
    the last of ``by``, and so on; at last that of all rows.

    Parameters
    ----------
    rows
        With ``grade`` (float), ``event_at``, ``learnt_at`` and, where grades were given as words,
        ``grade_word``; also rows from after the cut, which get a value too.
    cut
        Local time: only what happened and was learnt before it makes the scale.
    by
        Columns of text that make a group, the widest first; one that is not there reads ``''``.
    better
        Which numbers are the good ones. Words are ordered by their table whatever this says.

    Returns
    -------
    rows
        With ``grade_z``: float, within ±`LIMIT`, higher is worse; NULL where there is no grade,
        0 where no two different grades were known.
    """
    keys = [f"_by_{position}" for position in range(len(by))]
    graded = rows.mutate(
        **{key: text_of(rows, name) for key, name in zip(keys, by, strict=True)},
        **{_IS_WORD: _is_word(rows), _WORST: _worse_upward(rows, better)},
    )
    known = graded.filter(known_before(graded, cut), graded[_WORST].notnull())
    known = known.select(*keys, _IS_WORD, _WORST)
    known = _without_outliers(known, [*keys[:1], _IS_WORD])
    means, deviations = [], []
    for level in range(len(keys), -1, -1):
        mean, deviation = f"_mean_{level}", f"_deviation_{level}"
        scale = _scale(known, [*keys[:level], _IS_WORD], fewest=FEWEST if level else 2)
        graded = _beside(graded, scale.rename({mean: "mean", deviation: "deviation"}))
        means.append(mean)
        deviations.append(deviation)
    mean = ibis.coalesce(*(graded[name] for name in means))
    deviation = ibis.coalesce(*(graded[name] for name in deviations))
    apart = ((graded[_WORST] - mean) / deviation).clip(real(-LIMIT), real(LIMIT))
    grade_z = ibis.ifelse(graded[_WORST].isnull(), ibis.null("float64"), apart.fill_null(real(0.0)))
    return graded.mutate(**{GRADE_Z: grade_z}).select(*rows.columns, GRADE_Z)


def _worse_upward(rows: ir.Table, better: GradeBetter) -> ir.FloatingValue:
    """Return grades of which the higher is the worse, NULL where there is none."""
    grade = rows["grade"].cast("float64")
    grade = ibis.ifelse(grade.isnan(), ibis.null("float64"), grade)
    return -grade if better == "high" else ibis.ifelse(_is_word(rows), -grade, grade)


def _is_word(rows: ir.Table) -> ir.BooleanValue:
    return text_of(rows, "grade_word") != ""


def _without_outliers(known: ir.Table, keys: Sequence[str]) -> ir.Table:
    """Draw slips of the pen (9900 for 99) closer: they would stretch the scale of all others.

    No grade lies farther outside the middle nine tenths of its group than these are wide.
    """
    worst = known[_WORST]
    middle = known.group_by(list(keys)).aggregate(
        low=worst.quantile(0.05), high=worst.quantile(0.95)
    )
    beside = _beside(known, middle.filter(middle["low"] < middle["high"]))
    reach = beside["high"] - beside["low"]
    drawn = beside[_WORST].clip(beside["low"] - reach, beside["high"] + reach)
    return beside.mutate(**{_WORST: ibis.coalesce(drawn, beside[_WORST])}).select(*known.columns)


def _scale(known: ir.Table, keys: Sequence[str], *, fewest: int) -> ir.Table:
    """Return ``mean`` and ``deviation`` of the groups that have enough grades, not all alike."""
    worst = known[_WORST]
    groups = known.group_by(list(keys)).aggregate(
        rows=worst.count(),
        spread=worst.max() - worst.min(),
        mean=worst.mean(),
        deviation=worst.std(how="pop"),
    )
    usable = groups.filter(groups["rows"] >= fewest, groups["spread"] > real(0.0))
    return usable.drop("rows", "spread")


def _beside(rows: ir.Table, groups: ir.Table) -> ir.Table:
    """Put what is known of a row's group beside it, NULL where there is none."""
    keys = [name for name in groups.columns if name in rows.columns]
    joined = rows.left_join(groups, keys)
    return joined.drop(*(f"{key}_right" for key in keys))
