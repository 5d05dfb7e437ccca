"""What is printed for the room: scripts of ceremonies, sheets, cards and certificates."""
