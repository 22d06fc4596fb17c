"""What is kept of patrols: plans with their versions and stops, and what was published."""
