"""What the evaluation found, and what a field trial says, in words."""
