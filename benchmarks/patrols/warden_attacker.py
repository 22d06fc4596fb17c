"""Let an attacker with a warden's account learn which stops of a month are there for a complaint.

    python -m benchmarks.patrols.warden_attacker [--towns 8] [--weeks 16] [--buildings 400]

The attacker sees, week after week, what a team's page, sheets and map tell of each stop, and may
use any of it: place, order, times, minutes, walks, neighbours, mode, last visit and its result, how
often and when a building was on a route before. In training they even know the truth: which stops
were complaint-led (somebody complained of the building within `SENSITIVE_DAYS`). They are tested on
towns they never saw. What counts is how much better they do than without the routes, from what
everybody in the street knows of a building: its kind and place, and its visits before.

Prints, for the routes of a month (`MONTH_WEEKS`; each town gives as many months as there are whole
ones), for those read from their end and for those of all weeks, the area under the curve without
and with routes, the gain with a 95 % interval over buildings, the share of right answers beside
always saying "no", and the power: the least gain that would have been found. Ends with 1 where the
area of a month, or the share of right answers of one read from its end, gains more than `GAIN`.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from data.contracts.vocabulary import VisitKind
from governance.patrols.blinding import open_mode
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.vocabulary import Arm, StopReason
from simulation.patrols.office import Scene
from simulation.patrols.plan import OurPlan
from simulation.patrols.town import simulate
from simulation.truth.inspections import RESULTS

BASE = ("kind", "lon", "lat", "last_days", "last_result", "never_seen")
"""What is known without a route."""
ROUTE = (
    "order",
    "arrive",
    "minutes",
    "stops",
    "gap_before",
    "gap_after",
    "walk_before",
    "walk_after",
    "near_on_route",
    "nearest_on_route",
    "mode",
    "evening",
    "weekday",
    "times",
    "weeks_since",
    "alone_in_community",
)
"""What a route adds."""
LATER = ("times_after", "weeks_until")
"""What the routes behind a stop add, for whoever reads a month from its end."""
LABEL = "complaint_led"
NEAR_M = 120.0
MODES = (VisitKind.DAY, VisitKind.NIGHT, VisitKind.JOINT)
"""How a stop is visited as its team is told it."""
_LAST = {result: at for at, result in enumerate(sorted(RESULTS))}
GAIN = 0.02
"""More than so much beyond what is known without a route must not be learnt from a month."""
MONTH_WEEKS = 4


@dataclass(kw_only=True)
class Watched(OurPlan):
    """Our plan, with what teams are told of each stop written down, and the truth beside it."""

    seen: list[pd.DataFrame] = field(default_factory=list)

    def make(self, inputs: PlanInputs, day: int) -> Plan:
        """Make the plan of a week and write down what its teams are told."""
        made = super().make(inputs, day)
        self.seen.append(told(made, inputs, week=day // 7))
        return made


def told(plan: Plan, inputs: PlanInputs, *, week: int) -> pd.DataFrame:
    """Return a row a stop: what a team is told of it, what is known of its building, the truth."""
    known = inputs.buildings.set_index("building_id")
    stops = plan.stops.merge(plan.shifts[["shift_id", "day", "part"]], on="shift_id")
    stops = stops.sort_values(["shift_id", "place"], kind="stable", ignore_index=True)
    b = known.loc[stops["building_id"]].reset_index(drop=True)
    x, y = stops["lon"] * 90_000, stops["lat"] * 111_000
    same = stops["shift_id"].to_numpy()[:, None] == stops["shift_id"].to_numpy()[None, :]
    apart = np.hypot(x.to_numpy()[:, None] - x.to_numpy(), y.to_numpy()[:, None] - y.to_numpy())
    beside = np.where(same & ~np.eye(len(stops), dtype=bool), apart, np.inf)
    rounds, first = stops.groupby("shift_id"), pd.Timestamp(inputs.options.first)
    age = (first - pd.to_datetime(b["last_at"])).dt.days
    rows = pd.DataFrame(
        {
            "week": week,
            "building": stops["building_id"],
            "kind": pd.factorize(b["kind"], sort=True)[0],
            "lon": x - (known["lon"] * 90_000).mean(),
            "lat": y - (known["lat"] * 111_000).mean(),
            "last_days": age.fillna(9_999),
            "never_seen": b["last_at"].isna().astype(int),
            "last_result": [_LAST.get(each, -1) for each in b["last_result"]],
            "order": stops["place"],
            "arrive": stops["arrive"],
            "minutes": stops["minutes"],
            "stops": rounds["place"].transform("size"),
            "walk_before": stops["walk_m"],
            "gap_before": rounds["arrive"].diff().fillna(0),
            "gap_after": -rounds["arrive"].diff(-1).fillna(0),
            "walk_after": rounds["walk_m"].shift(-1).fillna(0),
            "near_on_route": (beside < NEAR_M).sum(axis=1),
            "nearest_on_route": np.minimum(beside.min(axis=1), 9_999),
            "mode": [
                MODES.index(open_mode(*each))
                for each in zip(stops["mode"], stops["part"], strict=True)
            ],
            "evening": (stops["part"] == "evening").astype(int),
            "weekday": pd.to_datetime(stops["day"]).dt.day_of_week,
            "alone_in_community": stops.groupby(["shift_id", "community_code"])["place"].transform(
                "size"
            ),
        }
    )
    led = b["sensitive"].to_numpy(bool) & (stops["arm"] == Arm.LIST).to_numpy()
    ordinary = np.array([StopReason.ORDINARY in reasons for reasons in stops["reasons"]], bool)
    return rows.assign(**{LABEL: led & ~ordinary})


def with_history(weeks: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return all stops with how often, and how far off, each building was on a route otherwise.

    ``times``, ``weeks_since``: before; ``times_after``, ``weeks_until``: after.
    """
    rows = pd.concat(weeks, ignore_index=True).sort_values("week", kind="stable")
    before = rows.groupby("building")
    since = rows["week"] - before["week"].shift()
    until = before["week"].shift(-1) - rows["week"]
    return rows.assign(
        times=before.cumcount(), weeks_since=since.fillna(999),
        times_after=before.cumcount(ascending=False), weeks_until=until.fillna(999),
    )  # fmt: skip


def town(seed: int, scene: Scene) -> list[pd.DataFrame]:
    """Return the stops of a simulated town, week by week."""
    policy = Watched()
    simulate(scene, policy, seed=seed)
    return [week.assign(town=seed) for week in policy.seen]


def of_months(towns: Sequence[Sequence[pd.DataFrame]]) -> pd.DataFrame:
    """Return the stops of whole months, each with the history of its own month alone."""
    months = [
        with_history(weeks[first : first + MONTH_WEEKS])
        for weeks in towns
        for first in range(0, len(weeks) - MONTH_WEEKS + 1, MONTH_WEEKS)
    ]
    return pd.concat(months, ignore_index=True)


def attack(rows: pd.DataFrame, features: Sequence[str], *, seed: int = 0) -> np.ndarray:
    """Return for each stop how sure an attacker is who learnt the truth on the other towns."""
    sure = np.zeros(len(rows))
    for left_out in rows["town"].unique():
        test = (rows["town"] == left_out).to_numpy()
        learner = HistGradientBoostingClassifier(
            max_depth=4, learning_rate=0.05, max_iter=150, random_state=seed
        )
        learner.fit(rows.loc[~test, list(features)], rows.loc[~test, LABEL])
        sure[test] = learner.predict_proba(rows.loc[test, list(features)])[:, 1]
    return sure


def compare(
    rows: pd.DataFrame, *, draws: int = 400, route: Sequence[str] = ROUTE
) -> dict[str, Any]:
    """Return the areas under the curve without and with routes, their gain, its interval.

    The bootstrap draws buildings: the stops of one are no independent trials. ``power`` is the
    least gain that lies two standard errors above none.
    """
    label = rows[LABEL].to_numpy(bool)
    base, whole = attack(rows, BASE), attack(rows, (*BASE, *route))
    alone = attack(rows, route)
    rng = np.random.default_rng(1)
    by_building = rows.reset_index().groupby(["town", "building"])["index"]
    groups = [np.asarray(g) for _, g in by_building]
    gains = []
    for _ in range(draws):
        at = np.concatenate([groups[n] for n in rng.integers(0, len(groups), len(groups))])
        if 0 < label[at].sum() < len(at):
            gains.append(roc_auc_score(label[at], whole[at]) - roc_auc_score(label[at], base[at]))
    low, high = np.quantile(gains, [0.025, 0.975])
    right = {
        name: float(((sure > 0.5) == label).mean())
        for name, sure in (("known", base), ("with_routes", whole))
    }
    return {
        "stops": len(rows),
        "led": int(label.sum()),
        "auc_known": roc_auc_score(label, base),
        "auc_with_routes": roc_auc_score(label, whole),
        "auc_routes_alone": roc_auc_score(label, alone),
        "gain": roc_auc_score(label, whole) - roc_auc_score(label, base),
        "low": float(low),
        "high": float(high),
        "power": 2 * float(np.std(gains)),
        "always_no": float(1 - label.mean()),
        **{f"right_{k}": v for k, v in right.items()},
    }


def main() -> int:
    """Simulate, attack, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--towns", type=int, default=8)
    parser.add_argument("--weeks", type=int, default=16)
    parser.add_argument("--buildings", type=int, default=400)
    asked = parser.parse_args()
    scene = Scene(buildings=asked.buildings, weeks=asked.weeks, teams=1, movers=3)
    towns = [town(seed, scene) for seed in range(1, asked.towns + 1)]
    month = compare(of_months(towns))
    whole = compare(pd.concat([with_history(weeks) for weeks in towns], ignore_index=True))
    backwards = compare(of_months(towns), route=(*ROUTE, *LATER))
    for title, told_of in (
        (f"{MONTH_WEEKS} weeks", month),
        (f"{MONTH_WEEKS} weeks, read from their end", backwards),
        (f"{asked.weeks} weeks", whole),
    ):
        print(title)
        for name, value in told_of.items():
            print(f"  {name}: {value:.4f}" if isinstance(value, float) else f"  {name}: {value}")
    print(f"CPU {sum(os.times()[:2]):.0f} s")
    more_right = backwards["right_with_routes"] - backwards["right_known"]
    return int(max(month["gain"], more_right) > GAIN)


if __name__ == "__main__":
    sys.exit(main())
