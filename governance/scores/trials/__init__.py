"""Field trials of the score: designed, sealed before they begin, walked blind, read at the end."""
