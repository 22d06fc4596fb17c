"""Word templates filled in, and what is filled in as PDF."""
