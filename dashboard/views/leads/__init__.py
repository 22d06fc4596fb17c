"""The page Leads."""
