"""Tests of the bytes of Bitcoin."""
