"""What a file holds, before anything of it is kept."""
