"""Tests of codes for scanners."""
