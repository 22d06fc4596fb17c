"""Territories: propose, compare, approve."""
