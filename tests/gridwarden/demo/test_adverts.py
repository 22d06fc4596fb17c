"""The demonstration has adverts of its hidden sites; most of them lead to their building."""

import json
from pathlib import Path

import pandas as pd

from gridwarden.compose import open_office


def test_adverts_that_name_a_place_are_at_the_building_of_their_site(demonstration: Path) -> None:
    office = open_office(demonstration)
    rows = office._engine.table("adverts").to_pandas().set_index("advert_no")
    office.close()
    sites = pd.read_parquet(demonstration / "files" / "truth" / "sites.parquet")
    open_ = sites[sites["closed"].isna()].sort_values("site")["building_id"].head(24)
    meant = {f"GG-{number:04d}": building for number, building in enumerate(open_)}
    placed = rows[rows["building_id"].notna()]
    assert len(placed) >= 1
    assert all(meant[number] == building for number, building in placed["building_id"].items())
    assert rows["tutoring"].sum() == len(open_)
    assert "demo_1000" not in json.dumps(rows["content"].tolist())
