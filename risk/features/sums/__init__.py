"""Sums of events per building and place, by the engine, at one cut or several at once."""
