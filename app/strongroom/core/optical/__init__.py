"""Files as QR codes: what a screen shows, and what a scanner reads as lines of text."""
