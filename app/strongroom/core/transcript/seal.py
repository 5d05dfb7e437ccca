"""What is signed of a transcript: its head alone, so that a public edition carries the same signatures."""

from __future__ import annotations


def render_seal(head: bytes) -> bytes:
    """The bytes that the vault and the witnesses sign: one line with the head in hex."""
    return f"strongroom transcript, version 1, head {head.hex()}\n".encode()
