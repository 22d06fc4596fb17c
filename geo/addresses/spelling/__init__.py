"""How far a name as written is from a name of the register."""
