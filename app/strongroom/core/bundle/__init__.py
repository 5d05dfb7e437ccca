"""Requests and responses: the file that travels, from bytes to a verified value."""
