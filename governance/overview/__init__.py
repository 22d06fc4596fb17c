"""What the start page tells: changes, overdue work and open duties."""
