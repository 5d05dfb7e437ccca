"""Strongroom: an air-gapped Bitcoin signing station and its online companion."""

from __future__ import annotations

__version__ = "0.1.0"
