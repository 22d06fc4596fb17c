"""Integrity of a workspace: verification, and recovery of interrupted file changes."""
