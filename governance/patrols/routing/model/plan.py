"""A plan: what was asked for, who goes where and when, what is left out, and how it is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from math import isfinite
from typing import Any, Final

import pandas as pd
from pydantic import TypeAdapter

from geo.errors import GridwardenError
from governance.patrols.routing.model.plan_tables import (
    SHIFT_COLUMNS,
    STOP_COLUMNS,
    UNCOVERED_COLUMNS,
    columns_of,
    frame_of,
)
from governance.patrols.routing.model.shifts import Team
from governance.patrols.routing.model.vocabulary import PlanKind, PlanState

LONGEST_DAYS: Final = 62
"""The longest span of a plan, and of the days that a team can look at."""

SEARCH_NOISE: Final = 0.1
"""Of a plan's expected finds: two searches for the same differ by less in nine cases of ten (eight
searches of the demonstration's week: with one more team 0.9 to 1.6 finds more than 4.1 to 4.6)."""


class PlanError(GridwardenError):
    """A plan cannot be made or changed as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """What is asked for.

    ``first``, ``last``: local days, both belong to it.
    ``title``, ``focus``: what people call it, and what it is about: words only.
    ``kinds``, ``communities``: only buildings of these kinds, in these communities; empty for all.
    """

    first: date
    last: date
    kind: str = PlanKind.WEEK
    """``week`` or ``campaign``."""
    title: str = ""
    teams: int | None = None
    """How many teams where the office has named none; of those named, the first so many."""
    seconds: float | None = None
    """How long to search; None as the settings say."""
    iterations: int | None = None
    """Search so many instead: the same inputs and seed then give the same plan, however busy the
    machine is. None: by time.
    """
    seed: str | None = None
    """Of every draw; None for one made anew."""
    random_share: float | None = None
    """Share of the stops that chance alone chooses; None as the settings say."""
    top_share: float | None = None
    """Share of the stops that is kept for the highest scores; None as the settings say."""
    floor_share: float | None = None
    """Share of the stops that is kept for what is due; None as the settings say."""
    floor_days: Mapping[str, int] | None = None
    """Tier (``red`` … ``unscored``) → within how many days a building is visited at least once;
    tiers left out as the settings say.
    """
    kinds: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    focus: str = ""
    one_more: bool = True
    """Whether to work out what one more team would add."""
    floor_cost: bool = True
    """Whether to work out what floor and company cost."""

    def __post_init__(self) -> None:
        """Refuse spans that are none and numbers out of range; all are named at once."""
        if problems := _option_problems(self):
            raise PlanError("plan_options_wrong", problems=problems)

    def content(self) -> dict[str, Any]:
        """Return what is kept, as JSON; without the seed, which only the store knows."""
        content: dict[str, Any] = _OPTIONS.dump_python(replace(self, seed=None), mode="json")
        return content

    @classmethod
    def of_content(cls, content: Mapping[str, Any]) -> PlanOptions:
        """Return the options that `content` described."""
        return _OPTIONS.validate_python(content)


_OPTIONS: Final = TypeAdapter(PlanOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTotals:
    """What a plan comes to.

    ``stops``, ``buildings``: visits, and how many buildings they are at (each once).
    ``minutes``, ``distance_km``: of all shifts, walking included.
    ``expected_finds``, ``expected_low``, ``expected_high``, ``level``: how many visits are expected
    to find something, and between which numbers that will be with probability ``level``.
    ``random_stops``, ``ordinary_stops``: stops that chance chose; and those that are company.
    ``highest``, ``highest_kept``: how many buildings are among the highest scores of what was asked
    for (`governance.patrols.routing.selection.candidates.HIGHEST`), and how many of them are on the
    plan. None in a part of a plan, or where this was not told yet.
    ``floor_due``, ``floor_kept``: buildings that are due (by their tier's floor, or to be looked at
    again) and can be visited, and how many of them are on the plan, for whatever reason. None where
    it is unknown: of a part of a plan, or of one made before this was told.
    ``objective``, ``bound``: what the plan is worth by its own measure (finds, musts, walking), and
    a number that no plan can exceed.
    """

    shifts: int = 0
    """That go out."""
    stops: int = 0
    buildings: int = 0
    minutes: int = 0
    distance_km: float = 0.0
    expected_finds: float = 0.0
    expected_low: float = 0.0
    expected_high: float = 0.0
    level: float = 0.8
    random_stops: int = 0
    ordinary_stops: int = 0
    uncovered: int = 0
    """Buildings that should be on the plan and are not."""
    highest: int | None = None
    highest_kept: int | None = None
    floor_due: int | None = None
    floor_kept: int | None = None
    floor_weeks: int | None = None
    """After how many weeks nothing is due any more if each keeps as many as this plan
    (`governance.patrols.routing.selection.coverage_floor.weeks_until_met`); None too if that is
    never.
    """
    one_more_finds: float | None = None
    """Finds that one more team would be expected to add; None if not asked for."""
    likely_finds: float | None = None
    """Finds that would be expected of the same teams if they went only where it is likely: without
    the floor's share and without company. None if not asked for.
    """
    objective: float = 0.0
    bound: float = 0.0
    bound_gap: float | None = None
    """By which share the plan is worth less than the bound, 0 to 1; what appointments and the
    random arm add by being musts is taken off both, for it would hide the gap. None where a person
    changed the plan since, or nobody goes anywhere.
    """
    seconds: float = 0.0
    over_time: int = 0
    """Shifts whose stops do not fit, since a person put them there."""

    @property
    def one_more_range(self) -> tuple[float, float] | None:
        """Between which finds one more team would add, by `SEARCH_NOISE`; None where unknown."""
        more, noise = self.one_more_finds, SEARCH_NOISE * self.expected_finds
        if more is None or not isfinite(more + noise):
            return None
        return max(0.0, more - noise), more + noise


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan, as the planner sees it; a team is told its stops only, and never arm or reasons.

    ``plan_id``, ``version``: empty and 0 for a preview that is not kept.
    ``made_at``, ``made_by``: local time and who asked; None and empty for a preview.
    """

    plan_id: str = ""
    version: int = 0
    kind: str = PlanKind.WEEK
    title: str = ""
    first: date
    last: date
    state: str = PlanState.DRAFT
    made_at: datetime | None = None
    made_by: str = ""
    options: PlanOptions
    totals: PlanTotals
    teams: tuple[Team, ...]
    shifts: pd.DataFrame
    """`SHIFT_COLUMNS`, also those without a stop. ``day`` at midnight; ``from_minute``,
    ``until_minute`` after midnight; ``minutes`` from leaving to the last visit's end, of
    ``most_minutes``; ``departments`` a list.
    """
    stops: pd.DataFrame
    """`STOP_COLUMNS`, by shift and place (1 and up). ``arrive`` minutes after midnight; ``walk_m``
    from the stop (or start) before; ``find_chance`` in that shift; ``reasons`` a list of
    `StopReason`; ``floor_due_on`` NaT where never visited.
    """
    uncovered: pd.DataFrame
    """`UNCOVERED_COLUMNS`; reason is one of `UncoveredReason`."""
    notes: tuple[str, ...] = ()
    """Codes of what a planner should know: `PlanNote`, and those of the calendar."""
    locked: frozenset[str] = frozenset()
    """Buildings that a person fixed to their shift."""

    def stops_on(self, shift_ids: Collection[str], building_ids: Collection[str]) -> pd.DataFrame:
        """Return the stops at some buildings that are on some shifts; rows keep their index."""
        stops = self.stops
        return stops[stops["shift_id"].isin(shift_ids) & stops["building_id"].isin(building_ids)]

    def content(self) -> dict[str, Any]:
        """Return what is kept beside what has columns of its own there, as JSON."""
        return self.covered() | {"uncovered": columns_of(self.uncovered)}

    def covered(self) -> dict[str, Any]:
        """Return `content` but for what is left uncovered, in a large street nearly all of it."""
        return {
            "options": self.options.content(),
            "totals": asdict(self.totals),
            "teams": [team.content() for team in self.teams],
            "shifts": columns_of(self.shifts),
            "stops": columns_of(self.stops),
            "notes": list(self.notes),
            "locked": sorted(self.locked),
        }

    @classmethod
    def of_content(cls, content: Mapping[str, Any], **about: Any) -> Plan:  # noqa: ANN401 -- any other field
        """Return the plan that `content` described; ``about`` gives what it does not hold.

        ``kind, title, first, last`` are those of the options unless given.
        """
        options = PlanOptions.of_content(content["options"])
        same = {name: getattr(options, name) for name in ("kind", "title", "first", "last")}
        return cls(
            options=options,
            totals=PlanTotals(**content["totals"]),
            teams=tuple(Team.of_content(each) for each in content["teams"]),
            shifts=frame_of(content["shifts"], SHIFT_COLUMNS),
            stops=frame_of(content["stops"], STOP_COLUMNS),
            uncovered=frame_of(content["uncovered"], UNCOVERED_COLUMNS),
            notes=tuple(content["notes"]),
            locked=frozenset(content["locked"]),
            **same | about,
        )


def _option_problems(options: PlanOptions) -> list[str]:
    days = (options.last - options.first).days + 1
    rules = {
        f"the last day is {options.last}; expected {options.first} or later": days >= 1,
        f"it lasts {days} days; expected {LONGEST_DAYS} at most": days <= LONGEST_DAYS,
        f"kind is {options.kind!r}; expected {' or '.join(PlanKind)}": options.kind in {*PlanKind},
        f"teams is {options.teams}; expected 1 to 100": _within(options.teams, 1, 100),
        f"seconds is {options.seconds}; expected 0 to 3600": _within(options.seconds, 0, 3600),
        f"iterations is {options.iterations}; expected 1 to 10000000": _within(
            options.iterations, 1, 10**7
        ),
        **{
            f"{name} is {getattr(options, name)}; expected 0 to 1": _within(
                getattr(options, name), 0, 1
            )
            for name in ("random_share", "top_share", "floor_share")
        },
    }
    floors = {
        f"floor_days of {tier} is {value}; expected 1 to 3660": _within(value, 1, 3660)
        for tier, value in (options.floor_days or {}).items()
    }
    return [rule for rule, holds in {**rules, **floors}.items() if not holds]


def _within(value: float | None, low: float, high: float) -> bool:
    return value is None or low <= value <= high
