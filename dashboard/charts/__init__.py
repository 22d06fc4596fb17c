"""Vega-Lite charts."""
