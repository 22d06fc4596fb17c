"""What is known of each building as of a cut."""
