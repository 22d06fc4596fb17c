"""Services about patrols: plans made, changed and published; what a team reads; what came of it."""
