"""Workbooks and printed sheets."""
