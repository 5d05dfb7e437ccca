"""What the station keeps between sessions, and the encrypted file that it keeps it in."""
