"""Measurements. Each compares in one run, prints what it found, and ends with code 1 when a bar is missed."""
