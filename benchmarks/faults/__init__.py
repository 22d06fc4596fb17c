"""Kills, damaged files, backups, the start of commands."""
