"""The one model of the score: what a full visit to a place, made now, would find."""
