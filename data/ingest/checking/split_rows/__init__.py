"""What a file lists in pieces: shapes of one thing, problems of one visit."""
