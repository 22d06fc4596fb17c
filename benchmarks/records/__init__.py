"""Cases, the ledger, evidence, bulletins."""
