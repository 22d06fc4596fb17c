"""The same features as `benchmarks.scores.features_in_pandas`, written for Polars alone."""

from datetime import datetime
from pathlib import Path

import polars as pl

from risk import schema as c

DAY_US = 86_400_000_000


def features_in_polars(folder: Path, cut: datetime) -> pl.DataFrame:
    """Sum the features of every building, in order of ``building_id``."""
    register = pl.scan_parquet(folder / "buildings.parquet").select(c.BUILDING).sort(c.BUILDING)
    parts = [
        _complaints(folder, cut),
        _violations(folder, cut),
        _inspections(folder, cut),
        _rentals(folder, cut),
        _shared_tenants(folder, cut),
    ]
    for part in parts:
        register = register.join(part, on=c.BUILDING, how="left", maintain_order="left")
    return register.with_columns(pl.exclude(c.BUILDING).fill_null(0)).collect(engine="streaming")


def _of(folder: Path, name: str, cut: datetime) -> pl.LazyFrame:
    rows = pl.scan_parquet(folder / f"{name}.parquet")
    return rows.filter((pl.col(c.LEARNT_AT) < cut) & (pl.col(c.EVENT_AT) < cut))


def _decay(cut: datetime, half_life_days: float) -> pl.Expr:
    age = (pl.lit(cut) - pl.col(c.EVENT_AT)).dt.total_microseconds() / DAY_US
    return pl.col(c.CERTAINTY) * pl.lit(2.0).pow(-age / half_life_days)


def _complaints(folder: Path, cut: datetime) -> pl.LazyFrame:
    weight = _decay(cut, 90.0) * pl.when(pl.col("nature").is_in(["咨询", "建议"])).then(
        0.2
    ).otherwise(1.0)
    voice = [c.BUILDING, "reporter_key"]
    rows = _of(folder, "complaints", cut).select(
        *voice, day=pl.col(c.EVENT_AT).dt.date(), weight=weight
    )
    days = rows.group_by(*voice, "day").agg(pl.col("weight").max())
    capped = days.group_by(voice).agg(pl.col("weight").sum().clip(upper_bound=2.0))
    return capped.group_by(c.BUILDING).agg(pl.col("weight").sum().alias(c.COMPLAINTS))


def _violations(folder: Path, cut: datetime) -> pl.LazyFrame:
    rows = _of(folder, "violations", cut).select(c.BUILDING, weight=_decay(cut, 365.0))
    return rows.group_by(c.BUILDING).agg(pl.col("weight").sum().alias(c.VIOLATIONS))


def _inspections(folder: Path, cut: datetime) -> pl.LazyFrame:
    result = pl.col("result")
    closed = (
        pl.when(result == "拒不开门").then(1.0).when(result.is_in(["无人", "未能进入"])).then(0.5)
    )
    found = pl.when(result == "属实").then(1.0).when(result == "疑似").then(0.4)
    rows = _of(folder, "inspections", cut).select(
        c.BUILDING,
        c.EVENT_AT,
        (_decay(cut, 270.0) * found).alias(c.FOUND),
        pl.when(result == "未发现异常").then(_decay(cut, 90.0)).alias(c.NOT_FOUND),
        (_decay(cut, 90.0) * closed).alias(c.NO_ACCESS),
    )
    since = (pl.lit(cut) - pl.col(c.EVENT_AT).max()).dt.total_microseconds() / DAY_US
    return rows.group_by(c.BUILDING).agg(
        *(pl.col(name).sum() for name in (c.FOUND, c.NOT_FOUND, c.NO_ACCESS)),
        since.alias(c.DAYS_SINCE_VISIT),
    )


def _running(folder: Path, cut: datetime) -> pl.LazyFrame:
    return _of(folder, "rentals", cut).filter(pl.col("end_date") >= cut)


def _rentals(folder: Path, cut: datetime) -> pl.LazyFrame:
    business = (pl.col("lessee_kind") == "企业") & (pl.col("purpose") == "居住")
    unit = pl.col("unit_id")
    return (
        _running(folder, cut)
        .group_by(c.BUILDING)
        .agg(
            unit.n_unique().alias(c.REGISTERED),
            unit.filter(business).n_unique().alias(c.BUSINESS_TENANT),
        )
    )


def _shared_tenants(folder: Path, cut: datetime) -> pl.LazyFrame:
    tenants = (
        _running(folder, cut)
        .group_by(c.BUILDING, "lessee_key")
        .agg((pl.col("unit_id").n_unique() - 1).cast(pl.Int64).alias("besides"))
    )
    return tenants.group_by(c.BUILDING).agg(pl.col("besides").sum().alias(c.SHARED_TENANT))
