"""The page Leads and cases."""
