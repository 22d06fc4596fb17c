"""What commands share: opening the office, printing, files."""
