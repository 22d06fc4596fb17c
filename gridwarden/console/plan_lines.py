"""A plan in a terminal: a table for each shift, then what the plan comes to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from gridwarden.console.terminal import records, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from rich.table import Table

    from dashboard.i18n import Translator
    from governance.patrols.routing.model.plan import Plan

COLUMNS: Final = ("place", "arrive", "minutes", "building_id", "name", "tier", "visit_kind",
                  "reasons")  # fmt: skip


def line(say: Translator, code: str, **facts: object) -> str:
    """Return a sentence about plans that only the command line says."""
    return say.name("plan_line", code, **facts)


def show_plan(plan: Plan, say: Translator) -> Iterator[str | Table]:
    """Yield a table of stops for every shift, then the sums and what is left out."""
    stops = dict(tuple(plan.stops.groupby("shift_id", sort=False)))
    columns = [say.name("column", name) for name in COLUMNS]
    for shift in records(plan.shifts):
        if shift["shift_id"] in stops:
            yield table(_shift_line(shift, say), columns, _stop_rows(stops[shift["shift_id"]], say))
    yield from plan_lines(plan, say)


def plan_lines(plan: Plan, say: Translator) -> Iterator[str]:
    """Say what a plan comes to, a line for each figure that is known."""
    totals = plan.totals
    yield _title(plan, say)
    yield line(say, "stops", stops=totals.stops, shifts=totals.shifts, random=totals.random_stops)
    yield line(say, "walk", km=f"{totals.distance_km:.1f}")
    if not math.isnan(totals.expected_low):
        yield line(
            say, "finds", finds=f"{totals.expected_finds:.1f}", low=f"{totals.expected_low:.0f}",
            high=f"{totals.expected_high:.0f}", level=f"{totals.level:.0%}",
        )  # fmt: skip
    yield from _floor_line(plan, say)
    if totals.highest:
        yield line(say, "highest", count=totals.highest, kept=totals.highest_kept)
    if totals.likely_finds is not None:
        cost = max(0.0, totals.likely_finds - totals.expected_finds)
        yield line(say, "likely", finds=f"{totals.likely_finds:.1f}", cost=f"{cost:.1f}")
    if (between := totals.one_more_range) is not None:
        low, high = between
        yield line(say, "one_more", low=f"{low:.1f}", high=f"{high:.1f}")
    yield _uncovered_line(plan, say)
    yield from (note_line(note, say) for note in plan.notes)


def note_line(note: str, say: Translator) -> str:
    """Return a note in words, with its year where it has one."""
    kind, _, year = note.rpartition("_")
    if year.isdigit():
        return say.name("plan_note", kind, year=year)
    return say.name("plan_note", note)


def clock(minutes: int) -> str:
    """Return minutes after midnight as ``HH:MM``."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _title(plan: Plan, say: Translator) -> str:
    days = {"first": plan.first, "last": plan.last}
    if not plan.plan_id:
        return line(say, "preview", **days)
    state = say.name("plan_state", plan.state)
    return line(say, "named", plan=plan.plan_id, version=plan.version, state=state, **days)


def _floor_line(plan: Plan, say: Translator) -> Iterator[str]:
    """Say how many buildings are due, how many of them are on the plan, and how long all take."""
    totals = plan.totals
    if totals.floor_due is None:
        return
    facts = {"due": totals.floor_due, "kept": totals.floor_kept, "weeks": totals.floor_weeks}
    yield line(say, "floor_never" if totals.floor_weeks is None else "floor", **facts)


def _uncovered_line(plan: Plan, say: Translator) -> str:
    causes = [
        line(say, "causes", cause=say.name("uncovered", str(cause)), count=count)
        for cause, count in plan.uncovered["reason"].value_counts().items()
    ]
    counted = line(say, "uncovered", count=plan.totals.uncovered)
    return counted + (f" ({', '.join(causes)})" if causes else "")


def _shift_line(shift: dict[str, Any], say: Translator) -> str:
    return line(
        say, "shift", team=shift["team"], day=f"{shift['day']:%Y-%m-%d}",
        part=say.name("part", shift["part"]), stops=shift["stops"],
        km=f"{shift['distance_m'] / 1000:.1f}", minutes=shift["minutes"],
        most=shift["most_minutes"],
    )  # fmt: skip


def _stop_rows(stops: pd.DataFrame, say: Translator) -> list[list[object]]:
    return [
        [s["place"], clock(s["arrive"]), s["minutes"], s["building_id"], s["name"],
         say.name("tier", s["tier"]), say.name("visit_kind", s["mode"]),
         ", ".join(say.name("plan_reason", r) for r in s["reasons"])]
        for s in records(stops)
    ]  # fmt: skip
