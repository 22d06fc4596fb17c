"""The page Patrol plan."""
