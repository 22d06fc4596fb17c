"""What the product answers, recorded, so that two commits can be compared."""
