"""Permissions, roles and scopes."""
