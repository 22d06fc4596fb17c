"""The map's page as a user of streamlit-folium would write it: the rival of `many_users.py`.

Run by it, ``streamlit run folium_page.py FOLDER``, under an interpreter that has streamlit-folium;
it uses nothing of the project. A map of all buildings, which returns what was clicked; beside it
the card of that building and the list of the cells of the size that the address asks for. What is
read is cached. The buildings are one layer of GeoJSON, whose page takes a twentieth of the time of
one with a marker for each.
"""

import json
import sys
from pathlib import Path
from typing import Any

import folium
import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

SHOWN = ["rank", "unit", "score", "tier"]


@st.cache_data
def read(folder: str, layer: str) -> pd.DataFrame:
    """Read the rows of a layer."""
    return pd.read_parquet(Path(folder, f"{layer.replace(':', '-')}.parquet"))


@st.cache_data
def shapes(folder: str) -> dict[str, Any]:
    """Return the buildings as GeoJSON."""
    return json.loads(Path(folder, "buildings.geojson").read_text(encoding="utf-8"))


def style(feature: dict[str, Any]) -> dict[str, str]:
    """Colour a building by its rank."""
    return {"color": "#a3123a" if feature["properties"]["rank"] < 50 else "#1f5f8b"}


def show(folder: str) -> None:
    """Show the page."""
    st.set_page_config(layout="wide")
    rows, left, right = read(folder, "building"), *st.columns([2, 1])
    middle = [rows["lat"].mean(), rows["lon"].mean()]
    drawn = folium.Map(location=middle, zoom_start=14, tiles=None, prefer_canvas=True)
    folium.GeoJson(
        shapes(folder),
        marker=folium.CircleMarker(radius=4, fill=True),
        style_function=style,
        tooltip=folium.GeoJsonTooltip(["unit"], labels=False),
    ).add_to(drawn)
    with left:
        seen = st_folium(drawn, key="map", height=600, use_container_width=True,
                         returned_objects=["last_object_clicked_tooltip"])  # fmt: skip
    unit = (seen or {}).get("last_object_clicked_tooltip")
    if unit:
        right.table(rows[rows["unit"] == unit.strip()].T.astype(str))
    cells = read(folder, st.query_params.get("cells", "cell:10"))
    right.dataframe(cells[SHOWN].sort_values("rank"))


show(sys.argv[1])
