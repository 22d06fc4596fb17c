"""Who gets in and with which rights, what they did, and what may leave the house."""
