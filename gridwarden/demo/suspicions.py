"""Suspicions of the demonstration city that wait for a grid chief, as its warden recorded them."""

from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from data.contracts.vocabulary import VisitResult, VisitSign
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office
from gridwarden.demo.evidence import picture
from gridwarden.demo.patrols import Clock

WARDEN: Final = "demo-warden"
SEEN: Final = (
    ((VisitSign.PUPILS, VisitSign.DESKS), "傍晚有学生背书包上楼，门口有多套课桌椅"),
    ((VisitSign.CURTAINS, VisitSign.TOLD_BY_NEIGHBOURS), "白天拉着窗帘，邻居说周末有学生进出"),
)


def add_demo_suspicions(folder: Path, *, truth: Path, today: date, seed: int) -> int:
    """Let the warden record what they saw at two of their doors yesterday; return at how many.

    ``folder``: the workspace of a demonstration, with its people and patrols.
    ``truth``: folder of its hidden truth: buildings where a site stands open come first.
    ``today``: the day the city's records end.
    """
    rng = np.random.default_rng([seed, 29])
    late = datetime.combine(today - timedelta(days=1), time(21, 0))
    with closing(open_office(folder, now=(clock := Clock(late)))) as office:
        warden = office.sign_in.act_as(WARDEN, None)
        assigned = office.worklist.my_buildings(warden)["building_id"].astype(str)
        with_site = set(_open_on(pd.read_parquet(truth / "sites.parquet"), late))
        chosen = sorted(set(assigned), key=lambda building: (building not in with_site, building))
        for number, (building, (signs, note)) in enumerate(zip(chosen, SEEN, strict=False)):
            clock.put(late + timedelta(minutes=10 * number))
            key = f"suspicion/{today}/{number}"
            visit = NewVisit(key=key, building_id=building, result=VisitResult.SUSPECTED,
                             signs=signs, note=note)  # fmt: skip
            office.visits.record(warden, visit)
            office.photos.attach(warden, key, picture(rng), no_faces=True)
    return min(len(chosen), len(SEEN))


def _open_on(sites: pd.DataFrame, moment: datetime) -> pd.Series:
    """Return the buildings where a site stands open."""
    day = pd.Timestamp(moment).normalize()
    stands = (sites["opened"] <= day) & (sites["closed"].isna() | (sites["closed"] >= day))
    return sites.loc[stands, "building_id"].astype(str)
