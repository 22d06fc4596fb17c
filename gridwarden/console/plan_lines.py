"""A plan in a terminal: a table for each shift, then what the plan comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridwarden.console.terminal import records, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from dashboard.i18n import Translator
    from governance.patrols.routing.model.plan import Plan

LINE: Final = "plan_line"
"""Kind of the sentences that only the command line says."""
COLUMNS: Final = ("place", "arrive", "minutes", "building_id", "name", "tier", "visit_kind",
                  "reasons")  # fmt: skip


def show_plan(out: Console, made: Plan, say: Translator) -> None:
    """Print every shift with its stops in their order, then the sums and what is left out."""
    stops = {str(shift): rows for shift, rows in made.stops.groupby("shift_id", sort=False)}
    for shift in records(made.shifts):
        there = stops.get(shift["shift_id"])
        if there is not None:
            columns = [say.name("column", name) for name in COLUMNS]
            out.print(table(_shift_line(shift, say), columns, _stop_rows(there, say)))
    for text in plan_lines(made, say):
        out.print(text, markup=False)


def plan_lines(made: Plan, say: Translator) -> Iterator[str]:
    """Say what a plan comes to, a line for each figure that is known."""
    totals = made.totals
    yield _title(made, say)
    yield _line(say, "stops", stops=totals.stops, shifts=totals.shifts, random=totals.random_stops)
    yield _line(say, "walk", km=f"{totals.distance_km:.1f}")
    if pd.notna(totals.expected_low):
        yield _line(
            say, "finds", finds=f"{totals.expected_finds:.1f}", low=f"{totals.expected_low:.0f}",
            high=f"{totals.expected_high:.0f}", level=f"{totals.level:.0%}",
        )  # fmt: skip
    yield from _floor_line(made, say)
    if totals.one_more_finds is not None:
        yield _line(say, "one_more", finds=f"{totals.one_more_finds:.2f}")
    yield _uncovered_line(made, say)
    yield from (note_line(note, say) for note in made.notes)


def note_line(note: str, say: Translator) -> str:
    """Return a note in words, with its year where it has one."""
    kind, _, year = note.rpartition("_")
    if year.isdigit():
        return say.name("plan_note", kind, year=year)
    return say.name("plan_note", note)


def clock(minutes: int) -> str:
    """Return minutes after midnight as ``HH:MM``."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _line(say: Translator, code: str, **facts: object) -> str:
    return say.name(LINE, code, **facts)


def _title(made: Plan, say: Translator) -> str:
    days = {"first": made.first, "last": made.last}
    if not made.plan_id:
        return _line(say, "preview", **days)
    state = say.name("plan_state", made.state)
    return _line(say, "named", plan=made.plan_id, version=made.version, state=state, **days)


def _floor_line(made: Plan, say: Translator) -> Iterator[str]:
    """Say how many buildings are due, how many of them are on the plan, and how long all take."""
    totals = made.totals
    if totals.floor_due is None:
        return
    facts = {"due": totals.floor_due, "kept": totals.floor_kept, "weeks": totals.floor_weeks}
    yield _line(say, "floor_never" if totals.floor_weeks is None else "floor", **facts)


def _uncovered_line(made: Plan, say: Translator) -> str:
    causes = [
        _line(say, "causes", cause=say.name("uncovered", str(cause)), count=count)
        for cause, count in made.uncovered["reason"].value_counts().items()
    ]
    told = _line(say, "uncovered", count=made.totals.uncovered)
    return told + (f" ({', '.join(causes)})" if causes else "")


def _shift_line(shift: dict[str, Any], say: Translator) -> str:
    return _line(
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
