"""The fictional city: streets, buildings, people."""
