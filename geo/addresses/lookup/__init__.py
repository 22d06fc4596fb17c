"""Look up in a register what an address says."""
