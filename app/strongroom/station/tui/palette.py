"""Colours by meaning, for sixteen colours. Only a stop is red; colour never says what words do not."""

from __future__ import annotations

PALETTE = (
    ("body", "light gray", "black"),
    ("strong", "white", "black"),
    ("header", "black", "light gray"),
    ("mark", "black", "yellow"),
    ("keys", "white", "black"),
    ("sticks", "light gray", "black"),
    ("focus", "black", "light cyan"),
    ("field", "white", "dark blue"),
    ("warn", "yellow", "black"),
    ("stop", "light red", "black"),
    ("code", "white", "black"),  # light modules are drawn, dark ones are the ground
)
