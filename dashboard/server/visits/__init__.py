"""The warden's page: list, records, and what a phone keeps to work without a connection."""
