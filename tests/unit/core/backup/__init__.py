"""Tests of paper backups."""
