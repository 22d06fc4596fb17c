"""Addresses for a person to decide: the list, and one address with everything beside it."""
