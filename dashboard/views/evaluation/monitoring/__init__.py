"""Drift, reporting and times on the page Evaluation."""
