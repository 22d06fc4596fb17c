"""The ledger: what is on it and why, rules that propose, people who decide, lists to follow up."""
