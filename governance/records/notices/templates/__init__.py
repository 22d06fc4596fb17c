"""The Word templates of notices that are shipped."""
