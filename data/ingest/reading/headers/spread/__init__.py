"""What a sender spreads over several columns."""
