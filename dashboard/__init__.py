"""What is seen: views, maps, charts, words, file exports and the web application."""
