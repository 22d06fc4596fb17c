"""The shipped Word templates of bulletins, and the script that makes them."""
