"""The Word templates of notices that are shipped, and what made them."""
