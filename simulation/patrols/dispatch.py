"""Carry out a policy's visits: draw their results and report them to the office."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pandas as pd

from data.contracts.vocabulary import PURPOSE_OF_ORIGIN, VisitKind
from geo.arrays import Bools
from governance.patrols.routing.model.problem import Shift
from simulation.draws import happens
from simulation.patrols.office import Office, Scene, complaints_before, leases_before
from simulation.truth.inspections import (
    CAMPAIGN,
    COMPLAINT,
    FOUND,
    PURPOSES,
    SUSPECTED,
    chance_to_find,
    fall_due,
    look,
    visit,
)
from simulation.truth.sites import Town, open_sites


class Policy(Protocol):
    """Decide a week's visits."""

    name: str

    def plan(self, office: Office, day: int) -> pd.DataFrame:
        """Return `STOP_COLUMNS` for the week that begins on a day."""


STOP_COLUMNS = ("shift", "place", "building", "arm", "minutes", "chance")
"""Index of the shift, place in it, building row, arm, minutes, and the chance that the policy
itself gives a find (NaN where it says none)."""
LIST, RANDOM, ORDINARY = "list", "random", "ordinary"
ANSWER = "answer"
_KNOWN = ("day", "building", "night", "result", "purpose", "mode", "minutes", "operator")
_SLACK = 1.0
"""Minutes by which a shift may be longer: travel times are whole seconds here only."""


class TooMuchError(ValueError):
    """A policy gave its teams more than they have time for, or visits that are not possible."""


@dataclass(kw_only=True)
class Sender:
    """Takes the place of the demonstration's own decision who is visited.

    ``scene``, ``policy``, ``office``: who decides what, of which the policy is told the office
    alone.
    ``stops``, ``weeks``: what came of it: see `simulation.patrols.town.Record`.
    """

    scene: Scene
    policy: Policy
    office: Office
    seed: int
    """The town's."""
    stops: list[pd.DataFrame] = field(default_factory=list)
    weeks: list[dict[str, float]] = field(default_factory=list)

    def visit(self, town: Town, day: int) -> pd.DataFrame:
        """Let a week's visits be made; before the first day they are the demonstration's own."""
        if day < 0:
            return self._by_habit(town, day)
        self.office.reports = complaints_before(town, day)
        self.office.leases = leases_before(town, day, self.seed)
        planned = self.policy.plan(self.office, day)
        walked = refuse_too_much(self.office, planned, day)
        frame = self._going(planned, self.office.shifts(day))
        others = _answers(town, day) if self.scene.answered_anyway else frame.head(0)
        both = pd.concat([frame, others], ignore_index=True) if len(others) else frame
        both = both.sort_values("day", kind="stable").reset_index(drop=True)
        chance = chance_to_find(both["reason"].to_numpy(np.int64), night=both["night"].to_numpy())
        chance = chance * np.minimum(1.0, both["minutes"].to_numpy() / self.scene.minutes)
        seen = look(town, both, day, chance=chance).assign(eye=chance)
        self._reckon(town, planned, seen, day, walked)
        self._note(town, self._called(seen))
        return seen.drop(columns=["arm", "minutes", "chance", "eye"])

    def _by_habit(self, town: Town, day: int) -> pd.DataFrame:
        seen = visit(town, day)
        night = seen["night"].to_numpy(bool)
        self._note(
            town,
            seen.assign(
                purpose=np.array(PURPOSES, dtype=object)[seen["reason"]],
                mode=np.where(night, VisitKind.NIGHT, VisitKind.DAY),
                minutes=12,
            ),
        )
        return seen

    def _going(self, planned: pd.DataFrame, shifts: tuple[Shift, ...]) -> pd.DataFrame:
        when = np.array([(shift.day - self.office.start).days for shift in shifts], dtype=np.int64)
        night = np.array([shift.part == "evening" for shift in shifts])
        number = planned["shift"].to_numpy(np.int64)
        return pd.DataFrame(
            {
                "day": when[number],
                "building": planned["building"].to_numpy(np.int64),
                "reason": np.full(len(planned), CAMPAIGN),
                "night": night[number],
                "arm": planned["arm"].to_numpy(),
                "minutes": planned["minutes"].to_numpy(np.int64),
                "chance": planned["chance"].to_numpy(np.float64),
            }
        )

    def _called(self, seen: pd.DataFrame) -> pd.DataFrame:
        """Return visits with the occasion and kind that the product gives them."""
        last = self.office.visits.sort_values("day", kind="stable")
        kept = last.drop_duplicates("building", keep="last").set_index("building")["result"]
        before = seen["building"].map(kept.to_dict()).fillna(-1).to_numpy(np.int64)
        answer = (seen["arm"] == ANSWER).to_numpy(bool)
        again = np.isin(before, (FOUND, SUSPECTED)) & ~answer
        drawn = (seen["arm"] == RANDOM).to_numpy(bool) & ~again
        origin = np.select([again, drawn], ["revisit", "random"], "plan")
        by_hour = np.where(seen["night"].to_numpy(bool), VisitKind.NIGHT, VisitKind.DAY)
        return seen.assign(
            purpose=np.where(
                answer, PURPOSES[COMPLAINT], pd.Series(origin).map(PURPOSE_OF_ORIGIN).to_numpy()
            ),
            mode=np.select([again, drawn], [VisitKind.REVISIT, VisitKind.DRAWN], by_hour),
        )

    def _note(self, town: Town, seen: pd.DataFrame) -> None:
        """Let the office know a week's visits: of a site only what was found of it."""
        found = seen["result"].to_numpy() == FOUND
        operator = np.append(town.sites["operator"], -1)[seen["site"].to_numpy()]
        known = seen.assign(operator=np.where(found, operator, -1))[list(_KNOWN)]
        old = self.office.visits
        self.office.visits = pd.concat([old, known], ignore_index=True) if len(old) else known

    def _reckon(
        self, town: Town, planned: pd.DataFrame, seen: pd.DataFrame, day: int, walked: float
    ) -> None:
        """Keep the week's visits and costs."""
        active = open_sites(town, day)
        share = len(np.unique(town.sites["building"][active])) / len(town.seen)
        stops = seen[seen["arm"] != ANSWER]
        reported = _pointed_at(self.office.reports, stops, days=365)
        operator = np.append(town.sites["operator"], -1)[stops["site"]]
        self.stops.append(
            stops.assign(reported=reported, operator=operator, true=share * stops["eye"])
        )
        self.weeks.append(
            {
                "day": day,
                "walked_m": walked,
                "minutes": float(planned["minutes"].sum()) + walked / self.scene.walk_m_a_minute,
                "open_share": share,
                "open_sites": len(active),
            }
        )


def refuse_too_much(office: Office, planned: pd.DataFrame, day: int) -> float:
    """Return the metres walked in all shifts, from the office to the last stop of each.

    Raises `TooMuchError`: a shift takes longer than a team is out, a visit less than a look, or
    there is no such shift, building or column.
    """
    if missing := [name for name in STOP_COLUMNS if name not in planned]:
        raise TooMuchError(f"visits lack {missing}")
    shifts, scene, total = office.shifts(day), office.scene, 0.0
    if not planned["shift"].isin(range(len(shifts))).all():
        raise TooMuchError(f"there are {len(shifts)} shifts, not {planned['shift'].max() + 1}")
    if not planned["building"].isin(range(len(office.buildings))).all():
        raise TooMuchError("a building is none of the register")
    if (planned["minutes"] < 0).any():
        raise TooMuchError("a visit takes less than no time")
    for number, stops in planned.sort_values("place").groupby("shift"):
        rows = stops["building"].to_numpy(np.int64)
        metres = float(office.start_metres[rows[0]] + office.metres[rows[:-1], rows[1:]].sum())
        minutes = float(stops["minutes"].sum()) + metres / scene.walk_m_a_minute
        if minutes > scene.shift_minutes + _SLACK:
            most = scene.shift_minutes
            raise TooMuchError(
                f"shift {number} takes {minutes:.1f} minutes; expected {most} at most"
            )
        total += metres
    return total


def _pointed_at(reports: pd.DataFrame, visits: pd.DataFrame, *, days: int) -> Bools:
    """Say of each visit whether a complaint about tutoring pointed there in the days before."""
    last: dict[int, list[int]] = {}
    about = reports[reports["tutoring"]]
    for building, day in zip(about["building"], about["day"], strict=True):
        last.setdefault(int(building), []).append(int(day))
    return np.array(
        [
            any(when - days <= day < when for day in last.get(int(building), ()))
            for building, when in zip(visits["building"], visits["day"], strict=True)
        ],
        dtype=np.bool_,
    )


def _answers(town: Town, day: int) -> pd.DataFrame:
    """Return the follow-ups of complaints that fall due this week, made by others."""
    due = [(days, where) for days, where, why in fall_due(town, day) if why == COMPLAINT]
    none = np.empty(0, dtype=np.int64)
    days, where = (np.concatenate([none, *parts]) for parts in zip((none, none), *due, strict=True))
    return pd.DataFrame(
        {
            "day": np.maximum(days, day),
            "building": where,
            "reason": np.full(len(days), COMPLAINT),
            "night": happens(len(days), share=0.4, rng=town.rng),
            "arm": np.full(len(days), ANSWER, dtype=object),
            "minutes": np.full(len(days), 12),
            "chance": np.full(len(days), np.nan),
        }
    )
