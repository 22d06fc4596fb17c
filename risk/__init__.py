"""What is likely: features as of a date, the score, its explanation and its evaluation."""
