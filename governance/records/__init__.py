"""What an office keeps on paper: the ledger, lead material, notices and bulletins."""
