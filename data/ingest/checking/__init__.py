"""Check rows against a contract and collect all their problems."""
