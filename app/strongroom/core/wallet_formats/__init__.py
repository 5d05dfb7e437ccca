"""Wallets and keys in the forms of other software: read into one descriptor, written from it."""
