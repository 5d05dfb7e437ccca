"""Sticks on the online computer: which there are, what is on them, and writing to them."""
