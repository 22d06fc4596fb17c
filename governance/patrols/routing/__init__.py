"""How a patrol plan is made; pure functions, no store and no page."""
