"""The page of patrol plans: making one, the board, publishing, afterwards, teams, days."""
