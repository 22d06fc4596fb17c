"""Measurements: how fast, how much memory, how right, beside what a user would pick instead."""
