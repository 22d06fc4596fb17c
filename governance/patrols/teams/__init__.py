"""Patrol teams, their people and their routes."""
