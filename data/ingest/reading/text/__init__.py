"""Read files of text: delimited rows, and records in JSON."""
