"""A chart on the page."""

import streamlit as st

from dashboard.charts.vega import Spec


def show(spec: Spec, *, key: str) -> None:
    """Draw a Vega-Lite specification as wide as its column."""
    st.vega_lite_chart(spec=spec, key=key, width="stretch")
