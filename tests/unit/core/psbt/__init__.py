"""Tests of the PSBT reader and writer."""
