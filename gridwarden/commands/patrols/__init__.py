"""Commands of patrols: plans, what came of them, and field trials of the score."""
