"""Territories: which warden takes which building, as pure numbers; knows no table and no person."""
