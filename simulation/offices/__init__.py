"""Simulated offices of several kinds, each with the hidden truth that its data came from."""
