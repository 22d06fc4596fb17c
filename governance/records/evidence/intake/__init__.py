"""How files come: in pieces that go on after a break, then whole at once."""
