"""One module for each family of screens."""
