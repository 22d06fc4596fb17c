"""Accounts, roles granted to them, signing in and sessions."""
