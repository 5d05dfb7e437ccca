"""Proving that keys work without moving a coin: signed messages and proofs of funds (BIP-322)."""
