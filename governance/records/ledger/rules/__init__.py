"""The rules of the ledger: pure, without store and page."""
