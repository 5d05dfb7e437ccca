"""The machine's record of a session: hash-chained events."""
