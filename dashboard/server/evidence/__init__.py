"""Lead material over HTTP: uploads in pieces, pictures to read, files and packs to save."""
