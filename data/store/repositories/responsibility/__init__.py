"""Repositories of duties and of proposals who takes which building."""
