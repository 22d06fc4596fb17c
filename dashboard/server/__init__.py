"""The HTTP side: guard, routes and payloads."""
