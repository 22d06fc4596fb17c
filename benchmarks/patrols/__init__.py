"""Plans, territories and what they tell."""
