"""Tests of other software's wallet files."""
