"""What came of a plan: evaluation, arms, campaigns."""
