"""The rules of a visit; pure functions."""
