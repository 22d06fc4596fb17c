"""Territories by minimum-cost flow and boundary repair; pure functions."""
