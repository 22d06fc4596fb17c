"""Personal data: keys, pseudonyms, masks, identities, photos."""
