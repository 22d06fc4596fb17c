"""Invented adverts and complaints with the forms they tell of: a labelled set for screening."""
