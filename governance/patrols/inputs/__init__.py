"""What a plan reads: chances of a find and walking distances."""
