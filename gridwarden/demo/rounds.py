"""Wardens' rounds of the demonstration: a cadence that can be kept, and a year of keeping it.

The city's simulated past visits some buildings often and a sixth of them never, as offices do
that have no plan. This office has one: it takes the cadence that follows from the visits it makes,
and its wardens' ledger, imported like any file, tells of the visits that this asked for. What they
found is read from the city's hidden truth.
"""

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from governance.access.permissions import Actor
from governance.visits.rules.cadence import CadenceProposal
from governance.visits.rules.settings import SECTION, TIERS
from gridwarden.compose import open_office
from simulation.truth.visit_outcomes import look_at_doors

LEDGER: Final = "日常巡查台账.csv"
TABLE: Final = "inspections"
KEPT_SHARE: Final = 0.93
"""Of what was due: something always comes between."""
_FROM_HOUR, _UNTIL_HOUR = 9, 17
_FRIDAY = 4


def keep_cadence(
    folder: Path, *, settings: Path, truth: Path, today: date, seed: int, actor: Actor
) -> dict[str, int]:
    """Set a cadence that can be kept, and import the visits with which it was; return counts.

    ``folder``: the workspace of a demonstration, imported; it has no score before and afterwards.
    ``truth``: folder of its hidden truth.
    ``today``: the day the city's records end.
    ``seed``: of the city, and of when wardens went and what they found.
    """
    with closing(open_office(folder)) as office:
        office.scores.run(actor, as_of=today)
        adopt(office.coverage.cadence(actor), settings)
    with closing(open_office(folder)) as office:
        due = office.coverage.breaches(actor, on=today)
        days = office.coverage.cadence(actor).days
        while len(held := office.scores.snapshots(actor)["snapshot_id"]):
            for snapshot_id in held:  # what they were made for is done
                office.scores.take_back(actor, str(snapshot_id))
        rng = np.random.default_rng([seed, today.toordinal(), 1])
        visits = rounds(due, days, today=today, rng=rng)
        visits = visits.assign(result=look_at_doors(truth, visits, rng=rng))
        path = folder / "files" / LEDGER
        ledger(visits).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
        result = office.imports.import_file(actor, TABLE, path)
    names = ("rows_in", "accepted", "quarantined", "duplicates")
    return {name: getattr(result, name) for name in names}


def adopt(proposal: CadenceProposal, settings: Path) -> None:
    """Write the proposed days into an office's settings, which have none yet."""
    days = {TIERS[tier]: days for tier, days in proposal.proposed.items()}
    days["unscored"] = max(days.values())
    lines = "".join(f"{tier} = {count}\n" for tier, count in days.items())
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"{text}\n[{SECTION}.cadence]\n{lines}", encoding="utf-8")


def rounds(
    due: pd.DataFrame, days: dict[str, int], *, today: date, rng: np.random.Generator
) -> pd.DataFrame:
    """Return one visit to most of the buildings that are due: on a working day, since it fell due.

    ``due``: ``building_id, tier``.
    ``days``: cadence by tier; a building without a score has the longest.

    Returns ``building_id, at`` in order of time; each within its cadence before ``today``.
    """
    went = due[rng.random(len(due)) < KEPT_SHARE]
    period = went["tier"].map(days).fillna(max(days.values())).to_numpy(int)
    ago = rng.integers(1, np.maximum(period, 2))
    day = pd.DatetimeIndex(pd.Timestamp(today) - pd.to_timedelta(ago, unit="D"))
    day -= pd.to_timedelta(np.maximum(day.day_of_week - _FRIDAY, 0), unit="D")
    minutes = rng.integers(_FROM_HOUR * 60, _UNTIL_HOUR * 60, len(went))
    at = day + pd.to_timedelta(minutes, unit="min")
    visits = pd.DataFrame({"building_id": went["building_id"].to_numpy(), "at": at})
    return visits.sort_values(["at", "building_id"], ignore_index=True)


def ledger(visits: pd.DataFrame) -> pd.DataFrame:
    """Return visits (``building_id, at, result``) under the headers of an office's ledger."""
    at = visits["at"]
    return pd.DataFrame(
        {
            "检查编号": [f"RC-{day:%Y}-{n + 1:06d}" for n, day in enumerate(at)],
            "检查时间": at.dt.strftime("%Y-%m-%d %H:%M"),
            "检查方式": "日查",
            "检查事由": "例行巡查",
            "楼栋编码": visits["building_id"],
            "检查结果": visits["result"],
            "人次": 1,
        }
    )
