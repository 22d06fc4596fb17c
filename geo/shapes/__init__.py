"""Planar geometry: repair, projection, grids, footprints."""
