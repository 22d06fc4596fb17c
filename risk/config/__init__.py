"""Settings of the score and of the find rate, range-checked."""
