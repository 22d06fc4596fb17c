"""How long a test waits for another thread, process or page before it fails."""

PATIENCE_S = 900
"""Matters only where something fails: whatever is waited for ends the waiting, on a busy machine
later."""
