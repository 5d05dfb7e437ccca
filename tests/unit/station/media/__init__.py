"""What the media service reads and understands, with no stick."""
