"""Cases: leads that became work, and what came of them."""
