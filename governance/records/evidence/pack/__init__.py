"""What leaves as a pack: the files, their hashes, the record, the custody, and a verifier."""
