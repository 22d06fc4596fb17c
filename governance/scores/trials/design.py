"""The design of a trial and its protocol: plain values that can be shown, kept and sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final, Self

import pandas as pd

from data.results.serialization import canonical, sha256
from data.results.snapshot import BUILDING_KIND, Snapshot
from geo.errors import GridwardenError
from governance.scores.trials.settings import TrialRules
from risk.evaluation.trial.draw import DRAWN, arms_of, draw_arms
from risk.evaluation.trial.size import (
    ARMS,
    COMPARED,
    Assumptions,
    needed_per_arm,
    power_of,
    weeks_needed,
)

WEEK_DAYS: Final = 7
FORMAT: Final = 1
_SCORED_VISITS: Final = 100
_DIGITS: Final = 6
_LEAST: Final = 2
"""Buildings of an arm below which nothing can be compared."""
HYPOTHESES: Final = (
    "H1: of the buildings drawn from the high arm, more are found (属实) than of the low arm.",
    "H2: of the buildings drawn from the high arm, more are found than of the middle arm.",
)
ANALYSIS: Final = (
    (
        "Outcome of a building: the result that tells most (属实, 疑似 or 未发现异常) of the first "
        "day of the span on which somebody could look there, whoever went and why. 属实 is a find."
    ),
    (
        "By intention first: every building drawn counts in its arm; without a look it has no "
        "find. Beside it by what was done: only buildings where somebody could look."
    ),
    (
        "Difference of two shares with Newcombe's hybrid score interval; it is shown when its "
        "interval leaves out 0. H2 is tested only where H1 was shown."
    ),
    (
        "Also told, deciding nothing: Wilson's interval of each arm, the trend of Cochran and "
        "Armitage, finds foretold by the score beside those that came."
    ),
    "Level of all intervals: 1 - alpha / (1 + days on which the result was looked at early).",
    "Read from the day on which no visit of the span can be recorded any more.",
)


class TrialError(GridwardenError):
    """A trial cannot be made, sealed, cancelled or read so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOptions:
    """What is asked of a trial; None for what the office's settings, scores and visits say.

    Parameters
    ----------
    first
        Its first day; the first Monday that is not over in time when None.
    power, alpha, visit_share, low_until, high_from
        As in `TrialRules`.
    both
        Whether high against middle shall have the power, too, or high against low alone.
    low, middle, high
        Share of visits with a look that find something, by arm; the mean score of the arm.
    looked_share
        Share of the buildings where somebody can look.
    visits_a_week
        Visits that the office makes, each building once a day.
    """

    first: date | None = None
    power: float | None = None
    alpha: float | None = None
    visit_share: float | None = None
    low_until: float | None = None
    high_from: float | None = None
    both: bool = True
    low: float | None = None
    middle: float | None = None
    high: float | None = None
    looked_share: float | None = None
    visits_a_week: float | None = None

    def __post_init__(self) -> None:
        """Refuse shares that are none, and an office that never goes out."""
        inside = {n: getattr(self, n) for n in ("power", "alpha", "low_until", "high_from")}
        shares = {name: getattr(self, name) for name in ("visit_share", "looked_share")}
        rates = {name: getattr(self, name) for name in ARMS}
        wrong = [f"{n} {v}" for n, v in inside.items() if v is not None and not 0 < v < 1]
        wrong += [f"{n} {v}" for n, v in shares.items() if v is not None and not 0 < v <= 1]
        wrong += [f"{n} {v}" for n, v in rates.items() if v is not None and not 0 <= v <= 1]
        if self.visits_a_week is not None and not 0 < self.visits_a_week < 1e6:  # noqa: PLR2004
            wrong.append(f"visits_a_week {self.visits_a_week}")
        if (self.low_until or 0) > (self.high_from or 1):
            wrong.append(f"low_until {self.low_until}, high_from {self.high_from}")
        if wrong:
            raise TrialError("trial_options_wrong", seen=", ".join(wrong))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialDesign:
    """A trial as it is shown before it is sealed, with everything that its size follows from.

    Parameters
    ----------
    snapshot_id, scored_on
        The score that the arms follow from, and its day.
    first, last, read_from, weeks
        Its span, whole weeks, and from which day its result is read.
    power, both, alpha, visit_share, visits_a_week, looked_share, low_until, high_from
        What it rests on.
    foretold, assumed, available
        By arm: the mean score as a share, the share of looks that are assumed to find something,
        and how many buildings could be drawn.
    needed, per_arm
        Buildings that each arm needs for the power, and that it has: as many, or all that there
        are and that the office reaches within the weeks that a trial may take.
    reached
        Power of each comparison with ``per_arm`` buildings, high with low and high with middle.
    """

    snapshot_id: str
    scored_on: date
    first: date
    last: date
    read_from: date
    weeks: int
    power: float
    both: bool
    alpha: float
    visit_share: float
    visits_a_week: float
    looked_share: float
    low_until: float
    high_from: float
    foretold: dict[str, float]
    assumed: dict[str, float]
    available: dict[str, int]
    needed: int
    per_arm: int
    reached: dict[str, float]

    @property
    def is_short(self) -> bool:
        """Whether street or time have too few buildings for the stated power."""
        return self.per_arm < self.needed

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return {n: v.isoformat() if isinstance(v, date) else v for n, v in asdict(self).items()}

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Return the design that `to_plain` wrote."""
        days = ("scored_on", "first", "last", "read_from")
        return cls(**{**plain, **{name: date.fromisoformat(plain[name]) for name in days}})


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What the office's own visits say: how many a week, and at what share somebody could look."""

    visits_a_week: float | None
    looked_share: float | None


def scores_of(snapshot: Snapshot) -> pd.Series:
    """Return the scores of the buildings that can be drawn, 0 to 100, by id: those with a place."""
    rows = snapshot.ranked(BUILDING_KIND)
    placed = rows[rows["h3_r10"] != ""]
    return pd.Series(placed["score"].to_numpy(float).round(_DIGITS), index=placed["unit"])


def design_trial(
    snapshot: Snapshot,
    options: TrialOptions,
    rules: TrialRules,
    usual: Usual,
    *,
    first: date,
    late_days: int,
) -> TrialDesign:
    """Work out size and length of a trial.

    Parameters
    ----------
    first
        Its first day.
    late_days
        How long after a visit it can still be recorded.

    Raises
    ------
    TrialError
        ``trial_too_few_buildings``, ``trial_visits_unknown``, ``trial_too_few_visits``.
    risk.evaluation.trial.size.TrialSizeError
        Where no size has the power.
    """
    scores = scores_of(snapshot)
    cuts = {n: getattr(options, n) or getattr(rules, n) for n in ("low_until", "high_from")}
    arms = arms_of(scores, **cuts, key=b"")
    available = {arm: int((arms == arm).sum()) for arm in ARMS}
    if min(available.values()) < _LEAST:
        raise TrialError("trial_too_few_buildings", seen=len(scores))
    foretold = {arm: float(scores[arms == arm].mean()) / _SCORED_VISITS for arm in ARMS}
    own = {arm: getattr(options, arm) for arm in ARMS}
    assumed = {arm: foretold[arm] if own[arm] is None else own[arm] for arm in ARMS}
    weekly = options.visits_a_week or usual.visits_a_week
    looked = options.looked_share or usual.looked_share
    if not weekly or not looked:
        raise TrialError("trial_visits_unknown")
    assumptions = Assumptions(
        **assumed, looked_share=looked, alpha=options.alpha or rules.alpha,
        power=options.power or rules.power,
    )  # fmt: skip
    needed = needed_per_arm(assumptions, both=options.both)
    share = options.visit_share or rules.visit_share
    reach = int(weekly * share * rules.most_weeks / len(ARMS))
    if reach < _LEAST:
        raise TrialError("trial_too_few_visits", seen=f"{weekly:.1f}", share=f"{share:.0%}")
    per_arm = min(needed, reach, *available.values())
    weeks = weeks_needed(len(ARMS) * per_arm, visits_a_week=weekly, share=share)
    last = first + timedelta(days=weeks * WEEK_DAYS - 1)
    return TrialDesign(
        snapshot_id=snapshot.snapshot_id,
        scored_on=snapshot.as_of,
        first=first,
        last=last,
        read_from=last + timedelta(days=late_days + 1),
        weeks=weeks,
        power=assumptions.power,
        both=options.both,
        alpha=assumptions.alpha,
        visit_share=share,
        visits_a_week=round(weekly, 2),
        looked_share=round(looked, 4),
        **cuts,
        foretold=foretold,
        assumed=assumed,
        available=available,
        needed=needed,
        per_arm=per_arm,
        reached={
            other: power_of(assumptions.rate(one), assumptions.rate(other), per_arm=per_arm,
                            alpha=assumptions.alpha)
            for one, other in COMPARED
        },
    )  # fmt: skip


def protocol_of(
    trial_id: str, design: TrialDesign, snapshot: Snapshot, *, key: str
) -> dict[str, Any]:
    """Return everything that is laid down before a trial begins; the same each time.

    The hash of the snapshot's manifest, which has that of each of its files, is part of it.

    Parameters
    ----------
    key
        Of the draw, in hex.
    """
    scores, secret = scores_of(snapshot), bytes.fromhex(key)
    arms = arms_of(
        scores, low_until=design.low_until, high_from=design.high_from, key=secret
    )  # fmt: skip
    drawn = draw_arms(scores, arms, per_arm=design.per_arm, weeks=design.weeks, key=secret)
    return {
        "format": FORMAT,
        "trial_id": trial_id,
        "design": design.to_plain(),
        "manifest_sha256": sha256(canonical(snapshot.manifest).encode()),
        "key": key,
        "hypotheses": list(HYPOTHESES),
        "analysis": list(ANALYSIS),
        "buildings": [
            [row["building_id"], row["arm"], int(row["week"]), float(row["score"])]
            for row in drawn.to_dict("records")
        ],
    }


def drawn_of(protocol: Mapping[str, Any]) -> pd.DataFrame:
    """Return the buildings of a protocol: `risk.evaluation.trial.draw.DRAWN`."""
    rows = protocol["buildings"]
    frame = pd.DataFrame(rows, columns=list(DRAWN))
    return frame.astype({"building_id": "str", "arm": "str", "week": int, "score": float})
