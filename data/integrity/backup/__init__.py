"""Backups: the whole office as one file, and the office that is made of one again."""
