"""The same event over several channels: proposed, accepted, rejected, taken apart again."""
