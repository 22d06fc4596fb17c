"""Wardens' territories: proposed by a solver, approved by a person."""
