"""Read postal addresses and find the building they mean."""
