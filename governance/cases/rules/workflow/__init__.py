"""What workflows of cases, notices and ledger lines share: ways between stages, facts, answers."""
