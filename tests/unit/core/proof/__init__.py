"""Tests of message proofs."""
