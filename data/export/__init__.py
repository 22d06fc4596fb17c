"""Tables as files that people take away."""
