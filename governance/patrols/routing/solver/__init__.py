"""Solve the routing problem; check and bound its solutions."""
