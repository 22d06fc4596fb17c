"""Imported rows: immutable folders, manifests and validity intervals."""
