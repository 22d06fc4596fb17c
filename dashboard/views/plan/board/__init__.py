"""The board of a plan: teams, shifts and stops."""
