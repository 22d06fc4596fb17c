"""Which fields each table has, what real sheets call them, what they may hold: ``tables``."""
