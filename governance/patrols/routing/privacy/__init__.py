"""Keep a route from telling why a building is on it."""
