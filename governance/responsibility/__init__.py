"""Who answers for which building on any day, and how that changes."""
