"""Who can be on a plan and why: appointments, chance, what is due, and what is likely."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from data.contracts.vocabulary import NextStep, VisitKind, VisitResult
from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.problem import Bools, Ints, Shift
from governance.patrols.routing.model.vocabulary import Arm, StopReason
from governance.patrols.routing.selection.coverage_floor import choose_floor, find_dues, floor_days
from governance.patrols.routing.selection.opening_hours import PATROL_STEPS, find_doors
from governance.patrols.routing.selection.seeded_draw import random_arm

MUST: Final = 60.0
"""Added worth, in finds, of an appointment.

Far above what is likely or due (``due_worth``), so that no detour is too long.
"""
SENT: Final = 4 * MUST
"""Added worth of going where chance, a trial or the top of the list sends one.

These have a share of the stops; a ledger's many appointments would leave them no time.
"""
MOST_LATE: Final = 3.0
"""Being later than so many periods presses no more."""
HIGHEST: Final = 10
"""Of so many of the highest scores a plan says why each is not on it."""
_ALSO_RISK: Final = ("红", "橙")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The n buildings of a plan's scope, with what could bring them on it."""

    rows: pd.DataFrame
    """By code: those of `PlanInputs`, ``find_chance``; what `find_doors` and `find_dues` tell,
    ``due`` not where somebody was, or a plan had it, just before; and

    - ``possible``: can be visited in some shift; ``appointed``; ``open``: possible, and
      appointed or neither visited nor on a plan just before: can be on the plan;
    - ``rank``: by score among all asked for, 1 for the highest, 0 without a score; ``top``:
      the list's share is kept for it;
    - ``wanted``: should be on it for another reason than risk (appointment, a report that
      waits, chance, a trial, revisit, floor), or is among the `HIGHEST` scores;
    - ``covered_otherwise``: due, and as good as sure of a visit for another reason;
      ``reserved``: due, and the floor's share is kept for it: worth a visit for that alone;
    - ``arm``, ``reasons``, ``must``, ``minutes``; ``mode``, "" where the hour decides.
    """
    allowed: Bools
    """Whether a visit can be in a shift, shape (n, s): by its hours, and by how long the last visit
    and the last stop of an earlier plan are past.
    """
    random: int
    """How many chance was to choose."""

    @property
    def floor_due(self) -> Bools:
        """What is due and can be visited, shape (n,)."""
        return (self.rows["due"] & self.rows["possible"]).to_numpy(bool)

    @property
    def floor_out_of_reach(self) -> bool:
        """Whether more is due than the floor's share has room for."""
        left = ~self.rows["covered_otherwise"] & ~self.rows["reserved"]
        return bool((self.floor_due & left).any())


def find_candidates(
    inputs: PlanInputs, shifts: Sequence[Shift], rest: Bools
) -> tuple[pd.DataFrame, Bools]:
    """Say of every building of the scope what holds of it whatever chance draws.

    ``rest``: of each shift, whether its day is one of rest or in a school break.

    Returns ``rows``, ``allowed``: as in `Candidates`, the rows up to ``open``.
    """
    rows, open_doors = find_doors(inputs, _in_scope(inputs), shifts, rest)
    rows = rows.assign(appointed=_appointed(inputs, rows))
    appointed = rows["appointed"].to_numpy(bool)[:, None]
    after = {
        name: appointed | _rested(rows[name], shifts, days)
        for name, days in inputs.rules.rest_days.items()
    }
    rested = np.logical_and.reduce([*after.values()])
    possible, unseen, later = (
        np.asarray((open_doors & each).any(axis=1)) for each in (True, after["last_at"], rested)
    )
    rows = rows.assign(seen_lately=possible & ~unseen)
    rows = _with_facts(inputs, rows, possible=possible, recent=possible & ~later)
    return rows, open_doors & (rested | _locked(inputs, rows)[:, None])


def choose_candidates(
    inputs: PlanInputs,
    rows: pd.DataFrame,
    allowed: Bools,
    *,
    stops: int,
    companions: Collection[str] = (),
) -> Candidates:
    """Say of every building of the scope what it can be on the plan for.

    The random arm is drawn from all that can be on the plan at all, each as likely as any other:
    score, tier and place do not count. Nobody comes again within ``least_days_between`` days of a
    visit, nor within ``least_days_between_stops`` of a stop of an earlier plan, unless it is an
    appointment; that holds for list and chance alike, shift by shift: what was seen on Saturday can
    be on the plan from Thursday on.

    ``rows``, ``allowed``: as `find_candidates` has them.
    ``stops``: how many the shifts have time for, of which chance and floor have their shares
    (`governance.patrols.routing.selection.planning_base.count_stops`).
    ``companions``: buildings that can be company to another stop: if they are due, the floor takes
    them first.
    """
    share = _own_or(inputs.options.random_share, inputs.rules.random_share)
    most = min(stops, int(rows["open"].sum()), inputs.rules.most_candidates)
    count = max(1, round(share * most)) if share > 0 and most > 0 else 0
    drawn = _draw(inputs, rows, count)
    due = rows["due"] & rows["possible"]
    rows = rows.assign(
        trial=rows["requested"] & rows["building_id"].isin(inputs.trial),
        top=_top(rows, room=int(_own_or(inputs.options.top_share, inputs.rules.top_share) * stops)),
    )
    covered = due & (rows["appointed"] | drawn | rows["trial"] | rows["top"])
    # The floor's share of the stops, rounded down, is for what no other reason brings.
    reserved = choose_floor(
        rows,
        among=(due & ~covered).to_numpy(bool),
        companions=rows["building_id"].isin(companions).to_numpy(bool),
        room=int(_own_or(inputs.options.floor_share, inputs.rules.floor_share) * stops),
        seed=inputs.seed,
    )
    rows = rows.assign(covered_otherwise=covered, reserved=reserved)
    return Candidates(rows=_with_purpose(inputs, rows, drawn), allowed=allowed, random=count)


def _in_scope(inputs: PlanInputs) -> pd.DataFrame:
    """Return the buildings asked for (``requested``), and all that are locked."""
    rows = inputs.buildings.assign(find_chance=inputs.find_chance, requested=True)
    for name, wanted in (("kind", "kinds"), ("community_code", "communities")):
        if chosen := getattr(inputs.options, wanted):
            rows["requested"] &= rows[name].isin(chosen)
    rows = rows[rows["requested"] | _locked(inputs, rows)]
    return rows.sort_values("building_id", ignore_index=True)


def _locked(inputs: PlanInputs, rows: pd.DataFrame) -> Bools:
    """Say which buildings a person fixed to a shift, shape (n,)."""
    locked: list[str] = [] if inputs.locked is None else inputs.locked["building_id"].tolist()
    return rows["building_id"].isin(locked).to_numpy(bool)


def _appointed(inputs: PlanInputs, rows: pd.DataFrame) -> Bools:
    """Say where somebody is to come again by the plan's last day, shape (n,)."""
    until = pd.Timestamp(inputs.options.last) + pd.Timedelta(days=1)
    due = rows["retry_at"].isna() | (rows["retry_at"] < until)
    return (rows["next_step"].isin(PATROL_STEPS) & due).to_numpy(bool)


def _rested(last: pd.Series, shifts: Sequence[Shift], least_days: int) -> Bools:
    """Say in which shifts the last time is so many days past, shape (n, s)."""
    each = np.array([shift.day for shift in shifts], dtype="datetime64[D]")
    days, of_shift = np.unique(each, return_inverse=True)
    since = (days[None, :] - last.to_numpy("datetime64[D]")[:, None]) / np.timedelta64(1, "D")
    rested = ~(since < least_days)  # never: no number
    return np.asarray(rested[:, of_shift])


def _with_facts(
    inputs: PlanInputs, rows: pd.DataFrame, *, possible: Bools, recent: Bools
) -> pd.DataFrame:
    """Return rows with what holds of each whatever chance draws.

    ``reported`` where a report waits for an answer, ``revisit`` where something was found, which is
    due sooner than by its tier's floor; ``rank`` by score.

    ``possible``: whether there is a shift in which it can be visited, shape (n,).
    ``recent``: whether somebody was there, or a plan had it, too short a time before each of these,
    shape (n,).
    """
    visited = rows["last_at"].dt.normalize()
    was_found = rows["last_result"].isin([VisitResult.FOUND, VisitResult.SUSPECTED])
    days = floor_days(inputs, rows["tier"])
    sooner = np.where(was_found, np.minimum(days, inputs.visit_rules.revisit_days), days)
    dues = find_dues(inputs, visited, sooner)
    rows = rows.join(dues.assign(due=dues["due"] & ~recent)).assign(
        reported=rows["reported_at"].notna(),
        revisit=dues["due"] & ~recent & was_found,
        joint=rows["next_step"].eq(NextStep.JOINT_TEAM),
        possible=rows["requested"] & possible,
    )
    return rows.assign(
        open=rows["possible"] & (rows["appointed"] | ~recent), recent=recent, rank=_ranks(rows)
    )


def _ranks(rows: pd.DataFrame) -> Ints:
    """Return the rank of each by score among those asked for, 1 the highest; 0 without a score."""
    scored = (rows["requested"] & (rows["score"] > 0)).to_numpy(bool)
    # Rows are in order of code, which decides between equal scores.
    order = np.argsort(-rows["score"].to_numpy(float)[scored], kind="stable")
    ranks = np.zeros(len(rows), dtype=np.int64)
    ranks[np.flatnonzero(scored)[order]] = np.arange(1, len(order) + 1)
    return ranks


def _top(rows: pd.DataFrame, *, room: int) -> Bools:
    """Say which of what can be on the plan have the highest scores, so many at most, shape (n,)."""
    free = rows[rows["open"] & (rows["rank"] > 0)]
    return rows.index.isin(free["rank"].nsmallest(room).index)


def _draw(inputs: PlanInputs, rows: pd.DataFrame, count: int) -> Bools:
    """Draw the random arm; what was drawn before and is locked stays in it, and counts."""
    kept = np.zeros(len(rows), dtype=bool)
    if inputs.locked is not None:
        before = inputs.locked.loc[inputs.locked["arm"] == Arm.RANDOM, "building_id"]
        kept = rows["building_id"].isin(before).to_numpy(bool)
    among = np.flatnonzero(rows["open"].to_numpy(bool) | kept)
    ids = rows["building_id"].to_numpy(object)[among]
    drawn = np.zeros(len(rows), dtype=bool)
    drawn[among] = random_arm(ids, count=count, seed=inputs.seed, kept=kept[among])
    return drawn


def _with_purpose(inputs: PlanInputs, rows: pd.DataFrame, drawn: Bools) -> pd.DataFrame:
    """Return rows with why each would be visited, how, for how long, and what that adds.

    What is added to a visit's worth is, among what is due, the more the later.
    """
    appointed, joint, minutes = rows["appointed"], rows["joint"], inputs.rules.minutes
    sent = drawn | rows["trial"] | rows["top"]
    worths = [SENT, MUST, inputs.rules.due_worth]
    must = np.select([sent, appointed, rows["reserved"]], worths, 0.0)
    late = np.where(rows["due"] & (must > 0), rows["late"].clip(upper=MOST_LATE), 0.0)
    modes = [VisitKind.JOINT, VisitKind.DRAWN, VisitKind.REVISIT]
    return rows.assign(
        wanted=rows["requested"]
        & (sent | appointed | rows["reported"] | rows["due"] | rows["rank"].between(1, HIGHEST)),
        arm=np.where(drawn, Arm.RANDOM, Arm.LIST),
        reasons=pd.Series(_reasons(rows, drawn), index=rows.index, dtype=object),
        must=must + late * inputs.rules.late_worth,
        minutes=np.select([joint, drawn], [minutes.joint, minutes.random], minutes.look),
        mode=np.select([joint, drawn, rows["revisit"]], modes, "").astype(object),
    )


def _reasons(rows: pd.DataFrame, drawn: Bools) -> list[list[str]]:
    """Return why each would be visited; equal ones are one list, never to be changed in place."""
    codes = {
        StopReason.RETRY: rows["appointed"] & ~rows["joint"],
        StopReason.JOINT: rows["appointed"] & rows["joint"],
        StopReason.REPORT: rows["reported"],
        StopReason.REVISIT: rows["revisit"],
        StopReason.TRIAL: rows["trial"],
        StopReason.TOP: rows["top"],
        StopReason.FLOOR: rows["due"] & ~rows["revisit"],
        StopReason.RISK: rows["tier"].isin(_ALSO_RISK),
        StopReason.CHANCE: drawn,
    }
    # Few sets of reasons occur, each many times.
    bits = np.zeros(len(rows), dtype=np.int64)
    for bit, holds in enumerate(codes.values()):
        bits |= np.asarray(holds, dtype=np.int64) << bit
    sets, which = np.unique(bits, return_inverse=True)
    lists = [
        [str(code) for bit, code in enumerate(codes) if one >> bit & 1] or [str(StopReason.RISK)]
        for one in sets.tolist()
    ]
    return [lists[number] for number in which.tolist()]


def _own_or(chosen: float | None, usual: float) -> float:
    return usual if chosen is None else chosen
