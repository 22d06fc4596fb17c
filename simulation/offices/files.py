"""Write a simulated office as files that the ordinary import reads, and its truth beside them."""

from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from data.contracts.model import Kind
from data.contracts.registry import TABLES
from simulation.offices.office import SimulatedOffice
from simulation.offices.truth import OfficeTruth

_KEYS_WRITTEN_AS = {"reporter_key": "reporter_name", "party_key": "party", "lessee_key": "lessee"}
"""Whom a keyed hash stands for is told by name; the import makes the hash."""
TRUTH = "truth"
EVERY_DAYS = 28


def write_office(office: SimulatedOffice, folder: Path) -> dict[str, Path]:
    """Write each table that has rows as CSV with the contract's headers, and the truth as Parquet.

    Coordinates are WGS-84 – grids have no column that says so: give the datum – and times local.
    In ``truth/``: ``places`` (rate and chance of every place each four weeks), ``communities`` and
    ``visits``; see `OfficeTruth`. The same office gives the same bytes of CSV.

    Returns table → file, in the order in which they are to be imported.
    """
    folder.mkdir(parents=True, exist_ok=True)
    order = [name for name in TABLES if name in office.tables and office.tables[name].num_rows]
    paths = {}
    for number, name in enumerate(sorted(order, key=lambda each: each != "grids"), start=1):
        paths[name] = folder / f"{number:02d}_{TABLES[name].title}.csv"
        cells = _cells(name, office.tables[name].to_pandas())
        cells.to_csv(paths[name], index=False, encoding="utf-8-sig", lineterminator="\r\n")
    _write_truth(office.truth, folder / TRUTH)
    return paths


def _cells(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.rename(columns=_KEYS_WRITTEN_AS) if name != "buildings" else rows
    rows = rows.loc[:, ~rows.columns.duplicated(keep="last")]
    kept = {
        field.header: _written(rows[field.name], field.kind)
        for field in TABLES[name].stored
        if field.name in rows and rows[field.name].notna().any() and not field.computed
    }
    if "lon" in rows:
        kept[TABLES[name].field("datum").header] = pd.Series("WGS84", index=rows.index)
    return pd.DataFrame(kept, index=rows.index)


def _written(values: pd.Series, kind: Kind) -> pd.Series:
    if kind is Kind.GEOMETRY:
        return pd.Series(shapely.to_wkt(shapely.from_wkb(values), rounding_precision=9))
    if kind is Kind.INT:
        return values.astype("Int64")
    return values


def _write_truth(truth: OfficeTruth, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    days = np.arange(0, truth.town.behaviour.days, EVERY_DAYS)
    parts = [
        truth.at(moment.date()).assign(day=moment)
        for moment in pd.DatetimeIndex(truth.town.moments(days))
    ]
    pd.concat(parts, ignore_index=True).to_parquet(folder / "places.parquet", index=False)
    truth.communities.to_parquet(folder / "communities.parquet", index=False)
    truth.visits.to_parquet(folder / "visits.parquet", index=False)
