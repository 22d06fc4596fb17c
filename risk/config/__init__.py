"""Settings of the score and of the visit model, range-checked."""
