"""Sign-in pages and the office's directory."""
