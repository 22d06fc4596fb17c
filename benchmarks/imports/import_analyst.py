"""Read, check, mask and place a hotline's CSV export as an analyst would: the rival of the import.

Run by `import_million.py` under an interpreter that has pandas, pandera and geopandas; it uses
nothing of the project. Vectorised throughout. It does the checks, the masking, the keyed hashes and
the placing of the import; not its quarantine file, its screening of texts, its versions, its cells
and its order of place, so it does less.
"""

import hashlib
import hmac
import json
import resource
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pa

NOW = pd.Timestamp("2026-11-24 12:00")
SECRET, NEAR_M, PLANE = b"secret of the office", 5.0, "EPSG:4548"
WANTED = pa.DataFrameSchema(
    {
        "工单编号": pa.Column(str, pa.Check.str_matches(r"^\d{18}$")),
        "受理渠道": pa.Column(str),
        "来电时间": pa.Column("datetime64[us]", pa.Check.le(NOW)),
        "联系电话": pa.Column(str, nullable=True),
        "诉求内容": pa.Column(str),
        "诉求性质": pa.Column(str, pa.Check.isin(["投诉", "举报", "咨询", "求助", "建议"])),
        "经度": pa.Column(float, pa.Check.in_range(73, 136), nullable=True),
        "纬度": pa.Column(float, pa.Check.in_range(3, 54), nullable=True),
    },
    checks=pa.Check(lambda rows: rows["楼栋编码"].notna() | rows["经度"].notna()),
)


def read(path: Path) -> pd.DataFrame:
    """Read the file as text, then what is no text."""
    rows = pd.read_csv(path, dtype=str, engine="pyarrow")
    for name in rows.columns:
        rows[name] = rows[name].str.strip()
    rows["来电时间"] = pd.to_datetime(rows["来电时间"], errors="coerce").astype("datetime64[us]")
    for axis in ("经度", "纬度"):
        rows[axis] = pd.to_numeric(rows[axis], errors="coerce")
    return rows


def check(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rows that may stay, and the failures of the others."""
    rows = rows.drop_duplicates("工单编号")
    try:
        return WANTED.validate(rows, lazy=True), pd.DataFrame()
    except pa.errors.SchemaErrors as errors:
        bad = errors.failure_cases["index"].dropna().unique()
        return rows.drop(index=bad), errors.failure_cases


def mask(rows: pd.DataFrame) -> pd.DataFrame:
    """Replace telephones by keyed hashes, and hide them and names."""
    phones = pd.Series(rows["联系电话"].unique()).dropna()
    keys = {p: hmac.digest(SECRET, p.encode(), hashlib.sha256).hex()[:16] for p in phones}
    phone = rows["联系电话"]
    prose = rows["诉求内容"].str.replace(r"(1[3-9]\d)\d{4}(\d{4})", r"\1****\2", regex=True)
    return rows.assign(
        reporter_key=phone.map(keys),
        联系电话=phone.str[:3] + "****" + phone.str[-4:],
        诉求人=rows["诉求人"].str[0] + "**",
        诉求内容=prose,
    )


def place(rows: pd.DataFrame, buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    """Find the building of each row: its code, else the footprint of its point or one close by."""
    coded = rows["楼栋编码"].isin(buildings["at"])
    open_ = rows[~coded & rows["经度"].notna()]
    points = gpd.GeoDataFrame(
        index=open_.index, geometry=gpd.points_from_xy(open_["经度"], open_["纬度"]), crs=4326
    )
    inside = gpd.sjoin(points, buildings, how="inner", predicate="intersects")["at"]
    inside = inside[~inside.index.duplicated()]
    rest = points.drop(index=inside.index).to_crs(PLANE)
    near = gpd.sjoin_nearest(rest, buildings.to_crs(PLANE), how="inner", max_distance=NEAR_M)["at"]
    found = pd.concat([inside, near[~near.index.duplicated()]])
    rows = rows.assign(building_id=rows["楼栋编码"].where(coded))
    rows["building_id"] = rows["building_id"].fillna(found)
    rows["level"] = np.where(rows["building_id"].notna(), "building", "cell")
    return rows


def main() -> None:
    """Do it all and print what it took; reading the buildings is not counted."""
    folder = Path(sys.argv[1])
    buildings = gpd.read_file(folder / "buildings.geojson")[["楼栋编码", "geometry"]]
    buildings = buildings.rename(columns={"楼栋编码": "at"})
    began, wall = time.process_time(), time.perf_counter()
    sent = read(folder / "complaints.csv")
    rows, failures = check(sent)
    rows = place(mask(rows), buildings)
    rows.sort_values("building_id").to_parquet(folder / "analyst.parquet")
    cpu_s, wall_s = time.process_time() - began, time.perf_counter() - wall
    print(json.dumps({
        "rows": len(sent), "cpu_s": round(cpu_s, 1),
        "cpu_us_a_row": round(cpu_s * 1e6 / len(sent), 1),
        "wall_s": round(wall_s, 1),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2),
        "located": rows["level"].value_counts().to_dict(), "refused": len(failures),
    }, ensure_ascii=False))  # fmt: skip


if __name__ == "__main__":
    main()
