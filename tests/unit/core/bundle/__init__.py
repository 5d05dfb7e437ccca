"""The bundle, from bytes to a verified value."""
