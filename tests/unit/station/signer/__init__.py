"""The signer and its line to the application."""
