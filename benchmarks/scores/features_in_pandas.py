"""The features of one date, written for pandas alone, as a measure of what the product may cost."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from risk import schema as c


def features_in_pandas(folder: Path, cut: datetime) -> pd.DataFrame:
    """Sum the same features as `build_features` in plain pandas."""
    register = pd.read_parquet(folder / "buildings.parquet", columns=["building_id"])
    parts = [
        _complaints(folder, cut),
        _of(folder, "violations", cut, 365.0)
        .groupby(c.BUILDING)["weight"]
        .sum()
        .rename(c.VIOLATIONS),
        *_inspections(folder, cut),
        *_rentals(folder, cut),
    ]
    ids = register["building_id"].sort_values()
    return pd.concat([part.reindex(ids) for part in parts], axis=1).fillna(0)


def _of(folder: Path, name: str, cut: datetime, half_life: float, *columns: str) -> pd.DataFrame:
    read = [c.BUILDING, c.EVENT_AT, c.LEARNT_AT, c.CERTAINTY, *columns]
    rows = pd.read_parquet(folder / f"{name}.parquet", columns=read)
    rows = rows[(rows[c.LEARNT_AT] < cut) & (rows[c.EVENT_AT] < cut)]
    age = (pd.Timestamp(cut) - rows[c.EVENT_AT]) / pd.Timedelta(days=1)
    return rows.assign(weight=rows[c.CERTAINTY] * np.exp2(-age / half_life))


def _complaints(folder: Path, cut: datetime) -> pd.Series:
    rows = _of(folder, "complaints", cut, 90.0, "reporter_key", "nature")
    rows["weight"] *= np.where(rows["nature"].isin(["咨询", "建议"]), 0.2, 1.0)
    rows["day"] = rows[c.EVENT_AT].dt.floor("D")
    voice = [c.BUILDING, "reporter_key"]
    days = rows.groupby([*voice, "day"])["weight"].max()
    capped = days.groupby(level=voice).sum().clip(upper=2.0)
    return capped.groupby(level=c.BUILDING).sum().rename(c.COMPLAINTS)


def _inspections(folder: Path, cut: datetime) -> list[pd.Series]:
    rows = _of(folder, "inspections", cut, 90.0, "result")
    age = (pd.Timestamp(cut) - rows[c.EVENT_AT]) / pd.Timedelta(days=1)
    found = rows[c.CERTAINTY] * np.exp2(-age / 270.0) * rows["result"].map({"属实": 1, "疑似": 0.4})
    closed = rows["weight"] * rows["result"].map({"拒不开门": 1, "无人": 0.5, "未能进入": 0.5})
    rows = rows.assign(
        **{c.FOUND: found, c.NO_ACCESS: closed},
        **{c.NOT_FOUND: rows["weight"].where(rows["result"] == "未发现异常")},
    )
    by_building = rows.groupby(c.BUILDING)
    sums = by_building[[c.FOUND, c.NOT_FOUND, c.NO_ACCESS]].sum()
    last = by_building[c.EVENT_AT].max()
    since = (pd.Timestamp(cut) - last) / pd.Timedelta(days=1)
    return [*(sums[name] for name in sums), since.rename(c.DAYS_SINCE_VISIT)]


def _rentals(folder: Path, cut: datetime) -> list[pd.Series]:
    rows = _of(folder, "rentals", cut, 180.0, "unit_id", "end_date", "lessee_key", "lessee_kind",
               "purpose")  # fmt: skip
    rows = rows[rows["end_date"] >= cut]
    business = rows[(rows["lessee_kind"] == "企业") & (rows["purpose"] == "居住")]
    units = rows.groupby([c.BUILDING, "lessee_key"])["unit_id"].nunique() - 1
    return [
        rows.groupby(c.BUILDING)["unit_id"].nunique().rename(c.REGISTERED),
        business.groupby(c.BUILDING)["unit_id"].nunique().rename(c.BUSINESS_TENANT),
        units.groupby(level=c.BUILDING).sum().rename(c.SHARED_TENANT),
    ]
