"""The computer that a sitting runs on: what it is made of, and whether it does what is expected of it."""
