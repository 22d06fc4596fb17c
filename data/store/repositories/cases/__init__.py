"""Repositories of leads and of cases."""
