"""Simulated towns in which patrol policies compete."""
