"""Importing files, reviewing addresses, checking grids, the office's calendar."""
