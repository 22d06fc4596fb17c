"""What happened, as rows: known at a cut, weighed by age, effort and cause."""
