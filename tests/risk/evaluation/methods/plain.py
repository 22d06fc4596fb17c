"""The baselines once more, slowly: row by row, in loops, from the rows as they were read."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import h3

from risk.evaluation.view import View
from risk.features.empirical_bayes import STRENGTHS

Row = Mapping[str, Any]
NEVER_DAYS = 10_000.0


def known_rows(view: View) -> list[Row]:
    """Return what had happened and was learnt before the origin, one row per visit."""
    cut, seen, rows = view.question.cut, set(), []
    every: list[Row] = view.geography.tables.facts.visits.to_dict("records")
    for row in reversed(every):
        if row["day"] >= cut or row["learnt"] >= cut:
            continue
        key = (row["door"] or row["building"], row["day"], row["purpose_code"])
        if not (key in seen and math.isnan(row["found"])):
            rows.append(row)
        seen.add(key)
    return rows[::-1]


def unit_of(row: Row, level: str) -> str:
    """Return the name of a row's unit."""
    if level == "place":
        return str(row["door"] or row["building"])
    if level == "building":
        return str(row["building"])
    resolution = int(level.removeprefix("cell:"))
    return h3.cell_to_parent(row["h3_r10"], resolution) if row["h3_r10"] else ""


def by_unit(view: View, rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return the rows of each unit."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[unit_of(row, view.question.level)].append(row)
    return found


def per_unit(view: View, rows: Sequence[Row], of: Callable[[list[Row]], float]) -> list[float]:
    """Return what a function makes of each unit's rows."""
    mine = by_unit(view, rows)
    return [of(mine.get(str(name), [])) for name in view.names]


def finds(view: View) -> list[Row]:
    return [row for row in known_rows(view) if row["found"] >= 1]


def results(view: View) -> list[Row]:
    return [row for row in known_rows(view) if not math.isnan(row["found"])]


def degrees(view: View) -> tuple[str, list[Row]]:
    """Return what says how bad a visit was, and the visits that say it."""
    for name in ("fault_score", "problems", "found"):
        graded = [row for row in known_rows(view) if not math.isnan(row[name])]
        if len(graded) >= len(results(view)) / 2:
            break
    return name, graded


def past_count(view: View) -> list[float]:
    return per_unit(view, finds(view), lambda rows: float(len(rows)))


def decayed_count(view: View, half_life_days: float) -> list[float]:
    def decayed(rows: list[Row]) -> float:
        return sum(0.5 ** ((view.question.cut - row["day"]) / half_life_days) for row in rows)

    return per_unit(view, finds(view), decayed)


def mean_grade(view: View) -> list[float]:
    name, graded = degrees(view)
    usual = sum(row[name] for row in graded) / len(graded) if graded else 0.0
    return per_unit(
        view, graded, lambda rows: sum(row[name] for row in rows) / len(rows) if rows else usual
    )


def last_grade(view: View) -> list[float]:
    name, graded = degrees(view)
    usual = sum(row[name] for row in graded) / len(graded) if graded else 0.0

    def last(rows: list[Row]) -> float:
        if not rows:
            return usual
        day = max(row["day"] for row in rows)
        values = [row[name] for row in rows if row["day"] == day]
        return sum(values) / len(values)

    return per_unit(view, graded, last)


def days_since(view: View, rows: Sequence[Row]) -> list[float]:
    def since(rows: list[Row]) -> float:
        return min((float(view.question.cut - row["day"]) for row in rows), default=NEVER_DAYS)

    return per_unit(view, rows, since)


def ring(view: View, steps: int) -> list[float]:
    """Weigh the finds of the last year by 1 / (1 + steps) from the unit's cell of resolution 9."""
    recent = [row for row in finds(view) if view.question.cut - row["day"] <= 365]
    values = []
    for name in view.names:
        apart = [h3.grid_distance(str(name), unit_of(row, "cell:9")) for row in recent]
        values.append(sum(1.0 / (1.0 + each) for each in apart if each <= steps))
    return values


def z_sum(counts: Sequence[Sequence[float]]) -> list[float]:
    total = [0.0] * len(counts[0])
    for values in counts:
        mean = sum(values) / len(values)
        spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
        for at, value in enumerate(values):
            total[at] += (value - mean) / spread if spread else 0.0
    return total


def exposure(view: View, *, registered: float, dwelling: float) -> list[float]:
    """Weigh the registered units and the doors of each building."""
    cut, tables = view.question.cut, view.geography.tables
    doors, units = defaultdict(float), defaultdict(set)
    for row in tables.buildings.to_dict("records"):
        doors[row["building"]] += 0.0 if math.isnan(row["doors"]) else row["doors"]
    for row in tables.rentals.to_dict("records"):
        if row["day"] < cut and row["learnt"] < cut and row["end"] >= cut:
            units[row["building"]].add(row["unit"])
    return [registered * len(units[name]) + dwelling * doors[name] for name in view.names]


def strength(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the strength of the prior with the highest marginal likelihood."""

    def likelihood(k: float) -> float:
        return sum(
            math.lgamma(o + k) - math.lgamma(k)
            + k * math.log(k / (k + e)) + o * math.log(e / (k + e))
            for o, e in pairs
        )  # fmt: skip

    pairs = [(o, e) for o, e in pairs if e > 1e-9]
    return float(max(STRENGTHS, key=likelihood)) if pairs else float(STRENGTHS[-1])


def smoothed_rate(
    rows: Sequence[Row], places: Sequence[Row], *, event: str, cut: int, half_life_days: float
) -> list[float]:
    """Shrink kind to office, area to kind, building to area and place to building."""
    rows = [row for row in rows if not math.isnan(row[event])]
    weight = [0.5 ** ((cut - row["day"]) / half_life_days) for row in rows]
    found = [w * row[event] for w, row in zip(weight, rows, strict=True)]
    mean = max(sum(found) / sum(weight), 1e-9) if rows else 1e-9
    expected, rates = [mean * w for w in weight], [mean] * len(places)
    for level in ("kind_class", "cell", "building", "unit"):
        sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for row, o, e in zip(rows, found, expected, strict=True):
            if row[level]:
                sums[row[level]][0] += o
                sums[row[level]][1] += e
        k = strength([(o, e) for o, e in sums.values()])
        ratio = {name: (o + k) / (e + k) for name, (o, e) in sums.items()}
        expected = [e * ratio.get(row[level], 1.0) for row, e in zip(rows, expected, strict=True)]
        rates = [
            rate * ratio.get(place[level], 1.0) for place, rate in zip(places, rates, strict=True)
        ]
    return rates
