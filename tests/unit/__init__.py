"""Tests without IO, mirroring the application."""
