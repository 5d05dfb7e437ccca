"""What both sides agree on: bytes and values in, frozen values out, no IO."""
